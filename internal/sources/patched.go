package sources

import (
	"bytes"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// signedBy returns the documents of a file that have a MAC, and reports whether there are no others: SOPS signs all
// documents of a file together, and people put others beside them.
func signedBy(file []byte, mac string) (documents []*yaml.Node, whole bool) {
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	whole = true
	for {
		var document yaml.Node
		if decoder.Decode(&document) != nil { // what cannot be read is said when it is opened
			return documents, whole
		}
		if root := document.Content[0]; yamlnode.Value(root, "sops.mac") == mac {
			documents = append(documents, root)
		} else {
			whole = false
		}
	}
}

// patched reports a field of a Secret that is not as in its file, of which these are the documents with its MAC: a
// patch or another transformer changed it after it was encrypted, and the values of the file would go out without a
// word.
func patched(documents []*yaml.Node, now *yaml.Node) *report.Finding {
	names := strings.Split(annotation(now, previousNames), ",")
	names = append(names, yamlnode.Value(now, "metadata.name"))
	field := ""
	for _, signed := range documents {
		if len(documents) > 1 && !slices.Contains(names, yamlnode.Value(signed, "metadata.name")) {
			continue
		}
		if field = differs(signed, now); field == "" {
			return nil
		}
	}
	if field == "" {
		return nil
	}
	return report.New(report.PatchedSecret, field+" is no longer what the encrypted file says: something changed it in the build",
		"take the patch out, and change the file (sops edit), or give the value in data of the SecretSpec")
}

// differs returns a field of the content of two Secrets in which they differ, or "".
func differs(a, b *yaml.Node) string {
	for _, field := range []string{"type", "immutable"} {
		if yamlnode.Value(a, field) != yamlnode.Value(b, field) {
			return field
		}
	}
	for _, field := range []string{"data", "stringData"} {
		one, other := yamlnode.Field(a, field), yamlnode.Field(b, field)
		for _, key := range append(yamlnode.Keys(one), yamlnode.Keys(other)...) {
			before, after := yamlnode.Field(one, key), yamlnode.Field(other, key)
			if before == nil || after == nil || before.Value != after.Value {
				return report.Key(report.Field(field), key).String()
			}
		}
	}
	return ""
}
