package codec

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// generator makes random trees: every type, comments, odd text.
type generator struct{ *rand.Rand }

var oddTexts = []string{
	"", " ", "x", "true", "no", "null", "~", "0123456", "1_000", "8e12", "1.10", "-", "- a", "a: b", "#c", "a #c",
	"'", `"`, "\\n", "a\nb", "\na", "a\n\n",
	"\t", "é", "🎉", "\u0085", "\u2028", "\ufeff", "\x00", "\x07", "<<", "=", "a=b", "@x", "`x`", "%x", "!x", "&x",
	"*x", "{x", "[x", "|", ">", "?", "2001-01-01",
	"12:30:45", "0x1F", ".inf", ".nan", "ENC[x]", "sops", "a_unencrypted", "a:b", strings.Repeat("long ", 50),
	"a\r\nb", "\r",
}

func (g generator) pick(list []string) string { return list[g.IntN(len(list))] }

func (g generator) scalar() any {
	switch g.IntN(12) {
	case 0:
		return g.IntN(2) == 0
	case 1:
		return g.IntN(1_000_000) - 500_000
	case 2:
		return g.NormFloat64()
	case 3:
		return float64(g.IntN(1000)) * 1e12
	case 4:
		return time.Unix(int64(g.IntN(2_000_000_000)), 0).UTC()
	case 5:
		return nil
	}
	return g.pick(oddTexts)
}

func (g generator) value(depth int) any {
	switch n := g.IntN(10); {
	case depth > 3 || n < 5:
		return g.scalar()
	case n < 8:
		return g.branch(depth+1, true)
	}
	list := []any{}
	for range g.IntN(4) {
		if g.IntN(4) == 0 {
			list = append(list, g.comment())
		}
		list = append(list, g.value(depth+1))
	}
	return list
}

func (g generator) comment() sops.Comment {
	return sops.Comment{Value: g.pick([]string{"", " c", "a", " é # x", "one", "x"}), Inline: g.IntN(4) == 0}
}

func (g generator) branch(depth int, nested bool) sops.TreeBranch {
	branch := sops.TreeBranch{}
	keys := slices.Clone(oddTexts)
	g.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	for _, key := range keys[:g.IntN(5)] {
		if g.IntN(4) == 0 {
			branch = append(branch, sops.TreeItem{Key: g.comment()})
		}
		if depth == 0 && key == sopsKey {
			key = "other"
		}
		value := g.scalar()
		if nested {
			value = g.value(depth)
		}
		branch = append(branch, sops.TreeItem{Key: key, Value: value})
	}
	return branch
}

// tree makes a tree that the format can hold.
func (g generator) tree(format Format) sops.TreeBranches {
	switch format {
	case Dotenv:
		return sops.TreeBranches{g.branch(0, false)}
	case INI:
		var branch sops.TreeBranch
		for i := range g.IntN(4) {
			branch = append(branch, sops.TreeItem{Key: fmt.Sprintf("section %d", i), Value: g.branch(1, false)})
		}
		return sops.TreeBranches{branch}
	case YAML:
		branches := sops.TreeBranches{g.branch(0, true)}
		for range g.IntN(3) {
			branches = append(branches, g.branch(0, true))
		}
		return branches
	}
	return sops.TreeBranches{g.branch(0, true)}
}

// TestGenerated compares what is made of random trees: their output, what is read of it, and what is encrypted.
func TestGenerated(t *testing.T) {
	g := generator{sopstest.Seeded(t)}
	names := make([]string, 0, len(selectors))
	for name := range selectors {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, format := range []Format{YAML, JSON, Dotenv, INI} {
		for range 400 {
			tree := g.tree(format)
			compareEmit(t, format, tree)
			text, err := sopstest.Attempt(func() ([]byte, error) { return oracle(format).EmitPlainFile(tree) })
			if err != nil {
				continue
			}
			comparePlain(t, format, text)
			edit := selectors[g.pick(names)]
			compareSealed(t, format, func() sops.TreeBranches { return cloneValue(tree).(sops.TreeBranches) }, edit)
		}
	}
}

// cloneValue copies a tree.
func cloneValue(value any) any {
	switch value := value.(type) {
	case sops.TreeBranches:
		out := make(sops.TreeBranches, len(value))
		for i := range value {
			out[i] = cloneValue(value[i]).(sops.TreeBranch)
		}
		return out
	case sops.TreeBranch:
		out := slices.Clone(value)
		for i := range out {
			out[i].Value = cloneValue(out[i].Value)
		}
		return out
	case []any:
		out := slices.Clone(value)
		for i := range out {
			out[i] = cloneValue(out[i])
		}
		return out
	}
	return value
}
