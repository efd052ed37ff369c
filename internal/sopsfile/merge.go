package sopsfile

import (
	"slices"

	"github.com/getsops/sops/v3"
)

// mergeKey is the key of YAML that takes over the keys of other maps.
const mergeKey = "<<"

// merged returns the branches of a YAML document with its merge keys applied. A document without any comes back as it
// is. SOPS keeps them as keys, and writes them so that YAML readers apply them.
func merged(format Format, branches sops.TreeBranches) sops.TreeBranches {
	if format != YAML || !slices.ContainsFunc(branches, func(branch sops.TreeBranch) bool { return hasMerge(branch) }) {
		return branches
	}
	out := make(sops.TreeBranches, len(branches))
	for i, branch := range branches {
		out[i] = mergedNode(branch).(sops.TreeBranch)
	}
	return out
}

func hasMerge(node any) bool {
	switch node := node.(type) {
	case sops.TreeBranch:
		return slices.ContainsFunc(node, func(item sops.TreeItem) bool { return isMerge(item) || hasMerge(item.Value) })
	case []any:
		return slices.ContainsFunc(node, hasMerge)
	}
	return false
}

func isMerge(item sops.TreeItem) bool { return item.Key == mergeKey && IsCollection(item.Value) }

func mergedNode(node any) any {
	switch node := node.(type) {
	case sops.TreeBranch:
		return mergedMap(node)
	case []any:
		out := make([]any, len(node))
		for i, item := range node {
			out[i] = mergedNode(item)
		}
		return out
	}
	return node
}

// mergedMap returns a map with what it merges after its own keys. Its own win, then those of the first map merged.
func mergedMap(branch sops.TreeBranch) sops.TreeBranch {
	var out, taken sops.TreeBranch
	own := map[any]bool{}
	for _, item := range branch {
		switch {
		case !isMerge(item):
			own[item.Key] = true
			out = append(out, sops.TreeItem{Key: item.Key, Value: mergedNode(item.Value)})
		default:
			list, isList := item.Value.([]any)
			if !isList {
				list = []any{item.Value}
			}
			for _, from := range Elements(list) {
				if from, isMap := from.(sops.TreeBranch); isMap {
					taken = append(taken, mergedMap(from)...)
				}
			}
		}
	}
	for _, item := range taken {
		if !own[item.Key] {
			own[item.Key] = true
			out = append(out, item)
		}
	}
	return out
}
