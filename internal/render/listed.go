package render

import (
	"path"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
)

// unlisted warns of files that were written or removed where the kustomization beside them says otherwise: kustomize
// and Flux build what it lists, and no more.
func unlisted(dir string, changes []disk.Change) []*fn.Finding {
	var found []*fn.Finding
	for _, change := range changes {
		name := path.Base(change.Name)
		kustomization, text := kustomizationIn(filepath.Join(dir, filepath.FromSlash(path.Dir(change.Name))))
		var k struct {
			Resources []string `yaml:"resources"`
		}
		if text == nil || yaml.Unmarshal(text, &k) != nil {
			continue
		}
		listed := slices.ContainsFunc(k.Resources, func(entry string) bool { return path.Clean(entry) == name })
		var f *fn.Finding
		switch {
		case !listed && len(change.Content) > 0:
			f = report.New(report.NotInKustomization, "it does not list "+name+", which was written beside it",
				"add it to resources")
		case listed && len(change.Content) == 0:
			f = report.New(report.NotInKustomization, "it lists "+name+", which was removed", "take it out of resources")
		default:
			continue
		}
		f.Place.File = disk.FromHere(kustomization)
		found = append(found, f.WithSeverity(report.Warning))
	}
	return found
}

// kustomizationIn returns the kustomization in a folder, and its text, or nil.
func kustomizationIn(dir string) (string, []byte) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := filepath.Join(dir, name)
		if text, err := disk.ReadNamed(file); err == nil {
			return file, text
		}
	}
	return "", nil
}
