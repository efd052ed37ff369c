package references

// delivery are the fields of what builds, delivers and deploys, and of what makes clusters.
var delivery = []row{
	{group: "kustomize.toolkit.fluxcd.io", kinds: kinds("Kustomization"),
		paths: []string{"spec.postBuild.substituteFrom[].name"}},
	{group: "helm.toolkit.fluxcd.io", kinds: kinds("HelmRelease"), paths: []string{"spec.valuesFrom[].name"}},
	{group: "kueue.x-k8s.io", kinds: kinds("MultiKueueCluster"), paths: []string{
		"spec.kubeConfig.location", "spec.clusterSource.kubeConfig.location"}},
	{group: "apps.gitlab.com", kinds: kinds("Runner"), paths: []string{
		"spec.ca", "spec.token", "spec.azure.credentials", "spec.gcs.credentials", "spec.s3.credentials"}},
	{group: "metal3.io", kinds: kinds("BareMetalHost"), paths: []string{
		"spec.bmc.credentialsName", "spec.userData.name", "spec.metaData.name", "spec.networkData.name",
		"spec.preprovisioningNetworkDataName"}},
	{group: "metal3.io", kinds: kinds("PreprovisioningImage"), paths: []string{"spec.networkDataName"}},
	{group: "metal3.io", kinds: kinds("BMCEventSubscription"), paths: []string{"spec.httpHeadersRef.name"}},
	{group: "infrastructure.cluster.x-k8s.io", kinds: kinds("Metal3Machine", "Metal3MachineTemplate"), paths: []string{
		"spec.userData.name", "spec.metaData.name", "spec.networkData.name", "spec.template.spec.userData.name",
		"spec.template.spec.metaData.name", "spec.template.spec.networkData.name"}},
	{group: "infrastructure.cluster.x-k8s.io", kinds: kinds("OpenStackServer"), paths: []string{
		"spec.userDataRef.name", "spec.identityRef.name"}},
	{group: "infrastructure.cluster.x-k8s.io",
		kinds: kinds("OpenStackCluster", "OpenStackMachine", "OpenStackFloatingIPPool"),
		paths: []string{
			"spec.identityRef.name", "spec.bastion.spec.identityRef.name"}},
	{group: "infrastructure.cluster.x-k8s.io", kinds: kinds("OpenStackClusterTemplate", "OpenStackMachineTemplate"),
		paths: []string{
			"spec.template.spec.identityRef.name", "spec.template.spec.bastion.spec.identityRef.name"}},
	{group: "kubernetesconfiguration.azure.com", kinds: kinds("Extension", "FluxConfiguration"), paths: []string{
		"spec.configurationProtectedSettings.name"}},
	{group: "compute.azure.com", kinds: kinds("VirtualMachineScaleSet"), paths: []string{
		"spec.virtualMachineProfile.extensionProfile.extensions[].protectedSettings.name"}},
	{group: "compute.azure.com", kinds: kinds("VirtualMachinesExtension", "VirtualMachineScaleSetsExtension"),
		paths: []string{
			"spec.protectedSettings.name"}},
	{group: "apimanagement.azure.com", kinds: kinds("AuthorizationProvidersAuthorization"),
		paths: []string{"spec.parameters.name"}},
	{group: "machinelearningservices.azure.com", kinds: kinds("WorkspacesConnection"), paths: []string{
		"spec.properties.customKeys.credentials.keys.name"}},
}
