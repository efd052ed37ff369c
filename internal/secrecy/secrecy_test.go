package secrecy_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/secrecy"
)

// TestReason has values that are secret, and values that only look a little like it. The tokens are put together here,
// so that no scanner takes this file for a leak.
func TestReason(t *testing.T) {
	long := strings.Repeat("a1B2c3D4e5", 5)
	const byKey, random = "is secret by its key", "looks random, under a key that tells a secret"
	for _, c := range []struct{ secretType, key, value, want string }{
		{"", "password", "x", byKey},
		{"", "DB_PASSWORD", "x", byKey},
		{"", "db.passwd", "x", byKey},
		{"", "apiKey", "x", byKey},
		{"", "api-key-2", "x", byKey},
		{"", "clientSecret", "x", byKey},
		{"", "refresh_token", "x", byKey},
		{"", "credentials", "x", byKey},
		{"", "private_key", "x", byKey},
		{"", "secretKeyBase", "q7Gx2LpZ0vTn4KdR", random},
		{"", "cookie-key", "q7Gx2LpZ0vTn4KdR", random},
		{"kubernetes.io/ssh-auth", "ssh-privatekey", "x", "is secret by the type kubernetes.io/ssh-auth"},
		{"kubernetes.io/tls", "tls.key", "x", "is secret by the type kubernetes.io/tls"},
		{"kubernetes.io/basic-auth", "password", "x", "is secret by the type kubernetes.io/basic-auth"},
		{"kubernetes.io/dockerconfigjson", ".dockerconfigjson", "{}", "is secret by the type kubernetes.io/dockerconfigjson"},
		{"kubernetes.io/dockercfg", ".dockercfg", "{}", "is secret by the type kubernetes.io/dockercfg"},
		{"bootstrap.kubernetes.io/token", "token-secret", "x", "is secret by the type bootstrap.kubernetes.io/token"},
		{"", "file", "-----BEGIN " + "OPENSSH PRIVATE KEY-----\n", "looks like a private key in PEM"},
		{"", "file", "-----BEGIN " + "PGP PRIVATE KEY BLOCK-----\n", "looks like a private key in PEM"},
		{"", "file", "AGE-SECRET-" + "KEY-1" + long, "looks like an age identity"},
		{"", "x", "ghp" + "_" + long[:36], "looks like a token of GitHub"},
		{"", "x", "glpat" + "-" + long[:20], "looks like a token of GitLab"},
		{"", "x", "AKIA" + "ABCDEFGHIJKLMNOP", "looks like an access key of AWS"},
		{"", "x", "AIza" + long[:35], "looks like a key of Google"},
		{"", "x", "xoxb" + "-" + long, "looks like a token of Slack"},
		{"", "x", "sk_" + "live_" + long, "looks like a key of Stripe"},
		{"", "x", "npm" + "_" + long[:36], "looks like a token of npm"},
		{"", "x", "pypi-" + "AgEIcHlwaS5vcmc" + long, "looks like a token of PyPI"},
		{"", "x", "dckr_" + "pat_" + long, "looks like a token of Docker Hub"},
		{"", "x", "hvs" + "." + long, "looks like a token of Vault"},
		{"", "x", "dop_" + "v1_" + strings.Repeat("0a", 32), "looks like a token of DigitalOcean"},
		{"", "x", "SG" + "." + long + "." + long, "looks like a key of SendGrid"},
		{"", "x", "sk-" + "ant-" + long, "looks like a key of OpenAI or Anthropic"},
		{"", "x", "eyJ" + long + ".eyJ" + long + "." + long, "looks like a JSON web token"},
		{"", "url", "postgres://shop:pass@db/shop", "looks like a URL with a password"},
		{"", "file", base64.StdEncoding.EncodeToString([]byte("-----BEGIN "+"PRIVATE KEY-----\n")) + "\n",
			"looks like a private key in PEM in base64"},

		{"", "DB_PASS", "x", byKey},
		{"", "dbPass", "x", byKey},
		{"", "SMTP_PW", "x", byKey},
		{"", "creds", "x", byKey},
		{"", "authorization", "Basic x", byKey},
		{"", "id_rsa", "x", byKey},
		{"", ".pgpass", "x", byKey},
		{"", "dsn", "shop:pass@tcp(db:3306)/shop", "looks like a data source name with a password"},
		{"", "config.json", `{"user": "shop", "password": "hunter2hunter2"}`, "looks like a file with a password"},
		{"", "config.yaml", "db:\n  DB_PASSWORD: 'hunter2hunter2'\n", "looks like a file with a password"},
		{"", "app.properties", "db.password=hunter2hunter2\n", "looks like a file with a password"},
		{"", "config", "users:\n- user:\n    token: hunter2hunter2\n", "looks like a file with a password"},

		{"", "bypass", "x", ""},
		{"", "compassHeading", "x", ""},
		{"", "config.yaml", "password: ${DB_PASSWORD}\npasswordFile: /run/secrets/password\ntoken: <set later>\n", ""},
		{"", "config.yaml", "# the password: see the page on how to set it\npasswordPolicy: strongest\n", ""},
		{"", "password", "", ""},
		{"", "useToken", "true", ""},
		{"", "mode", "production", ""},
		{"", "username", "shop", ""},
		{"", "token-id", "07401b", ""},
		{"", "token_url", "https://example.com/token", ""},
		{"", "passwordFile", "/run/password", ""},
		{"", "hostkey", "shop", ""},
		{"", "url", "postgres://shop@db:5432/shop", ""},
		{"", "tls.crt", "-----BEGIN CERTIFICATE-----\n", ""},
		{"", "known_hosts", "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdXolDAo5f59HAYhvI2e0t671aXYcG3", ""},
		{"kubernetes.io/basic-auth", "username", "robot", ""},
		{"kubernetes.io/tls", "tls.crt", "x", ""},
	} {
		if got := secrecy.Reason(c.secretType, c.key, []byte(c.value)); got != c.want {
			t.Errorf("%s %s: %s: got %q, want %q", c.secretType, c.key, c.value, got, c.want)
		}
	}
}

