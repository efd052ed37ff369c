package schema

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/secretwright/secretwright/internal/report"
)

// PathData is what a template for the file of a Secret can use.
type PathData struct {
	// Name is the Secret's plain name, Namespace its namespace, and SecretSpec the name of its SecretSpec.
	Name, Namespace, SecretSpec string
}

// maxPath and maxPathPart are how many bytes the path of a file, and one name in it, have at most on Linux.
const (
	maxPath     = 4096
	maxPathPart = 255
)

// ExpandPath returns the file that a template names, with slashes. The template is text, [PathData]'s fields, and if
// with one of them: a SecretSpec that is not trusted must not keep a run busy. It is an error if the template is not
// valid, or names anything but a YAML or JSON file inside the folder it is relative to.
func ExpandPath(text string, data PathData) (string, error) {
	if len(text) > maxPath {
		return "", fmt.Errorf("it is longer than %d bytes", maxPath)
	}
	t, err := template.New("path").Parse(text)
	if err != nil {
		return "", errors.New("it is not a valid template")
	}
	var out strings.Builder
	if t.Tree != nil && t.Root != nil && !data.write(&out, t.Root) {
		return "", errors.New("it can use {{ .Name }}, {{ .Namespace }}, {{ .SecretSpec }}, and {{ if }} with one of them, " +
			"and nothing else")
	}
	file := out.String()
	switch {
	case strings.ContainsFunc(file, func(r rune) bool { return !report.IsPrintable(r) }):
		return "", errors.New("it has a line end or another character that does not show")
	case len(file) > maxPath:
		return "", fmt.Errorf("the path is longer than %d bytes", maxPath)
	case slices.ContainsFunc(strings.Split(file, "/"), func(part string) bool { return len(part) > maxPathPart }):
		return "", fmt.Errorf("a name in the path is longer than %d bytes", maxPathPart)
	case !filepath.IsLocal(filepath.FromSlash(file)) || strings.Contains(file, `\`):
		return "", fmt.Errorf("%q is not a path inside the folder", file)
	case path.Ext(file) != ".yaml" && path.Ext(file) != ".yml":
		return "", fmt.Errorf("%q does not end in .yaml or .yml", file)
	case hidden(file):
		return "", fmt.Errorf("%q is hidden, so that the next run would not find it", file)
	}
	return path.Clean(file), nil
}

// write writes what a list of a template's nodes comes to. It reports whether all of them are of the kinds it can have.
func (d PathData) write(out *strings.Builder, list *parse.ListNode) bool {
	if list == nil {
		return true
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			out.Write(n.Text)
		case *parse.ActionNode:
			value, is := d.field(n.Pipe)
			if !is {
				return false
			}
			out.WriteString(value)
		case *parse.IfNode:
			value, is := d.field(n.Pipe)
			taken, other := n.List, n.ElseList
			if value == "" {
				taken, other = other, taken
			}
			if !is || !d.write(out, taken) || !d.write(&strings.Builder{}, other) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// field returns the field that a pipeline consists of.
func (d PathData) field(pipe *parse.PipeNode) (value string, is bool) {
	fields := map[string]string{".Name": d.Name, ".Namespace": d.Namespace, ".SecretSpec": d.SecretSpec}
	value, is = fields[pipe.String()]
	return value, is
}

// hidden reports whether a part of a path begins with a dot.
func hidden(file string) bool {
	for _, part := range strings.Split(path.Clean(file), "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}
