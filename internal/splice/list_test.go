package splice_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

const header = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"

func node(text string) *yaml.Node { return yaml.MustParse(text).YNode() }

func edited(item *yaml.Node, e edit) *yaml.Node {
	c := yamlnode.Copy(item)
	e(c)
	return c
}

func TestResourceList(t *testing.T) {
	secret := node("kind: Secret\nmetadata:\n  name: s\n")
	results := splice.Field{Name: "results", Value: node("- message: m\n  severity: info\n")}
	for _, test := range []struct {
		name, in, want string
		edit           splice.ItemsEdit
		change         map[int]edit
	}{
		{"nothing", header + "items: # c\n- 'a': \"b\"\n", header + "items: # c\n- 'a': \"b\"\n",
			splice.ItemsEdit{}, nil},
		{"changed, removed, appended", header +
			"items:\n- a: b  # c\n- a: {b: c}\n- 'a': \"b\"\nfunctionConfig: {}\n",
			header +
				"items:\n- a: {b: c, d: e}\n- 'a': \"b\"\n- kind: Secret\n  metadata:\n    name: s\nfunctionConfig: {}\n" +
				"results:\n- message: m\n  severity: info\n",
			splice.ItemsEdit{Replaced: map[int]*yaml.Node{0: nil}, Appended: []*yaml.Node{secret},
				Fields: []splice.Field{results}},
			map[int]edit{1: set("e", "a", "d")}},
		{"indented", header + "items:\n  - a:\n    - b\n", header +
			"items:\n  - a:\n    - b\n  - kind: Secret\n    metadata:\n      name: s\n",
			splice.ItemsEdit{Appended: []*yaml.Node{secret}}, nil},
		{"empty", header + "items: []\n", header + "items:\n- kind: Secret\n  metadata:\n    name: s\n",
			splice.ItemsEdit{Appended: []*yaml.Node{secret}}, nil},
		{"null", header + "items:\nfunctionConfig:\n  a: b\n",
			header + "items:\n- kind: Secret\n  metadata:\n    name: s\nfunctionConfig:\n  a: b\n",
			splice.ItemsEdit{Appended: []*yaml.Node{secret}}, nil},
		{"missing", header, header + "items:\n- kind: Secret\n  metadata:\n    name: s\n",
			splice.ItemsEdit{Appended: []*yaml.Node{secret}}, nil},
		{"all removed", header + "items:\n- a: b\n", header + "items: []\n",
			splice.ItemsEdit{Replaced: map[int]*yaml.Node{0: nil}}, nil},
		{"all replaced", header + "items:\n- a: b\n", header + "items:\n- kind: Secret\n  metadata:\n    name: s\n",
			splice.ItemsEdit{Replaced: map[int]*yaml.Node{0: nil}, Appended: []*yaml.Node{secret}}, nil},
		{"results appended", header + "results:\n- message: l # c\n", header +
			"results:\n- message: l # c\n- message: m\n  severity: info\n",
			splice.ItemsEdit{Fields: []splice.Field{{Name: "results",
				Value: node("- message: l\n- message: m\n  severity: info\n")}}}, nil},
		{"a field removed", header + "items: []\nresults:\n- message: l\nfunctionConfig: {}\n", header +
			"items: []\nfunctionConfig: {}\n", splice.ItemsEdit{Fields: []splice.Field{{Name: "results"}}}, nil},
		{"a key twice elsewhere", header + "items:\n- a: &l {b: c}\n- a: *l\n- d: e\n  d: f\n", header +
			"items:\n- a: &l {b: x}\n- a: {b: c}\n- d: e\n  d: f\n",
			splice.ItemsEdit{}, map[int]edit{0: set("x", "a", "b")}},
		{"shared by aliases", header + "items:\n- a: &l {b: c}\n- a: *l\n- d: *l\n", header +
			"items:\n- a: &l {b: x}\n- a: {b: c}\n- d: {b: c}\n",
			splice.ItemsEdit{}, map[int]edit{0: set("x", "a", "b")}},
		{"JSON", `{"kind":"ResourceList","items":[{"a":1},{"b":2}]}` + "\n",
			`{"kind":"ResourceList","items":[{"a":1,"c":3},{"b":2},{"kind":"Secret","metadata":{"name":"s"}}],` +
				`"results":[{"message":"m","severity":"info"}]}` + "\n",
			splice.ItemsEdit{Appended: []*yaml.Node{secret}, Fields: []splice.Field{results}},
			map[int]edit{0: set("3", "c")}},
		{"comments around", "# a\n---\n" + header + "items: []\n---\n# b\n",
			"# a\n---\n" + header + "items:\n- kind: Secret\n  metadata:\n    name: s\n---\n# b\n",
			splice.ItemsEdit{Appended: []*yaml.Node{secret}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := manifests.ParseResourceList([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			for i, change := range test.change {
				if test.edit.Replaced == nil {
					test.edit.Replaced = map[int]*yaml.Node{}
				}
				test.edit.Replaced[i] = edited(list.Items[i], change)
			}
			result, err := splice.ResourceList(list, test.edit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(result.Text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseResourceListRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "it is not a ResourceList",
		"kind: List\n":            "it is not a ResourceList",
		header + "items: x\n":     "line 3, column 8: items is not a list",
		header + "---\n" + header: "line 3: a ResourceList is followed by another document",
		header +
			"items:\n- x: &x [*x]": "line 1, column 1: the YAML aliases of the document multiply to more than it could hold",
	} {
		if _, err := manifests.ParseResourceList([]byte(in)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v", in, err)
		}
	}
}

func TestSpliceList(t *testing.T) {
	runSplices(t, []spliceCase{
		{"List", "apiVersion: v1\nkind: List\nitems:\n  - kind: Pod\n    metadata: {name: a}\n", func(n *yaml.Node) {
			set("c", "metadata", "labels", "b")(lookup(n, "items").Content[0])
		}, "apiVersion: v1\nkind: List\nitems:\n  - kind: Pod\n    metadata: {name: a, labels: {b: c}}\n", 0},
	})
}

func benchmarkList(b *testing.B, touch int) {
	var in strings.Builder
	in.WriteString(header + "items:\n")
	for i := range 10_000 {
		fmt.Fprintf(&in, `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web-%d
    labels: {app: web, tier: front}
    annotations:
      config.kubernetes.io/index: '%d'
  spec:
    replicas: 2
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
        - name: app
          image: registry.example.com/web:1.4.2
          args: ["--listen", ":8080"] # as ever
          env:
          - name: A
            value: "1"
        - name: proxy
          image: registry.example.com/proxy:2.0.0
          resources:
            limits:
              memory: 128Mi
              cpu: 100m
            requests:
              memory: 64Mi
              cpu: 10m
          securityContext:
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
`, i, i)
	}
	list, err := manifests.ParseResourceList([]byte(in.String()))
	if err != nil {
		b.Fatal(err)
	}
	change := splice.ItemsEdit{Replaced: map[int]*yaml.Node{}, Appended: []*yaml.Node{node("kind: Secret\n")}}
	for i := range touch {
		at := i * 10_000 / touch
		change.Replaced[at] = edited(list.Items[at], set("x", "metadata", "annotations", "a"))
	}
	b.SetBytes(int64(in.Len()))
	for b.Loop() {
		if _, err := splice.ResourceList(list, change); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResourceListOne(b *testing.B)   { benchmarkList(b, 1) }
func BenchmarkResourceListTenth(b *testing.B) { benchmarkList(b, 1000) }

func BenchmarkParse(b *testing.B) {
	in := []byte(header + "items:\n" + strings.Repeat("- metadata: {name: a}\n  spec:\n    x: y\n    z: 'w'\n",
		40_000))
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := manifests.Parse(in); err != nil {
			b.Fatal(err)
		}
	}
}
