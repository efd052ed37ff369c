package sources

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/utils"

	"github.com/secretwright/secretwright/schema"
)

// lookup finds the node at a path of kustomize's syntax. In a document of several YAML documents the one that has the
// path is taken.
func (d *document) lookup(path string) (any, *schema.Finding) {
	if d.format == schema.Binary {
		return nil, problem("it is binary, and has no keys", "leave key out to take the whole document, or set format")
	}
	parts := utils.SmarterPathSplitter(path, ".")
	var found []any
	var first *schema.Finding
	for _, branch := range d.tree {
		value, f := descend(branch, parts)
		if f == nil {
			found = append(found, value)
		} else if first == nil {
			first = f
		}
	}
	switch len(found) {
	case 0:
		if first == nil {
			first = problem("it is empty", "")
		}
		return nil, first
	case 1:
		return found[0], nil
	}
	return nil, problem(fmt.Sprintf("%q stands in %d of its %d YAML documents", path, len(found), len(d.tree)), "split the file, so that one document has it")
}

// descend follows the path through maps and lists.
func descend(node any, parts []string) (any, *schema.Finding) {
	for i, part := range parts {
		next, known, ok := step(node, part)
		if !ok {
			where := ""
			if i > 0 {
				where = " under " + strings.Join(parts[:i], ".")
			}
			return nil, problem(fmt.Sprintf("there is no key %q%s", part, where), fixKey(part, parts[i:], known))
		}
		node = next
	}
	return node, nil
}

// step goes one key, index or `[name=value]` down, or says which keys there are instead.
func step(node any, part string) (next any, known []string, ok bool) {
	switch node := node.(type) {
	case sops.TreeBranch:
		for _, item := range node {
			key, isKey := item.Key.(string)
			if isKey && key == part {
				return item.Value, nil, true
			}
			if isKey {
				known = append(known, key)
			}
		}
		return nil, known, false
	case []any:
		items := withoutComments(node)
		if name, value, match := listEntry(part); match {
			for _, item := range items {
				if entry, _, has := step(item, name); has && textOrEmpty(entry) == value {
					return item, nil, true
				}
			}
			return nil, nil, false
		}
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(items) {
			return items[i], nil, true
		}
	}
	return nil, nil, false
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
	if len(known) > 0 && len(known) <= 20 {
		return "its keys are " + strings.Join(known, ", ")
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
