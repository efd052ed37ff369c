package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
)

// TestVariableOrder wires PASSWORD and USER into a container whose variables, `NAME=value` each, may use them, and
// looks at the order in which they come out.
func TestVariableOrder(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		said           []string
	}{
		{"no variable uses it", "A=1 B=$(A)", "A B PASSWORD USER", nil},
		{"one does", "A=1 URL=$(USER):$(PASSWORD) B=2", "A PASSWORD USER URL B", nil},
		{"two do", "A=$(USER) B=$(PASSWORD) C=$(USER)", "USER A PASSWORD B C", nil},
		{"an escape is not a use", "A=$$(USER)", "A PASSWORD USER", nil},
		{"there already, before its use", "USER=x URL=$(USER)", "USER URL PASSWORD", nil},
		{"there already, after its use", "URL=$(USER) A=1 USER= B=2", "USER URL A B PASSWORD", []string{
			"warning: at.env.USER: Pod x (container app: variable USER) came after the variable URL, which uses it as " +
				"$(USER), " +
				"and was moved before it; if the text $(USER) was meant, write $$(USER)"}},
		{"a use of its own former value", "USER=$(USER) A=1", "USER A PASSWORD", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var spec strings.Builder
			spec.WriteString("containers:\n- name: app\n  env:\n")
			for entry := range strings.FieldsSeq(c.in) {
				name, text, _ := strings.Cut(entry, "=")
				spec.WriteString("  - {name: " + name + ", value: \"" + text + "\"}\n")
			}
			use := Use{Field: report.Field("at"), Secret: database,
				Target: target(t, `{env: {USER: user, PASSWORD: password}}`)}
			it := NewItems(parse(t, pod(spec.String())))
			var moved []string
			for _, f := range wire(it, use) {
				if f.Code == report.VariableMoved {
					moved = append(moved, said([]*report.Finding{f})...)
				}
			}
			if diff := cmp.Diff(c.said, moved); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			for range 2 {
				var names []string
				for _, e := range elements(at(resources(it)[0].YNode(), "spec.containers").Content[0], "env") {
					names = append(names, value(e, "name"))
				}
				if got := strings.Join(names, " "); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
				it = NewItems(resources(it))
				if findings := wire(it, use); len(findings) > 0 {
					t.Errorf("the second run finds %v", said(findings))
				}
			}
		})
	}
}

// TestOverriddenVariables wires Secrets by envFrom into a container that takes variables from elsewhere too.
func TestOverriddenVariables(t *testing.T) {
	cache := Secret{Plain: "cache", Name: "cache-hash", Keys: []string{"password"}}
	others := `---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {password: changeme, level: debug}
---
apiVersion: v1
kind: Secret
metadata: {name: cache-hash}
data: {password: eA==}
---
apiVersion: v1
kind: Secret
metadata: {name: database-hash}
data: {password: eA==, user: eA==}
---
apiVersion: v1
kind: Secret
metadata: {name: odd-hash}
data: {a_b: eA==, b: eA==}
---
apiVersion: v1
kind: Secret
metadata: {name: by-hand}
stringData: {user: x, password: "y"}
`
	use := func(secret Secret, ways string) Use { return Use{Secret: secret, Target: target(t, ways)} }
	all := use(database, `{envFrom: {}}`)
	const (
		start     = "warning: a.envFrom: Pod x (container app) "
		noPrefix  = "; take one of them out, or give envFrom a prefix"
		later     = "; the latter, which is last in envFrom, wins; give one of them a prefix, or take the keys out of one"
		inTheOpen = " with a value in the open in env, which wins over the key password of the Secret; take it out of env; " +
			"if it was the secret, it is in Git's history: change it"
	)
	for _, c := range []struct {
		name, container string
		uses            []Use
		said            []string
	}{
		{"a value", "env: [{name: password, value: changeme}, {name: A, value: b}]", []Use{all},
			[]string{start + "defines the variable password" + inTheOpen}},
		{"a value from elsewhere under the prefix",
			"env: [{name: DB_password, valueFrom: {configMapKeyRef: {name: a, key: b}}}, {name: password, value: a}]",
			[]Use{use(database, `{envFrom: {prefix: DB_}}`)}, []string{start +
				"defines the variable DB_password in env, which wins over the key password of the Secret" + noPrefix}},
		{"two values, of which the last counts", "env: [{name: user, value: a}, {name: user, value: b}]", []Use{all},
			[]string{strings.ReplaceAll(start+"defines the variable password"+inTheOpen, "password", "user")}},
		{"the same key", "env: []", []Use{use(database, `{env: {password: password}, envFrom: {}}`)}, nil},
		{"another key", "env: []", []Use{use(database, `{env: {password: user}, envFrom: {}}`)}, []string{start +
			"defines the variable password in env, which wins over the key password of the Secret" + noPrefix}},
		{"an earlier ConfigMap", "envFrom: [{configMapRef: {name: settings}}]", []Use{all},
			[]string{start + "takes password from the ConfigMap settings and from the Secret database" + later}},
		{"an earlier ConfigMap with a prefix", "envFrom: [{prefix: S_, configMapRef: {name: settings}}]", []Use{all}, nil},
		{"a later Secret by hand", "envFrom: [{secretRef: {name: database-hash}}, {secretRef: {name: by-hand}}]", []Use{all},
			[]string{start + "takes password, user from the Secret database and from the Secret by-hand" + later}},
		{"what is not among the resources", "envFrom: [{secretRef: {name: unknown}}, {configMapRef: {name: unknown}}]",
			[]Use{all}, nil},
		{"two uses", "env: []", []Use{all, use(cache, `{envFrom: {}}`)},
			[]string{start + "takes password from the Secret database and from the Secret cache-hash" + later}},
		{"a use of the same Secret by hand, with other keys", "envFrom: [{prefix: a_, secretRef: {name: odd-hash}}]",
			[]Use{use(Secret{Plain: "odd", Name: "odd-hash", Keys: []string{"a_b", "b"}}, `{envFrom: {}}`)},
			[]string{start + "takes a_b from the Secret odd-hash and from the Secret odd" + later}},
		{"two uses with prefixes", "env: []", []Use{all, use(cache, `{envFrom: {prefix: C_}}`)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := parse(t, pod("containers:\n- name: app\n  "+c.container)+others)
			for range 2 {
				it := NewItems(nodes)
				findings := collect(func(collector *report.Collector) {
					for i, use := range c.uses {
						use.Field = report.Field(string(rune('a' + i)))
						it.Wire(0, use, &report.Collector{})
					}
					it.Review(collector)
				})
				if diff := cmp.Diff(c.said, said(findings)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				nodes = resources(it)
			}
		})
	}
}
