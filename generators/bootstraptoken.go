package generators

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/secretwright/secretwright/schema"
)

// The keys of a bootstrap token, and what its name starts with, from k8s.io/cluster-bootstrap/token/api.
const (
	tokenID          = "token-id"
	tokenSecret      = "token-secret"
	tokenExpiration  = "expiration"
	tokenDescription = "description"
	tokenGroups      = "auth-extra-groups"
	tokenUsage       = "usage-bootstrap-"
	tokenNamePrefix  = "bootstrap-token-"
	tokenNamespace   = "kube-system"
)

var (
	idPattern     = regexp.MustCompile(`^[a-z0-9]{6}$`)
	secretPattern = regexp.MustCompile(`^[a-z0-9]{16}$`)
	groupPattern  = regexp.MustCompile(`^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$`)
)

// bootstrapToken is `bootstrap.kubernetes.io/token`. The API server takes anything; what the token authenticator and the
// controllers take is written in "Authenticating with Bootstrap Tokens" of the Kubernetes documentation.
type bootstrapToken struct{}

func (bootstrapToken) requires() ([]string, bool) { return []string{tokenID, tokenSecret}, false }

func (b bootstrapToken) complete(in *Input) schema.Findings {
	var findings schema.Findings
	if in.Namespace != tokenNamespace {
		findings.Add("metadata.namespace", "a bootstrap token works in the namespace kube-system alone", "set metadata.namespace: kube-system in a SecretSpec of its own")
	}
	used := false
	for _, key := range slices.Sorted(maps.Keys(in.Data)) {
		value := string(in.Data[key])
		switch {
		case key == tokenID:
			if !idPattern.MatchString(value) {
				findings.Add(in.at(key), "it is not six lower-case letters and digits", "make a token with `kubeadm token generate`")
			} else if in.Spec.Name != tokenNamePrefix+value {
				findings.Add(in.Field+".name", "it is not bootstrap-token- and the token's id", "rename the Secret, which the cluster finds by that name")
			}
		case key == tokenSecret:
			if !secretPattern.MatchString(value) {
				findings.Add(in.at(key), "it is not sixteen lower-case letters and digits", "make a token with `kubeadm token generate`")
			}
		case key == tokenExpiration:
			findings = append(findings, b.expiration(in, value)...)
		case key == tokenGroups:
			for _, group := range strings.Split(value, ",") {
				if !groupPattern.MatchString(group) {
					findings.Add(in.at(key), "a group is not system:bootstrappers: and a name", "write system:bootstrappers:kubeadm:default-node-token, or leave it out")
				}
			}
		case key == tokenDescription:
		case strings.HasPrefix(key, tokenUsage):
			if value != "true" && value != "false" {
				findings.Add(in.at(key), "it is neither true nor false", "write one of them")
			}
			used = used || value == "true"
		default:
			findings.Add(in.at(key), fmt.Sprintf("a bootstrap token has no key %s", key), "remove it")
		}
	}
	if !used {
		findings.Warn(in.Field+".data", "the token may be used for nothing", "add usage-bootstrap-authentication or usage-bootstrap-signing with the value true")
	}
	return findings
}

func (bootstrapToken) expiration(in *Input, value string) schema.Findings {
	var findings schema.Findings
	at, err := time.Parse(time.RFC3339, value)
	switch {
	case err != nil:
		findings.Add(in.at(tokenExpiration), "it is not a time in RFC 3339", "write it like 2030-01-31T12:00:00Z")
	case !at.After(in.Now):
		findings.Add(in.at(tokenExpiration), "the token has expired", "make a new one, or leave expiration out")
	}
	return findings
}
