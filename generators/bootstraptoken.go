package generators

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/secretwright/secretwright/internal/report"
)

// The keys of a bootstrap token, and what its name starts with, from k8s.io/cluster-bootstrap/token/api.
const (
	tokenID             = "token-id"
	tokenSecret         = "token-secret"
	tokenExpiration     = "expiration"
	tokenDescription    = "description"
	tokenGroups         = "auth-extra-groups" //nolint:gosec // the name of a key
	tokenAuthentication = "usage-bootstrap-authentication"
	tokenSigning        = "usage-bootstrap-signing"
	tokenNamePrefix     = "bootstrap-token-"
	tokenNamespace      = "kube-system"
)

var (
	idPattern     = pattern(`^[a-z0-9]{6}$`)
	secretPattern = pattern(`^[a-z0-9]{16}$`)
	groupPattern  = pattern(`^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$`)
)

// tokenRules are the keys a token may have, and functions that return what is wrong with a value, or nil.
var tokenRules = map[string]func(value string, now time.Time) *report.Finding{
	tokenID:             matches(idPattern, "it is not six lower-case letters and digits"),
	tokenSecret:         matches(secretPattern, "it is not sixteen lower-case letters and digits"),
	tokenExpiration:     expires,
	tokenDescription:    func(string, time.Time) *report.Finding { return nil },
	tokenGroups:         areGroups,
	tokenAuthentication: isBoolean,
	tokenSigning:        isBoolean,
}

// bootstrapToken is `bootstrap.kubernetes.io/token`. ValidateSecret has no rules for it; those here are the token
// authenticator's (plugin/pkg/auth/authenticator/token/bootstrap of Kubernetes) and k8s.io/cluster-bootstrap's.
type bootstrapToken struct{}

func (bootstrapToken) requires() required { return required{keys: []string{tokenID, tokenSecret}} }

func (bootstrapToken) checks() []string { return slices.Sorted(maps.Keys(tokenRules)) }

func (bootstrapToken) complete(in *Input, c *report.Collector) {
	if in.Namespace != tokenNamespace {
		c.Error(report.BootstrapNamespace, in.Field, "a bootstrap token works in the namespace kube-system alone",
			"set metadata.namespace: kube-system in a SecretSpec of its own")
	}
	known := slices.Sorted(maps.Keys(tokenRules))
	for _, key := range slices.Sorted(maps.Keys(in.Data)) {
		rule, is := tokenRules[key]
		if !is {
			c.Error(report.BootstrapKey, in.at(key), fmt.Sprintf("a bootstrap token has no key %q", key),
				report.DidYouMean(key, known, "remove it; its keys are "+strings.Join(known, ", ")))
		} else if f := rule(string(in.Data[key]), in.Now); f != nil {
			c.Add(f.In(in.at(key)))
		}
	}
	if id := string(in.Data[tokenID]); idPattern().MatchString(id) && in.Spec.Name != tokenNamePrefix+id {
		c.Error(report.BootstrapName, in.Field.Child("name"), "it is not bootstrap-token- and the token's id",
			"rename the Secret, which the cluster finds by that name")
	}
	if string(in.Data[tokenAuthentication]) != "true" && string(in.Data[tokenSigning]) != "true" {
		c.Warn(report.BootstrapUnused, in.Field.Child("data"), "the token may be used for nothing",
			"add usage-bootstrap-authentication or usage-bootstrap-signing with the value true")
	}
}

func matches(form func() *regexp.Regexp, otherwise string) func(string, time.Time) *report.Finding {
	return func(value string, _ time.Time) *report.Finding {
		if form().MatchString(value) {
			return nil
		}
		return report.New(report.BootstrapValue, otherwise, "make a token with `kubeadm token generate`")
	}
}

// expires follows GetExpiration: a token without a time never expires, and one with a time that does not parse has.
func expires(value string, now time.Time) *report.Finding {
	at, err := time.Parse(time.RFC3339, value)
	switch {
	case value == "":
		return nil
	case err != nil:
		return report.New(report.BootstrapValue, "it is not a time in RFC 3339", "write it like 2030-01-31T12:00:00Z")
	case !at.After(now):
		return report.New(report.BootstrapExpired, "the token has expired", "make a new one, or leave expiration out")
	}
	return nil
}

// areGroups holds each group to ValidateBootstrapGroupName.
func areGroups(value string, _ time.Time) *report.Finding {
	for i, group := range strings.Split(value, ",") {
		if value != "" && !groupPattern().MatchString(group) {
			return report.New(report.BootstrapValue, fmt.Sprintf("group %d is not system:bootstrappers: and a name", i+1),
				"write them like system:bootstrappers:kubeadm:default-node-token, with a comma and no space between them")
		}
	}
	return nil
}

func isBoolean(value string, _ time.Time) *report.Finding {
	if value != "true" && value != "false" {
		return report.New(report.BootstrapValue, "it is neither true nor false", "write one of them")
	}
	return nil
}
