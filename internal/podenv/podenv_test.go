package podenv

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

func TestExpanded(t *testing.T) {
	for text, want := range map[string]string{
		"pg://u:$(A)@$(B_2)/x": "A B_2", "$$(A)": "", "$$$(A)": "A", "$A ${A} $": "", "$(A": "", "$(A$(B)": "A$(B",
		"": "",
	} {
		if got := strings.Join(expanded(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestCache holds what is remembered of containers to what they are, whatever was done to them since: variables are
// inserted, removed and given other values behind its back, and lists come and go.
func TestCache(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test
	pick := func() string { return fmt.Sprintf("V%d", r.IntN(8)) }
	for range 300 {
		cache, container := Cache{}, yamlnode.Map()
		for range 20 {
			list := yamlnode.Field(container, "env")
			switch n := r.IntN(6); {
			case n == 0 && list != nil && len(list.Content) > 0:
				at := r.IntN(len(list.Content))
				list.Content = slices.Delete(list.Content, at, at+1)
			case n == 1 && list != nil && len(list.Content) > 0: // as what is replaced by a reference
				yamlnode.Remove(list.Content[r.IntN(len(list.Content))], "value")
			case n == 2 && r.IntN(3) == 0:
				yamlnode.Remove(container, "env")
			default:
				name := pick()
				has, first := false, FirstUse(container, name)
				for _, e := range yamlnode.Elements(container, "env") {
					has = has || yamlnode.Value(e, "name") == name
				}
				if got := cache.Of(container).Has(name); got != has {
					t.Fatalf("seed %d: %s: %v in %s", seed, name, got, yaml.NewRNode(container).MustString())
				}
				if has {
					continue
				}
				entry := yamlnode.Map(yamlnode.Text("name"), yamlnode.Text(name))
				cache.Of(container).Insert(container, name, entry)
				list = yamlnode.Field(container, "env")
				if first < 0 {
					first = len(list.Content) - 1
				}
				if list.Content[first] != entry {
					t.Fatalf("seed %d: %s is not the variable %d of %s", seed, name, first, yaml.NewRNode(container).MustString())
				}
				if r.IntN(2) == 0 { // the next ones are added as the resource's author would, not through the cache
					yamlnode.Append(container, "env", yamlnode.Map(yamlnode.Text("name"), yamlnode.Text("user"),
						yamlnode.Text("value"), yamlnode.Text("$("+pick()+")")))
				}
			}
		}
	}
}
