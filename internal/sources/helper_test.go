package sources_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// here is the field that the tests look values up for.
var here = field.NewPath("secrets").Index(0).Child("data", "it")

// specOf returns a SecretSpec that uses every one of the sources.
func specOf(list ...schema.Source) *schema.SecretSpec {
	spec := &schema.SecretSpec{Sources: list, Secrets: []schema.Secret{{Name: "test"}}}
	for i := range list {
		if list[i].Name == "" {
			list[i].Name = fmt.Sprintf("source-%d", i)
		}
		spec.Secrets[0].DataFrom = append(spec.Secrets[0].DataFrom, schema.DataFrom{From: list[i].Name})
	}
	return spec
}

func newOpener(t testing.TB, dir string) *sources.Opener {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return sources.NewOpener(root, sopsfile.NewKeyring())
}

// rootless returns an Opener without a file system.
func rootless() *sources.Opener { return sources.NewOpener(nil, sopsfile.NewKeyring()) }

// openAll opens the sources of a SecretSpec and returns what there is to say.
func openAll(o *sources.Opener, spec *schema.SecretSpec, origin sources.Origin) (*sources.Set, []*report.Finding) {
	var c report.Collector
	set := o.Open(context.Background(), &c, spec, origin)
	return set, c.Findings()
}

// scalars returns the scalars of a source and what there is to say.
func scalars(set *sources.Set, from schema.DataFrom) ([]sources.Scalar, []*report.Finding) {
	var c report.Collector
	out := set.Scalars(&c, here, from)
	return out, c.Findings()
}

// open opens one source, which must open, and returns how to look a key up in it.
func open(t testing.TB, dir string, source schema.Source) (value func(schema.Value) ([]byte, *report.Finding)) {
	t.Helper()
	source.Name = "it"
	set, findings := openAll(newOpener(t, dir), specOf(source), sources.Origin{})
	if len(findings) > 0 {
		t.Fatalf("it does not open: %v", findings)
	}
	return func(v schema.Value) ([]byte, *report.Finding) {
		v.From = "it"
		return set.Value(here, v)
	}
}

// refused returns the error that opening a source comes to. No word of it may be one of the secrets.
func refused(t testing.TB, dir string, source schema.Source, secrets ...string) *report.Finding {
	t.Helper()
	_, findings := openAll(newOpener(t, dir), specOf(source), sources.Origin{})
	if len(findings) != 1 || !findings[0].IsError() {
		t.Fatalf("it is not one error: %v", findings)
	}
	sopstest.TellsNothing(t, findings[0].Error(), secrets...)
	return findings[0]
}
