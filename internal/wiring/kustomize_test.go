package wiring

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestFollows holds the table of fields that kustomize has follow to kustomize: in each field, and in some that are not in the
// table, a Secret of secretGenerator is named, and kustomize either writes its final name there or does not.
func TestFollows(t *testing.T) {
	apiVersions := map[string]string{
		"Pod": "v1", "PodTemplate": "v1", "ServiceAccount": "v1", "PersistentVolume": "v1", "ReplicationController": "v1",
		"Job": "batch/v1", "CronJob": "batch/v1", "Ingress": "networking.k8s.io/v1", "StorageClass": "storage.k8s.io/v1",
		"Role": "rbac.authorization.k8s.io/v1", "ClusterRole": "rbac.authorization.k8s.io/v1", "Service": "serving.knative.dev/v1",
		"Rollout": "argoproj.io/v1alpha1",
	}
	fields := map[string][]string{
		"ReplicationController": {"spec/template/spec/containers[]/envFrom[]/secretRef/name", "spec/template/spec/imagePullSecrets[]/name"},
		"Rollout":               {"spec/template/spec/containers[]/envFrom[]/secretRef/name"},
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
			"volumes[]/secret/secretName", "containers[]/env[]/valueFrom/secretKeyRef/name", "initContainers[]/env[]/valueFrom/secretKeyRef/name",
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
			i := &item{kind: kind, apiVersion: apiVersion}
			want := i.follows(strings.Split(strings.ReplaceAll(path, "[]", ""), "/"))
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

// TestRecord reads what kustomize records of the names and namespaces that it gave.
func TestRecord(t *testing.T) {
	resource := func(kind, name, namespace string, annotations ...string) string {
		text := "apiVersion: v1\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n"
		if namespace != "" {
			text += "  namespace: " + namespace + "\n"
		}
		if len(annotations) > 0 {
			text += "  annotations:\n"
		}
		for _, a := range annotations {
			text += "    " + a + "\n"
		}
		return text
	}
	prefix := func(text string) string { return Prefixes + ": " + text }
	former := func(names, namespaces string) []string {
		return []string{PreviousNames + ": " + names, PreviousNamespaces + ": " + namespaces}
	}
	const id = kustomizeID + ": a"
	for _, c := range []struct {
		name                string
		in                  []string
		inBuild             bool
		last, given, shared string
	}{
		{"not in a build", []string{resource("ConfigMap", "a", "shop"), resource("ConfigMap", "b", "shop")}, false, "", "", "shop"},
		{"in one", []string{resource("ConfigMap", "a", ""), resource("ConfigMap", "b", "", id)}, true, "", "", ""},
		{"one prefix", []string{resource("ConfigMap", "a", "", prefix("p-")), resource("ConfigMap", "b", "", prefix("x-,p-"))},
			false, "p-", "", ""},
		{"two prefixes", []string{resource("ConfigMap", "a", "", prefix("p-")), resource("ConfigMap", "b", "", prefix("x-"))},
			false, "", "", ""},
		{"one without", []string{resource("ConfigMap", "a", "", prefix("p-")), resource("ConfigMap", "b", "")}, false, "", "", ""},
		{"what is never prefixed", []string{resource("Namespace", "a", ""), resource("APIService", "b", ""),
			resource("CustomResourceDefinition", "c", ""), resource("ConfigMap", "d", "", prefix("p-"))}, false, "p-", "", ""},
		{"a given namespace", []string{resource("ConfigMap", "a", "shop", former("a", "default")...),
			resource("ConfigMap", "b", "shop", former("b", "other")...), resource("Namespace", "shop", "")}, false, "", "shop", "shop"},
		{"one that brought its own", []string{resource("ConfigMap", "a", "shop", former("a", "default")...),
			resource("ConfigMap", "b", "shop", former("b", "shop")...)}, false, "", "", "shop"},
		{"two namespaces", []string{resource("ConfigMap", "a", "shop"), resource("ConfigMap", "b", "store")}, false, "", "", ""},
		{"one without a namespace", []string{resource("ConfigMap", "a", "shop"), resource("ConfigMap", "b", "")}, false, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := NewItems(parse(t, strings.Join(append(c.in, resource("ConfigMap", "gone", "elsewhere")), "---\n")))
			it.Remove(len(c.in))
			if got := it.InBuild(); got != c.inBuild {
				t.Errorf("in a build: %v", got)
			}
			if got := it.Last(Prefixes); got != c.last {
				t.Errorf("the last prefix is %q, want %q", got, c.last)
			}
			if got := it.GivenNamespace(); got != c.given {
				t.Errorf("the given namespace is %q, want %q", got, c.given)
			}
			if got := it.SharedNamespace(); got != c.shared {
				t.Errorf("the shared namespace is %q, want %q", got, c.shared)
			}
		})
	}
	it := NewItems(parse(t, resource("Secret", "p-db", "shop", former("db,p-db", "default,shop")...)+"---\n"+
		resource("ConfigMap", "db", "")+"---\n"+resource("Secret", "db", "store")))
	for _, c := range []struct {
		namespace, name string
		want            []int
	}{{"", "db", []int{0}}, {"default", "db", []int{0}}, {"shop", "p-db", []int{0}}, {"shop", "db", nil}, {"store", "db", []int{2}}} {
		if got := it.Called(c.namespace, c.name); !slices.Equal(got, c.want) {
			t.Errorf("Secrets called %s/%s: %v, want %v", c.namespace, c.name, got, c.want)
		}
	}
	data := DataOf(yaml.MustParse("data: {a: eA==, b: eQ==}\n"))
	if len(data) != 2 || data["a"] != "eA==" || data["b"] != "eQ==" || len(DataOf(yaml.MustParse("kind: Secret\n"))) > 0 {
		t.Errorf("data is %v", data)
	}
}
