package sources

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/utils"

	"github.com/secretwright/secretwright/schema"
)

// lookup finds the one node at a path of kustomize's syntax; the empty path is the document's top level. In a stream of
// YAML documents, one of them must have it. A key that stands twice is an error: SOPS's MAC does not cover empty values,
// so anyone could have added one of the two.
func (d *document) lookup(path string) (any, *schema.Finding) {
	if d.format == schema.Binary {
		fix := "leave key out to take the whole document, or set format"
		if path == "" {
			fix = "take it whole in data, or set format"
		}
		return nil, problem("it is binary, and has no keys", fix)
	}
	tree, f := d.branches()
	if f != nil {
		return nil, f
	}
	var found []any
	for _, branch := range tree {
		found = append(found, branch)
	}
	var parts []string
	if path != "" {
		parts = utils.SmarterPathSplitter(path, ".")
	}
	for i, part := range parts {
		var next []any
		var known []string
		for _, node := range found {
			children, names := step(node, part)
			next, known = append(next, children...), append(known, names...)
		}
		if len(next) == 0 {
			where := ""
			if i > 0 {
				where = " under " + strings.Join(parts[:i], ".")
			}
			return nil, problem(fmt.Sprintf("there is no key %q%s", part, where), fixKey(part, parts[i:], known))
		}
		found = next
	}
	switch {
	case len(found) == 0:
		return nil, problem("it is empty", "")
	case len(found) == 1:
		return found[0], nil
	case path == "":
		return nil, d.several("pick a map that stands in one of them with key")
	case len(tree) > 1:
		return nil, problem(fmt.Sprintf("%q stands %d times in its %d YAML documents", path, len(found), len(tree)), "split the file, so that one document has it")
	}
	return nil, problem(fmt.Sprintf("%q stands %d times in it", path, len(found)), "keep one of them")
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
		return children, keys(node)
	case []any:
		items := withoutComments(node)
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
	if near := schema.Nearest(part, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) > 0 && len(known) <= maxListed {
		return "its keys are " + list(known)
	}
	return ""
}

// withoutComments leaves out the comments that SOPS keeps as elements of a list.
func withoutComments(list []any) []any {
	var items []any
	for _, item := range list {
		if _, isComment := item.(sops.Comment); !isComment {
			items = append(items, item)
		}
	}
	return items
}
