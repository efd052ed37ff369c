package migrate

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// buildError is that kustomize could not build.
type buildError struct {
	// said are the lines that Secretwright wrote, reason is what kustomize did, and fix the way out: none holds a value.
	said        []string
	reason, fix string
}

func (e *buildError) Error() string {
	text := "kustomize build failed"
	if e.reason != "" {
		text += ": " + e.reason
	}
	return text + "; " + e.fix
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
func newBuildError(stderr string) *buildError {
	e := &buildError{reason: reasons().FindString(stderr), fix: "run it to see why"}
	if e.reason == "unable to find plugin root" { // a configuration names no program, as those of ksops did once
		e.fix = "install the plugins that it uses, or write without the proof with --unproven"
	}
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "secretwright: ") {
			e.said = append(e.said, line)
		}
	}
	return e
}

// why says in a few words why a plan was taken back.
func (a *Adoption) why() string {
	switch {
	case a.failed == nil:
		return "change: " + strings.Join(a.different, "; ")
	case a.failed.reason == "":
		return "fail"
	}
	return fmt.Sprintf("fail (%s)", a.failed.reason)
}
