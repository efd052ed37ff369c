package references

import "strings"

// PodSpec is one row: the pods of a kind stand at a path.
type PodSpec struct{ Group, Kind, Path string }

// PodSpecs are the kinds that hold a pod, and where. For kinds that are not here a target says `podSpec`.
var PodSpecs = []PodSpec{
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

// ContainerLists are the fields of a pod that list containers: steps and sidecars are those of a Tekton Task.
var ContainerLists = []string{"containers", "initContainers", "ephemeralContainers", "steps", "sidecars"}

// ContainerReferences are the fields of a pod, relative to it, by which its containers read a Secret, from the
// core/v1 API.
var ContainerReferences = podFields(
	"volumes[].secret.secretName",
	"volumes[].projected.sources[].secret.name",
	"{containers}[].env[].valueFrom.secretKeyRef.name",
	"{containers}[].envFrom[].secretRef.name",
)

// PodReferences are all fields of a pod that name a Secret.
var PodReferences = append(podFields(
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
), ContainerReferences...)

// podFields writes `{containers}` out.
func podFields(paths ...string) []string {
	var out []string
	for _, p := range paths {
		if !strings.Contains(p, "{containers}") {
			out = append(out, p)
			continue
		}
		for _, list := range ContainerLists {
			out = append(out, strings.ReplaceAll(p, "{containers}", list))
		}
	}
	return out
}

// PodPath is where a kind holds its pod, or "".
func PodPath(group, kind string) string {
	for _, row := range PodSpecs {
		if row.Kind == kind && row.Group == group {
			return row.Path
		}
	}
	return ""
}
