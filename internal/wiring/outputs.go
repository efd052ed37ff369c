package wiring

// outputs are the fields that say which Secret an operator is to write. They do not follow: if one names a Secret
// that is declared here, two would write it.
var outputs = []row{
	{group: "cert-manager.io", kinds: kinds("Certificate"), paths: []string{"spec.secretName"}, meaning: output},
	{group: "certmanager.k8s.io", kinds: kinds("Certificate"), paths: []string{"spec.secretName"}, meaning: output},
	{group: "cert.gardener.cloud", kinds: kinds("Certificate"),
		paths: []string{"spec.secretName", "spec.secretRef.name"}, meaning: output},
	{group: "external-secrets.io", kinds: kinds("ExternalSecret"),
		paths: []string{"spec.target.name"}, meaning: output},
	{group: "external-secrets.io", kinds: kinds("ClusterExternalSecret"), paths: []string{
		"spec.externalSecretSpec.target.name"}, meaning: output},
	{group: "bitnami.com", kinds: kinds("SealedSecret"),
		paths: []string{"metadata.name", "spec.template.metadata.name"}, meaning: output},
	{group: "onepassword.com", kinds: kinds("OnePasswordItem"), paths: []string{"metadata.name"}, meaning: output},
	{group: "isindir.github.com", kinds: kinds("SopsSecret"),
		paths: []string{"spec.secretTemplates[].name"}, meaning: output},
	{group: "secrets.hashicorp.com",
		kinds: kinds("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret", "HCPVaultSecretsApp"),
		paths: []string{"spec.destination.name"}, meaning: output},
	{group: "secrets.infisical.com", kinds: kinds("InfisicalSecret"), paths: []string{
		"spec.managedSecretReference.secretName", "spec.managedKubeSecretReferences[].secretName"}, meaning: output},
	{group: "secrets.doppler.com", kinds: kinds("DopplerSecret"),
		paths: []string{"spec.managedSecret.name"}, meaning: output},
	{group: "k8s.bitwarden.com", kinds: kinds("BitwardenSecret"), paths: []string{"spec.secretName"}, meaning: output},
	{group: "spv.no", kinds: kinds("AzureKeyVaultSecret"),
		paths: []string{"spec.output.secret.name"}, meaning: output},
	{group: "secrets-store.csi.x-k8s.io", kinds: kinds("SecretProviderClass"), paths: []string{
		"spec.secretObjects[].secretName"}, meaning: output},
	{group: "servicecatalog.k8s.io", kinds: kinds("ServiceBinding"),
		paths: []string{"spec.secretName"}, meaning: output},
	{group: "services.cloud.sap.com", kinds: kinds("ServiceBinding"),
		paths: []string{"spec.secretName"}, meaning: output},
}
