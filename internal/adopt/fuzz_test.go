package adopt_test

import (
	"os"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/adopt"
	"github.com/secretwright/secretwright/internal/report"
)

// FuzzConfiguration runs arbitrary configurations where there are no files. None may fail in a way that is not a
// finding.
func FuzzConfiguration(f *testing.F) {
	f.Add(ksopsHead + "files: [a.yaml]\nsecretFrom:\n- metadata: {name: a, labels: {a: b}}\n  files: [a=b]\n  " +
		"binaryFiles: [c]\n  envs: [d.env]\n  type: Opaque\n")
	f.Add(generatorHead + "envs: [a.env]\nfiles: [k=f]\nbehavior: merge\ndisableNameSuffixHash: yes\ntype: Opaque\n")
	f.Add(ksopsHead + "files: &a [*a]\nsecretFrom: {<<: *a}\n")
	f.Add(generatorHead + "? {a: b}\n: c\n!!binary x: y\n")
	root, err := os.OpenRoot(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		config, err := yaml.Parse(text)
		if err != nil || fn.Malformed(config) != "" || !adopt.Known(config) {
			return
		}
		filter := fn.Filter{Root: root, FunctionConfig: config}
		if _, err := filter.Filter(nil); err != nil && len(filter.Findings) == 0 {
			t.Error("it fails without a word")
		}
		for _, finding := range filter.Findings {
			if finding.Code == report.Internal {
				t.Errorf("%s", finding.Line())
			}
		}
	})
}
