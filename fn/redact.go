package fn

import (
	"fmt"
	"os"
	"strconv"

	"github.com/secretwright/secretwright/internal/report"
)

// RedactEnv is the environment variable that has the function make redacted Secrets, which needs no key: 1, or 0 for
// not.
const RedactEnv = "SECRETWRIGHT_REDACT"

// redactedByEnv reports whether the environment asks for redacted Secrets.
func redactedByEnv() (bool, error) {
	value := os.Getenv(RedactEnv)
	if value == "" {
		return false, nil
	}
	is, err := strconv.ParseBool(value)
	if err != nil {
		return false, fmt.Errorf("%s=%s is neither 1 nor 0; set it to 1 for redacted Secrets, or unset it", RedactEnv,
			strconv.Quote(value))
	}
	return is, nil
}

// redactedWarning says that what comes out is not for a cluster.
func redactedWarning() *report.Finding {
	return report.New(report.RedactedOutput,
		RedactEnv+" is set: every Secret that a SecretSpec makes is redacted, and no API server accepts it",
		"unset it to render what is to be applied").WithSeverity(report.Warning)
}
