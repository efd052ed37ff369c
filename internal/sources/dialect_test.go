package sources_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// variables are what a document has in a dialect, KEY=value each, in its order.
func variables(t *testing.T, dir string, source schema.Source) []string {
	t.Helper()
	source.Name = "it"
	set, findings := openAll(newOpener(t, dir), specOf(source), sources.Origin{})
	if len(findings) > 0 {
		t.Fatalf("%v", findings)
	}
	all, findings := scalars(set, schema.DataFrom{From: "it"})
	if len(findings) > 0 {
		t.Fatalf("%v", findings)
	}
	var out []string
	for _, scalar := range all {
		out = append(out, scalar.Key+"="+string(scalar.Value))
	}
	return out
}

// TestDialects reads one document in each dialect, encrypted and in the clear.
func TestDialects(t *testing.T) {
	dir := t.TempDir()
	recipient := sopstest.WithAgeKey(t)
	const text = "PLAIN=a b\nQUOTED=\"a\\nb\"\nJSON={\"key\":\"-----BEGIN\\nX\\n\"}\nHASH=a # b\nREF=$PLAIN-x\n"
	sopstest.Encrypt(t, dir, "it.env", text, "--age", recipient)
	sopstest.Write(t, dir, "clear.env", []byte(text))
	clear := false
	for dialect, want := range map[schema.Dialect][]string{
		"": {"PLAIN=a b", "QUOTED=\"a\nb\"", "JSON={\"key\":\"-----BEGIN\nX\n\"}", "HASH=a # b",
			"REF=$PLAIN-x"},
		schema.SOPSDialect: {"PLAIN=a b", "QUOTED=\"a\nb\"", "JSON={\"key\":\"-----BEGIN\nX\n\"}", "HASH=a # b",
			"REF=$PLAIN-x"},
		schema.KustomizeDialect: {"PLAIN=a b", `QUOTED="a\nb"`, `JSON={"key":"-----BEGIN\nX\n"}`, "HASH=a # b",
			"REF=$PLAIN-x"},
		schema.GodotenvDialect: {"PLAIN=a b", "QUOTED=a\nb", `JSON={"key":"-----BEGIN\nX\n"}`, "HASH=a", "REF=a b-x"},
	} {
		for _, source := range []schema.Source{{File: "it.env", Dialect: dialect},
			{File: "clear.env", Dialect: dialect, Encrypted: &clear}} {
			if diff := cmp.Diff(want, variables(t, dir, source)); diff != "" {
				t.Errorf("%s as %q (-want +got):\n%s", source.File, dialect, diff)
			}
		}
	}
}

// TestDialectsTogether opens one document in two dialects in one run.
func TestDialectsTogether(t *testing.T) {
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "it.env", `A="b"`+"\n", "--age", sopstest.WithAgeKey(t))
	spec := specOf(schema.Source{Name: "one", File: "it.env", Dialect: schema.GodotenvDialect},
		schema.Source{Name: "two", File: "it.env", Dialect: schema.KustomizeDialect})
	set, findings := openAll(newOpener(t, dir), spec, sources.Origin{})
	if len(findings) > 0 {
		t.Fatalf("%v", findings)
	}
	var got []string
	for _, name := range []string{"one", "two"} {
		all, _ := scalars(set, schema.DataFrom{From: name})
		got = append(got, string(all[0].Value))
	}
	if !slices.Equal(got, []string{"b", `"b"`}) {
		t.Errorf("%q", got)
	}
}

func TestDialectFindings(t *testing.T) {
	dir := t.TempDir()
	clear := false
	sopstest.Write(t, dir, "it.yaml", []byte("a: b\n"))
	sopstest.Write(t, dir, "bad.env", []byte("A=b\nB=\"hunter2\n"))
	sopstest.Write(t, dir, "two.env", []byte("A=\"b\" hunter2=c\n"))
	for _, c := range []struct {
		source schema.Source
		want   string
	}{
		{schema.Source{File: "it.yaml", Dialect: schema.GodotenvDialect},
			"sources[0].dialect: it.yaml: dialect is for dotenv, and this is yaml; remove it, or set format: dotenv"},
		{schema.Source{File: "bad.env", Dialect: schema.GodotenvDialect},
			"sources[0].dialect: bad.env: as godotenv reads it, line 2: a quote is not closed; correct the line, " +
				"or choose another dialect"},
		{schema.Source{File: "two.env", Dialect: schema.GodotenvDialect},
			"sources[0].dialect: two.env: as godotenv reads it, line 1 has two variables; write each in a line of " +
				"its own, or choose another dialect"},
	} {
		c.source.Encrypted = &clear
		if got := refused(t, dir, c.source, "hunter2").Error(); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}
