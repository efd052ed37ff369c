package wiring

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// checksum puts the Secret's checksum on the pod template, so that it rolls when the content changes.
func (w *wirer) checksum() {
	annotations := child(child(w.item.template(w.item.edit()), "metadata"), "annotations")
	setText(annotations, schema.ChecksumAnnotation+w.Secret.Plain, w.Secret.Checksum)
}

// template is what holds the pod and its metadata.
func (i *item) template(node *yaml.Node) *yaml.Node {
	if owner, _, nested := cutLast(i.podPath, "."); nested {
		return at(node, owner)
	}
	return node
}

// DropChecksum takes the checksum of a Secret off every pod template but those of some resources. A checksum that nothing renews
// would say that nothing changed; and one that was made in the open would tell of a value that is now encrypted.
func (it *Items) DropChecksum(plain string, keep []int) {
	name := schema.ChecksumAnnotation + plain
	for index, i := range it.items {
		if i.node == nil || i.podPath == "" || slices.Contains(keep, index) {
			continue
		}
		if field(at(i.template(i.node.YNode()), "metadata.annotations"), name) == nil {
			continue
		}
		metadata := at(i.template(i.edit()), "metadata")
		annotations := field(metadata, "annotations")
		remove(annotations, name)
		if len(annotations.Content) == 0 {
			remove(metadata, "annotations")
		}
	}
}
