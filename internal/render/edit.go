package render

import (
	"bytes"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
)

// edited is a file after a run.
type edited struct {
	source *manifests.Source
	// texts are those of its documents. One that was removed has none.
	texts [][]byte
	// changed reports whether any of them is not as it was read.
	changed bool
	// resources are what its resources became.
	resources []*yaml.RNode
}

// content returns the file, nil if nothing is left in it.
func (e edited) content() []byte {
	for i, d := range e.source.Documents {
		if d.Node != nil && e.texts[i] != nil {
			return bytes.Join(e.texts, nil)
		}
	}
	return nil
}

// edit returns the files that were read as a run left them, and the new resources.
func (j *Job) edit(result fn.Result) (files []edited, added []*yaml.RNode, err error) {
	now := make([]*yaml.RNode, len(j.resources))
	for i, node := range result.Items {
		if index := result.Indices[i]; index >= 0 {
			now[index] = node
		} else {
			added = append(added, node)
		}
	}
	next := 0
	for _, source := range j.sources {
		file := edited{source: source}
		for d, document := range source.Documents {
			edit := splice.ItemsEdit{Replaced: map[int]*yaml.Node{}}
			for next < len(j.resources) && j.resources[next].source == source && j.resources[next].document == d {
				file.keep(j.resources[next], now[next], edit)
				next++
			}
			text, err := editDocument(document, edit)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", source.Path, err)
			}
			file.changed = file.changed || len(edit.Replaced) > 0
			file.texts = append(file.texts, text)
		}
		files = append(files, file)
	}
	return files, added, nil
}

// keep notes what a run made of a resource of the file: nothing, if it is gone.
func (e *edited) keep(r resource, node *yaml.RNode, edit splice.ItemsEdit) {
	if node == nil {
		edit.Replaced[r.item] = nil
		return
	}
	switch {
	case node == r.node:
	case r.typed:
		edit.Replaced[r.item] = withoutType(node.YNode())
	default:
		edit.Replaced[r.item] = node.YNode()
	}
	e.resources = append(e.resources, node)
}

// editDocument returns the text of a document after an edit, nil if it was removed.
func editDocument(d *manifests.Document, edit splice.ItemsEdit) ([]byte, error) {
	if len(edit.Replaced) == 0 {
		return d.Text, nil
	}
	var result splice.Result
	var err error
	if d.IsList() {
		result, err = splice.Items(d, edit)
	} else if edit.Replaced[0] == nil {
		return nil, nil
	} else {
		result, err = splice.Document(d, edit.Replaced[0])
	}
	return result.Text, err
}

// newText returns the text of a new resource, without the annotations that say which file it belongs in.
func newText(node *yaml.RNode) ([]byte, error) {
	node = node.Copy()
	for _, name := range []kioutil.AnnotationKey{kioutil.PathAnnotation, kioutil.IndexAnnotation} {
		if _, err := node.Pipe(yaml.ClearAnnotation(name)); err != nil {
			return nil, err
		}
	}
	if err := yaml.ClearEmptyAnnotations(node); err != nil {
		return nil, err
	}
	return yaml.MarshalWithOptions(node.YNode(), &yaml.EncoderOptions{SeqIndent: yaml.CompactSequenceStyle})
}

// Stream returns the resources as one stream: the documents that hold some, with the comments before them, and the new
// ones.
func (j *Job) Stream(result fn.Result) ([]byte, error) {
	files, added, err := j.edit(result)
	if err != nil {
		return nil, err
	}
	holds := map[*manifests.Document]bool{}
	for _, r := range j.resources {
		holds[r.source.Documents[r.document]] = true
	}
	var out splice.Stream
	for _, file := range files {
		for d, text := range file.texts {
			if document := file.source.Documents[d]; text == nil || document.Node != nil && !holds[document] {
				continue
			}
			if err := out.Add(text); err != nil {
				return nil, fmt.Errorf("%s: %w", file.source.Path, err)
			}
		}
	}
	for _, node := range added {
		text, err := newText(node)
		if err != nil {
			return nil, err
		}
		if err := out.Add(text); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
