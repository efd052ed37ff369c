package author_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/schema"
)

func TestTarget(t *testing.T) {
	prefix := "DB_"
	for text, want := range map[string]schema.Target{
		"deployment/web": {Kind: "Deployment", Name: "web", Volume: &schema.Volume{MountPath: "/etc/db"}},
		"deployments/web:a,b": {Kind: "Deployment", Name: "web", Containers: []string{"a", "b"},
			Volume: &schema.Volume{MountPath: "/etc/db"}},
		"Deploy/my.web": {Kind: "Deployment", Name: `my\.web`, Volume: &schema.Volume{MountPath: "/etc/db"}},
		"CronTab/nightly:first": {Kind: "CronTab", Name: "nightly", Containers: []string{"first"},
			Volume: &schema.Volume{MountPath: "/etc/db"}},
	} {
		got, err := author.Target(text, author.Uses{Mount: "/etc/db"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	got, err := author.Target("sa/default", author.Uses{Pull: true, Env: map[string]string{"A": "a"}, EnvFrom: &prefix})
	want := schema.Target{Kind: "ServiceAccount", Name: "default", ImagePullSecret: true, Env: map[string]string{"A": "a"},
		EnvFrom: &schema.EnvFrom{Prefix: prefix}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := author.Target("ingress/web", author.Uses{}); err != nil || got.TLS == nil {
		t.Errorf("an Ingress does not serve the Secret: %v, %v", got, err)
	}
}

// TestNotAUser has an Ingress get what only pods can have.
func TestNotAUser(t *testing.T) {
	if _, err := author.Target("ingress/web", author.Uses{Mount: "/etc"}); err == nil ||
		!strings.Contains(err.Error(), "has no pods") {
		t.Errorf("it is %v", err)
	}
}

func TestWrongTarget(t *testing.T) {
	for text, want := range map[string]string{
		"web":             "write KIND/NAME or KIND/NAME:CONTAINER",
		"/web":            "write KIND/NAME",
		"deployment/":     "write KIND/NAME",
		"deployment/web:": "write KIND/NAME",
		"deploiment/web":  "did you mean deployment?",
		"frobnicator/web": "write it as the manifest does, with its capitals",
		"deployment/web":  "deployment/web: it is not said how it uses the Secret; give --env VARIABLE=KEY",
		"sa/default":      "a ServiceAccount takes --pull alone",
	} {
		if _, err := author.Target(text, author.Uses{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
