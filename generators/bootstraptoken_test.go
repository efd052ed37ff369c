package generators_test

import (
	"testing"

	"github.com/secretwright/secretwright/generators"
)

func TestBootstrapToken(t *testing.T) {
	// token is a good one with one key changed.
	token := func(key, value string) generators.Input {
		data := map[string]string{
			"token-id": "07401b", "token-secret": "f395accd246ae52d", "usage-bootstrap-authentication": "true",
			"usage-bootstrap-signing": "false", "expiration": "2026-06-02T00:00:00Z", "description": "for the second rack",
			"auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token,system:bootstrappers:rack-2",
		}
		data[key] = value
		return with(secret("bootstrap.kubernetes.io/token", data), func(in *generators.Input) {
			in.Namespace = "kube-system"
			in.Spec.Name = "bootstrap-token-07401b"
		})
	}
	good := token("description", "")
	holds(t, []rule{
		{name: "good", given: good},
		{name: "never expires", given: token("expiration", "")},
		{name: "no extra groups", given: token("auth-extra-groups", "")},
		{
			name: "missing keys",
			given: with(secret("bootstrap.kubernetes.io/token", nil),
				func(in *generators.Input) { in.Namespace = "kube-system" }), want: []string{
				"warning: secrets[0].data: the token may be used for nothing; add usage-bootstrap-authentication or usage-bootstrap-signing with the value true",
				"error: secrets[0].data: it lacks token-id and token-secret, which the type bootstrap.kubernetes.io/token must have; add it to data",
			},
		},
		{
			name:  "id",
			given: token("token-id", "07401B"),
			want:  []string{"error: secrets[0].data.token-id: it is not six lower-case letters and digits; make a token with `kubeadm token generate`"},
		},
		{
			name:  "secret",
			given: token("token-secret", "f395accd246ae52d\n"),
			want:  []string{"error: secrets[0].data.token-secret: it is not sixteen lower-case letters and digits; make a token with `kubeadm token generate`"},
		},
		{
			name:  "name",
			given: with(good, func(in *generators.Input) { in.Spec.Name = "bootstrap-token-abcdef" }),
			want:  []string{"error: secrets[0].name: it is not bootstrap-token- and the token's id; rename the Secret, which the cluster finds by that name"},
		},
		{
			name:  "namespace",
			given: with(good, func(in *generators.Input) { in.Namespace = "" }),
			want:  []string{"error: secrets[0]: a bootstrap token works in the namespace kube-system alone; set metadata.namespace: kube-system in a SecretSpec of its own"},
		},
		{
			name:  "expired",
			given: token("expiration", "2026-06-01T12:00:00Z"),
			want:  []string{"error: secrets[0].data.expiration: the token has expired; make a new one, or leave expiration out"},
		},
		{
			name:  "expiration",
			given: token("expiration", "tomorrow"),
			want:  []string{"error: secrets[0].data.expiration: it is not a time in RFC 3339; write it like 2030-01-31T12:00:00Z"},
		},
		{
			name:  "groups",
			given: token("auth-extra-groups", "system:bootstrappers:rack-2, system:bootstrappers:rack-3"),
			want:  []string{"error: secrets[0].data.auth-extra-groups: group 2 is not system:bootstrappers: and a name; write them like system:bootstrappers:kubeadm:default-node-token, with a comma and no space between them"},
		},
		{
			name:  "usage",
			given: token("usage-bootstrap-signing", "yes"),
			want:  []string{"error: secrets[0].data.usage-bootstrap-signing: it is neither true nor false; write one of them"},
		},
		{
			name:  "no usage",
			given: token("usage-bootstrap-authentication", "false"),
			want:  []string{"warning: secrets[0].data: the token may be used for nothing; add usage-bootstrap-authentication or usage-bootstrap-signing with the value true"},
		},
		{
			name:  "a misspelled key",
			given: token("usage-bootstrap-authentification", "true"),
			want:  []string{`error: secrets[0].data.usage-bootstrap-authentification: a bootstrap token has no key "usage-bootstrap-authentification"; did you mean usage-bootstrap-authentication?`},
		},
		{
			name:  "another key",
			given: token("ca.crt", "x"),
			want:  []string{`error: secrets[0].data["ca.crt"]: a bootstrap token has no key "ca.crt"; remove it; its keys are auth-extra-groups, description, expiration, token-id, token-secret, usage-bootstrap-authentication, usage-bootstrap-signing`},
		},
	})
}
