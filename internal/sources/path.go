package sources

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/utils"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// found is a node of a document and where it is.
type found struct {
	node   any
	branch int // the index of the YAML document
	path   sopsfile.Path
	// guessed reports whether it was picked by a value that is ciphertext, and may be another element's.
	guessed bool
}

// at returns a finding with the place of a node of the document.
func (d *document) at(f *report.Finding, node found) *report.Finding {
	f.Place.Line, f.Place.Column = d.Place(node.branch, node.path)
	return f
}

// lookup finds the one node at a path of kustomize's syntax; the empty path is the document's top level. In a stream
// of YAML documents, one of them must have it.
func (d *document) lookup(path string) (node found, f *report.Finding) {
	defer report.Guard(&f)
	if d.Format() == sopsfile.Binary {
		fix := "leave key out to take the whole document, or set format"
		if path == "" {
			fix = "take it whole in data, or set format"
		}
		return found{}, report.New(report.NoKeys, "it is binary, and has no keys", fix)
	}
	tree, f := d.Branches()
	if f != nil {
		return found{}, f
	}
	nodes, f := d.walk(tree, path)
	if f != nil {
		return found{}, f
	}
	switch {
	case len(nodes) == 0:
		return found{}, report.New(report.EmptyDocument, "it is empty", "")
	case len(nodes) == 1 || slices.ContainsFunc(nodes, func(node found) bool { return node.guessed }):
		return nodes[0], nil
	case path == "":
		return found{}, d.Several("pick a map that stands in one of them with key")
	case len(tree) > 1:
		message := fmt.Sprintf("%q stands %d times in its %d YAML documents", path, len(nodes), len(tree))
		f = report.New(report.DuplicateKey, message, "split the file, so that one document has it")
	default: // of a list, by [name=value]
		message := fmt.Sprintf("%q stands %d times in it", path, len(nodes))
		f = report.New(report.DuplicateKey, message, "keep one of them")
	}
	return found{}, d.at(f, nodes[1])
}

// walk returns all nodes at a path. Of a document that is ciphertext these are all that can be meant.
func (d *document) walk(tree sops.TreeBranches, path string) ([]found, *report.Finding) {
	var nodes []found
	for i, branch := range tree {
		nodes = append(nodes, found{node: branch, branch: i})
	}
	if path == "" {
		return nodes, nil
	}
	parts := utils.SmarterPathSplitter(path, ".")
	for i, part := range parts {
		var next []found
		var known []string
		isValue := true // nothing is below a value
		for _, node := range nodes {
			children, names := node.step(part, d.IsCiphertext())
			next, known = append(next, children...), append(known, names...)
			isValue = isValue && !isCollection(node.node)
		}
		if len(next) == 0 {
			parent := ""
			if isValue {
				return nil, report.New(report.NoSuchPath, fmt.Sprintf("%q is a value, and has no keys",
					strings.Join(parts[:i], ".")), "take the value itself: leave ."+strings.Join(parts[i:], ".")+" out")
			}
			if i > 0 {
				parent = " under " + strings.Join(parts[:i], ".")
			}
			message := fmt.Sprintf("there is no key %q%s", part, parent)
			return nil, report.New(report.NoSuchPath, message, fixKey(part, parts[i:], known))
		}
		nodes = next
	}
	return nodes, nil
}

// isCollection reports whether a node is a map or a list.
func isCollection(node any) bool {
	switch node.(type) {
	case sops.TreeBranch, []any:
		return true
	}
	return false
}

// child returns a node below another.
func (n found) child(step, node any) found {
	n.node, n.path = node, append(n.path[:len(n.path):len(n.path)], step)
	return n
}

// step goes one key, index or `[name=value]` down. It returns what is there, and the keys there are to choose from.
// Every ciphertext may be the value.
func (n found) step(part string, ciphertext bool) (children []found, known []string) {
	switch node := n.node.(type) {
	case sops.TreeBranch:
		for _, item := range node {
			if item.Key == part {
				children = append(children, n.child(part, item.Value))
			}
		}
		return children, sopsfile.Keys(node)
	case []any:
		items := sopsfile.Elements(node)
		if name, value, match := listEntry(part); match {
			return n.entries(items, name, value, ciphertext), nil
		} else if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(items) {
			children = append(children, n.child(i, items[i]))
		}
	}
	return children, nil
}

// entries returns the elements of a list whose field of a name has a value, or may have.
func (n found) entries(items []any, name, value string, ciphertext bool) (children []found) {
	for i, item := range items {
		child := n.child(i, item)
		entry, _ := child.step(name, ciphertext)
		if len(entry) != 1 {
			continue
		}
		text := textOrEmpty(entry[0].node)
		child.guessed = child.guessed || ciphertext && sopsfile.IsEncrypted([]byte(text))
		if child.guessed || text == value {
			children = append(children, child)
		}
	}
	return children
}

// Chooses reports whether a key picks an element of a list by a value that was decrypted, as users.[name=bob].token
// does. Whether there is such an element tells something of the value.
func (s *Set) Chooses(source, key string) bool {
	doc := s.documents[source]
	return doc != nil && doc.Recipients() != nil && !doc.IsCiphertext() &&
		slices.ContainsFunc(utils.SmarterPathSplitter(key, "."), func(part string) bool {
			_, _, is := listEntry(part)
			return is
		})
}

// HasKey reports whether there is exactly one value at a key of a source.
func (s *Set) HasKey(source, key string) bool {
	_, f := s.documents[source].lookup(key)
	return f == nil
}

// listEntry reads `[name=value]`.
func listEntry(part string) (name, value string, ok bool) {
	if !strings.HasPrefix(part, "[") || !strings.HasSuffix(part, "]") {
		return "", "", false
	}
	return strings.Cut(part[1:len(part)-1], "=")
}

func fixKey(part string, rest, known []string) string {
	for _, k := range known {
		if len(rest) > 1 && k == strings.Join(rest, ".") {
			return "write its dots as " + strings.ReplaceAll(k, ".", `\.`)
		}
	}
	otherwise := ""
	if len(known) > 0 && len(known) <= sopsfile.MaxListed {
		otherwise = "its keys are " + report.List(known)
	}
	return report.DidYouMean(part, known, otherwise)
}

// textOrEmpty returns the text of a scalar, or "".
func textOrEmpty(node any) string {
	out, f := sopsfile.ScalarText(node)
	if f != nil {
		return ""
	}
	return string(out)
}
