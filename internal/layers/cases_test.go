package layers

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/pinned"
)

// The layers of the cases, from a base to an overlay.

func db(under string) *spec { return specOf("shop", under, "db") }

func specOf(name, under string, secrets ...string) *spec {
	s := &spec{Name: name, Under: under}
	for _, one := range secrets {
		s.Secrets = append(s.Secrets, &secret{Name: one, Data: map[string]string{"user": one, "password": name + "-" + one}})
	}
	return s
}

func web(refs ...*ref) *object { return &object{Kind: "Deployment", Name: "web", Refs: refs} }

func from(secret string) *ref { return &ref{Via: "envFrom", ID: "R", Secret: secret} }

func stack(layers ...*layer) *tree {
	for i, l := range layers {
		if l.Dir == "" {
			l.Dir = string(rune('a' + i))
		}
		if i > 0 && !l.Component && l.Resources == nil {
			for j := i - 1; j >= 0; j-- {
				if !layers[j].Component {
					l.Resources = []string{layers[j].Dir}
					break
				}
			}
		}
	}
	return &tree{Layers: layers}
}

// TestLayers holds the cases that were found by hand.
func TestLayers(t *testing.T) {
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	overlayMail := func() *layer {
		return &layer{Specs: []*spec{specOf("shop", transformers, "mail")},
			Objects: []*object{{Kind: "Job", Name: "send", Refs: []*ref{from("mail")}}}}
	}
	component := overlayMail()
	component.Component, component.Dir = true, "component"
	base := func() *layer {
		return &layer{Specs: []*spec{db(transformers)}, Objects: []*object{web(from("db"))}}
	}
	written := func(namespace string) *object {
		return &object{Kind: "Deployment", Name: "web", Namespace: namespace, Refs: []*ref{from("db")}}
	}
	authSpec := db(transformers)
	authSpec.Namespace = "auth"
	inShop := db(transformers)
	inShop.Namespace = "shop"
	merging := func(under string) *spec {
		s := db(under)
		s.Secrets[0].Behavior, s.Secrets[0].Data = "merge", map[string]string{"password": "merged"}
		return s
	}
	for _, test := range []struct {
		name string
		tree *tree
		// mayRefuse allows a build that fails with a message.
		mayRefuse bool
		// names says that the Secrets must have the very names that secretGenerator gives them.
		names bool
	}{
		{name: "L1/overlay", tree: stack(base(), overlayMail())},
		{name: "L1/component", tree: stack(base(), component, &layer{Components: []string{"component"}})},
		{name: "L2", tree: stack(&layer{Namespace: "shop", Specs: []*spec{db(transformers)},
			Objects: []*object{web(from("db"))}})},
		{name: "L3", tree: stack(&layer{Namespace: "shop", Specs: []*spec{db(both)}, Objects: []*object{web(from("db"))}})},
		{name: "L4/namespace", tree: stack(
			&layer{Namespace: "a", Specs: []*spec{db(transformers)}, Objects: []*object{web(from("db"))}},
			&layer{Namespace: "b"})},
		{name: "L4/prefix", tree: stack(
			&layer{Specs: []*spec{inShop}, Objects: []*object{written("shop")}}, &layer{Prefix: "p-"})},
		{name: "L5", tree: stack(&layer{Specs: []*spec{authSpec}, Objects: []*object{web(from("db"))}},
			&layer{Namespace: "auth"})},
		{name: "L7", tree: stack(&layer{Specs: []*spec{db(transformers)}}, &layer{Objects: []*object{web(from("db"))}})},
		{name: "L8/patch", tree: stack(base(), &layer{Patches: []*patch{{Kind: "Deployment", Name: "web", Do: "add",
			Ref: &ref{Via: "env", ID: "PASSWORD", Secret: "db", Key: "password"}}}})},
		{name: "L8/json patch", tree: stack(base(), &layer{Patches: []*patch{{Kind: "Deployment", Name: "web", Do: "add",
			JSON: true,
			Ref:  &ref{Via: "env", ID: "PASSWORD", Secret: "db", Key: "password"}}}})},
		{name: "L8/replacements", tree: stack(
			&layer{Specs: []*spec{db(transformers)}, Objects: []*object{web(&ref{Via: "env", ID: "PASSWORD", Secret: "replaced",
				Key: "password"})}},
			&layer{Replacements: []*replacement{{Secret: "db", Kind: "Deployment", Name: "web", ID: "PASSWORD"}}})},
		{name: "L8/vars", tree: stack(
			&layer{Specs: []*spec{db(transformers)}, Objects: []*object{web(&ref{Via: "var", ID: "DB"})},
				Vars: []*variable{{Name: "DB", Secret: "db"}}})},
		{name: "L8/configurations", tree: stack(
			&layer{Specs: []*spec{db(transformers)}, Objects: []*object{{Kind: "Store", Name: "s",
				Refs: []*ref{{Via: "store", Secret: "db"}}}}},
			&layer{Prefix: "p-"})},
		{name: "L9", names: true, tree: stack(
			&layer{Prefix: "app-", Specs: []*spec{specOf("shop", both, "app")}, Objects: []*object{web(from("app"))}})},
		{name: "L10", names: true, tree: stack(base(), &layer{Suffix: "-private"})},
		{name: "L12/generators", tree: stack(&layer{Specs: []*spec{db(generators)}, Objects: []*object{web(from("db"))}},
			&layer{Specs: []*spec{merging(generators)}})},
		{name: "L12/both", tree: stack(&layer{Specs: []*spec{db(both)}, Objects: []*object{web(from("db"))}},
			&layer{Specs: []*spec{merging(both)}})},
		{name: "L12/transformers", mayRefuse: true, tree: stack(base(), &layer{Specs: []*spec{merging(transformers)}})},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := b.judge(test.tree)
			switch {
			case v.Kind == refused && test.mayRefuse:
			case v.Kind != same:
				t.Errorf("%s: %s\n%s", v.Kind, v.Class, v.Text)
			case test.names:
				oracle, ours := b.reading(t, test.tree.oracle()), b.reading(t, test.tree.ours(b.function))
				if !maps.Equal(oracle.names, ours.names) {
					t.Errorf("the Secrets are named %v; secretGenerator names them %v", ours.names, oracle.names)
				}
			}
		})
	}
}

