package yamlnode_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// TestPrint prints maps with random block texts, and reads them again.
func TestPrint(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lines := []string{"", "", "x", "  two", "\ttab", " ", "y: z", "# c", "- a", "é ü", "\U0001F600", "end  ",
		"\u00a0", "'\"\\", "---", "%a", strings.Repeat("long ", 40), "    four", "ok\t", "a\u2028b", "a\u0085b", "\ufeff"}
	for range 20_000 {
		var in strings.Builder
		in.WriteString("a: &n # c\n  b: ")
		in.WriteString([]string{"|", ">", "|-", ">-", "|+", ">+", "!!str >", ">2", "|2"}[random.IntN(9)] + "\n")
		for range random.IntN(6) {
			in.WriteString("    " + lines[random.IntN(len(lines))] + "\n")
		}
		in.WriteString("  # d\n  c: >\n    x\n      two\nd: *n\n")
		before, err := yaml.Parse(in.String())
		if err != nil {
			continue
		}
		unchanged := before.MustString()
		text, err := yamlnode.Print(before.YNode())
		if err != nil {
			t.Fatalf("%q: %v", in.String(), err)
		}
		after, err := yaml.Parse(text)
		if err != nil {
			t.Fatalf("%q, printed %q: %v", in.String(), text, err)
		}
		if !(yamlnode.Meanings{}).Equal(before.YNode(), after.YNode()) {
			t.Fatalf("%q, printed %q: other values", in.String(), text)
		}
		if before.MustString() != unchanged {
			t.Fatalf("%q is changed", in.String())
		}
	}
}
