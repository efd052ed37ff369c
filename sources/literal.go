package sources

import (
	"bytes"
	"errors"
	"io"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// literal is a scalar of a YAML document in the clear: it keeps the text as it was written (`1.10`, `0644`), which SOPS's
// own tree does not.
type literal struct {
	text  string
	value any
}

// literalTree reads YAML documents in the clear into a tree of the shape SOPS uses, with literals as leaves.
func literalTree(data []byte) (sops.TreeBranches, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var tree sops.TreeBranches
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); errors.Is(err, io.EOF) {
			return tree, nil
		} else if err != nil {
			return nil, err
		}
		if len(node.Content) == 0 {
			continue
		}
		value, err := literalValue(node.Content[0])
		if err != nil {
			return nil, err
		}
		branch, ok := value.(sops.TreeBranch)
		if !ok {
			return nil, errors.New("the document is not a map")
		}
		tree = append(tree, branch)
	}
}

func literalValue(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.AliasNode:
		return literalValue(node.Alias)
	case yaml.MappingNode:
		branch := sops.TreeBranch{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			value, err := literalValue(node.Content[i+1])
			if err != nil {
				return nil, err
			}
			branch = append(branch, sops.TreeItem{Key: node.Content[i].Value, Value: value})
		}
		return branch, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range node.Content {
			value, err := literalValue(item)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, err
	}
	switch v := value.(type) {
	case nil:
		return nil, nil
	case []byte: // !!binary
		return string(v), nil
	}
	return literal{text: node.Value, value: value}, nil
}
