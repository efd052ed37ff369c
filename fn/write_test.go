package fn

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// TestWriteInPieces holds what is written an item at a time to what kyaml writes of the whole list, over every golden case.
func TestWriteInPieces(t *testing.T) {
	cases, err := filepath.Glob("../testdata/*/*.yaml")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		in, err := os.ReadFile(path)
		if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(in), "annotations: {}") {
			continue // which kyaml's writer takes out
		}
		var want, got bytes.Buffer
		list := &kio.ByteReadWriter{Reader: bytes.NewReader(in), Writer: &want, OmitReaderAnnotations: true, KeepReaderAnnotations: true}
		items, err := list.Read()
		if err != nil || list.WrappingKind != kio.ResourceListKind {
			continue // an encrypted source
		}
		if err := list.Write(items); err != nil {
			t.Fatal(err)
		}
		ours := resourceList{list.WrappingAPIVersion, list.WrappingKind, items, list.FunctionConfig, list.Results}
		if err := ours.write(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%s (-kyaml +ours):\n%s", path, diff)
		}
	}
}
