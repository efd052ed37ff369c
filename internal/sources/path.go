package sources

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/utils"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// lookup finds the one node at a path of kustomize's syntax; the empty path is the document's top level. In a stream
// of YAML documents, one of them must have it. A key that is there twice is an error: SOPS's MAC does not cover empty
// values, so anyone could have added one of the two.
func (d *document) lookup(path string) (any, *report.Finding) {
	if d.Format() == sopsfile.Binary {
		fix := "leave key out to take the whole document, or set format"
		if path == "" {
			fix = "take it whole in data, or set format"
		}
		return nil, report.New(report.NoKeys, "it is binary, and has no keys", fix)
	}
	tree, f := d.Branches()
	if f != nil {
		return nil, f
	}
	found, f := walk(tree, path)
	if f != nil {
		return nil, f
	}
	switch {
	case len(found) == 0:
		return nil, report.New(report.EmptyDocument, "it is empty", "")
	case len(found) == 1:
		return found[0], nil
	case path == "":
		return nil, d.Several("pick a map that stands in one of them with key")
	case len(tree) > 1:
		message := fmt.Sprintf("%q stands %d times in its %d YAML documents", path, len(found), len(tree))
		return nil, report.New(report.DuplicateKey, message, "split the file, so that one document has it")
	}
	message := fmt.Sprintf("%q stands %d times in it", path, len(found))
	return nil, report.New(report.DuplicateKey, message, "keep one of them")
}

// walk returns all nodes at a path.
func walk(tree sops.TreeBranches, path string) ([]any, *report.Finding) {
	var found []any
	for _, branch := range tree {
		found = append(found, branch)
	}
	if path == "" {
		return found, nil
	}
	parts := utils.SmarterPathSplitter(path, ".")
	for i, part := range parts {
		var next []any
		var known []string
		for _, node := range found {
			children, names := step(node, part)
			next, known = append(next, children...), append(known, names...)
		}
		if len(next) == 0 {
			parent := ""
			if i > 0 {
				parent = " under " + strings.Join(parts[:i], ".")
			}
			message := fmt.Sprintf("there is no key %q%s", part, parent)
			return nil, report.New(report.NoSuchPath, message, fixKey(part, parts[i:], known))
		}
		found = next
	}
	return found, nil
}

// step goes one key, index or `[name=value]` down. It returns what is there, and the keys there are to choose from.
func step(node any, part string) (children []any, known []string) {
	switch node := node.(type) {
	case sops.TreeBranch:
		for _, item := range node {
			if item.Key == part {
				children = append(children, item.Value)
			}
		}
		return children, sopsfile.Keys(node)
	case []any:
		items := sopsfile.Elements(node)
		if name, value, match := listEntry(part); match {
			for _, item := range items {
				if entry, _ := step(item, name); len(entry) == 1 && textOrEmpty(entry[0]) == value {
					children = append(children, item)
				}
			}
		} else if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(items) {
			children = append(children, items[i])
		}
	}
	return children, nil
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
