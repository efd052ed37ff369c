package wiring

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// imagePullSecret has a pod, or every pod of a ServiceAccount, pull its images with a Secret.
type imagePullSecret struct{}

func (imagePullSecret) wire(w *wirer) {
	holder := w.item.edit()
	if w.item.Kind != "ServiceAccount" {
		if holder = w.pod(); holder == nil {
			return
		}
	}
	if !slices.Contains(pullSecrets(holder), w.Secret.Name) {
		add(holder, "imagePullSecrets", mapping(text("name"), text(w.Secret.Name)))
	}
	w.items.pulls = append(w.items.pulls, w)
	w.items.pulled[w.index] = append(w.items.pulled[w.index], w.Secret.Name)
}

// pullSecrets are the names of the pull secrets of a pod or a ServiceAccount.
func pullSecrets(holder *yaml.Node) []string {
	var names []string
	for _, e := range elements(holder, "imagePullSecrets") {
		names = append(names, value(e, "name"))
	}
	return names
}

// account is the name of a pod's ServiceAccount.
func account(pod *yaml.Node) string {
	for _, name := range []string{"serviceAccountName", "serviceAccount"} {
		if account := value(pod, name); account != "" {
			return account
		}
	}
	return "default"
}

// ignored reports the pods that do not take the pull secrets of the ServiceAccount, since they have some of their own.
func (w *wirer) ignored() {
	for _, i := range w.items.items {
		if i.Node == nil || i.podPath == "" || i.Namespace != w.item.Namespace {
			continue
		}
		pod := at(i.Node.YNode(), i.podPath)
		own := pullSecrets(pod)
		if len(own) == 0 || slices.Contains(own, w.Secret.Name) || !slices.Contains(w.item.names(), account(pod)) {
			continue
		}
		w.Add(i.finding(report.PullSecretsIgnored, w.Field.Child("imagePullSecret"), field(pod, "imagePullSecrets"),
			fmt.Sprintf("has imagePullSecrets of its own, so it does not take those of the ServiceAccount %s", account(pod)),
			"add a target for it with imagePullSecret: true, or remove its own").WithSeverity(report.Warning))
	}
}

// ignores reports that a pod, which now has pull secrets of its own, no longer takes those of its ServiceAccount.
func (w *wirer) ignores() {
	own := pullSecrets(w.podNode)
	byHand := func(name string) bool { return !slices.Contains(w.items.pulled[w.index], name) }
	if slices.ContainsFunc(own, byHand) {
		return // which it did not take before
	}
	for _, i := range w.items.items {
		if i.Node == nil || i.Kind != "ServiceAccount" || i.Namespace != w.item.Namespace ||
			!slices.Contains(i.names(), account(w.podNode)) {
			continue
		}
		lost := slices.DeleteFunc(pullSecrets(i.Node.YNode()), func(name string) bool { return slices.Contains(own, name) })
		if len(lost) > 0 {
			w.warn(report.PullSecretsIgnored, w.Field.Child("imagePullSecret"), field(w.podNode, "imagePullSecrets"),
				fmt.Sprintf(
					"has imagePullSecrets of its own now, so it no longer takes %s from the ServiceAccount %s", report.List(lost),
					i.Name),
				"target the ServiceAccount instead, or add those to the pod")
		}
	}
}
