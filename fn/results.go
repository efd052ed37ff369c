package fn

import (
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// results are the findings about one SecretSpec in the form of the KRM functions specification. A finding about a field
// of the SecretSpec refers to it and to its file; the resource and the source to blame stand in the message.
func results(spec *yaml.RNode, findings schema.Findings) framework.Results {
	var out framework.Results
	for _, finding := range findings {
		severity := framework.Error
		switch finding.Severity {
		case schema.Warning:
			severity = framework.Warning
		case schema.Info:
			severity = framework.Info
		}
		result := &framework.Result{
			Message:  finding.Text(),
			Severity: severity,
			ResourceRef: &yaml.ResourceIdentifier{
				TypeMeta: yaml.TypeMeta{APIVersion: spec.GetApiVersion(), Kind: spec.GetKind()},
				NameMeta: yaml.NameMeta{Name: spec.GetName(), Namespace: spec.GetNamespace()},
			},
		}
		if finding.Field != "" {
			result.Field = &framework.Field{Path: finding.Field}
		}
		if path := spec.GetAnnotations()[kioutil.PathAnnotation]; path != "" {
			result.File = &framework.File{Path: path}
		}
		out = append(out, result)
	}
	return out
}
