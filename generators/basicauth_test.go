package generators_test

import "testing"

func TestBasicAuth(t *testing.T) {
	const basicAuth = "kubernetes.io/basic-auth"
	holds(t, []rule{
		{name: "both", given: secret(basicAuth, map[string]string{"username": "shop", "password": "correct horse"})},
		{name: "a password alone", given: secret(basicAuth, map[string]string{"password": "correct horse"})},
		{name: "empty, which the API server allows", given: secret(basicAuth, map[string]string{"username": ""})},
		{
			name:  "neither",
			given: secret(basicAuth, map[string]string{"user": "shop"}),
			want:  []string{"error: secrets[0].data: it has neither username nor password, and the type kubernetes.io/basic-auth needs one of them; add one to data"},
		},
		{
			name:  "a new line at the end",
			given: secret(basicAuth, map[string]string{"username": "shop", "password": "correct horse\n"}),
			want:  []string{"warning: secrets[0].data.password: it ends with a new line, which is part of the value; remove it in the source (`echo -n`)"},
		},
	})
}