// TestReasonTemplate has templates that hold secrets themselves, and templates that only make them.
func TestReasonTemplate(t *testing.T) {
	const url = "looks like a URL with a password"
	for _, c := range []struct{ secretType, key, template, want string }{
		{"", "url", "postgres://shop:pass@db/shop", url},
		{"", "url", "postgres://{{ .user }}:pass@db/shop", url},
		{"", "url", "{{ if .tls }}postgres{{ else }}postgresql{{ end }}://shop:pass@db", url},
		{"", "file", "# {{ .name }}\n-----BEGIN " + "PRIVATE KEY-----\nx\n", "looks like a private key in PEM"},
		{"", "password", "x", "is secret by its key"},
		{"kubernetes.io/basic-auth", "password", "x", "is secret by the type kubernetes.io/basic-auth"},

		{"", "config.yaml", "password: {{ .password }}\nuser: shop\n", ""},
		{"", "config.json", `{"password": "{{ .password }}"}`, ""},
		{"", "dsn", "{{ .user }}:{{ .password }}@tcp(db:3306)/shop", ""},
		{"", "url", "postgres://{{ .user }}:{{ .password | urlquery }}@db/shop", ""},
		{"", "url", "postgres://shop:{{ .password }}@db/shop", ""},
		{"", "url", "postgres://shop:pre-{{ .password }}@db/shop", ""},
		{"", "password", "{{ .old }}", ""},
		{"kubernetes.io/tls", "tls.key", "{{ .key }}\n", ""},
		{"", "mode", "test", ""},
	} {
		if got := secrecy.ReasonTemplate(c.secretType, c.key, c.template); got != c.want {
			t.Errorf("%s %s: %q", c.key, c.template, got)
		}
	}
}
