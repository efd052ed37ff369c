package wiring

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/utils"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Unwire takes the references to a Secret that is no more out of what used it: variables, volumes and their mounts,
// pull secrets, TLS entries. It reports each resource it changed, and those whose reference it left, because nothing
// could stand in its place.
func (it *Items) Unwire(field *report.Path, namespace, name string, c *report.Collector) {
	for _, i := range it.items {
		if i.Node == nil || i.Namespace != namespace || it.mentions(i, name) == 0 {
			continue
		}
		if i.podPath != "" {
			i.unmount(name)
		}
		if i.podPath != "" || i.Kind == "ServiceAccount" || i.Kind == "Ingress" || i.Kind == "Gateway" {
			for _, path := range i.removable() {
				yamlnode.Prune(i.edit(), path, name)
			}
		}
		f := &report.Finding{Code: report.ReferencesRemoved, Severity: report.Warning, Field: field, Place: i.place(nil),
			Message: fmt.Sprintf("the references of %s to the Secret %s, which is no longer declared, were removed", i, name)}
		if it.mentions(i, name) > 0 {
			f.Code = report.DanglingReference
			f.Message = fmt.Sprintf("%s still names the Secret %s, which is no longer declared", i, name)
			f.Fix = "take the reference out"
		}
		c.Add(f)
	}
}

// mentions is how many fields of the resource have a Secret's name.
func (it *Items) mentions(i *item, name string) int {
	count := 0
	it.finder.References(&i.Resource, i.Node.YNode(), func(n string) bool { return n == name }, func(r references.Ref) {
		if r.Meaning != references.Writes {
			count++
		}
	})
	return count
}

// unmount takes out the mounts of the volumes that are the Secret.
func (i *item) unmount(name string) {
	pod := at(i.edit(), i.podPath)
	for _, volume := range elements(pod, "volumes") {
		if value(volume, "secret.secretName") != name {
			continue
		}
		for _, list := range references.ContainerLists {
			for _, container := range elements(pod, list) {
				yamlnode.Prune(container, []string{"volumeMounts[]", "name"}, value(volume, "name"))
			}
		}
	}
}

// removable are the fields that Unwire takes out, each with the innermost element of a list around it.
func (i *item) removable() [][]string {
	var out [][]string
	add := func(paths ...string) {
		for _, path := range paths {
			out = append(out, utils.PathSplitter(path, "."))
		}
	}
	switch {
	case i.podPath != "":
		for _, path := range references.PodReferences {
			add(i.podPath + "." + path)
		}
	case i.Kind == "ServiceAccount":
		add("secrets[].name", "imagePullSecrets[].name")
	case i.Kind == "Ingress":
		add("spec.tls[].secretName")
	case i.Kind == "Gateway":
		add("spec.listeners[].tls.certificateRefs[].name")
	}
	return out
}
