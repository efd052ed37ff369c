package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
)

// TestFieldPaths writes the Secret's name to a path of a resource whose spec is given, and looks at the spec and at
// what is said, apart from the name of the resource. Where it succeeds, a second run changes nothing.
func TestFieldPaths(t *testing.T) {
	const (
		own        = "example.com/v1 Own"
		deployment = "apps/v1 Deployment"
		pods       = "{template: {spec: {containers: [{name: app}]}}}"
		noName     = "; write the path to a text, with [name=x] for an element of a list"
		correct    = "; correct the path"
		orList     = "; correct the path, or write the list and its element into the resource"
		around     = "; correct the path if it is misspelt, or else write what is around the field into the resource"
	)
	for _, c := range []struct{ name, kind, spec, path, want, said string }{
		{"a field that is there", own, "{secret: database}", "spec.secret", "{secret: database-hash}", ""},
		{"a null", own, "{secret: null}", "spec.secret", "{secret: database-hash}", ""},
		{"a field that is not", own, "{a: b}", "spec.secret", "{a: b, secret: database-hash}", ""},
		{"a field of one that is not", own, "{a: b}", "spec.tls.name", "{a: b, tls: {name: database-hash}}", ""},
		{"a field of a null", own, "null", "spec.tls.name", "{tls: {name: database-hash}}", ""},
		{"several that are not", own, "{a: b}", "spec.foo.bar.name", "{a: b, foo: {bar: {name: database-hash}}}",
			"warning: had no field spec.foo, so spec.foo.bar.name was created" + around},
		{"nearly one that is there", own, "{secretName: x}", "spec.secretNam", "{secretName: x, secretNam: database-hash}",
			"warning: had no field spec.secretNam, so spec.secretNam was created; did you mean secretName?"},
		{"another text", own, "{secret: third}", "spec.secret", "{secret: database-hash}",
			"warning: had another text in spec.secret, which is replaced"},
		{"a number", own, "{port: 80}", "spec.port", "", "has no field spec.port that could hold a name" + noName},
		{"a map", own, "{a: {}}", "spec.a", "", "has no field spec.a that could hold a name" + noName},
		{"a field of a text", own, "{a: b}", "spec.a.name", "",
			`has no fields below spec.a, which is not a map; correct the path; a dot of a key is \.`},
		{"a key of a list", own, "{a: []}", "spec.a.name", "",
			"has a list spec.a; name one of its elements with [name=x] or its number"},
		{"an element", own, "{a: [{name: x}, {name: y}]}", "spec.a.[name=y].s",
			"{a: [{name: x}, {name: y, s: database-hash}]}", ""},
		{"an element by number", own, "{a: [x, database]}", "spec.a.1", "{a: [x, database-hash]}", ""},
		{"the last element", own, "{a: [x, database]}", "spec.a.-", "{a: [x, database-hash]}", ""},
		{"an element by its text", own, "{a: [x, database]}", "spec.a.[=database]", "{a: [x, database-hash]}", ""},
		{"an element by its text, beside one with the name", own, "{a: [database, database-hash]}", "spec.a.[=database]",
			"{a: [database-hash, database-hash]}", ""},
		{"an element that is not there", own, "{a: [{name: one}]}", "spec.a.[name=on].s", "",
			"has no element [name=on] in the list spec.a; did you mean one?"},
		{"a number that is not there", own, "{a: [x]}", "spec.a.1", "",
			"has no element 1 in the list spec.a; it has 1, counted from 0"},
		{"the last of none", own, "{a: []}", "spec.a.-", "",
			"has no element - in the list spec.a; write one into the resource"},
		{"a wildcard", own, "{a: [x, database]}", "spec.a.*", "",
			"has no element * in the list spec.a; write [name=x] for the element whose name is x; for several elements, write several paths"},
		{"a list that is not there", own, "{}", "spec.a.[name=x].s", "", "has no list spec.a" + orList},
		{"an element of a map", own, "{a: {}}", "spec.a.0", "", "has no list spec.a" + orList},
		{"a number that is a key", own, `{a: {"0": database}}`, "spec.a.0", `{a: {"0": database-hash}}`, ""},

		{"of a Deployment", deployment, pods, "spec.template.spec.schedulerName",
			"{template: {spec: {containers: [{name: app}], schedulerName: database-hash}}}", ""},
		{"several of a Deployment", deployment, pods, "spec.template.spec.containers.0.lifecycle.postStart.httpGet.path",
			"{template: {spec: {containers: [{name: app, lifecycle: {postStart: {httpGet: {path: database-hash}}}}]}}}", ""},
		{"none of a Deployment", deployment, pods, "spec.template.spec.foo.bar", "",
			"can have no field spec.template.spec.foo" + correct},
		{"nearly one of a Deployment", deployment, pods, "spec.template.spec.shedulerName", "",
			"can have no field spec.template.spec.shedulerName; did you mean schedulerName?"},
		{"a field of a text of a Deployment", deployment, pods, "spec.template.spec.nodeName.x", "",
			"can have no field spec.template.spec.nodeName.x" + correct},
		{"a number of a Deployment", deployment, pods, "spec.replicas", "",
			"has no field spec.replicas that could hold a name" + noName},
		{"one that Kubernetes has got since", deployment, "{new: {field: database}}", "spec.new.field",
			"{new: {field: database-hash}}", ""},
		{"a list of a Deployment", deployment, pods, "spec.template.spec.imagePullSecrets.[name=x].name", "",
			"has no list spec.template.spec.imagePullSecrets" + orList},
		{"annotations of its pods", deployment, "{template: {}}", `spec.template.metadata.annotations.example\.com/secret`,
			"{template: {metadata: {annotations: {example.com/secret: database-hash}}}}", ""},
		{"annotations without an escape", deployment, "{template: {}}",
			"spec.template.metadata.annotations.example.com/secret",
			"{template: {metadata: {annotations: {example.com/secret: database-hash}}}}", ""},
		{"a number for an annotation", deployment, "{template: {}}", "spec.template.metadata.annotations.0",
			`{template: {metadata: {annotations: {"0": database-hash}}}}`, ""},
		{"metadata of any kind", own, "{}", "metadata.anotations.x", "",
			"can have no field metadata.anotations; did you mean annotations?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			apiVersion, kind, _ := strings.Cut(c.kind, " ")
			resource := func(spec string) string {
				return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: x}\nspec: " + spec + "\n"
			}
			nodes := parse(t, resource(c.spec))
			defer unchanged(t, nodes)()
			it := NewItems(nodes)
			use := Use{Field: report.Field("at"), Secret: database, Target: target(t, `{}`)}
			use.Target.FieldPaths = []string{c.path}
			got := strings.ReplaceAll(strings.Join(said(wire(it, use)), "\n"), "at.fieldPaths[0]: "+kind+" x ", "")
			if got = strings.TrimPrefix(got, ": "); got != c.said {
				t.Errorf("got  %s\nwant %s", got, c.said)
			}
			if c.want == "" {
				return
			}
			for range 2 {
				if diff := cmp.Diff(values(t, parse(t, resource(c.want))), values(t, resources(it))); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				it = NewItems(resources(it))
				if findings := wire(it, use); len(findings) > 0 {
					t.Errorf("the second run finds %v", said(findings))
				}
			}
		})
	}
}

