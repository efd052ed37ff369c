package fn_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/report"
)

// TestSecretInTheClear renders the SecretSpec of testdata/clear-secrets without keys, where each of its warnings is an
// error.
func TestSecretInTheClear(t *testing.T) {
	dir := filepath.Join(pinned.Root(), "testdata", "clear-secrets")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	spec := yaml.MustParse(string(read(t, dir, "in.yaml"))).Field("functionConfig").Value
	for keyless, want := range map[bool]report.Severity{true: report.Error, false: report.Warning} {
		filter := fn.Filter{Root: root, FunctionConfig: spec, Keyless: keyless}
		result, err := filter.Run(t.Context(), nil)
		found := 0
		for _, f := range result.Findings {
			if f.Code == report.SecretInTheClear {
				found++
				if f.Level() != want {
					t.Errorf("without keys %v: %s", keyless, f.Line())
				}
			}
		}
		if found != 6 || (err != nil) != keyless {
			t.Errorf("without keys %v: %d findings, %v", keyless, found, err)
		}
	}
}

// TestTimeLimit is for runs whose time has ended, and for what the environment may say of it.
func TestTimeLimit(t *testing.T) {
	spec := yaml.MustParse("apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: a}\n" +
		"secrets: [{name: a, data: {mode: {value: test}}}]\n")
	past, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	ended, stop := context.WithCancel(t.Context())
	stop()
	for ctx, want := range map[context.Context]report.Code{past: report.TimeLimit, ended: report.DecryptionCancelled} {
		filter := fn.Filter{FunctionConfig: spec}
		result, err := filter.Run(ctx, nil)
		if err == nil || len(result.Findings) != 1 || result.Findings[0].Code != want {
			t.Errorf("%v: %v, %v", want, result.Findings, err)
		}
	}
	for value, want := range map[string]time.Duration{"": 5 * time.Minute, "90s": 90 * time.Second, "1h": time.Hour} {
		if got, err := fn.TimeLimit(value); got != want || err != nil {
			t.Errorf("%q: %v, %v", value, got, err)
		}
	}
	for _, value := range []string{"5", "-1s", "0", "x"} {
		if _, err := fn.TimeLimit(value); err == nil {
			t.Errorf("%q is taken", value)
		}
	}
}
