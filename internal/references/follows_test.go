package references

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestFollows holds the table of fields that kustomize has follow to kustomize: in each field, and in some that are not
// in the table, a Secret of secretGenerator is named, and kustomize either writes its final name there or does not.
func TestFollows(t *testing.T) {
	apiVersions := map[string]string{
		"Pod": "v1", "PodTemplate": "v1", "ServiceAccount": "v1", "PersistentVolume": "v1", "ReplicationController": "v1",
		"Job": "batch/v1", "CronJob": "batch/v1", "Ingress": "networking.k8s.io/v1", "StorageClass": "storage.k8s.io/v1",
		"Role": "rbac.authorization.k8s.io/v1", "ClusterRole": "rbac.authorization.k8s.io/v1",
		"Service": "serving.knative.dev/v1", "Rollout": "argoproj.io/v1alpha1",
	}
	fields := map[string][]string{
		"ReplicationController": {"spec/template/spec/containers[]/envFrom[]/secretRef/name",
			"spec/template/spec/imagePullSecrets[]/name"},
		"Rollout": {"spec/template/spec/containers[]/envFrom[]/secretRef/name"},
		"Service": {"spec/template/spec/containers[]/env[]/valueFrom/secretKeyRef/name",
			"spec/template/spec/containers[]/envFrom[]/secretRef/name"},
		"ServiceAccount":   {"imagePullSecrets[]/name", "secrets[]/name"},
		"Ingress":          {"spec/tls[]/secretName"},
		"StorageClass":     {"parameters/secretName", "parameters/adminSecretName", "parameters/other"},
		"Role":             {"rules[]/resourceNames[]"},
		"ClusterRole":      {"rules[]/resourceNames[]"},
		"PersistentVolume": {"spec/azureFile/secretName", "spec/cephfs/secretRef/name"},
	}
	for kind, pod := range kustomizePods {
		for _, field := range []string{
			"volumes[]/secret/secretName", "containers[]/env[]/valueFrom/secretKeyRef/name",
			"initContainers[]/env[]/valueFrom/secretKeyRef/name",
			"containers[]/envFrom[]/secretRef/name", "initContainers[]/envFrom[]/secretRef/name", "imagePullSecrets[]/name",
			"volumes[]/projected/sources[]/secret/name", "ephemeralContainers[]/envFrom[]/secretRef/name",
			"volumes[]/csi/nodePublishSecretRef/name",
		} {
			fields[kind] = append(fields[kind], pod+field)
		}
	}
	followed := 0
	for kind, paths := range fields {
		apiVersion := apiVersions[kind]
		if apiVersion == "" {
			apiVersion = "apps/v1"
		}
		for _, path := range paths {
			object := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": "x"}}
			put(object, strings.Split(path, "/"))
			i := &Resource{Kind: kind, APIVersion: apiVersion}
			want := i.Follows(strings.Split(strings.ReplaceAll(path, "[]", ""), "/"))
			if got := kustomizeFollows(t, object); got != want {
				t.Errorf("%s %s: kustomize follows: %v, the table says %v", kind, path, got, want)
			}
			if want {
				followed++
			}
		}
	}
	if followed < 60 {
		t.Errorf("only %d fields are followed", followed)
	}
}

// put sets the field at a path to the name of the Secret.
func put(node map[string]any, path []string) {
	name, isList := strings.CutSuffix(path[0], "[]")
	var value any = "db"
	if len(path) > 1 {
		child := map[string]any{"name": "x"}
		put(child, path[1:])
		value = child
	}
	if isList {
		value = []any{value}
	}
	node[name] = value
}

func kustomizeFollows(t *testing.T, object map[string]any) bool {
	text, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	files := filesys.MakeFsInMemory()
	for name, content := range map[string]string{
		"kustomization.yaml": "resources: [object.yaml]\nsecretGenerator: [{name: db, literals: [a=b]}]\n",
		"object.yaml":        string(text),
	} {
		if err := files.WriteFile(name, []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, ".")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	built, err := out.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(built), "db-") > 1
}
