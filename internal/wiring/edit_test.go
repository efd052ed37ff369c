package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
)

// TestAliases edits containers that share their lists by YAML aliases: each gets what is meant for it, and no more, and
// keeps what it had.
func TestAliases(t *testing.T) {
	const shared = `
containers:
- name: first
  env: &env
  - {name: A, value: "1"}
- name: second
  env: *env
- &third
  name: third
  env:
  - {name: B, value: "2"}
- <<: *third
  name: fourth
`
	for _, c := range []struct{ container, want string }{
		{"first", `[first: A DB] [second: A] [third: B] [fourth: B] `},
		{"second", `[first: A] [second: A DB] [third: B] [fourth: B] `},
		{"third", `[first: A] [second: A] [third: B DB] [fourth: B] `},
		{"fourth", `[first: A] [second: A] [third: B] [fourth: B DB] `},
	} {
		t.Run(c.container, func(t *testing.T) {
			nodes := parse(t, pod(shared))
			defer unchanged(t, nodes)()
			it := NewItems(nodes)
			if findings := wire(it, Use{Field: report.Field("at"), Secret: database,
				Target: target(t, `{containers: [`+c.container+`], env: {DB: user}}`)}); len(findings) > 0 {
				t.Fatal(said(findings))
			}
			out, err := resources(it)[0].MarshalJSON() // writes aliases and merges out
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, container := range elements(at(parse(t, string(out))[0].YNode(), "spec"), "containers") {
				got += "[" + value(container, "name") + ":"
				for _, e := range elements(container, "env") {
					got += " " + value(e, "name")
				}
				got += "] "
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCommentOfAnEmptyList keeps a comment beside an empty list or map with it when the list is filled.
func TestCommentOfAnEmptyList(t *testing.T) {
	it := NewItems(parse(t, pod(`
containers:
- name: app
  env: [] # none yet
  image: app
`)))
	wire(it, Use{Field: report.Field("at"), Secret: database, Target: target(t, `{env: {DB: user}}`)})
	out := manifests(t, resources(it))
	for line := range strings.Lines(out) {
		if strings.Contains(line, "# none yet") && !strings.Contains(line, "env:") &&
			strings.TrimSpace(line) != "# none yet" {
			t.Errorf("the comment moved to another line: %s", out)
		}
	}
	if !strings.Contains(out, "# none yet") {
		t.Errorf("the comment is gone: %s", out)
	}
}

// TestSetKeepsComments gives a key another value: what was said of the former one stays.
func TestSetKeepsComments(t *testing.T) {
	node := parse(t, "a: x # of a\nb: y # of b\nc: z # of c\n")[0]
	set(node.YNode(), "b", text("w"))
	set(node.YNode(), "d", text("new"))
	want := "a: x # of a\nb: w # of b\nc: z # of c\nd: new\n"
	if diff := cmp.Diff(want, node.MustString()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
