package host

import (
	"encoding/base64"
	"maps"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// Merge merges a Secret with an earlier one of its build, whose name it takes, as a generator with that behavior (merge
// or replace) does: the labels and annotations of both, and for merge the data of both. Where both have one, the later
// one's is taken. Mark are annotations of the later one's own. With hashed its name gets a hash, if the earlier one's
// does.
func (l *Layer) Merge(later, earlier *yaml.RNode, behavior string, mark map[string]string, hashed bool) error {
	labels, annotations := earlier.GetLabels(), earlier.GetAnnotations()
	maps.Copy(labels, later.GetLabels())
	maps.Copy(labels, l.Labels)
	for _, more := range []map[string]string{later.GetAnnotations(), mark, l.Annotations} {
		maps.Copy(annotations, more)
	}
	delete(annotations, references.Behavior)
	if !hashed {
		delete(annotations, references.NeedsHash)
	}
	if behavior == "merge" {
		data := dataOf(earlier)
		maps.Copy(data, later.GetDataMap())
		later.SetDataMap(data)
	}
	if err := later.SetLabels(labels); err != nil {
		return err
	}
	return later.SetAnnotations(annotations)
}

// dataOf returns the data of a Secret in base64, with its stringData, which Kubernetes prefers.
func dataOf(secret *yaml.RNode) map[string]string {
	data := map[string]string{}
	maps.Copy(data, secret.GetDataMap())
	if text := secret.Field("stringData"); text != nil {
		_ = text.Value.VisitFields(func(f *yaml.MapNode) error {
			data[f.Key.YNode().Value] = base64.StdEncoding.EncodeToString([]byte(f.Value.YNode().Value))
			return nil
		})
	}
	return data
}
