package sources_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

const keyed = `
user: bob
tls.crt: dotted
app:
  password: hunter2
  empty: ""
  none: null
  tls.key: dotted, deep
  hosts: [a, b]
  users:
  - {name: alice, token: of alice}
  - {name: bob, token: of bob}
  - {name: eve.example.com, token: of eve}
  - {name: twin, token: first}
  - {name: twin, token: second}
  certificate: aGVs
    bG8=
twice: {}
`

// clearSet opens YAML in the clear.
func clearSet(t testing.TB, text string) *sources.Set {
	t.Helper()
	no := false
	set, findings := openAll(rootless(), specOf(schema.Source{Name: "it", Inline: text, Encrypted: &no}), sources.Origin{})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return set
}

// TestKey has paths of kustomize's syntax, and what they come to.
func TestKey(t *testing.T) {
	set := clearSet(t, keyed)
	for _, c := range []struct {
		value schema.Value
		want  string
		fails string
	}{
		{value: schema.Value{Key: "user"}, want: "bob"},
		{value: schema.Value{Key: `tls\.crt`}, want: "dotted"},
		{value: schema.Value{Key: `app.tls\.key`}, want: "dotted, deep"},
		{value: schema.Value{Key: "app.empty"}, want: ""},
		{value: schema.Value{Key: "app.hosts.1"}, want: "b"},
		{value: schema.Value{Key: "app.users.[name=bob].token"}, want: "of bob"},
		{value: schema.Value{Key: "app.users.[name=eve.example.com].token"}, want: "of eve"},
		{value: schema.Value{Key: "app.certificate", Decode: schema.Base64}, want: "hello"},

		{value: schema.Value{Key: "tls.crt"}, fails: `there is no key "tls"; write its dots as tls\.crt`},
		{value: schema.Value{Key: "usr"}, fails: `there is no key "usr"; did you mean user?`},
		{value: schema.Value{Key: "something"}, fails: `there is no key "something"; its keys are user, tls.crt, app, twice`},
		{value: schema.Value{Key: "app.pasword"}, fails: `there is no key "pasword" under app; did you mean password?`},
		{value: schema.Value{Key: "app.hosts.2"}, fails: `there is no key "2" under app.hosts`},
		{value: schema.Value{Key: "app.hosts.-1"}, fails: `there is no key "-1" under app.hosts`},
		{value: schema.Value{Key: "app.hosts.first"}, fails: `there is no key "first" under app.hosts`},
		{value: schema.Value{Key: "app.users.[name=mallory].token"},
			fails: `there is no key "[name=mallory]" under app.users`},
		{value: schema.Value{Key: "app.users.[name=twin].token"},
			fails: `"app.users.[name=twin].token" stands 2 times in it (line 15); keep one of them`},
		{value: schema.Value{Key: "user.name"},
			fails: `"user" is a value, and has no keys; take the value itself: leave .name out`},
		{value: schema.Value{Key: "app.none"},
			fails: `the value at "app.none" is null (line 7); write "" for an empty value`},
		{value: schema.Value{Key: "app.users"}, fails: `"app.users" is a map or a list, not a value`},
		{value: schema.Value{Key: "app.password", Decode: schema.Base64}, fails: `the value at "app.password" is not base64`},
		{value: schema.Value{Decode: schema.Base64}, fails: "the document is not base64"},
	} {
		c.value.From = "it"
		got, f := set.Value(here, c.value)
		switch {
		case c.fails == "" && (f != nil || string(got) != c.want):
			t.Errorf("%+v: %q, %v; want %q", c.value, got, f, c.want)
		case c.fails != "" && f == nil:
			t.Errorf("%+v: %q", c.value, got)
		case c.fails != "":
			sopstest.Holds(t, f.Error(), "secrets[0].data.it: the inline source it: "+c.fails)
			sopstest.TellsNothing(t, f.Error(), "hunter2")
		}
	}
}

// TestScalars takes the scalars of a map, in its order, and warns of what it leaves out.
func TestScalars(t *testing.T) {
	set := clearSet(t, keyed)
	got, findings := scalars(set, schema.DataFrom{From: "it", Prefix: "P_"})
	want := []sources.Scalar{{Key: "P_user", Value: []byte("bob")}, {Key: "P_tls.crt", Value: []byte("dotted")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(findings) != 1 || findings[0].Level() != report.Warning {
		t.Fatal(findings)
	}
	sopstest.Holds(t, findings[0].Error(),
		"secrets[0].data.it: the inline source it: app, twice: maps and lists are not taken")

	for key, says := range map[string]string{
		"app":       `the value at "none" is null (line 7); write "" for an empty value`,
		"app.hosts": `"app.hosts" is not a map (line 9); take a single value in data instead`,
		"user":      `"user" is not a map`,
		"gone":      `there is no key "gone"`,
	} {
		if _, findings := scalars(set, schema.DataFrom{From: "it", Key: key}); len(findings) != 1 || !findings[0].IsError() {
			t.Errorf("%s: %v", key, findings)
		} else {
			sopstest.Holds(t, findings[0].Error(), says)
		}
	}
	got, findings = scalars(set, schema.DataFrom{From: "it", Key: "twice"})
	if len(got) != 0 || len(findings) != 0 {
		t.Errorf("an empty map has %v, %v", got, findings)
	}

	many := ""
	for i := range 30 {
		many += fmt.Sprintf("---\nkey-%d: 1\n", i)
	}
	_, findings = scalars(clearSet(t, many), schema.DataFrom{From: "it"})
	sopstest.Holds(t, findings[0].Error(), "it has 30 YAML documents (1: key-0; ",
		"20: key-19; ...); pick a map that stands in one of them with key")
	_, findings = scalars(clearSet(t, "# nothing\n"), schema.DataFrom{From: "it"})
	sopstest.Holds(t, findings[0].Error(), "it is empty")
}

// FuzzKey looks up arbitrary paths. None may panic, or tell a value.
func FuzzKey(f *testing.F) {
	for _, path := range []string{"user", `tls\.crt`, "app.users.[name=bob].token", "app.hosts.0", "[", "[=]", ".", `\`,
		"app..password", "[a=[b=c]]", "app.users.[name"} {
		f.Add(path)
	}
	set := clearSet(f, keyed)
	f.Fuzz(func(t *testing.T, path string) {
		if _, finding := set.Value(here, schema.Value{From: "it", Key: path}); finding != nil &&
			!strings.Contains(path, "hunter2") {
			sopstest.TellsNothing(t, finding.Error(), "hunter2")
		}
		_, _ = scalars(set, schema.DataFrom{From: "it", Key: path})
	})
}
