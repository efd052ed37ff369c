package migrate

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// buildError is that kustomize could not build.
type buildError struct {
	// said are the lines that Secretwright wrote, and reason what kustomize did: neither holds a value.
	said   []string
	reason string
	// fix is the way out.
	fix string
}

func (e *buildError) Error() string {
	text := "kustomize build failed"
	if e.reason != "" {
		text += ": " + e.reason
	}
	return text + "; " + e.fix
}

// noPlugins is what kustomize says where a configuration names no program, and so a plugin in a folder of the user's, as
// those of ksops did once.
const noPlugins = "unable to find plugin root"

// reasons match those errors of kustomize that name resources and fields alone. Others may quote a patch or a value.
var reasons = sync.OnceValue(func() *regexp.Regexp {
	const id, path = `[\w.\[\]/~-]+`, `[\w.\[\]/~=\\*-]+`
	return regexp.MustCompile(strings.Join([]string{
		`no resource matches strategic merge patch "` + id + `"`,
		`nothing selected by ` + id + `(:` + path + `)?`,
		"fieldPath `" + path + "` is missing for replacement source " + id,
		noPlugins,
		`unable to find (or create )?field "` + path + `" in replacement target`,
	}, "|"))
})

// newBuildError returns the error for what was written to stderr. Lines of other tools are left out: they may hold
// values.
func newBuildError(stderr string) *buildError {
	e := &buildError{reason: reasons().FindString(stderr), fix: "run it to see why"}
	if e.reason == noPlugins {
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
