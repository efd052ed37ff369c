package sopsfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// literal is a number, a boolean or a date of a YAML or JSON document in the clear: it keeps the text as it was
// written (`1.10`, `0644`), which SOPS's own tree does not.
type literal struct {
	text  string
	value any
}

// errNotMap is the error of a document without keys.
var errNotMap = errors.New("it is not a map")

// literalYAML reads YAML documents in the clear into a tree of the shape SOPS uses, with literals as leaves.
func literalYAML(data []byte) (sops.TreeBranches, error) {
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
		value, err := literalNode(node.Content[0])
		if err != nil {
			return nil, err
		}
		branch, ok := value.(sops.TreeBranch)
		if !ok {
			return nil, errNotMap
		}
		tree = append(tree, branch)
	}
}

func literalNode(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.AliasNode:
		return literalNode(node.Alias)
	case yaml.MappingNode:
		branch := sops.TreeBranch{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			value, err := literalNode(node.Content[i+1])
			if err != nil {
				return nil, err
			}
			branch = append(branch, sops.TreeItem{Key: node.Content[i].Value, Value: value})
		}
		return branch, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range node.Content {
			value, err := literalNode(item)
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
	case string: // of !!binary, the bytes
		return v, nil
	}
	return literal{text: node.Value, value: value}, nil
}

// literalJSON does for JSON what literalYAML does for YAML.
func literalJSON(data []byte) (sops.TreeBranches, error) {
	if err := strictJSON(data); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	value, err := literalToken(decoder)
	if err != nil {
		return nil, err
	}
	branch, ok := value.(sops.TreeBranch)
	if !ok {
		return nil, errNotMap
	}
	return sops.TreeBranches{branch}, nil
}

func literalToken(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		return literal{text: token.String(), value: token}, nil
	case json.Delim:
		branch, list := sops.TreeBranch{}, []any{}
		for decoder.More() {
			var key any
			if token == '{' {
				if key, err = decoder.Token(); err != nil {
					return nil, err
				}
			}
			value, err := literalToken(decoder)
			if err != nil {
				return nil, err
			}
			branch, list = append(branch, sops.TreeItem{Key: key, Value: value}), append(list, value)
		}
		if _, err := decoder.Token(); err != nil { // the closing bracket
			return nil, err
		}
		if token == '{' {
			return branch, nil
		}
		return list, nil
	}
	return token, nil // text, a boolean or null
}
