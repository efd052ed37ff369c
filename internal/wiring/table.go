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
}

// containerLists are the fields of a pod that list containers.
var containerLists = []string{"containers", "initContainers", "ephemeralContainers"}

// podReferences are the fields of a pod that name a Secret, relative to the pod, from the core/v1 API.
var podReferences = podFields(
	"imagePullSecrets[].name",
	"volumes[].secret.secretName",
	"volumes[].projected.sources[].secret.name",
	"volumes[].azureFile.secretName",
	"volumes[].cephfs.secretRef.name",
	"volumes[].cinder.secretRef.name",
	"volumes[].csi.nodePublishSecretRef.name",
	"volumes[].flexVolume.secretRef.name",
	"volumes[].iscsi.secretRef.name",
	"volumes[].rbd.secretRef.name",
	"volumes[].scaleIO.secretRef.name",
	"volumes[].storageos.secretRef.name",
	"{containers}[].env[].valueFrom.secretKeyRef.name",
	"{containers}[].envFrom[].secretRef.name",
)

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

// podPath is where a kind holds its pod, or "".
func podPath(group, kind string) string {
	for _, row := range podSpecs {
		if row.kind == kind && row.group == group {
			return row.path
		}
	}
	return ""
}

// paths are those of every field of the resource that names a Secret, as segments.
func (it *Items) paths(i *item) [][]string {
	key := [3]string{i.group(), i.kind, i.podPath}
	known, ok := it.pathsOf[key]
	if !ok {
		known = paths(key[0], key[1], key[2])
		it.pathsOf[key] = known
	}
	return known
}

func paths(group, kind, podPath string) [][]string {
	var all []string
	for _, row := range references {
		if row.group == group && slices.Contains(row.kinds, kind) {
			all = append(all, row.paths...)
			for _, pod := range row.pods {
				for _, p := range podReferences {
					all = append(all, pod+"."+p)
				}
			}
		}
	}
	if podPath != "" {
		for _, p := range podReferences {
			all = append(all, podPath+"."+p)
		}
	}
	var split [][]string
	for _, path := range all {
		split = append(split, utils.PathSplitter(path, "."))
	}
	return split
}
