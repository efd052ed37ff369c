package fn

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/secretwright/secretwright/internal/report"
)

// bug reports an internal failure: the place, never the values. A panic's own text may hold one.
func bug() *report.Finding {
	where := "somewhere"
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.Function, "secretwright/secretwright/") {
			where = fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
			break
		}
		if !more {
			break
		}
	}
	return report.New(report.Internal, fmt.Sprintf("Secretwright failed in a way it should not (at %s)", where),
		"please report that place, and the SecretSpec without its values")
}