// reading builds files whose top is their last folder.
func (b *builder) reading(t *testing.T, f files) *reading {
	t.Helper()
	var top string
	for name := range f {
		if dir, file, _ := strings.Cut(name, "/"); file == "kustomization.yaml" {
			top = max(top, dir)
		}
	}
	out, said, err := b.build(f, top)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	r, err := read(out)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestLayersRefused holds the cases that must fail, and what their message must name.
func TestLayersRefused(t *testing.T) {
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	everywhere := specOf("shop", transformers, "app")
	everywhere.Secrets[0].UsedBy = []*use{{Kind: "Deployment", Name: "web",
		Ref: &ref{Via: "env", ID: "PASSWORD", Key: "password"}}}
	for _, test := range []struct {
		name  string
		tree  *tree
		words []string
	}{
		{"L6", stack(&layer{Specs: []*spec{db(plain)}, Objects: []*object{web(from("db"))}},
			&layer{Prefix: "p-", Specs: []*spec{db(transformers)}}), []string{"db", "already"}},
		{"L11", stack(&layer{Dir: "base", Objects: []*object{web()}},
			&layer{Dir: "left", Resources: []string{"base"}, Prefix: "a-", Namespace: "a"},
			&layer{Dir: "right", Resources: []string{"base"}, Prefix: "b-", Namespace: "b"},
			&layer{Dir: "top", Resources: []string{"left", "right"}, Specs: []*spec{everywhere},
				Objects: []*object{{Kind: "ClusterIssuer", Name: "ca", Refs: []*ref{{Via: "issuer", Secret: "app"}}}}}),
			[]string{"ClusterIssuer", "app", "a", "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, said, err := b.build(test.tree.ours(b.function), test.tree.top().Dir)
			if err == nil {
				t.Fatalf("the build does not fail; it prints\n%s", out)
			}
			words := strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(" ,;:/\n\"", r) })
			for _, word := range test.words {
				if !slices.Contains(words, word) {
					t.Errorf("the message does not name %s: %s (%v)", word, said, err)
				}
			}
		})
	}
}

// TestLayersResolve holds the cases in which secretGenerator itself leaves a reference dangling, and a SecretSpec does
// not.
func TestLayersResolve(t *testing.T) {
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	annotated := files{
		"a/kustomization.yaml": "resources: [objects.yaml]\ntransformers: [spec-shop.yaml]\n",
		"a/objects.yaml": "{apiVersion: v1, kind: Namespace, metadata: {name: shop, annotations: {secret: x}}}\n---\n" +
			"{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: app, image: x}]}}\n",
	}
	s := db(transformers).manifest(annotated, "a", b.function)
	s["secrets"].([]any)[0].(map[string]any)["usedBy"] = []any{
		map[string]any{"kind": "Namespace", "fieldPaths": []any{"metadata.annotations.secret"}},
		map[string]any{"kind": "Pod", "envFrom": map[string]any{}},
	}
	annotated.put("a/spec-shop.yaml", s)
	for _, test := range []struct {
		name  string
		files files
	}{
		{"L4", stack(&layer{Specs: []*spec{db(transformers)}, Objects: []*object{{Kind: "Deployment", Name: "web",
			Namespace: "shop", Refs: []*ref{from("db")}}}}, &layer{Prefix: "p-"}).ours(b.function)},
		{"L13", annotated},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := b.reading(t, test.files)
			if want := map[string]int{`shop {"password":"shop-db","user":"db"}`: 1}; !maps.Equal(r.secrets, want) {
				t.Errorf("the Secrets are %v, want %v", r.secrets, want)
			}
			for at, value := range r.fields {
				if strings.HasPrefix(value, dangling) {
					t.Errorf("%s: %s", at, value)
				}
			}
			if len(r.problems) > 0 {
				t.Error(r.problems)
			}
		})
	}
}
