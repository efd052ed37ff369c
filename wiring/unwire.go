package wiring

import (
	"fmt"

	"github.com/secretwright/secretwright/schema"
)

// Unwire takes the references to a Secret that is no more out of what used it: variables, volumes and their mounts, pull
// secrets, TLS entries. It reports each resource it changed, and those whose reference it left, because nothing could
// stand in its place.
func (it *Items) Unwire(field, namespace, name string) schema.Findings {
	var findings schema.Findings
	for _, i := range it.items {
		if i.node == nil || i.namespace != namespace || it.mentions(i, name) == 0 {
			continue
		}
		if i.podPath != "" {
			i.unmount(name)
		}
		if i.podPath != "" || i.kind == "ServiceAccount" || i.kind == "Ingress" || i.kind == "Gateway" {
			for _, path := range i.removable() {
				prune(i.edit(), path, name)
			}
		}
		finding := schema.Finding{Severity: schema.Info, Field: field, Resource: i.id(),
			Message: fmt.Sprintf("the references of %s to the Secret %s, which is no longer declared, were removed", i, name)}
		if it.mentions(i, name) > 0 {
			finding.Severity = schema.Warning
			finding.Message = fmt.Sprintf("%s still names the Secret %s, which is no longer declared", i, name)
			finding.Fix = "take the reference out"
		}
		findings = append(findings, finding)
	}
	return findings
}

// mentions is how many fields of the resource have a Secret's name.
func (it *Items) mentions(i *item, name string) int {
	count := 0
	it.references(i, i.node.YNode(), func(n string) bool { return n == name }, func(r ref) {
		if r.meaning != output {
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
		for _, list := range containerLists {
			for _, container := range elements(pod, list) {
				prune(container, []string{"volumeMounts[]", "name"}, value(volume, "name"))
			}
		}
	}
}
