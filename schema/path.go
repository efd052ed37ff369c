package schema

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

// PathData is what a template for the file of a Secret can use.
type PathData struct {
	// Name is the Secret's plain name, Namespace its namespace, and SecretSpec the name of its SecretSpec.
	Name, Namespace, SecretSpec string
}

// ExpandPath returns the file that a template names, with slashes. It is an error if the template is not valid, or
// names anything but a YAML or JSON file inside the folder it is relative to.
func ExpandPath(text string, data PathData) (string, error) {
	t, err := template.New("path").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", errors.New("it is not a valid template")
	}
	var out strings.Builder
	if err := t.Execute(&out, data); err != nil {
		return "", errors.New("it can use .Name, .Namespace and .SecretSpec, and nothing else")
	}
	file := out.String()
	switch {
	case !filepath.IsLocal(filepath.FromSlash(file)) || strings.Contains(file, `\`):
		return "", fmt.Errorf("%q is not a path inside the folder", file)
	case path.Ext(file) != ".yaml" && path.Ext(file) != ".yml":
		return "", fmt.Errorf("%q does not end in .yaml or .yml", file)
	case hidden(file):
		return "", fmt.Errorf("%q is hidden, so that the next run would not find it", file)
	}
	return path.Clean(file), nil
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
