package integrations_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/schema"
)

var update = flag.Bool("update", false, "write krm/secretwright/function.yaml anew")

const functionHead = `# The metadata of the KRM function, made by ` + "`make generate`" + ` from the schema.
apiVersion: config.kubernetes.io/v1alpha1
kind: KRMFunctionDefinition
metadata:
  name: secretwright
  annotations:
    config.kubernetes.io/local-config: "true"
`

// TestKRMFunction holds the function's metadata to the schema of a SecretSpec, and to kyaml's own type.
func TestKRMFunction(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(schema.JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	spec := map[string]any{"spec": map[string]any{
		"group":       "secretwright.dev",
		"names":       map[string]any{"kind": "SecretSpec"},
		"description": "Makes Kubernetes Secrets from SOPS-encrypted sources, and the references to them.",
		"publisher":   "Secretwright",
		"home":        "https://github.com/secretwright/secretwright",
		"tags":        []string{"generator", "mutator", "secrets", "sops"},
		"versions": []any{map[string]any{
			"name": "v1alpha1", "idempotent": true, "license": "Apache-2.0",
			"usage":    "https://github.com/secretwright/secretwright/blob/main/docs/secretspec.md",
			"examples": []string{"https://github.com/secretwright/secretwright/tree/main/examples/kpt"},
			"runtime": map[string]any{"exec": map[string]any{"path": "secretwright"},
				"container": map[string]any{"image": "ghcr.io/secretwright/secretwright"}},
			"schema": map[string]any{"openAPIV3Schema": inlined(t, root, root, 0)},
		}},
	}}
	text, err := yaml.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("krm", "secretwright", "function.yaml")
	want := functionHead + string(text)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := string(readFile(t, file))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is not what make generate writes (-want +got):\n%s", file, diff)
	}
	var definition framework.KRMFunctionDefinition
	if err := yaml.UnmarshalStrict([]byte(got), &definition); err != nil {
		t.Error(err)
	}
	version := definition.Spec.Versions[0]
	if definition.Kind != framework.FunctionDefinitionKind ||
		definition.APIVersion != framework.FunctionDefinitionGroupVersion ||
		version.Runtime.Exec.Path != "secretwright" ||
		len(version.Schema.OpenAPIV3Schema.Properties["secrets"].Items.Schema.Properties) < 5 {
		t.Errorf("kyaml reads something else: %+v", definition)
	}
}

// inlined is a JSON Schema as OpenAPI in a custom resource has it: without references.
func inlined(t *testing.T, root map[string]any, value any, depth int) any {
	if depth > 40 {
		t.Fatal("the schema refers to itself")
	}
	switch v := value.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			return inlined(t, root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")], depth+1)
		}
		out := map[string]any{}
		for name, child := range v {
			if name != "$schema" && name != "$id" && name != "$defs" {
				out[name] = inlined(t, root, child, depth+1)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = inlined(t, root, child, depth+1)
		}
		return out
	}
	return value
}

// TestKptPackage has kpt render the package of the function, which changes nothing but kpt's own account of it.
func TestKptPackage(t *testing.T) {
	runner(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("krm", "secretwright"))); err != nil {
		t.Fatal(err)
	}
	before := readFile(t, filepath.Join(dir, "function.yaml"))
	out := sopstest.Run(t, dir, kpt(t, "fn", "render", "--allow-exec", "--output", "unwrap", dir))
	if !strings.Contains(string(out), "kind: Secret\n") || !strings.Contains(string(out), "secretKeyRef:") {
		t.Errorf("the package renders no Secret:\n%s", out)
	}
	if diff := cmp.Diff(string(before), string(readFile(t, filepath.Join(dir, "function.yaml")))); diff != "" {
		t.Error(diff)
	}
}
