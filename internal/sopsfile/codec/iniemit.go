package codec

import (
	"bytes"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/stores"
)

// iniSection is a section as it is written.
type iniSection struct {
	name, comment string
	keys          []iniKey
}

type iniKey struct{ name, value, comment string }

// emitINI writes the sections of all branches, the equals signs of each under each other.
func emitINI(branches sops.TreeBranches) ([]byte, error) {
	var sections []iniSection
	for _, branch := range branches {
		for _, item := range branch {
			if _, ok := item.Key.(sops.Comment); ok {
				continue
			}
			section, err := iniSectionOf(item)
			if err != nil {
				return nil, err
			}
			sections = append(sections, section)
		}
	}
	var out bytes.Buffer
	for i, section := range sections {
		if err := writeINIComment(&out, section.comment, false); err != nil {
			return nil, err
		}
		if i > 0 || strings.ToUpper(section.name) != iniDefault {
			out.WriteString("[" + section.name + "]\n")
		} else if len(section.keys) == 0 {
			continue
		}
		if err := writeINIKeys(&out, section.keys); err != nil {
			return nil, err
		}
		if i < len(sections)-1 {
			out.WriteByte('\n')
		}
	}
	return out.Bytes(), nil
}

func iniSectionOf(item sops.TreeItem) (iniSection, error) {
	name, ok := item.Key.(string)
	branch, isBranch := item.Value.(sops.TreeBranch)
	if !ok || name == "" || !isBranch {
		return iniSection{}, &Error{Kind: ErrEmit, Format: INI, Detail: "it is not made of sections with names"}
	}
	section := iniSection{name: name}
	if len(branch) > 0 {
		if comment, ok := branch[0].Key.(sops.Comment); ok {
			section.comment, branch = comment.Value, branch[1:]
		}
	}
	index := map[string]int{}
	last := -1
	for _, item := range branch {
		if comment, ok := item.Key.(sops.Comment); ok {
			if last >= 0 {
				section.keys[last].comment = comment.Value
			}
			continue
		}
		key, ok := item.Key.(string)
		if !ok || key == "" {
			e := &Error{Kind: ErrEmit, Format: INI, Path: Path{name}, Detail: "a key is not text, or empty"}
			return iniSection{}, e
		}
		value := stores.ValToString(item.Value)
		if i, ok := index[key]; ok {
			section.keys[i].value, last = value, i
			continue
		}
		last = len(section.keys)
		index[key] = last
		section.keys = append(section.keys, iniKey{name: key, value: value})
	}
	return section, nil
}

func writeINIComment(out *bytes.Buffer, comment string, trim bool) error {
	if comment == "" {
		return nil
	}
	for line := range strings.SplitSeq(comment, "\n") {
		switch {
		case line == "":
			return &Error{Kind: ErrEmit, Format: INI, Detail: "a comment has an empty line"}
		case line[0] == '#' || line[0] == ';':
			out.WriteString(line[:1] + " " + strings.TrimSpace(line[1:]) + "\n")
		case trim:
			out.WriteString("; " + strings.TrimSpace(line) + "\n")
		default:
			out.WriteString("; " + line + "\n")
		}
	}
	return nil
}

func writeINIKeys(out *bytes.Buffer, keys []iniKey) error {
	width := 0
	for i := range keys {
		switch name := keys[i].name; {
		case strings.ContainsAny(name, `"`+iniDelimiters):
			keys[i].name = "`" + name + "`"
		case strings.Contains(name, "`"):
			keys[i].name = `"""` + name + `"""`
		}
		width = max(width, len(keys[i].name))
	}
	for _, key := range keys {
		if err := writeINIComment(out, key.comment, true); err != nil {
			return err
		}
		value := key.value
		switch {
		case strings.ContainsAny(value, "\n`"):
			value = `"""` + value + `"""`
		case strings.ContainsAny(value, "#;"):
			value = "`" + value + "`"
		case len(strings.TrimSpace(value)) != len(value):
			value = `"` + value + `"`
		}
		out.WriteString(key.name + strings.Repeat(" ", width-len(key.name)) + " = " + value + "\n")
	}
	return nil
}
