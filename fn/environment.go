package fn

import (
	"time"

	"github.com/secretwright/secretwright/internal/host"
)

// RootVariable is the environment variable that names the folder whose files may be read, if it is to be a larger one
// than the folder that Secretwright is started in: a path, or `git` for the Git work tree around that folder.
const RootVariable = host.RootVariable

// AcceptRecipientsEnv is the environment variable in which the function finds [Filter.AcceptRecipients], with commas.
const AcceptRecipientsEnv = host.AcceptRecipientsEnv

// AcceptAll accepts every change of recipients.
const AcceptAll = host.AcceptAll

// TimeoutEnv names the environment variable that says how long a run of the program may take: 90s, 5m, 1h.
const TimeoutEnv = host.TimeoutEnv

// DefaultTimeLimit is how long a run of the program may take if the environment does not say.
const DefaultTimeLimit time.Duration = host.DefaultTimeLimit
