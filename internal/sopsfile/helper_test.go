package sopsfile_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// opened opens a file, which must open.
func opened(t testing.TB, dir, name string) *sopsfile.Document {
	t.Helper()
	doc, f := sopsfile.NewKeyring().Open(context.Background(), read(t, dir, name), sopsfile.FormatOf(name))
	if f != nil {
		t.Fatalf("%s: %v", name, f)
	}
	return doc
}

// password returns the value at the key password of a file, which must open.
func password(t testing.TB, dir, name string) string {
	t.Helper()
	return passwordIn(t, opened(t, dir, name))
}

func passwordIn(t testing.TB, doc *sopsfile.Document) string {
	t.Helper()
	branches, f := doc.Branches()
	if f != nil || len(branches) != 1 {
		t.Fatalf("it has %d documents: %v", len(branches), f)
	}
	for _, item := range branches[0] {
		if item.Key == "password" {
			out, f := sopsfile.ScalarText(item.Value)
			if f != nil {
				t.Fatal(f)
			}
			return string(out)
		}
	}
	t.Fatal("there is no password in it")
	return ""
}

// refused returns the error that opening a file comes to. No word of it may be one of the secrets.
func refused(t testing.TB, dir, name string, secrets ...string) string {
	t.Helper()
	_, f := sopsfile.NewKeyring().Open(context.Background(), read(t, dir, name), sopsfile.FormatOf(name))
	if f == nil {
		t.Fatal("it opens")
	}
	sopstest.TellsNothing(t, f.Error(), secrets...)
	return f.Error()
}

// readings returns what there is to say when a document is read in every way: whole, as text of another format, and
// each scalar by itself.
func readings(doc *sopsfile.Document) (whole []byte, findings []*report.Finding) {
	whole, f := doc.Whole()
	if f != nil {
		findings = append(findings, f)
	}
	branches, f := doc.Branches()
	if f != nil {
		findings = append(findings, f)
	}
	for _, branch := range branches {
		_, _ = sopsfile.JSONText(branch)
		_, _ = sopsfile.YAMLText(branch)
		findings = append(findings, scalarsOf(branch)...)
	}
	return whole, findings
}

func scalarsOf(node any) (findings []*report.Finding) {
	switch node := node.(type) {
	case sops.TreeBranch:
		for _, item := range node {
			findings = append(findings, scalarsOf(item.Value)...)
		}
	case []any:
		for _, element := range sopsfile.Elements(node) {
			findings = append(findings, scalarsOf(element)...)
		}
	default:
		if _, f := sopsfile.ScalarText(node); f != nil {
			findings = append(findings, f)
		}
	}
	return findings
}
