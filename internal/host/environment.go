package host

import "time"

// RootVariable is the environment variable that names the folder whose files may be read, if it is to be a larger one
// than the folder that Secretwright is started in: a path, or `git` for the Git work tree around that folder.
const RootVariable = "SECRETWRIGHT_ROOT"

// AcceptRecipientsEnv is the environment variable in which the function finds the recipients that are confirmed, with
// commas.
const AcceptRecipientsEnv = "SECRETWRIGHT_ACCEPT_RECIPIENTS"

// AcceptAll accepts every change of recipients.
const AcceptAll = "all"

// TimeoutEnv names the environment variable that says how long a run of the program may take: 90s, 5m, 1h.
const TimeoutEnv = "SECRETWRIGHT_TIMEOUT"

// DefaultTimeLimit is how long a run of the program may take if the environment does not say.
const DefaultTimeLimit = 5 * time.Minute
