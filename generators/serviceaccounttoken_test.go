package generators_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
)

func TestServiceAccountToken(t *testing.T) {
	robot := func(data map[string]string) generators.Input {
		return with(secret("kubernetes.io/service-account-token", data), func(in *generators.Input) {
			in.Spec.ServiceAccountName = "robot"
		})
	}
	holds(t, []rule{
		{name: "nothing but its account", given: robot(nil)},
		{name: "more data", given: robot(map[string]string{"endpoint": "https://api.example.com"})},
		{
			name:  "a token of one's own",
			given: robot(map[string]string{"token": "ey.example.token"}),
			want:  []string{"warning: secrets[0].data.token: Kubernetes writes this key itself; leave it out"},
		},
	})
	want := map[string]string{"kubernetes.io/service-account.name": "robot"}
	if diff := cmp.Diff(want, manifest(t, robot(nil)).Annotations); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
	var c report.Collector
	made := generators.Make(robot(map[string]string{"endpoint": "https://api.example.com"}), &c)
	if diff := cmp.Diff([]string{"ca.crt", "endpoint", "namespace", "token"}, made.Keys()); diff != "" {
		t.Errorf("keys that can be used (-want +got):\n%s", diff)
	}

	redacted := generators.Redact(robot(map[string]string{"endpoint": "https://api.example.com"}), &c)
	if diff := cmp.Diff(made.Keys(), redacted.Keys()); diff != "" {
		t.Errorf("keys of a redacted one (-made +redacted):\n%s", diff)
	}
	want["secretwright.dev/redacted"] = "true"
	if diff := cmp.Diff(want, redacted.Manifest("robot", "", nil, nil).GetAnnotations()); diff != "" {
		t.Errorf("annotations of a redacted one (-want +got):\n%s", diff)
	}
}
