package wiring

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// volume shows a Secret as files.
type volume schema.Volume

func (v volume) wire(w *wirer) {
	before := w.Errors()
	containers := w.containers()
	for _, key := range slices.Sorted(maps.Keys(v.Items)) {
		w.Add(w.Secret.missing(report.Key(w.Field.Child("volume", "items"), key), key))
	}
	if w.Errors() > before {
		return
	}
	name := v.name(w)
	if v.volume(w, name); w.Errors() > before {
		return
	}
	for _, c := range containers {
		for key := range v.Items {
			w.ask(c, "volume "+v.MountPath, key)
		}
		if len(v.Items) == 0 {
			w.ask(c, "volume "+v.MountPath, "")
		}
		v.mount(w, c, name)
	}
}

// name is the volume's name: the one that is asked for, that of a volume of this Secret that the pod has already, or one
// derived from the Secret's.
func (v volume) name(w *wirer) string {
	derived := volumeName(w.Secret.Plain)
	if v.Name != "" {
		return v.Name
	}
	name := derived
	for _, e := range elements(w.podNode, "volumes") {
		switch {
		case value(e, "name") == derived:
			return derived
		case value(e, "secret.secretName") == w.Secret.Name && name == derived:
			name = value(e, "name")
		}
	}
	return name
}

// volume sets the pod's volume of that name.
func (v volume) volume(w *wirer, name string) {
	content := fmt.Sprint(w.Secret.Name, v.Items, v.mode())
	if by, taken := w.taken("volume "+name, content); taken {
		w.fail(report.ConflictingUses, w.Field.Child("volume"), nil,
			fmt.Sprintf("gets the volume %s from %s with another content", name, by), "give one of them a volume.name")
		return
	}
	var entry *yaml.Node
	for _, e := range elements(w.podNode, "volumes") {
		if value(e, "name") == name {
			entry = e
		}
	}
	switch {
	case entry == nil:
		secret := mapping(text("secretName"), text(w.Secret.Name))
		v.fill(secret)
		add(w.podNode, "volumes", mapping(text("name"), text(name), text("secret"), secret))
	case value(entry, "secret.secretName") == w.Secret.Name:
		v.fill(field(entry, "secret"))
	case field(entry, "projected") != nil:
		v.project(w, child(entry, "projected"))
	default:
		w.fail(report.NameTaken, w.Field.Child("volume"), entry,
			fmt.Sprintf("has a volume %s already, which is something else", name), "give this one another volume.name")
	}
}

// project adds the Secret to the sources of a projected volume.
func (v volume) project(w *wirer, projected *yaml.Node) {
	for _, source := range elements(projected, "sources") {
		if secret := field(source, "secret"); value(secret, "name") == w.Secret.Name {
			v.fill(secret)
			remove(secret, "defaultMode") // a projection has modes for single items only
			return
		}
	}
	secret := mapping(text("name"), text(w.Secret.Name))
	v.fill(secret)
	remove(secret, "defaultMode")
	add(projected, "sources", mapping(text("secret"), secret))
}

// fill sets what the declaration says of the volume, and leaves what it does not.
func (v volume) fill(secret *yaml.Node) {
	if v.DefaultMode != nil && !sameNumber(field(secret, "defaultMode"), int64(*v.DefaultMode)) {
		set(secret, "defaultMode", &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: v.mode()})
	}
	if len(v.Items) == 0 || v.sameItems(secret) {
		return
	}
	items := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, key := range slices.Sorted(maps.Keys(v.Items)) {
		items.Content = append(items.Content, mapping(text("key"), text(key), text("path"), text(v.Items[key])))
	}
	set(secret, "items", items)
}

func (v volume) sameItems(secret *yaml.Node) bool {
	there := map[string]string{}
	for _, item := range elements(secret, "items") {
		there[value(item, "key")] = value(item, "path")
	}
	return maps.Equal(there, v.Items)
}

func (v volume) mode() string {
	if v.DefaultMode == nil {
		return ""
	}
	return strconv.Itoa(int(*v.DefaultMode))
}

// sameNumber says whether a scalar is that number, in decimal or octal.
func sameNumber(node *yaml.Node, want int64) bool {
	if node == nil {
		return false
	}
	n, err := strconv.ParseInt(node.Value, 0, 64)
	return err == nil && n == want
}

// mount sets the container's mount of the volume.
func (v volume) mount(w *wirer, container *yaml.Node, volume string) {
	var entry *yaml.Node
	for _, e := range elements(container, "volumeMounts") {
		if value(e, "mountPath") == v.MountPath {
			entry = e
		}
	}
	if entry != nil && value(entry, "name") != volume {
		w.fail(report.NameTaken, w.Field.Child("volume", "mountPath"), entry, fmt.Sprintf("(container %s) mounts the volume %s at %s already",
			value(container, "name"), value(entry, "name"), v.MountPath), "choose another path")
		return
	}
	if entry == nil {
		entry = mapping(text("name"), text(volume), text("mountPath"), text(v.MountPath))
		add(container, "volumeMounts", entry)
	}
	if v.SubPath != "" {
		setText(entry, "subPath", v.SubPath)
	}
	if v.ReadOnly && value(entry, "readOnly") != "true" {
		set(entry, "readOnly", &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "true"})
	}
}

// volumeName derives a volume's name, a DNS label, from the plain name of its Secret. It does not change with the
// Secret's content.
func volumeName(secret string) string {
	name := strings.ReplaceAll(secret, ".", "-")
	if len(name) <= validation.DNS1123LabelMaxLength {
		return name
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(secret)))[:8]
	return strings.TrimRight(name[:validation.DNS1123LabelMaxLength-len(sum)-1], "-") + "-" + sum
}
