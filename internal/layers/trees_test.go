package layers

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/pinned"
)

var (
	trees = flag.Int("layers.trees", 200, "how many random trees to build")
	seed  = flag.Uint64("layers.seed", 1, "the seed of the first tree")
	shown = flag.Int("layers.show", 3, "how many differing trees to shrink and print")
)

// verdict is what came of a tree.
type verdict struct {
	// Kind is one of those below.
	Kind string
	// Class sorts verdicts of a kind; Text is for people.
	Class, Text string
}

// The kinds of verdicts. A tree is discarded when kustomize itself does not build it with secretGenerator, refused when
// our build fails with a message, and silent when it fails without one. It is stricter when it fails with a message
// where secretGenerator leaves a reference to one of the tree's Secrets dangling: nobody can want that.
const (
	stricter  = "stricter"
	same      = "same"
	discarded = "discarded"
	refused   = "refused"
	silent    = "silent"
	different = "different"
)

// judge builds a tree twice and compares.
func (b *builder) judge(t *tree) verdict {
	out, _, err := b.build(t.oracle(), t.top().Dir)
	if err != nil {
		return verdict{discarded, cause(err), err.Error()}
	}
	oracle, err := read(out)
	if err != nil {
		return verdict{discarded, "unreadable", err.Error()}
	}
	out, said, err := b.build(t.ours(b.function), t.top().Dir)
	if err != nil {
		for line := range strings.Lines(said) {
			if strings.Contains(line, ": error: ") && t.dangles(oracle) {
				return verdict{stricter, withoutNames(line), said}
			} else if strings.Contains(line, ": error: ") {
				return verdict{refused, withoutNames(line), said}
			}
		}
		// kustomize itself says which Secrets it cannot tell apart, once usedBy has put one into several namespaces.
		for _, problem := range []string{"produces ID conflict", "unable to disambiguate"} {
			if strings.Contains(err.Error(), problem) && t.spreads() {
				return verdict{refused, problem, err.Error()}
			}
		}
		return verdict{silent, cause(err), err.Error()}
	}
	ours, err := read(out)
	if err != nil {
		return verdict{different, "unreadable", err.Error()}
	}
	differences := compare(oracle, ours)
	if len(differences) == 0 {
		return verdict{Kind: same}
	}
	kind := different
	if classesOf(differences) == elsewhere {
		kind = elsewhere
	}
	var lines []string
	for _, d := range differences {
		lines = append(lines, d.Text)
	}
	return verdict{kind, classesOf(differences), strings.Join(lines, "\n") + "\n" + said}
}

// classesOf returns the classes of differences, each once.
func classesOf(differences []difference) string {
	classes := map[string]bool{}
	for _, d := range differences {
		classes[d.Class] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(classes)), ", ")
}

// dangles reports whether a reference to a Secret that the tree has dangles in a reading.
func (t *tree) dangles(r *reading) bool {
	for _, value := range r.fields {
		name, found := strings.CutPrefix(value, dangling)
		for _, l := range t.Layers {
			for _, s := range l.Specs {
				found = found && !slices.ContainsFunc(s.Secrets, func(one *secret) bool { return one.Name == name })
			}
		}
		if strings.HasPrefix(value, dangling) && !found {
			return true
		}
	}
	return false
}

// causes are what kustomize's errors come down to.
var causes = []string{
	"does not exist; cannot merge or replace", "found multiple objects", "multiple matches for selector",
	"nothing selected by",
	"found multiple possible referrals", "already registered id", "behavior must be merge or replace", "is empty",
	"couldn't execute function", "unable to find field", "var '", "no matches for Id", "panics",
}

// cause returns the cause in an error of kustomize, which begins with the way to it.
func cause(err error) string {
	for _, known := range causes {
		if strings.Contains(err.Error(), known) {
			return known
		}
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// withoutNames keeps what messages of one kind have in common: their words.
func withoutNames(line string) string {
	var words []string
	for _, word := range strings.Fields(line) {
		if !strings.ContainsAny(word, "0123456789/[]~'\"") {
			words = append(words, word)
		}
		if len(words) == 16 {
			break
		}
	}
	return strings.Join(words, " ")
}

// TestTrees builds random trees with secretGenerator and with SecretSpecs: none may differ, and of a thousand at most
// ten may be refused. To see one tree again, give its seed and -layers.trees=1.
func TestTrees(t *testing.T) {
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	counts, classes := map[string]int{}, map[string]int{}
	var failures, refusals []uint64
	for n := range uint64(*trees) {
		v := b.judge(generate(*seed + n))
		counts[v.Kind]++
		if v.Kind != same {
			classes[v.Kind+": "+v.Class]++
		}
		if v.Kind == different || v.Kind == silent {
			failures = append(failures, *seed+n)
		}
		if v.Kind == refused {
			refusals = append(refusals, *seed+n)
		}
	}
	t.Logf("trees: %v; seeds that differ: %v, that are refused: %v\n%s", counts, failures, refusals, table(classes))
	needs := map[string]int{}
	for _, n := range failures[:min(len(failures), *shown)] {
		small, v := b.shrink(generate(n))
		needs[v.Class+": "+strings.Join(small.traits(), " ")]++
		t.Errorf("seed %d: %s: %s\n%s%s", n, v.Kind, v.Class, v.Text, show(small.ours("secretwright")))
	}
	t.Logf("what the smallest trees have:\n%s", table(needs))
	if n := counts[different] + counts[silent]; n > 0 {
		t.Errorf("%d of %d trees differ", n, *trees-counts[discarded])
	}
	if n := counts[elsewhere]; n*50 > *trees {
		t.Errorf("in %d of %d trees a Secret is where secretGenerator does not put it", n, *trees)
	}
	if n := counts[refused]; n*100 > *trees {
		t.Errorf("%d of %d trees are refused", n, *trees)
	}
	if n := counts[discarded]; n*5 > *trees {
		t.Errorf("kustomize itself does not build %d of %d trees: the generator should make fewer of these", n, *trees)
	}
}

// table prints counts, the largest first.
func table(counts map[string]int) string {
	var out strings.Builder
	for _, name := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	}) {
		fmt.Fprintf(&out, "%6d %s\n", counts[name], name)
	}
	return out.String()
}

// show prints files for people.
func show(f files) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(&out, "# %s\n%s", name, f[name])
	}
	return out.String()
}

// spreads reports whether a SecretSpec names users, and so may put its Secret into several namespaces.
func (t *tree) spreads() bool {
	for _, l := range t.Layers {
		for _, s := range l.Specs {
			if slices.ContainsFunc(s.Secrets, func(one *secret) bool { return len(one.UsedBy) > 0 }) {
				return true
			}
		}
	}
	return false
}
