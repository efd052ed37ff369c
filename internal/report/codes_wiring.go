package report

// The codes of references and of what uses a Secret.
const (
	ConflictingUses        Code = "conflicting-uses"
	ContainerNotNamed      Code = "container-not-named"
	DanglingReference      Code = "dangling-reference"
	ListenerNotNamed       Code = "listener-not-named"
	MalformedResource      Code = "malformed-resource"
	NameTaken              Code = "name-taken"
	NoContainer            Code = "no-container"
	NoListener             Code = "no-listener"
	NoPod                  Code = "no-pod"
	NoSuchField            Code = "no-such-field"
	NotServingTLS          Code = "not-serving-tls"
	PlainValueReplaced     Code = "plain-value-replaced"
	ReferenceReplaced      Code = "reference-replaced"
	ReferencesRemoved      Code = "references-removed"
	VariableMoved          Code = "variable-moved"
	VariableOverridden     Code = "variable-overridden"
	FieldCreated           Code = "field-created"
	ForbiddenByKubernetes  Code = "forbidden-by-kubernetes"
	PullSecretsIgnored     Code = "pull-secrets-ignored"
	SettingKept            Code = "setting-kept"
	DuplicateKeyInResource Code = "duplicate-key-in-resource"
)

var wiringRules = []Rule{
	{ConflictingUses, "Two uses ask for different things in one place of a resource.",
		"Deployment web (container app: variable TOKEN) is given another value by secrets[0].usedBy[0]",
		"Keep one of them, or give them two names."},
	{ContainerNotNamed, "A pod has several containers, and the target does not say which of them may see the Secret.",
		"Deployment web has several containers (app, proxy), and none is named",
		"List them in `containers`, or write `[\"*\"]`."},
	{DanglingReference, "A resource names a Secret that does not exist.",
		"Deployment web still names the Secret db, which is no longer declared",
		"Take the reference out, or declare the Secret again."},
	{ListenerNotNamed, "A Gateway has listeners, and the target does not say which of them serve the certificate.",
		"Gateway edge has the listeners http, https, and none is named", "List them in `tls.listeners`."},
	{MalformedResource, "A part of a resource has the wrong shape, so nothing can be added to it.",
		"Deployment web has in the container app a field env that is not a list", "Write it as Kubernetes reads it."},
	{NameTaken, "A volume or a mount path that a use asks for belongs to something else.",
		"Deployment web has a volume tls already, which is something else", "Choose another `volume.name` or `mountPath`."},
	{NoContainer, "A resource has no container of the name that a target gives.",
		"Deployment web has no container \"ap\"; did you mean app?", "Correct the name."},
	{NoListener, "A Gateway has no listener of the name that a target gives.",
		"Gateway edge has no listener \"htps\"; did you mean https?", "Correct the name."},
	{NoPod, "A resource that a target selects has no pod that could see a Secret.",
		"ConfigMap web holds no pods that Secretwright knows of", "Name a workload, or say where the pod is with `podSpec`."},
	{NoSuchField, "A path in `fieldPaths` leads to no field that could hold a name.",
		"Issuer ca has no field spec.ca[0] that could hold a name",
		"Write the path to a text, with `[name=x]` for an element of a list."},
	{NotServingTLS, "`tls` is written for a resource that serves no certificate by a field that Secretwright knows.",
		"Service web is neither an Ingress nor a Gateway", "Name the field in `fieldPaths`."},
	{PlainValueReplaced, "A value in the clear was replaced by a reference to the Secret.",
		"Deployment web (container app: variable TOKEN) had a value in the open, which is replaced",
		"If it was the secret, change it: it is in Git's history."},
	{ReferenceReplaced, "A reference to something else was replaced by one to the Secret.",
		"Deployment web (container app: variable TOKEN) took its value from elsewhere, which is replaced",
		"Nothing, if that was meant."},
	{ReferencesRemoved, "The references to a Secret that is no longer declared were removed.",
		"the references of Deployment web to the Secret db, which is no longer declared, were removed",
		"Declare the Secret again if something still needs it."},
	{VariableMoved, "A variable came after one that uses it as `$(NAME)`. Kubernetes expands only what is defined before, so it was moved.",
		"Deployment web (container app: variable TOKEN) came after the variable URL, which uses it as $(TOKEN), and was moved before it",
		"If the text `$(NAME)` was meant, write `$$(NAME)`."},
	{VariableOverridden, "A container defines a variable twice: in `env`, which wins over `envFrom`, or in two entries of `envFrom`, of which the last wins.",
		"Deployment web (container app) defines the variable TOKEN with a value in the open in env, which wins over the key TOKEN of the Secret",
		"Take one of them out, or give `envFrom` a prefix."},
	{FieldCreated, "A path in `fieldPaths` leads through fields that did not exist, or to one whose name is nearly that of another.",
		"Issuer ca had no field spec.acme, so spec.acme.privateKeySecretRef.name was created; correct the path if it is misspelt",
		"Correct the path if it is misspelt. Otherwise write the fields around it into the resource."},
	{ForbiddenByKubernetes, "A use asks for something that the API server would refuse.",
		"Pod web (container debug) is an ephemeral container, whose mounts Kubernetes allows no subPath",
		"Ask for something else, as the message says."},
	{PullSecretsIgnored, "A pod has `imagePullSecrets` of its own, so Kubernetes gives it none of its ServiceAccount.",
		"Deployment web has imagePullSecrets of its own, so it does not take those of the ServiceAccount default",
		"Give the Secret to the pod too with `imagePullSecret`, or leave all to the ServiceAccount."},
	{SettingKept, "A volume or mount that exists has a setting that differs from what a use asks for, and was left as it is.",
		"Deployment web has a volume database that shows the keys user alone, which was left as it is",
		"Say in the target what you want, or change the volume by hand."},
	{DuplicateKeyInResource,
		"A resource that a Secret is written into has a key twice in one map. Programs differ in which of the two they read.",
		"Deployment web has the key env twice in one map, at line 10 and here", "Remove one of them."},
}
