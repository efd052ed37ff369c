package author

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// kinds are the kinds of what uses Secrets, with the short names that kubectl has for them.
var kinds = []struct{ name, short string }{
	{"CronJob", "cj"}, {"DaemonSet", "ds"}, {"Deployment", "deploy"}, {"Gateway", "gtw"}, {"Ingress", "ing"}, {"Job", ""},
	{"Pod", "po"}, {"ReplicaSet", "rs"}, {"ReplicationController", "rc"}, {"Rollout", "ro"}, {"Service", "ksvc"},
	{"ServiceAccount", "sa"}, {"StatefulSet", "sts"},
}

// kindOf returns the kind that a user writes as for kubectl: deployment, deployments, deploy. A word with a capital is
// a kind as it is.
func kindOf(word string) (string, error) {
	var known []string
	for _, kind := range kinds {
		lower := strings.ToLower(kind.name)
		for _, form := range []string{lower, lower + "s", lower + "es", kind.short} {
			if form != "" && strings.EqualFold(word, form) {
				return kind.name, nil
			}
		}
		known = append(known, lower)
	}
	if strings.ToLower(word) != word {
		return word, nil
	}
	return "", fmt.Errorf("%q is not a kind that is known; %s", word,
		report.DidYouMean(word, known, "write it as the manifest does, with its capitals"))
}

// Uses says how a Secret is used, in the words of `secretwright add`.
type Uses struct {
	Env     map[string]string // variables to keys
	EnvFrom *string           // a prefix, or ""
	Mount   string
	Pull    bool
}

// Target reads what uses a Secret: KIND/NAME, or KIND/NAME:CONTAINER,CONTAINER.
func Target(text string, uses Uses) (schema.Target, error) {
	object, containers, inContainers := strings.Cut(text, ":")
	kind, name, found := strings.Cut(object, "/")
	if !found || kind == "" || name == "" || inContainers && containers == "" {
		return schema.Target{},
			fmt.Errorf("%q does not say what uses the Secret; write KIND/NAME or KIND/NAME:CONTAINER: deployment/web:app", text)
	}
	kind, err := kindOf(kind)
	if err != nil {
		return schema.Target{}, err
	}
	t := schema.Target{Kind: kind, Name: regexp.QuoteMeta(name), Env: uses.Env, ImagePullSecret: uses.Pull}
	if uses.EnvFrom != nil {
		t.EnvFrom = &schema.EnvFrom{Prefix: *uses.EnvFrom}
	}
	if uses.Mount != "" {
		t.Volume = &schema.Volume{MountPath: uses.Mount}
	}
	if inContainers {
		t.Containers = strings.Split(containers, ",")
	}
	isEmpty := len(t.Env) == 0 && t.EnvFrom == nil && t.Volume == nil && !t.ImagePullSecret
	switch {
	case kind == "Ingress" && isEmpty:
		t.TLS = &schema.TLS{}
	case kind == "Ingress":
		return t, fmt.Errorf("%s: an Ingress serves the Secret as its certificate, and has no pods; leave --env, --env-from, --mount and --pull out", text)
	case kind == "ServiceAccount" && !t.ImagePullSecret:
		return t, fmt.Errorf("%s: a ServiceAccount takes --pull alone; name what has the containers: deployment/web", text)
	case isEmpty:
		return t, fmt.Errorf("%s: it is not said how it uses the Secret; give --env VARIABLE=KEY, --env-from, --mount PATH or --pull", text)
	}
	return t, nil
}
