package report

// The codes of the values of a Secret and its type.
const (
	RequiredKey            Code = "required-key"
	InvalidSecretKey       Code = "invalid-secret-key"
	SecretTooLarge         Code = "secret-too-large"
	TrailingNewLine        Code = "trailing-new-line"
	WrittenByKubernetes    Code = "written-by-kubernetes"
	BootstrapNamespace     Code = "bootstrap-namespace"
	BootstrapName          Code = "bootstrap-name"
	BootstrapKey           Code = "bootstrap-key"
	BootstrapValue         Code = "bootstrap-value"
	BootstrapExpired       Code = "bootstrap-expired"
	BootstrapUnused        Code = "bootstrap-unused"
	InvalidDockerConfig    Code = "invalid-docker-config"
	NoRegistry             Code = "no-registry"
	CredentialStore        Code = "credential-store"
	UnusableRegistry       Code = "unusable-registry"
	InvalidRegistryServer  Code = "invalid-registry-server"
	DockerHubAddress       Code = "docker-hub-address"
	InvalidCredentials     Code = "invalid-credentials"
	InvalidSSHKey          Code = "invalid-ssh-key"
	LockedSSHKey           Code = "locked-ssh-key"
	SSHKeyFormat           Code = "ssh-key-format"
	InvalidCertificate     Code = "invalid-certificate"
	CertificateExpired     Code = "certificate-expired"
	CertificateExpiresSoon Code = "certificate-expires-soon"
	CertificateNotYetValid Code = "certificate-not-yet-valid"
	CertificateOrder       Code = "certificate-order"
	InvalidPrivateKey      Code = "invalid-private-key"
	LockedPrivateKey       Code = "locked-private-key"
	TLSKeyMismatch         Code = "tls-key-mismatch"
	SecretInTheClear       Code = "secret-in-the-clear"
	TemplateSyntax         Code = "template-syntax"
	TemplateMissingKey     Code = "template-missing-key"
	TemplateCircle         Code = "template-circle"
	TemplateTooLarge       Code = "template-too-large"
	TemplateFailed         Code = "template-failed"
	TemplateBudget         Code = "template-budget"
	TemplateUntold         Code = "template-untold"
)

