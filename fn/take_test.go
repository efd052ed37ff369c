package fn_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/report"
)

// TestTakeWithoutKey takes Secrets from manifests without a key: what is in the clear is read, and a manifest that is
// encrypted as a whole needs its name in the SecretSpec.
func TestTakeWithoutKey(t *testing.T) {
	dir := filepath.Join(pinned.Root(), "testdata", "from-manifest")
	setEnv(t, dir)
	t.Setenv("SOPS_AGE_KEY", "")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	rw := list(t, read(t, dir, "in.yaml"))
	spec := rw.FunctionConfig
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(read(t, dir, "in.yaml")), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	run := func() (codes []report.Code, made []string) {
		filter := &fn.Filter{Root: root, FunctionConfig: spec, Keyless: true}
		result, _ := filter.Run(t.Context(), nodes)
		for _, f := range result.Findings {
			if f.Code != report.ReadableBy { // which a check says of every encrypted source
				codes = append(codes, f.Code)
			}
		}
		for _, access := range result.Accesses {
			made = append(made, access.Secret+": "+access.Type)
		}
		return codes, made
	}

	codes, _ := run()
	if !slices.Equal(codes, []report.Code{report.MetadataIsSecret}) {
		t.Errorf("a manifest without a readable name gives %v", codes)
	}

	entry := spec.Field("secrets").Value.Content()[3]
	entry.Content = append(entry.Content, yaml.NewStringRNode("name").YNode(), yaml.NewStringRNode("w").YNode())
	codes, made := run()
	if len(codes) != 0 {
		t.Errorf("with a name it gives %v", codes)
	}
	want := []string{"db: kubernetes.io/basic-auth", "pay: Opaque", "mail: Opaque", "w: Opaque", "copy: Opaque",
		"keys: Opaque"}
	if !slices.Equal(made, want) {
		t.Errorf("made %v, want %v", made, want)
	}
}
