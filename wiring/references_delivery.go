package wiring

// delivery are the fields of what builds, delivers and deploys.
var delivery = []row{
	{group: "kustomize.toolkit.fluxcd.io", kinds: kinds("Kustomization"), paths: []string{"spec.postBuild.substituteFrom[].name"}},
	{group: "helm.toolkit.fluxcd.io", kinds: kinds("HelmRelease"), paths: []string{"spec.valuesFrom[].name"}},
}
