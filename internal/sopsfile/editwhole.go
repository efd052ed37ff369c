package sopsfile

import (
	"errors"
	"reflect"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
)

// Plain returns the whole document in the clear, as `sops decrypt` prints it: for an editor.
func (e *Editable) Plain() (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	out, err := codec.NewStore(e.format, e.layout).EmitPlain(e.tree.Branches)
	if err != nil {
		return nil, report.New(report.Unprintable, "it cannot be written in the clear as "+string(e.format), "")
	}
	return out, nil
}

// InClear is a value that SOPS keeps in the clear.
type InClear struct{ Path, Key, Text string }

// Resealed is another text of a document, encrypted.
type Resealed struct {
	Text []byte
	// Clear are the values that are new or have changed, and that SOPS keeps in the clear by the rules in its sops block.
	Clear []InClear
	// Aliases reports whether the text had YAML aliases, which SOPS writes out.
	Aliases bool
}

// Reseal encrypts another text of the document, in the clear, as the document is encrypted: for the same recipients,
// under the same data key and rules. Values that did not change keep their ciphertext. It refuses ciphertext as a
// value.
func (e *Editable) Reseal(text []byte) (out Resealed, f *report.Finding) {
	defer report.Guard(&f)
	s := store(e.format)
	source, err := s.LoadPlain(text)
	if err != nil {
		return out, notPlain(text, err, e.format)
	}
	if f := e.cannotHold(source, text); f != nil {
		return out, f
	}
	tree := &source.Tree
	tree.Metadata = e.tree.Metadata
	e.keepFloats(tree)
	if reflect.DeepEqual(tree.Branches, e.tree.Branches) {
		out.Text = e.text
		return out, nil
	}
	was, err := s.LoadEncrypted(e.text)
	if err != nil {
		return out, notEncrypted(e.text, e.format, err)
	}
	known := map[InClear]bool{}
	for _, c := range clearIn(was.Tree.Branches) {
		known[InClear{withoutIndices(c.Path), c.Key, c.Text}] = true
	}
	out.Aliases = e.format == YAML && hasAlias(text)
	out.Text, f = e.seal(tree, func() *report.Finding {
		for _, c := range clearIn(tree.Branches) {
			if !known[InClear{withoutIndices(c.Path), c.Key, c.Text}] {
				out.Clear = append(out.Clear, c)
			}
		}
		return nil
	})
	return out, f
}

// cannotHold returns an error if a text in the clear is empty, or has what no encrypted document can have: a key of
// SOPS's metadata, or ciphertext as a value.
func (e *Editable) cannotHold(source *codec.Document, text []byte) *report.Finding {
	isEmpty := true
	for i, branch := range source.Tree.Branches {
		for _, item := range branch {
			name, ok := item.Key.(string)
			if ok && store(e.format).HasMetadata(sops.TreeBranch{item}) {
				f := report.New(report.AlreadyEncrypted, "the key "+name+" is one that SOPS keeps its metadata in",
					"name it otherwise")
				return atValue(f, source, i, Path{name})
			}
			isEmpty = isEmpty && !ok
		}
		if f := encryptedIn(source, i, branch); f != nil {
			return f
		}
	}
	if isEmpty {
		return notPlain(text, codec.ErrEmpty, e.format)
	}
	return nil
}

// keepFloats has whole numbers that were encrypted as floats stay such, and so keep their ciphertext: their text is
// that of an integer.
func (e *Editable) keepFloats(tree *sops.Tree) {
	former := map[[2]string]float64{}
	for _, branch := range e.tree.Branches {
		eachScalar("", "", nil, branch, func(path, _ string, _ Path, value any) {
			if number, ok := value.(float64); ok {
				text, _ := ScalarText(number)
				former[[2]string{withoutIndices(path), string(text)}] = number
			}
		})
	}
	for _, branch := range tree.Branches {
		eachScalar("", "", nil, branch, func(path, _ string, steps Path, value any) {
			text, _ := ScalarText(value)
			number, was := former[[2]string{withoutIndices(path), string(text)}]
			if _, isInt := value.(int); isInt && was {
				*placeAt(branch, steps) = number
			}
		})
	}
}

// notPlain says why a text in the clear cannot be read.
func notPlain(text []byte, err error, format Format) *report.Finding {
	f := unreadable(text, err, format)
	switch {
	case errors.Is(err, codec.ErrNotMap):
		return placed(report.New(report.NotAMap, "it is not a map, and SOPS encrypts no other document in "+string(format),
			"give the value a key"), err)
	case errors.Is(err, codec.ErrEmpty):
		f.Fix = "leave a value in it, or remove the file"
	case errors.Is(err, codec.ErrDuplicateKey):
		f.Fix = "keep one of them"
	case f.Code == report.InvalidDocument:
		f.Fix = "mend it"
		var at *manifests.Error
		if _, err := manifests.Parse(text); format == YAML && errors.As(err, &at) { // which tells more
			f.Message, f.Fix, f.Place.Line, f.Place.Column = at.Problem, "", at.Line, at.Column
		}
	}
	return f
}

// encryptedIn returns an error if a value of a text in the clear is ciphertext.
func encryptedIn(source *codec.Document, branch int, tree sops.TreeBranch) (f *report.Finding) {
	eachScalar("", "", nil, tree, func(path, _ string, steps Path, value any) {
		if text, ok := value.(string); !ok || f != nil || !isCiphertext(text) {
			return
		}
		f = atValue(report.New(report.AlreadyEncrypted, path+" is ciphertext already", "write the value in the clear"),
			source, branch, steps)
	})
	return f
}

// clearIn returns the values of encrypted branches that are in the clear. SOPS leaves what is empty as it is.
func clearIn(branches sops.TreeBranches) []InClear {
	var found []InClear
	for _, branch := range branches {
		eachScalar("", "", nil, branch, func(path, key string, _ Path, value any) {
			if text, f := ScalarText(value); f == nil && len(text) > 0 && !isCiphertext(string(text)) {
				found = append(found, InClear{path, key, string(text)})
			}
		})
	}
	return found
}

// eachScalar calls a function with every value of a tree that is neither a map nor a list, its path, and the key it is
// under.
func eachScalar(path, key string, steps Path, node any, visit func(path, key string, steps Path, value any)) {
	below := func(step any) Path { return append(steps[:len(steps):len(steps)], step) }
	switch node := node.(type) {
	case sops.TreeBranch:
		for _, item := range node {
			if name, ok := item.Key.(string); ok {
				eachScalar(report.KeyText(path, name), name, below(name), item.Value, visit)
			}
		}
	case []any:
		for i, element := range Elements(node) {
			eachScalar(report.IndexText(path, i), key, below(i), element, visit)
		}
	default:
		visit(path, key, steps, node)
	}
}

// hasAlias reports whether a text in YAML has an alias.
func hasAlias(text []byte) bool {
	file, err := manifests.Parse(text)
	if err != nil {
		return false
	}
	var in func(node *yaml.Node) bool
	in = func(node *yaml.Node) bool {
		if node.Kind == yaml.AliasNode {
			return true
		}
		for _, child := range node.Content {
			if in(child) {
				return true
			}
		}
		return false
	}
	for _, d := range file.Documents {
		if d.Node != nil && in(d.Node) {
			return true
		}
	}
	return false
}
