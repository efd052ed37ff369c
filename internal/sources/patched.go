package sources

import (
	"bytes"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// patched reports a field of a Secret that is not as in the file with its MAC: a patch or another transformer changed
// it after it was encrypted, and the values of the file would go out without a word.
func patched(file []byte, mac string, now *yaml.Node) *report.Finding {
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	var document yaml.Node
	for decoder.Decode(&document) == nil { // what cannot be read is said when it is opened
		signed := document.Content[0]
		if yamlnode.Value(signed, "sops.mac") != mac {
			continue
		}
		if field := differs(signed, now); field != "" {
			return report.New(report.PatchedSecret, field+" is no longer what the encrypted file says: something changed it in the build",
				"take the patch out, and change the file (sops edit), or give the value in data of the SecretSpec")
		}
		return nil
	}
	return nil
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
