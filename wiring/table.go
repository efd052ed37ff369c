package wiring

import "strings"

// podSpec is one row: the pods of a kind stand at a path.
type podSpec struct{ group, kind, path string }

// podSpecs are the kinds that hold a pod, and where.
var podSpecs = []podSpec{
	{"", "Pod", "spec"},
	{"", "ReplicationController", "spec.template.spec"},
	{"apps", "Deployment", "spec.template.spec"},
	{"apps", "StatefulSet", "spec.template.spec"},
	{"apps", "DaemonSet", "spec.template.spec"},
	{"apps", "ReplicaSet", "spec.template.spec"},
	{"batch", "Job", "spec.template.spec"},
	{"batch", "CronJob", "spec.jobTemplate.spec.template.spec"},
}

// containerLists are the fields of a pod that list containers.
var containerLists = []string{"containers", "initContainers", "ephemeralContainers"}

// reference is one row: a field of a kind names a Secret. In a path, `[]` stands for every element of a list.
type reference struct{ group, kind, path string }

// podReferences are the fields of a pod that name a Secret, relative to the pod.
var podReferences = podFields(
	"imagePullSecrets[].name",
	"volumes[].secret.secretName",
	"volumes[].projected.sources[].secret.name",
	"{containers}[].env[].valueFrom.secretKeyRef.name",
	"{containers}[].envFrom[].secretRef.name",
)

// references are the fields outside pods that name a Secret.
var references = []reference{
	{"", "ServiceAccount", "secrets[].name"},
	{"", "ServiceAccount", "imagePullSecrets[].name"},
	{"networking.k8s.io", "Ingress", "spec.tls[].secretName"},
}

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

// referencePaths are the paths of every field of a kind that names a Secret.
func referencePaths(group, kind string) []string {
	var paths []string
	if pod := podPath(group, kind); pod != "" {
		for _, p := range podReferences {
			paths = append(paths, pod+"."+p)
		}
	}
	for _, row := range references {
		if row.kind == kind && row.group == group {
			paths = append(paths, row.path)
		}
	}
	return paths
}
