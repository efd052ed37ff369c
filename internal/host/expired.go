package host

import (
	"context"
	"errors"

	"github.com/secretwright/secretwright/internal/report"
)

// Expired returns a finding if the context of a run has ended, or nil.
func Expired(ctx context.Context) *report.Finding {
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
