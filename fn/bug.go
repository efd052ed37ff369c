package fn

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
)

// bug is what to say when Secretwright itself fails: where, and not what with. A panic's own text may hold a value.
func bug() framework.Results {
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
	return framework.Results{{
		Severity: framework.Error,
		Message:  fmt.Sprintf("Secretwright failed in a way it should not (at %s); please report that place, and the SecretSpec without its values", where),
	}}
}
