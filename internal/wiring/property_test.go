package wiring

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// TestRenameIsComplete makes random resources with references at random depths, among fields that are none but have
// the same name. Renaming changes each reference, and nothing else; the index counts them; a second time changes
// nothing.
func TestRenameIsComplete(t *testing.T) {
	for seed := range uint64(200) {
		build := func(to string) (*yaml.RNode, int) {
			g := generator{rand.New(rand.NewPCG(seed, 1)), to, 0}
			root := mapping(text("apiVersion"), text("example.com/v1"), text("kind"), text("Thing"),
				text("metadata"), mapping(text("name"), text("database"), text("namespace"), text("shop")))
			set(root, "spec", g.object(4))
			return yaml.NewRNode(root), g.references
		}
		in, expected := build("database")
		want, _ := build("database-1")
		it := NewItems([]*yaml.RNode{in})
		if n := it.Index("database").References("shop", "database"); n != expected {
			t.Errorf("seed %d: %d references, want %d", seed, n, expected)
		}
		names := references.Names{"shop": {"database": "database-1"}, "store": {"database": "database-2"}}
		for range 2 {
			it.Rename(names)
			if diff := cmp.Diff(manifests(t, []*yaml.RNode{want}), manifests(t, resources(it))); diff != "" {
				t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
			}
		}
		if n := it.Index().References("shop", "database-1"); n != expected {
			t.Errorf("seed %d: %d references after, want %d", seed, n, expected)
		}
	}
}

// generator makes objects whose references to a Secret have the name to.
type generator struct {
	*rand.Rand
	to         string
	references int
}

func (g *generator) object(depth int) *yaml.Node {
	out := mapping()
	for k := range 1 + g.IntN(5) {
		key, node := g.field(k, depth)
		if field(out, key) == nil {
			set(out, key, node)
		}
	}
	return out
}

func (g *generator) field(k, depth int) (string, *yaml.Node) {
	switch choice := g.IntN(6); {
	case choice < 2 && depth > 0:
		return fmt.Sprintf("object%d", k), g.object(depth - 1)
	case choice == 2 && depth > 0:
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for range 1 + g.IntN(3) {
			list.Content = append(list.Content, g.object(depth-1))
		}
		return fmt.Sprintf("list%d", k), list
	case choice < 5:
		g.references++
		return g.reference(k)
	}
	return g.other(k)
}

// reference is a field of a random shape that names the Secret.
func (g *generator) reference(k int) (string, *yaml.Node) {
	prefix := []string{"tls", "db", "basicAuth", "oauth2Client", "x", "serverCA"}[g.IntN(6)] + fmt.Sprint(k)
	named := func(more ...*yaml.Node) *yaml.Node {
		return mapping(append([]*yaml.Node{text("name"), text(g.to)}, more...)...)
	}
	list := func(n *yaml.Node) *yaml.Node {
		return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{n}}
	}
	switch g.IntN(10) {
	case 0:
		return prefix + "SecretName", text(g.to)
	case 1:
		return prefix + "Secret", text(g.to)
	case 2:
		return prefix + "SecretRef", named()
	case 3:
		return prefix + "SecretKeyRef", named(text("key"), text("database"))
	case 4:
		return prefix + "Secret", named(text("key"), text("database"), text("optional"), text("true"))
	case 5:
		return prefix + "Ref", named(text("kind"), text("Secret"))
	case 6:
		return prefix + "PullSecrets", list(named())
	case 7:
		return prefix + "Secrets", list(text(g.to))
	case 8:
		return prefix + "_secret_name", text("shop/" + g.to)
	}
	return prefix, named(text("key"), text("database"))
}

// other is a field that has the same name, and is not a reference to the Secret.
func (g *generator) other(k int) (string, *yaml.Node) {
	same := func() *yaml.Node { return text("database") }
	switch g.IntN(9) {
	case 0:
		return fmt.Sprintf("name%d", k), same()
	case 1:
		return fmt.Sprintf("config%dMapRef", k), mapping(text("name"), same(), text("kind"), text("ConfigMap"))
	case 2:
		return fmt.Sprintf("secretRef%d", k), mapping(text("name"), same(), text("kind"), text("ConfigMap"))
	case 3:
		return fmt.Sprintf("x%dSecretRef", k), mapping(text("name"), same(), text("namespace"), text("other"))
	case 4:
		return "labels", mapping(text("secretName"), same())
	case 5:
		return fmt.Sprintf("x%dSecretKey", k), same()
	case 6:
		return fmt.Sprintf("x%dSecretStoreRef", k), mapping(text("name"), same())
	case 7:
		return fmt.Sprintf("x%dSecretName", k), text("other")
	}
	return "writeConnectionSecretToRef", mapping(text("name"), same())
}
