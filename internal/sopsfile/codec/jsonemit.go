package codec

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/getsops/sops/v3"
)

// emitJSON writes the first branch as a JSON object. JSON has no comments: they are left out.
func emitJSON(branches sops.TreeBranches, indent int) ([]byte, error) {
	if len(branches) == 0 {
		return nil, &Error{Kind: ErrEmit, Format: JSON, Detail: "there is no document"}
	}
	space := "\t"
	switch {
	case indent < -1:
		return nil, &Error{Kind: ErrEmit, Format: JSON, Detail: "the indentation is negative"}
	case indent > -1:
		space = strings.Repeat(" ", indent)
	}
	var compact, out bytes.Buffer
	if err := writeJSON(&compact, branches[0]); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, compact.Bytes(), "", space); err != nil {
		return nil, &Error{Kind: ErrEmit, Format: JSON}
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func writeJSON(out *bytes.Buffer, value any) error {
	switch value := value.(type) {
	case sops.TreeBranch:
		return writeObject(out, value)
	case []any:
		return writeArray(out, value)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return &Error{Kind: ErrEmit, Format: JSON}
	}
	out.Write(text)
	return nil
}

func writeObject(out *bytes.Buffer, branch sops.TreeBranch) error {
	separator := "{"
	for _, item := range branch {
		if _, ok := item.Key.(sops.Comment); ok {
			continue
		}
		key, ok := item.Key.(string)
		if !ok {
			return &Error{Kind: ErrEmit, Format: JSON, Detail: "a key is not text"}
		}
		out.WriteString(separator)
		separator = ","
		if err := writeJSON(out, key); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := writeJSON(out, item.Value); err != nil {
			return err
		}
	}
	if separator == "{" {
		out.WriteByte('{')
	}
	out.WriteByte('}')
	return nil
}

func writeArray(out *bytes.Buffer, list []any) error {
	separator := "["
	for _, value := range list {
		if _, ok := value.(sops.Comment); ok {
			continue
		}
		out.WriteString(separator)
		separator = ","
		if err := writeJSON(out, value); err != nil {
			return err
		}
	}
	if separator == "[" {
		out.WriteByte('[')
	}
	out.WriteByte(']')
	return nil
}

// emitBinary writes the data itself.
func emitBinary(branches sops.TreeBranches) ([]byte, error) {
	if len(branches) != 1 {
		return nil, &Error{Kind: ErrEmit, Format: Binary, Detail: "it is not one document"}
	}
	for _, item := range branches[0] {
		if item.Key == "data" {
			if text, ok := item.Value.(string); ok {
				return []byte(text), nil
			}
			return nil, &Error{Kind: ErrEmit, Format: Binary, Detail: "its data is not text"}
		}
	}
	return nil, &Error{Kind: ErrEmit, Format: Binary, Detail: "it has no data"}
}
