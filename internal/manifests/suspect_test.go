package manifests_test

import (
	"testing"

	"github.com/secretwright/secretwright/internal/manifests"
)

func TestSuspect(t *testing.T) {
	const plain = "it is not valid YAML"
	const tab = plain + ": the line is indented with a tab; indent it with spaces"
	const template = plain +
		": a {{ is not in quotes; quote a template; of a Helm chart, take what `helm template` makes of it"
	const colon = plain +
		": a colon stands where no key can be; put a text with a colon in quotes, or correct the indentation"
	const misfit = plain +
		": the line does not fit the ones before it; indent the keys of one map alike, and close quotes and brackets"
	const merge = plain +
		": it has the marks of a merge that is not resolved; take one side whole, and put what the other has into it again"
	for _, test := range []struct{ name, in, want string }{
		{"tab", "a:\n\tb: hunter2\n", "line 2: " + tab},
		{"tab in a later document", "a: b\n---\nc:\n  d: e\n \tf: g\n", "line 5: " + tab},
		{"tab elsewhere", "a: |\n  x\n  \ty\nb: c\nd: e\nf: \"g\" h\n", "line 5: " + misfit},
		{"Helm value", "a: b\nname: {{ .Release.Name }}-web\n", "line 2: " + template},
		{"Helm control", "a: b\n{{- if .x }}\nc: d\n{{- end }}\n", "line 2: " + template},
		{"quoted template", "a: '{{ .x }}'\nb: \"{{ .y }}\"\nc: d: e\n", "line 3: " + colon},
		{"bracket", "a: [", "line 1: " + plain + ": a value is missing, or a bracket is not closed; " +
			"write the value, and close the bracket"},
		{"directive", "%FOO hunter2\n---\na: b\n", "line 1: " + plain +
			": a line begins with %, which is for directives; remove the line, or put it in quotes"},
		{"block", "a: |hunter2\n", "line 1: " + plain +
			": text is on the line of the | or > that begins it, or of a directive; begin the text in the next line"},
		{"half of a character", `{"a": "\ud83d"}`, "line 1: " + plain +
			": an escape in double quotes is half of a character, or none; write the character itself"},
		{"merge", "a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> other\n", "line 2: " + merge},
		{"merge key", "a: &a {b: c}\nd: {<<: *a}\ne: f: g\n", "line 3: " + colon},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := manifests.Parse([]byte(test.in)); err == nil || err.Error() != test.want {
				t.Errorf("it says %v, want %s", err, test.want)
			}
		})
	}
}

// TestSuspectNear looks for tabs in the line that the parser names, and in the ones beside it, as far as there are any.
func TestSuspectNear(t *testing.T) {
	for _, test := range []struct {
		text     string
		line, at int
		found    bool
	}{
		{"a:\n\tb", 2, 2, true},
		{"a:\n\tb\nc: d", 3, 2, true},
		{"a:\n\tb\nc: d", 1, 2, true},
		{"a:\n\tb\nc: d\ne: f", 4, 4, false},
		{"\ta", 1, 1, true},
		{"a", 1, 1, false},
		{"a", 9, 9, false},
		{"a: {{ b }}", 0, 1, true},
		{"a: b\nc: {{ d }}", 1, 2, true},
		{"", 0, 0, false},
	} {
		if cause, _, at := manifests.Suspect([]byte(test.text), test.line); at != test.at || (cause != "") != test.found {
			t.Errorf("%q, line %d: %q in line %d", test.text, test.line, cause, at)
		}
	}
}