var valueRules = []Rule{
	{RequiredKey, "The Secret lacks a key that its type must have.",
		"it lacks tls.key, which the type kubernetes.io/tls must have", "Add the key to data, or change the type."},
	{InvalidSecretKey, "A key that comes from a document cannot be a key of a Secret.",
		`"a key" cannot be a key of a Secret`,
		"Rename it in the source, or take it in data under another key."},
	{SecretTooLarge, "The values are larger together than a Secret may be (1 MiB).",
		"the values have 1300201 bytes together; a Secret holds 1048576", "Split it into several Secrets."},
	{TrailingNewLine, "A user name or password ends with a new line, which is part of the value.",
		"it ends with a new line, which is part of the value", "Remove it in the source (echo -n)."},
	{WrittenByKubernetes, "A service account token has a key that Kubernetes will overwrite.",
		"{type: kubernetes.io/service-account-token, data: {token: ...}}", "Leave the key out."},
	{BootstrapNamespace, "A bootstrap token is outside kube-system, where nothing looks for it.",
		"a bootstrap token works in the namespace kube-system alone",
		"Set metadata.namespace: kube-system in a SecretSpec of its own."},
	{BootstrapName, "A bootstrap token's name is not bootstrap-token- and its token-id.",
		"{name: my-token, type: bootstrap.kubernetes.io/token}", "Rename the Secret."},
	{BootstrapKey, "A bootstrap token has a key that such tokens do not have.",
		`a bootstrap token has no key "ca.crt"`, "Correct the key, or remove it."},
	{BootstrapValue, "A value of a bootstrap token has not the form that the cluster reads.",
		"it is not six lower-case letters and digits", "Write it as the message says."},
	{BootstrapExpired, "A bootstrap token has expired.", "the token has expired",
		"Make a new one, or leave expiration out."},
	{BootstrapUnused, "A bootstrap token allows neither authentication nor signing.",
		"the token may be used for nothing",
		"Add usage-bootstrap-authentication or usage-bootstrap-signing with the value true."},
	{InvalidDockerConfig, "The value is not a config.json, or not a .dockercfg.", "it is not a JSON object",
		"Point it at a config.json, or list the registries in registries."},
	{NoRegistry, "Credentials for registries name none.", "it names no registry",
		"List the registries with username and password in registries."},
	{CredentialStore, "A config.json leaves its credentials in a credential store, which the cluster cannot ask.",
		`{"auths": {"quay.io": {}}, "credsStore": "desktop"}`,
		"List the registries with username and password in registries."},
	{UnusableRegistry, "An entry of a config.json has no credentials that the kubelet can use.",
		"entry 1 of 1, sorted by server, has no username and password, nor both in auth",
		"Log in without a credential store, or list the registry in registries."},
	{InvalidRegistryServer, "The server of a registry is not an address.", "registries: [{server: https://}]",
		"Write its host: registry.example.com."},
	{DockerHubAddress, "Images of Docker Hub are not looked up under this address.",
		"registries: [{server: hub.docker.com}]",
		"Write https://index.docker.io/v1/."},
	{InvalidCredentials, "The user name or password of a registry is empty, not UTF-8, or has a colon in the name.",
		"it is empty",
		"Correct the source."},
	{InvalidSSHKey, "The value is not an SSH private key.", "it is a public key",
		"Point it at the file that ssh-keygen wrote."},
	{LockedSSHKey, "An SSH private key is protected by a passphrase.", "the private key is protected by a passphrase",
		"Remove it with `ssh-keygen -p` if nobody can answer."},
	{SSHKeyFormat, "OpenSSH refuses the file of the private key, although the key is whole.",
		"it has no new line at its end", "Write it as a block (|) in the source, as ssh-keygen wrote it."},
	{InvalidCertificate, "The value of tls.crt does not hold certificates in PEM, or something beside them.",
		"it holds no certificate in PEM",
		"Point it at the certificate; `openssl x509 -inform der` turns DER into PEM."},
	{CertificateExpired, "A certificate has expired.", "the certificate expired on 2001-01-01", "Renew it."},
	{CertificateExpiresSoon, "A certificate expires in less than 30 days.",
		"the certificate expires on 2026-07-01, in less than 30 days",
		"Renew it soon."},
	{CertificateNotYetValid, "A certificate is not valid yet.", "the certificate is not valid before 2999-01-01",
		"Check the clock, or wait."},
	{CertificateOrder, "A certificate of the chain was not issued by the next one.",
		"certificate 1 of the chain was not issued by certificate 2",
		"Put the server's own certificate first, then each issuer after what it issued."},
	{InvalidPrivateKey, "The value of tls.key does not hold a private key that servers read.",
		"it holds no private key in PEM",
		"Point it at the key; `openssl pkey` writes one that servers read."},
	{LockedPrivateKey, "The private key in tls.key is protected by a passphrase, which no server can ask for.",
		"the private key is protected by a passphrase", "Remove it with `openssl pkey`; SOPS protects the key."},
	{TLSKeyMismatch, "The private key does not belong to the first certificate.",
		"the private key does not belong to the first certificate of tls.crt",
		"Take both from the same issue, the server's own certificate first."},
	{SecretInTheClear, "A value in the clear is secret by its key, by the type of its Secret, or by its form: an error without keys " +
		"(`check`), a warning otherwise.",
		"data: {password: {value: ...}}",
		"Encrypt the SecretSpec with `secretwright encrypt`, or the source with `sops encrypt -i`; templates stay in the clear, " +
			"so give what is secret in one a key of its own; if it is meant to be read, say `public: true` beside it."},
	{TemplateSyntax, "A template does not parse.", "template: '{{ .password | uper }}'",
		"Write it as Go's text/template, with the functions that docs/secretspec.md lists."},
	{TemplateMissingKey, "A template uses a key that is not there.", "template: '{{ .pasword }}'",
		"Correct the key, or add it to data."},
	{TemplateCircle, "Templates use one another in a circle.", "{a: {template: '{{ .b }}'}, b: {template: '{{ .a }}'}}",
		"Break the circle."},
	{TemplateTooLarge, "A template expands to more than a Secret holds.", "it expands to more than a Secret holds",
		"Shorten it."},
	{TemplateFailed, "A template fails on the values it gets. A log may be read by those who may not read the values, so the " +
		"finding is the same whichever template failed, and why.",
		"it fails on the values it gets",
		"Check the form of the values; where nobody else reads the output, `secretwright render --explain` says where it fails."},
	{TemplateBudget, "A template takes more steps, depth, work or memory than one may.",
		"template: '{{ range 9223372036854775807 }}{{ end }}'", "Make the template simpler, or split the Secret."},
	{TemplateUntold, "A value that is checked, such as a certificate, is made by a template. What the check finds would tell " +
		"something of the values, so nothing is told but whether it is accepted.",
		"tls.crt is made by a template", "Take the value from a source, or run `secretwright render --explain`."},
}
