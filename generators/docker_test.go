package generators_test

import (
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/schema"
)

const (
	dockerConfigJSON = "kubernetes.io/dockerconfigjson"
	dockercfg        = "kubernetes.io/dockercfg"
)

// login adds the credentials for a registry.
func login(in generators.Input, server, username, password, email string) generators.Input {
	registry := schema.Registry{Server: server, Username: schema.Value{From: "source"},
		Password: schema.Value{From: "source"}}
	values := map[string][]byte{"username": []byte(username), "password": []byte(password)}
	if email != "" {
		registry.Email = &schema.Value{From: "source"}
		values["email"] = []byte(email)
	}
	in.Spec.Registries = append(in.Spec.Registries, registry)
	in.Registries = append(in.Registries, values)
	return in
}

func configJSON(text string) generators.Input {
	return secret(dockerConfigJSON, map[string]string{corev1.DockerConfigJsonKey: text})
}

// TestDockerAsKubectl compares with what kubectl v0.36.3 wrote, to the byte:
//
//	kubectl create secret docker-registry r --docker-server=... --docker-username=... --docker-password=... \
//	  --docker-email=...
func TestDockerAsKubectl(t *testing.T) {
	none := secret(dockerConfigJSON, nil)
	for _, c := range []struct{ server, username, password, email, want string }{
		{
			"registry.example.com", "robot$pull", `p<a>&s"s wörd`, "ops@example.com",
			`{"auths":{"registry.example.com":{"username":"robot$pull","password":"p\u003ca\u003e\u0026s\"s wörd","email":"ops@example.com","auth":"cm9ib3QkcHVsbDpwPGE+JnMicyB3w7ZyZA=="}}}`,
		},
		{
			"https://index.docker.io/v1/", "shop", "x", "",
			`{"auths":{"https://index.docker.io/v1/":{"username":"shop","password":"x","auth":"c2hvcDp4"}}}`,
		},
	} {
		made := manifest(t, login(none, c.server, c.username, c.password, c.email))
		if got := string(made.Data[corev1.DockerConfigJsonKey]); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestDockerConfig(t *testing.T) {
	one := login(secret(dockerConfigJSON, nil), "registry.example.com", "robot", "p", "")
	for _, c := range []struct {
		name  string
		given generators.Input
		want  string
	}{
		{
			"many registries", login(login(one, "quay.io", "shop", "q", ""), "https://index.docker.io/v1/", "shop", "d", ""),
			`{"auths":{` +
				`"https://index.docker.io/v1/":{"username":"shop","password":"d","auth":"c2hvcDpk"},` +
				`"quay.io":{"username":"shop","password":"q","auth":"c2hvcDpx"},` +
				`"registry.example.com":{"username":"robot","password":"p","auth":"cm9ib3Q6cA=="}}}`,
		},
		{
			"a config.json as it is",
			configJSON("{\n  \"auths\": {\"quay.io\": {\"auth\": \"c2hvcDpx\"}}, \"psFormat\": \"x\"\n}\n"),
			"{\n  \"auths\": {\"quay.io\": {\"auth\": \"c2hvcDpx\"}}, \"psFormat\": \"x\"\n}\n",
		},
		{
			"an auth without padding, which the kubelet takes", configJSON(`{"auths":{"quay.io":{"auth":"c2hvcDpxcQ"}}}`),
			`{"auths":{"quay.io":{"auth":"c2hvcDpxcQ"}}}`,
		},
		{
			"both merged, what is in registries wins",
			login(configJSON(`{"auths":{"registry.example.com":{"auth":"b2xkOm9sZA=="},"quay.io":{"auth":"c2hvcDpx"}},"HttpHeaders":{"X":"1"}}`), "registry.example.com", "robot", "p", ""),
			`{"HttpHeaders":{"X":"1"},"auths":{"quay.io":{"auth":"c2hvcDpx"},"registry.example.com":{"username":"robot","password":"p","auth":"cm9ib3Q6cA=="}}}`,
		},
		{
			"a credential store, and the registries it keeps",
			login(configJSON(`{"auths":{"registry.example.com":{}},"credsStore":"desktop"}`), "registry.example.com", "robot",
				"p", ""),
			`{"auths":{"registry.example.com":{"username":"robot","password":"p","auth":"cm9ib3Q6cA=="}},"credsStore":"desktop"}`,
		},
		{
			"an empty config.json, and a registry", login(configJSON(`{"auths":null}`), "registry.example.com", "robot", "p",
				""),
			`{"auths":{"registry.example.com":{"username":"robot","password":"p","auth":"cm9ib3Q6cA=="}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(manifest(t, c.given).Data[corev1.DockerConfigJsonKey]); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if !json.Valid([]byte(c.want)) {
				t.Error("not JSON")
			}
		})
	}
}

func TestDockercfg(t *testing.T) {
	given := login(secret(dockercfg,
		map[string]string{corev1.DockerConfigKey: `{"quay.io":{"auth":"c2hvcDpx","email":""}}`}), "registry.example.com",
		"robot", "p", "")
	want := `{"quay.io":{"auth":"c2hvcDpx","email":""},"registry.example.com":{"username":"robot","password":"p","auth":"cm9ib3Q6cA=="}}`
	if got := string(manifest(t, given).Data[corev1.DockerConfigKey]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDockerRules(t *testing.T) {
	none := secret(dockerConfigJSON, nil)
	const (
		key  = `secrets[0].data[".dockerconfigjson"]: `
		list = "; list the registries with username and password in registries"
		logi = "; log in without a credential store, or list the registry in registries"
	)
	store := []string{"error: " + key +
		"its credentials are in a credential store (credsStore, credHelpers) of the machine it comes from, which the cluster cannot ask" + list}
	holds(t, []rule{
		{
			name: "nothing", given: none,
			want: []string{"error: secrets[0].data: it lacks .dockerconfigjson, which the type kubernetes.io/dockerconfigjson must have" + list + ", or take a config.json for it in data"},
		},
		{name: "not JSON", given: configJSON("registry.example.com"), want: []string{"error: " + key +
			"it is not a JSON object; point it at a config.json"}},
		{name: "YAML", given: configJSON("auths:\n  quay.io: {auth: c2hvcDpx}\n"),
			want: []string{"error: " + key + "it is YAML, not a JSON object; write it as JSON, or as a map with as: json"}},
		{name: "YAML of a whole source", given: wholeSource(configJSON("auths: {}\n")),
			want: []string{"error: " + key + "it is YAML, not a JSON object; set as: json, and it is written as JSON"}},
		{name: "null", given: configJSON("null"), want: []string{"error: " + key +
			"it is not a JSON object; point it at a config.json"}},
		{name: "null and a registry", given: login(configJSON("null"), "quay.io", "shop", "x", ""),
			want: []string{"error: " + key + "it is not a JSON object; point it at a config.json"}},
		{name: "a list", given: configJSON("[]"), want: []string{"error: " + key +
			"it is not a JSON object; point it at a config.json"}},
		{name: "auths is a list", given: configJSON(`{"auths":[]}`), want: []string{"error: " + key +
			"its auths are not an object; point it at a config.json"}},
		{name: "no auths", given: configJSON(`{}`), want: []string{"error: " + key + "it names no registry" + list}},
		{name: "empty auths", given: configJSON(`{"auths":{}}`), want: []string{"error: " + key + "it names no registry" +
			list}},
		{name: "credsStore alone", given: configJSON(`{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"desktop"}`),
			want: store},
		{name: "credHelpers alone", given: configJSON(`{"credHelpers":{"private.example.com":"ecr-login"}}`), want: store},
		{
			name: "entries the cluster cannot use", // each is counted, none is named: a name may have been encrypted
			given: configJSON(`{"auths":{"a-private.example.com":{},"b-private.example.com":{"auth":"AAAA","username":"u","password":"p"},
				"c-private.example.com":{"auth":"MDAwOg==","identitytoken":"ey.example.token"},"d-private.example.com":{"auth":"!","username":"u","password":"p"},
				"e-private.example.com":"u:p","f-private.example.com":{"auth":"c2hvcDpx"},"g-private.example.com":{"username":"somebody"}},"credHelpers":{}}`),
			want: []string{
				"error: " + key + "entry 1 of 7, sorted by server, has no username and password, nor both in auth" + logi,
				"error: " + key + "entry 2 of 7, sorted by server, has an auth that is not username:password in base64" + logi,
				"error: " + key + "entry 3 of 7, sorted by server, has an identitytoken instead of a password, which the cluster cannot use" + logi,
				"error: " + key + "entry 4 of 7, sorted by server, has an auth that is not username:password in base64" + logi,
				"error: " + key + "entry 5 of 7, sorted by server, is not an object of texts" + logi,
				"error: " + key + "entry 7 of 7, sorted by server, has no username and password, nor both in auth" + logi,
			},
		},
		{
			name:  "a config.json for the older type",
			given: secret(dockercfg, map[string]string{corev1.DockerConfigKey: `{"auths":{"quay.io":{"auth":"c2hvcDpx"}}}`}),
			want:  []string{`error: secrets[0].data[".dockercfg"]: it is a config.json, not a .dockercfg; set type: kubernetes.io/dockerconfigjson`},
		},
		{
			name: "a .dockercfg without credentials",
			given: secret(dockercfg,
				map[string]string{corev1.DockerConfigKey: `{"private.example.com":{"email":"ops@example.com"}}`}),
			want: []string{`error: secrets[0].data[".dockercfg"]: entry 1 of 1, sorted by server, has no username and password, nor both in auth` + logi},
		},
		{
			name:  "empty credentials",
			given: login(none, "quay.io", "", "", ""),
			want: []string{
				"error: secrets[0].registries[0].username: it is empty; correct the source",
				"error: secrets[0].registries[0].password: it is empty; correct the source",
			},
		},
		{
			name:  "a colon in the user name",
			given: login(none, "quay.io", "shop:robot", "correct horse", ""),
			want:  []string{"error: secrets[0].registries[0].username: it has a colon, which ends a user name in basic authentication; correct the source"},
		},
		{
			name:  "a new line at the end",
			given: login(none, "quay.io", "shop-robot", "correct horse\n", ""),
			want:  []string{"warning: secrets[0].registries[0].password: it ends with a new line, which is part of the value; remove it in the source (`echo -n`)"},
		},
		{
			name:  "not a server",
			given: login(login(none, "registry.example.com ", "shop-robot", "x", ""), "https://", "shop-robot", "x", ""),
			want: []string{
				`error: secrets[0].registries[0].server: "registry.example.com " is not the address of a registry; write its host: registry.example.com`,
				`error: secrets[0].registries[1].server: "https://" is not the address of a registry; write its host: registry.example.com`,
			},
		},
		{
			name: "names of Docker Hub that are not looked up",
			given: login(login(none, "hub.docker.com", "shop-robot", "x", ""), "https://index.docker.io/v1", "shop-robot", "x",
				""), want: []string{
				`warning: secrets[0].registries[0].server: images of Docker Hub are not looked up under "hub.docker.com"; write https://index.docker.io/v1/`,
				`warning: secrets[0].registries[1].server: images of Docker Hub are not looked up under "https://index.docker.io/v1"; write https://index.docker.io/v1/`,
			},
		},
		{
			name: "names of registries that are",
			given: login(login(login(login(none, "docker.io", "shop-robot", "x", ""), "index.docker.io", "shop-robot", "x", ""),
				"https://index.docker.io/v1/", "shop-robot", "x", ""), "*.example.com:5000/team", "shop-robot", "x", ""),
		},
	})
}

// wholeSource has the value of .dockerconfigjson come from a whole document.
func wholeSource(in generators.Input) generators.Input {
	in.Spec.Data = map[string]schema.Value{corev1.DockerConfigJsonKey: {From: "registry"}}
	return in
}
