package wiring

import (
	"slices"
	"strings"

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

// DropChecksums takes the checksums of Secrets off every pod template but those of some resources: by the Secret's
// plain name, which of them keep it. A checksum that nothing renews would say that nothing changed; and one that was
// made in the open would tell of a value that is now encrypted.
func (it *Items) DropChecksums(keep map[string][]int) {
	for index, i := range it.items {
		if i.Node == nil || i.podPath == "" {
			continue
		}
		for _, name := range stale(at(i.template(i.Node.YNode()), "metadata.annotations"), index, keep) {
			metadata := at(i.template(i.edit()), "metadata")
			annotations := field(metadata, "annotations")
			remove(annotations, name)
			if len(annotations.Content) == 0 {
				remove(metadata, "annotations")
			}
		}
	}
}

// RenewChecksums puts a new checksum of a Secret in the place of the one before, on every pod template in its
// namespace. What has no namespace yet may get any.
func (it *Items) RenewChecksums(namespace, secret, before, after string) {
	for _, i := range it.items {
		if i.Node == nil || i.podPath == "" || i.Namespace != namespace && i.Namespace != "" {
			continue
		}
		sum := field(at(i.template(i.Node.YNode()), "metadata.annotations"), schema.ChecksumAnnotation+secret)
		if sum != nil && sum.Value == before {
			setText(at(i.template(i.edit()), "metadata.annotations"), schema.ChecksumAnnotation+secret, after)
		}
	}
}

// stale are the annotations with a checksum that a resource does not keep.
func stale(annotations *yaml.Node, index int, keep map[string][]int) []string {
	if annotations == nil {
		return nil
	}
	var names []string
	for k := 0; k+1 < len(annotations.Content); k += 2 {
		plain, isChecksum := strings.CutPrefix(annotations.Content[k].Value, schema.ChecksumAnnotation)
		if kept, ours := keep[plain]; isChecksum && ours && !slices.Contains(kept, index) {
			names = append(names, annotations.Content[k].Value)
		}
	}
	return names
}
