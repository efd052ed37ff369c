package fn

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/secretwright/secretwright/internal/report"
)

// TimeoutEnv names the environment variable that says how long a run of the program may take: 90s, 5m, 1h.
const TimeoutEnv = "SECRETWRIGHT_TIMEOUT"

// DefaultTimeLimit is how long a run of the program may take if the environment does not say.
const DefaultTimeLimit = 5 * time.Minute

// TimeLimit returns the time limit that a value of the environment variable asks for.
func TimeLimit(value string) (time.Duration, error) {
	if value == "" {
		return DefaultTimeLimit, nil
	}
	limit, err := time.ParseDuration(value)
	if err != nil || limit <= 0 {
		return 0, fmt.Errorf("%s=%s is not a time limit; write it like 90s, 5m or 1h", TimeoutEnv, strconv.Quote(value))
	}
	return limit, nil
}

// expired returns a finding if the context of a run has ended, or nil.
func expired(ctx context.Context) *report.Finding {
	err := ctx.Err()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return report.Wrap(report.TimeLimit, err, "the run takes longer than it may",
			"look for a key service that does not answer, or set "+TimeoutEnv+" to more than "+DefaultTimeLimit.String())
	}
	return report.Wrap(report.DecryptionCancelled, err, "the run was cancelled", "")
}
