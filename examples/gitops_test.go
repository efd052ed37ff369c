package examples_test

import (
	"path/filepath"
	"testing"
)

// TestFlux renders the manifests again that gitops/flux has rendered: what did not change is not written.
func TestFlux(t *testing.T) {
	setUp(t)
	flux := "gitops/flux"
	want := files(t, filepath.Join(flux, "rendered"))
	if !*update {
		flux = filepath.Join(copied(t), flux)
	}
	run(t, flux, "secretwright", "render", "--output", "rendered", "secretspec.yaml", "deploy")
	if !*update {
		sameFiles(t, want, files(t, filepath.Join(flux, "rendered")))
	}
}

// TestArgoCD renders the application of gitops/argocd both ways: as the plugin does, and with kustomize.
func TestArgoCD(t *testing.T) {
	setUp(t)
	rendered := read(t, run(t, "gitops/shop", "secretwright", "render", "secretspec.yaml", "."))
	holdTogether(t, rendered)
	built := read(t, krustyBuild(t, "gitops/shop"))
	holdTogether(t, built)
	if rendered.secrets[0].Name != built.secrets[0].Name {
		t.Errorf("the Secret is %s with the plugin and %s with kustomize", rendered.secrets[0].Name, built.secrets[0].Name)
	}
}
