package wiring

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
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
	v.forbidden(w, containers, name)
	if w.Errors() > before {
		return
	}
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

// name is the volume's name: the one that is asked for, that of a volume of this Secret that the pod has already, or
// one derived from the Secret's. A claim of a StatefulSet takes the place of a volume of its name, so another one is
// derived.
func (v volume) name(w *wirer) string {
	if v.Name != "" {
		return v.Name
	}
	claims := w.item.volumeClaims()
	derived := volumeName(w.Secret.Plain)
	for n := 1; slices.Contains(claims, derived); n++ {
		derived = volumeName(w.Secret.Plain + "-secret")
		if n > 1 {
			derived = volumeName(w.Secret.Plain + "-secret-" + strconv.Itoa(n))
		}
	}
	name := derived
	for _, e := range elements(w.podNode, "volumes") {
		isOurs := value(e, "secret.secretName") == w.Secret.Name
		switch there := value(e, "name"); {
		case slices.Contains(claims, there):
			if isOurs {
				w.warn(report.NameTaken, w.Field.Child("volume"), e, fmt.Sprintf(
					"has a volume %s of the Secret that nothing mounts, since its volumeClaimTemplate %s takes precedence", there,
					there),
					"remove the volume")
			}
		case there == derived:
			return derived
		case isOurs && name == derived:
			name = there
		}
	}
	return name
}

// volumeClaims are the names of the claims that the resource, a StatefulSet, makes for each of its pods.
func (i *item) volumeClaims() []string {
	owner, found := strings.CutSuffix(i.podPath, ".template.spec")
	if !found {
		return nil
	}
	var names []string
	for _, claim := range elements(at(i.Node.YNode(), owner), "volumeClaimTemplates") {
		names = append(names, value(claim, "metadata.name"))
	}
	return names
}

// forbidden reports what Kubernetes would refuse, or not do.
func (v volume) forbidden(w *wirer, containers []*yaml.Node, name string) {
	if v.Name != "" && slices.Contains(w.item.volumeClaims(), v.Name) {
		w.fail(report.NameTaken, w.Field.Child("volume", "name"), nil, fmt.Sprintf(
			"has a volumeClaimTemplate %s, which takes precedence over a volume of that name", name),
			"choose another volume.name")
	}
	if v.SubPath == "" {
		return
	}
	ephemeral := elements(w.podNode, "ephemeralContainers")
	for _, c := range containers {
		if slices.Contains(ephemeral, c) {
			w.fail(report.ForbiddenByKubernetes, w.Field.Child("volume", "subPath"), c, fmt.Sprintf(
				"(container %s) is an ephemeral container, whose mounts Kubernetes allows no subPath", value(c, "name")),
				"mount the whole volume, or only the keys in items")
		}
		if mount := v.mounted(c); field(mount, "subPathExpr") != nil {
			w.fail(report.ForbiddenByKubernetes, w.Field.Child("volume", "subPath"), mount, fmt.Sprintf(
				"(container %s) has a subPathExpr at %s, and Kubernetes allows no subPath beside it", value(c, "name"),
				v.MountPath),
				"remove one of them")
		}
	}
}

// mounted is the container's mount at the path, or nil.
func (v volume) mounted(container *yaml.Node) (entry *yaml.Node) {
	for _, e := range elements(container, "volumeMounts") {
		if path.Clean(value(e, "mountPath")) == path.Clean(v.MountPath) {
			entry = e
		}
	}
	return entry
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
		secret := field(entry, "secret")
		v.keepsItems(w, name, secret)
		v.fill(secret)
	case field(entry, "projected") != nil:
		v.project(w, name, child(entry, "projected"))
	default:
		w.fail(report.NameTaken, w.Field.Child("volume"), entry,
			fmt.Sprintf("has a volume %s already, which is something else", name), "give this one another volume.name")
	}
}

// project adds the Secret to the sources of a projected volume.
func (v volume) project(w *wirer, name string, projected *yaml.Node) {
	if v.DefaultMode != nil && !sameNumber(field(projected, "defaultMode"), int64(*v.DefaultMode)) {
		w.warn(report.SettingKept, w.Field.Child("volume", "defaultMode"), projected, fmt.Sprintf(
			"has a projected volume %s with one defaultMode for all of its sources, which was left as it is", name),
			"set the defaultMode of the projected volume by hand, or give this one another volume.name")
	}
	for _, source := range elements(projected, "sources") {
		if secret := field(source, "secret"); value(secret, "name") == w.Secret.Name {
			v.keepsItems(w, name, secret)
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

// keepsItems reports that a volume goes on showing some keys only, though the use asks for all.
func (v volume) keepsItems(w *wirer, name string, secret *yaml.Node) {
	var keys []string
	for _, item := range elements(secret, "items") {
		keys = append(keys, value(item, "key"))
	}
	if len(v.Items) == 0 && len(keys) > 0 {
		w.warn(report.SettingKept, w.Field.Child("volume"), secret, fmt.Sprintf(
			"has a volume %s that shows the keys %s alone, which was left as it is", name, report.List(keys)),
			"list the keys in volume.items, or take items out of the volume")
	}
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
	where := fmt.Sprintf("container %s", value(container, "name"))
	if by, taken := w.taken(where+": mount "+path.Clean(v.MountPath), volume+"/"+v.SubPath); taken {
		w.fail(report.ConflictingUses, w.Field.Child("volume", "mountPath"), container,
			fmt.Sprintf("(%s) gets something else at %s from %s", where, v.MountPath, by), "choose another path")
		return
	}
	entry := v.mounted(container)
	if entry != nil && value(entry, "name") != volume {
		w.fail(report.NameTaken, w.Field.Child("volume", "mountPath"), entry,
			fmt.Sprintf("(%s) mounts the volume %s at %s already", where, value(entry, "name"), v.MountPath),
			"choose another path")
		return
	}
	if entry == nil {
		entry = mapping(text("name"), text(volume), text("mountPath"), text(v.MountPath))
		add(container, "volumeMounts", entry)
	}
	if sub := value(entry, "subPath") + value(entry, "subPathExpr"); sub != "" && v.SubPath == "" {
		w.warn(report.SettingKept, w.Field.Child("volume"), entry, fmt.Sprintf(
			"(%s) mounts only the path %s of the volume %s at %s, which was left as it is", where, sub, volume, v.MountPath),
			"write it as volume.subPath, or take it out of the mount")
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
