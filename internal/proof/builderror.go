package proof

import (
	"regexp"
	"strings"
	"sync"
)

// BuildError is that kustomize could not build.
type BuildError struct {
	// Said are the lines that Secretwright wrote, Reason is what kustomize did, and Fix the way out: none holds a value.
	Said        []string
	Reason, Fix string
}

func (e *BuildError) Error() string {
	text := "kustomize build failed"
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text + "; " + e.Fix
}

// reasons match those errors of kustomize that name resources and fields alone. Others may quote a patch or a value.
var reasons = sync.OnceValue(func() *regexp.Regexp {
	const id, path = `[\w.\[\]/~-]+`, `[\w.\[\]/~=\\*-]+`
	return regexp.MustCompile(strings.Join([]string{
		`no resource matches strategic merge patch "` + id + `"`,
		`nothing selected by ` + id + `(:` + path + `)?`,
		"fieldPath `" + path + "` is missing for replacement source " + id,
		`unable to find plugin root`,
		`unable to find (or create )?field "` + path + `" in replacement target`,
	}, "|"))
})

// newBuildError returns the error for what was written to stderr. Lines of other tools are left out: they may hold
// values.
func newBuildError(stderr string) *BuildError {
	e := &BuildError{Reason: reasons().FindString(stderr), Fix: "run it to see why"}
	if e.Reason == "unable to find plugin root" { // a configuration names no program, as those of ksops did once
		e.Fix = "install the plugins that it uses, or write without the proof with --unproven"
	}
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "secretwright: ") {
			e.Said = append(e.Said, line)
		}
	}
	return e
}
