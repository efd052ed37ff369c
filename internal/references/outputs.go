package references

// outputs are the fields that say which Secret an operator is to write. They do not follow: if one names a Secret
// that is declared here, two would write it.
var outputs = []row{
	{group: "cert-manager.io", kinds: kinds("Certificate"), paths: []string{"spec.secretName"}, meaning: Writes},
	{group: "certmanager.k8s.io", kinds: kinds("Certificate"), paths: []string{"spec.secretName"}, meaning: Writes},
	{group: "cert.gardener.cloud", kinds: kinds("Certificate"),
		paths: []string{"spec.secretName", "spec.secretRef.name"}, meaning: Writes},
	{group: "external-secrets.io", kinds: kinds("ExternalSecret"),
		paths: []string{"spec.target.name"}, meaning: Writes},
	{group: "external-secrets.io", kinds: kinds("ClusterExternalSecret"), paths: []string{
		"spec.externalSecretSpec.target.name"}, meaning: Writes},
	{group: "bitnami.com", kinds: kinds("SealedSecret"),
		paths: []string{"metadata.name", "spec.template.metadata.name"}, meaning: Writes},
	{group: "onepassword.com", kinds: kinds("OnePasswordItem"), paths: []string{"metadata.name"}, meaning: Writes},
	{group: "isindir.github.com", kinds: kinds("SopsSecret"),
		paths: []string{"spec.secretTemplates[].name"}, meaning: Writes},
	{group: "secrets.hashicorp.com",
		kinds: kinds("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret", "HCPVaultSecretsApp"),
		paths: []string{"spec.destination.name"}, meaning: Writes},
	{group: "secrets.infisical.com", kinds: kinds("InfisicalSecret"), paths: []string{
		"spec.managedSecretReference.secretName", "spec.managedKubeSecretReferences[].secretName"}, meaning: Writes},
	{group: "secrets.doppler.com", kinds: kinds("DopplerSecret"),
		paths: []string{"spec.managedSecret.name"}, meaning: Writes},
	{group: "k8s.bitwarden.com", kinds: kinds("BitwardenSecret"), paths: []string{"spec.secretName"}, meaning: Writes},
	{group: "spv.no", kinds: kinds("AzureKeyVaultSecret"),
		paths: []string{"spec.output.secret.name"}, meaning: Writes},
	{group: "secrets-store.csi.x-k8s.io", kinds: kinds("SecretProviderClass"), paths: []string{
		"spec.secretObjects[].secretName"}, meaning: Writes},
	{group: "servicecatalog.k8s.io", kinds: kinds("ServiceBinding"),
		paths: []string{"spec.secretName"}, meaning: Writes},
	{group: "services.cloud.sap.com", kinds: kinds("ServiceBinding"),
		paths: []string{"spec.secretName"}, meaning: Writes},
}