func TestFieldPathsInAnnotations(t *testing.T) {
	for _, path := range []string{`metadata.annotations.example\.com/secret`, "metadata.annotations.example.com/secret"} {
		it := NewItems(parse(t, "apiVersion: example.com/v1\nkind: Own\nmetadata: {name: x}\n"))
		use := Use{Field: report.Field("at"), Secret: database, Target: target(t, `{}`)}
		use.Target.FieldPaths = []string{path}
		if findings := wire(it, use); len(findings) > 0 {
			t.Error(said(findings))
		}
		annotations := at(resources(it)[0].YNode(), "metadata.annotations")
		if got := field(annotations, "example.com/secret"); got == nil || got.Value != "database-hash" {
			t.Errorf("%s: got\n%s", path, manifests(t, resources(it)))
		}
	}
}

// TestFieldPathsKeepStyle writes the Secret's name as the text or the map around it is written.
func TestFieldPathsKeepStyle(t *testing.T) {
	for _, c := range []struct{ path, in, want string }{
		{"spec.secret", "spec: {a: b}\n", "spec: {a: b, secret: database-hash}\n"},
		{"spec.secret", "spec: {}\n", "spec:\n  secret: database-hash\n"},
		{"spec.secret", "spec: {secret: \"database\"}\n", "spec: {secret: \"database-hash\"}\n"},
		{"spec.secret", "spec: {secret: database}\n", "spec: {secret: database-hash}\n"},
		{"spec.secret", "spec: {secret: !!null ''}\n", "spec: {secret: database-hash}\n"},
	} {
		const head = "apiVersion: example.com/v1\nkind: Own\nmetadata: {name: x}\n"
		it := NewItems(parse(t, head+c.in))
		use := Use{Field: report.Field("at"), Secret: database, Target: target(t, `{}`)}
		use.Target.FieldPaths = []string{c.path}
		if findings := wire(it, use); len(findings) > 0 {
			t.Error(said(findings))
		}
		if diff := cmp.Diff(head+c.want, manifests(t, resources(it))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
	}
}
