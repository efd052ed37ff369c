package references

import (
	"slices"
	"strings"
)

// kustomizeFields are the fields, by kind, in which kustomize itself has a Secret's name follow: its default
// `nameReference` configuration (api/internal/konfig/builtinpluginconsts/namereference.go of kustomize v5.8). It goes
// by the kind alone but for Knative. A test holds the table to kustomize.
var kustomizeFields = map[string][]string{
	"Ingress": {
		"spec/tls/secretName", "metadata/annotations/ingress.kubernetes.io/auth-secret",
		"metadata/annotations/nginx.ingress.kubernetes.io/auth-secret",
		"metadata/annotations/nginx.ingress.kubernetes.io/auth-tls-secret",
	},
	"ServiceAccount": {"imagePullSecrets/name"},
	"StorageClass": {"parameters/secretName", "parameters/adminSecretName", "parameters/userSecretName",
		"parameters/secretRef"}, "Role": {"rules/resourceNames"},
	"ClusterRole":      {"rules/resourceNames"},
	"PersistentVolume": {"spec/azureFile/secretName"},
}

// kustomizePods are the kinds in whose pods kustomize has a Secret's name follow, and where the pod is.
var kustomizePods = map[string]string{
	"Pod": "spec/", "PodTemplate": "template/spec/", "Deployment": "spec/template/spec/",
	"ReplicaSet": "spec/template/spec/",
	"DaemonSet":  "spec/template/spec/", "StatefulSet": "spec/template/spec/", "Job": "spec/template/spec/",
	"CronJob": "spec/jobTemplate/spec/template/spec/",
}

var kustomizePodFields = []string{
	"volumes/secret/secretName", "containers/env/valueFrom/secretKeyRef/name",
	"initContainers/env/valueFrom/secretKeyRef/name",
	"containers/envFrom/secretRef/name", "initContainers/envFrom/secretRef/name", "imagePullSecrets/name",
	"volumes/projected/sources/secret/name",
}

// Follows reports whether kustomize itself has the name of a Secret follow in a field, given as keys without `[]`.
func (r *Resource) Follows(keys []string) bool {
	path := strings.Join(keys, "/")
	if slices.Contains(kustomizeFields[r.Kind], path) {
		return true
	}
	if r.Kind == "Service" && r.APIVersion == "serving.knative.dev/v1" {
		return path == "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"
	}
	pod, known := kustomizePods[r.Kind]
	rest, below := strings.CutPrefix(path, pod)
	return known && below && slices.Contains(kustomizePodFields, rest)
}
