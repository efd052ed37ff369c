package codec

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/getsops/sops/v3/version"
)

// TestDependencies holds what this package brings into a program. SOPS's format packages, config and commands bring the
// code of `sops publish`, and Google's storage with it.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const own = "github.com/getsops/sops/v3/"
	count := 0
	for pkg := range strings.FieldsSeq(string(out)) {
		count++
		for _, unwanted := range []string{
			own + "config", own + "publish", own + "cmd/", own + "stores/", own + "version",
			"cloud.google.com/go/storage",
		} {
			if strings.HasPrefix(pkg, unwanted) {
				t.Errorf("it depends on %s", pkg)
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d dependencies: %s", count, out)
	}
}

// sopsReadsVersion reports whether the sops command takes text for a version.
func sopsReadsVersion(text string) bool {
	_, err := version.AIsNewerThanB(version.Version, text)
	return err == nil
}

// TestVersions compares what is a version with SOPS.
func TestVersions(t *testing.T) {
	for _, text := range []string{
		"3.13.3", "v3.13.3", "3.13", "", "1.x", "1.", "01.2.3", "3.0.0-rc.1", "3.0.0-01", "3.0.0-a.b+c.d", "3.0.0+01",
		"3.0.0-", "3.0.0+", "3.0.0-a..b",
		"3.0.0-ü", "vv3.0.0", "+3.0.0", "3.0.-1", "3.0.0.0", "3.0.0 ", "18446744073709551616.0.0", "3.0.0+a+b",
		"3.0.0-a-b", "3.0.0+a-b", "v1.2.3", "3.0.0-0", "0.0.0",
	} {
		if want := sopsReadsVersion(text); isVersion(text) != want {
			t.Errorf("%q: SOPS takes it: %v", text, want)
		}
	}
}
