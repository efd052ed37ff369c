package sopsfile

import (
	"slices"

	"github.com/getsops/sops/v3"
)

// mergeKey is the key by which a YAML map takes over the entries of others (<https://yaml.org/type/merge.html>). SOPS
// keeps it as a key like any other.
const mergeKey = "<<"

// merged returns a tree as readers of YAML see it: the maps under merge keys give the entries that are not there
// already, and of several maps the first that has a key counts. A tree without merge keys comes back as it is.
func merged(tree sops.TreeBranches) sops.TreeBranches {
	if !slices.ContainsFunc(tree, func(branch sops.TreeBranch) bool { return hasMerge(branch) }) {
		return tree
	}
	out := make(sops.TreeBranches, len(tree))
	for i, branch := range tree {
		out[i] = mergedNode(branch).(sops.TreeBranch) //nolint:forcetypeassert // a branch stays one
	}
	return out
}

func hasMerge(node any) bool {
	switch node := node.(type) {
	case sops.TreeBranch:
		return slices.ContainsFunc(node, func(item sops.TreeItem) bool {
			return item.Key == mergeKey || hasMerge(item.Value)
		})
	case []any:
		return slices.ContainsFunc(node, hasMerge)
	}
	return false
}

func mergedNode(node any) any {
	switch node := node.(type) {
	case sops.TreeBranch:
		return mergedBranch(node)
	case []any:
		out := make([]any, len(node))
		for i, item := range node {
			out[i] = mergedNode(item)
		}
		return out
	}
	return node
}

func mergedBranch(branch sops.TreeBranch) sops.TreeBranch {
	taken := map[string]bool{}
	for _, key := range Keys(branch) {
		taken[key] = true
	}
	var out sops.TreeBranch
	for _, item := range branch {
		value := mergedNode(item.Value)
		inherited, isMerge := mergeOf(item.Key, value)
		if !isMerge {
			out = append(out, sops.TreeItem{Key: item.Key, Value: value})
			continue
		}
		for _, other := range inherited {
			for _, entry := range other {
				if key, isText := entry.Key.(string); isText && !taken[key] {
					taken[key] = true
					out = append(out, entry)
				}
			}
		}
	}
	return out
}

// mergeOf returns the maps that an entry merges, if it is a merge key with a map or a list of maps.
func mergeOf(key, value any) (maps []sops.TreeBranch, ok bool) {
	if key != mergeKey {
		return nil, false
	}
	switch value := value.(type) {
	case sops.TreeBranch:
		return []sops.TreeBranch{value}, true
	case []any:
		for _, item := range Elements(value) {
			branch, isMap := item.(sops.TreeBranch)
			if !isMap {
				return nil, false
			}
			maps = append(maps, branch)
		}
		return maps, len(maps) > 0
	}
	return nil, false
}
