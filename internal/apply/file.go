package apply

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// file returns where a new Secret is stored, if resources are stored in files: in the file that the SecretSpec or the
// filter says, or else beside the SecretSpec, under a name that nothing else among the resources has.
func (p *placing) file(one *plan, namespace string) map[string]string {
	specFile := p.node.GetAnnotations()[kioutil.PathAnnotation]
	if specFile == "" {
		return nil
	}
	dir := path.Dir(specFile)
	if p.settings.Output != "" {
		dir = p.settings.Output
	}
	name, asked := p.settings.secretFile(p.spec.Metadata.Name, one, namespace)
	if !asked && p.items.HasFile(path.Join(dir, name), p.spec.Metadata.Name+"/"+one.spec.Name) {
		name = "secret_" + p.spec.Metadata.Name + strings.TrimPrefix(name, "secret")
		if p.spec.Metadata.Namespace != "" {
			name = "secret_" + p.spec.Metadata.Namespace + strings.TrimPrefix(name, "secret")
		}
	}
	return map[string]string{kioutil.PathAnnotation: path.Join(dir, name), kioutil.IndexAnnotation: "0"}
}

// secretFile returns the file of a new Secret, relative to the folder it is stored in, and whether it was asked for. It
// does not change with the Secret's content.
func (s *Settings) secretFile(spec string, p *plan, namespace string) (name string, asked bool) {
	for _, text := range []string{p.spec.Path, s.SecretFile} {
		data := schema.PathData{Name: p.spec.Name, Namespace: namespace, SecretSpec: spec}
		if file, err := schema.ExpandPath(text, data); text != "" && err == nil {
			return file, true
		}
	}
	if len(p.names) > 1 && namespace != "" {
		return "secret_" + namespace + "_" + p.spec.Name + ".yaml", false
	}
	return "secret_" + p.spec.Name + ".yaml", false
}

// ruledFile returns the file of a Secret that creation rules are to decide by, relative to the root. A Secret in
// several namespaces is encrypted for the same recipients in all of them.
func (r *run) ruledFile(spec *schema.SecretSpec, p *plan, dir string) string {
	if r.settings.Output != "" {
		dir = r.settings.Output
	}
	name, _ := r.settings.secretFile(spec.Metadata.Name, p, slices.Sorted(maps.Keys(p.names))[0])
	return path.Join(dir, name)
}

// checkFiles reports a template of the filter that cannot be used, and Secrets in several namespaces that would be
// stored in one file.
func (r *run) checkFiles(spec *schema.SecretSpec, plans []*plan) {
	for _, p := range plans {
		field, text := p.field.Child("path"), p.spec.Path
		if text == "" {
			field, text = p.field, r.settings.SecretFile
		}
		if text == "" {
			continue
		}
		seen := map[string]string{}
		for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
			file, err := schema.ExpandPath(text, schema.PathData{
				Name: p.spec.Name, Namespace: namespace, SecretSpec: spec.Metadata.Name})
			if err != nil {
				r.Add(report.Wrap(report.InvalidFile, err, "the template for its file cannot be used: "+err.Error(),
					"correct the template").In(field))
				break
			}
			if other, twice := seen[file]; twice {
				r.Error(report.InvalidFile, field, fmt.Sprintf("the Secrets in the namespaces %s and %s would both be in %s",
					other, namespace, file), "use {{ .Namespace }} in the template")
				break
			}
			seen[file] = namespace
		}
	}
}
