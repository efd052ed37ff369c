package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/utils"
)

// podSpec is one row: the pods of a kind stand at a path.
type podSpec struct{ group, kind, path string }

// podSpecs are the kinds that hold a pod, and where. For kinds that are not here a target says `podSpec`.
var podSpecs = []podSpec{
	{"", "Pod", "spec"},
	{"", "PodTemplate", "template.spec"},
	{"", "ReplicationController", "spec.template.spec"},
	{"apps", "Deployment", "spec.template.spec"},
	{"extensions", "Deployment", "spec.template.spec"},
	{"extensions", "DaemonSet", "spec.template.spec"},
	{"extensions", "ReplicaSet", "spec.template.spec"},
	{"apps", "StatefulSet", "spec.template.spec"},
	{"apps", "DaemonSet", "spec.template.spec"},
	{"apps", "ReplicaSet", "spec.template.spec"},
	{"batch", "Job", "spec.template.spec"},
	{"batch", "CronJob", "spec.jobTemplate.spec.template.spec"},
	{"argoproj.io", "Rollout", "spec.template.spec"},
	{"serving.knative.dev", "Service", "spec.template.spec"},
	{"serving.knative.dev", "Configuration", "spec.template.spec"},
	{"apps.openshift.io", "DeploymentConfig", "spec.template.spec"},
	{"keda.sh", "ScaledJob", "spec.jobTargetRef.template.spec"},
	{"apps.kruise.io", "CloneSet", "spec.template.spec"},
	{"apps.kruise.io", "StatefulSet", "spec.template.spec"},
	{"apps.kruise.io", "DaemonSet", "spec.template.spec"},
	{"apps.kruise.io", "BroadcastJob", "spec.template.spec"},
	{"apps.kruise.io", "SidecarSet", "spec"},
	{"agones.dev", "GameServer", "spec.template.spec"},
	{"agones.dev", "Fleet", "spec.template.spec.template.spec"},
	{"kubeflow.org", "Notebook", "spec.template.spec"},
	{"serving.kserve.io", "InferenceService", "spec.predictor"},
	{"tekton.dev", "Task", "spec"},
	{"tekton.dev", "ClusterTask", "spec"},
	{"tekton.dev", "TaskRun", "spec.taskSpec"},
}

// containerLists are the fields of a pod that list containers: steps and sidecars are those of a Tekton Task.
var containerLists = []string{"containers", "initContainers", "ephemeralContainers", "steps", "sidecars"}

// containerReferences are the fields of a pod, relative to it, by which its containers read a Secret, from the
// core/v1 API.
var containerReferences = podFields(
	"volumes[].secret.secretName",
	"volumes[].projected.sources[].secret.name",
	"{containers}[].env[].valueFrom.secretKeyRef.name",
	"{containers}[].envFrom[].secretRef.name",
)

// podReferences are all fields of a pod that name a Secret.
var podReferences = append(podFields(
	"imagePullSecrets[].name",
	"volumes[].azureFile.secretName",
	"volumes[].cephfs.secretRef.name",
	"volumes[].cinder.secretRef.name",
	"volumes[].csi.nodePublishSecretRef.name",
	"volumes[].flexVolume.secretRef.name",
	"volumes[].iscsi.secretRef.name",
	"volumes[].rbd.secretRef.name",
	"volumes[].scaleIO.secretRef.name",
	"volumes[].storageos.secretRef.name",
), containerReferences...)

// podFields writes `{containers}` out.
func podFields(paths ...string) []string {
	var out []string
	for _, p := range paths {
		if !strings.Contains(p, "{containers}") {
			out = append(out, p)
			continue
		}
		for _, list := range containerLists {
			out = append(out, strings.ReplaceAll(p, "{containers}", list))
		}
	}
	return out
}

// PodPath is where a kind holds its pod, or "".
func PodPath(group, kind string) string {
	for _, row := range podSpecs {
		if row.kind == kind && row.group == group {
			return row.path
		}
	}
	return ""
}

// removable are the fields that Unwire takes out, each with the innermost element of a list around it.
func (i *item) removable() [][]string {
	var out [][]string
	add := func(paths ...string) {
		for _, path := range paths {
			out = append(out, utils.PathSplitter(path, "."))
		}
	}
	switch {
	case i.podPath != "":
		for _, path := range podReferences {
			add(i.podPath + "." + path)
		}
	case i.kind == "ServiceAccount":
		add("secrets[].name", "imagePullSecrets[].name")
	case i.kind == "Ingress":
		add("spec.tls[].secretName")
	case i.kind == "Gateway":
		add("spec.listeners[].tls.certificateRefs[].name")
	}
	return out
}

// rows are those of the tables for the resource, or nil.
func (it *Items) rows(i *item) *fields {
	key := [2]string{i.group(), i.kind}
	known, ok := it.rowsOf[key]
	if !ok {
		known = rows(key[0], key[1])
		it.rowsOf[key] = known
	}
	return known
}

func rows(group, kind string) *fields {
	var tree *fields
	for _, table := range tables {
		for _, row := range table {
			if row.group != group || !slices.Contains(row.kinds, kind) {
				continue
			}
			if tree == nil {
				tree = &fields{}
			}
			for _, path := range row.paths {
				tree.add(path, max(row.meaning, reference))
			}
		}
	}
	return tree
}
