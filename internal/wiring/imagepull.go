package wiring

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// imagePullSecret has a pod, or every pod of a ServiceAccount, pull its images with a Secret.
type imagePullSecret struct{}

func (imagePullSecret) wire(w *wirer) {
	holder := w.item.edit()
	if w.item.kind != "ServiceAccount" {
		if holder = w.pod(); holder == nil {
			return
		}
	}
	named := func(e *yaml.Node) bool { return value(e, "name") == w.Secret.Name }
	if !slices.ContainsFunc(elements(holder, "imagePullSecrets"), named) {
		add(holder, "imagePullSecrets", mapping(text("name"), text(w.Secret.Name)))
	}
}
