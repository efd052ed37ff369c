package generators

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Hash returns the hash of its content that kustomize's own generators would add to its name: ten characters. It is
// made as kustomize's hasher makes it, of the same text, but without a YAML document in between.
func (s *Secret) Hash() (string, error) {
	content := struct { // in the order of their names, as a map would be
		Data any    `json:"data"`
		Kind string `json:"kind"`
		Name string `json:"name"` // which kustomize leaves out
		Type string `json:"type"`
	}{Data: "", Kind: "Secret", Type: s.spec.Type}
	if len(s.data) > 0 {
		data := make(map[string]string, len(s.data))
		for key, value := range s.data {
			data[key] = lines(value)
			if s.unusable {
				data[key] = Unusable
			}
		}
		content.Data = data
	}
	text, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return nameSafe.Replace(hex.EncodeToString(sum[:])[:10]), nil
}

// nameSafe replaces what could spell a word in a name.
var nameSafe = strings.NewReplacer("0", "g", "1", "h", "3", "k", "a", "m", "e", "t")

// lineLength is how many characters of base64 kustomize puts in a line.
const lineLength = 70

// lines returns a value in base64 as kustomize writes it: if it takes several lines, each ends with a new line.
func lines(value []byte) string {
	text := base64.StdEncoding.AppendEncode(nil, value)
	if len(text) < lineLength {
		return string(text)
	}
	var out strings.Builder
	out.Grow(len(text) + len(text)/lineLength + 1)
	for len(text) > 0 {
		n := min(lineLength, len(text))
		out.Write(text[:n])
		out.WriteByte('\n')
		text = text[n:]
	}
	return out.String()
}

// encoded returns a value in base64, in kustomize's own form.
func encoded(value []byte) *yaml.Node {
	text := lines(value)
	if !isWord(text) {
		return encodedByKustomize(value)
	}
	node := yaml.NewStringRNode(text).YNode()
	if strings.Contains(text, "\n") {
		node.Style = yaml.LiteralStyle
	}
	return node
}

// encodedByKustomize finds out whether the text needs quotes, to be text for every reader of YAML. It takes its time.
func encodedByKustomize(value []byte) *yaml.Node {
	holder := yaml.NewMapRNode(nil)
	if err := holder.LoadMapIntoSecretData(map[string]string{"value": string(value)}); err != nil {
		return text(base64.StdEncoding.EncodeToString(value)) // it cannot fail on an empty map
	}
	return holder.Field("data").Value.Field("value").Value.YNode()
}

// isWord reports whether base64 is too long for the words that YAML has for null and booleans, and has a letter that no
// number has.
func isWord(text string) bool {
	return len(text) >= 8 && strings.ContainsAny(text, "ghijklmnpqrstuvwyzGHIJKLMNPQRSTUVWYZ")
}
