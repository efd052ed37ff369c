package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// outputs are the folders that the SecretSpecs of a name say they are rendered into, "" where one does not say.
type outputs map[string][]string

// add adds those of the SecretSpecs in a file, and reports whether there is one, and one that says where.
func (o outputs) add(file *manifests.Source) (isSpec, hasDir bool) {
	for _, d := range file.Documents {
		for _, item := range d.Items() {
			if item.Kind != yaml.MappingNode || !schema.IsSecretSpec(yaml.NewRNode(item)) {
				continue
			}
			isSpec = true
			name, place := yamlnode.Value(item, "metadata.name"), ""
			if dir := yamlnode.Field(yamlnode.Field(item, "output"), "dir"); dir != nil {
				hasDir, place = true, filepath.Join(filepath.Dir(file.Path), filepath.FromSlash(dir.Value))
			}
			o[name] = append(o[name], place)
		}
	}
	return isSpec, hasDir
}

// left warns of Secrets in a file that were made for a SecretSpec that is gone, or is rendered elsewhere now: nothing
// renders them any more, and whoever builds the folder still gets them.
func (o outputs) left(file string) []*fn.Finding {
	sources, err := (&manifests.Reader{}).Read(file, nil)
	if err != nil {
		return nil // which is said where the file is used
	}
	var found []*fn.Finding
	for _, d := range sources[0].Documents {
		for _, item := range d.Items() {
			if item.Kind != yaml.MappingNode || yamlnode.Value(item, "kind") != "Secret" {
				continue
			}
			mark := yamlnode.Field(yamlnode.At(item, "metadata.annotations"), schema.SecretAnnotation)
			if mark == nil {
				continue
			}
			spec, secret, isOurs := strings.Cut(mark.Value, "/")
			dirs, isKnown := o[spec]
			isThere := slices.ContainsFunc(dirs, func(dir string) bool { return dir == "" || disk.Inside(file, dir) })
			if !isOurs || isThere {
				continue
			}
			why := "and none of that name is below this folder"
			if isKnown {
				why = "which is rendered into another folder now"
			}
			f := report.New(report.OutputLeft, fmt.Sprintf("the Secret %s was made for the SecretSpec %s, %s", secret, spec, why),
				"remove it, and what names it")
			f.Place = report.Place{File: disk.FromHere(file), Line: item.Line, Column: item.Column}
			found = append(found, f.WithSeverity(report.Warning))
		}
	}
	return found
}
