package wiring

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// Secret is a Secret as wiring sees it: names and keys, no values.
type Secret struct {
	// Plain is its name in the SecretSpec, Name the one it has now.
	Plain, Name string
	// Namespace is where it is, if a resource of another namespace may use it.
	Namespace string
	// Keys are the keys of its data.
	Keys []string
	// Checksum is what `rollout: checksumAnnotation` puts on pod templates, or "".
	Checksum string
}

// Use is one Secret used by one target.
type Use struct {
	// Field is the target's path in the SecretSpec: `secrets[0].usedBy[1]`.
	Field  string
	Secret Secret
	Target schema.Target
}

// way is one way of using a Secret.
type way interface {
	// wire writes it into a resource. It reports what it cannot do, and what it replaced.
	wire(w *wirer) schema.Findings
}

// ways are the ways a use asks for, in the order in which they are written.
func ways(t schema.Target) []way {
	var out []way
	if len(t.Env) > 0 {
		out = append(out, env(t.Env))
	}
	if t.EnvFrom != nil {
		out = append(out, envFrom(*t.EnvFrom))
	}
	if t.Volume != nil {
		out = append(out, volume(*t.Volume))
	}
	if t.ImagePullSecret {
		out = append(out, imagePullSecret{})
	}
	if t.TLS != nil {
		out = append(out, tls(*t.TLS))
	}
	if len(t.FieldPaths) > 0 {
		out = append(out, fieldPaths(t.FieldPaths))
	}
	return out
}

// wirer is a use being written into one resource.
type wirer struct {
	Use
	items *Items
	index int
	item  *item
	// podNode is the resource's pod, once pod has found it.
	podNode *yaml.Node
}

// claim is a place in a resource that one use alone may fill; claimant is the use that did, and what with.
type (
	claim struct {
		item  int
		place string
	}
	claimant struct{ field, content string }
)

// Wire writes a use into a resource.
func (it *Items) Wire(i int, use Use) schema.Findings {
	w := &wirer{Use: use, items: it, index: i, item: it.items[i]}
	var findings schema.Findings
	for _, way := range ways(use.Target) {
		findings = append(findings, way.wire(w)...)
	}
	if use.Secret.Checksum != "" && w.podNode != nil {
		w.checksum()
	}
	return findings
}

// SetPodSpec says where a kind that the table does not know holds its pod. It must be said before references are renamed.
func (it *Items) SetPodSpec(i int, path string) {
	if path != "" {
		it.items[i].podPath = path
	}
}

// pod is the resource's pod.
func (w *wirer) pod() (*yaml.Node, schema.Findings) {
	if w.item.podPath == "" {
		return nil, w.fail("", "holds no pods that Secretwright knows of", "say where they stand with podSpec, or name a workload")
	}
	w.podNode = at(w.item.edit(), w.item.podPath)
	if w.podNode == nil || w.podNode.Kind != yaml.MappingNode {
		return nil, w.fail("", "has no "+w.item.podPath, "write its pods there")
	}
	return w.podNode, nil
}

// fail is an error about the resource.
func (w *wirer) fail(field, message, fix string) schema.Findings {
	return schema.Findings{{Field: w.Field + field, Message: w.item.String() + " " + message, Fix: fix, Resource: w.item.id()}}
}

// warn is a warning about the resource.
func (w *wirer) warn(field, message, fix string) schema.Findings {
	out := w.fail(field, message, fix)
	out[0].Severity = schema.Warning
	return out
}

// taken claims a place of the resource for this use and what it puts there, and reports the other use that has put
// something else there.
func (w *wirer) taken(place, content string) (by string, taken bool) {
	c := claim{w.index, place}
	if other, claimed := w.items.claims[c]; claimed && other.content != content {
		return other.field, true
	}
	w.items.claims[c] = claimant{w.Field, content}
	return "", false
}

// containers are the containers that see the Secret: those the target names, or the only one there is.
func (w *wirer) containers() ([]*yaml.Node, schema.Findings) {
	pod, findings := w.pod()
	if findings != nil {
		return nil, findings
	}
	var all []*yaml.Node
	var names []string
	for _, list := range containerLists {
		for _, c := range elements(pod, list) {
			all = append(all, c)
			names = append(names, value(c, "name"))
		}
	}
	wanted := w.Target.Containers
	switch {
	case len(all) == 0:
		return nil, w.fail("", "has no containers", "give it one")
	case len(wanted) == 0 && len(all) > 1:
		return nil, w.fail(".containers", fmt.Sprintf("has several containers (%s), and none is named", strings.Join(names, ", ")), `name those that may see the Secret, or write ["*"]`)
	case len(wanted) == 0, wanted[0] == "*":
		return all, w.wellFormed(all)
	}
	var chosen []*yaml.Node
	for i, name := range wanted {
		at := slices.Index(names, name)
		if at < 0 {
			fix := "its containers are " + strings.Join(names, ", ")
			if near := schema.Nearest(name, names); near != "" {
				fix = fmt.Sprintf("did you mean %s?", near)
			}
			findings = append(findings, w.fail(fmt.Sprintf(".containers[%d]", i), fmt.Sprintf("has no container %q", name), fix)...)
			continue
		}
		chosen = append(chosen, all[at])
	}
	return chosen, append(findings, w.wellFormed(chosen)...)
}

// wellFormed reports what could not be added to without throwing something away: a container that is no map, or a field of it or
// of the pod that is no list.
func (w *wirer) wellFormed(containers []*yaml.Node) schema.Findings {
	var findings schema.Findings
	isList := func(holder *yaml.Node, name, where string) {
		if f := field(holder, name); f != nil && f.Kind != yaml.SequenceNode && f.Tag != yaml.NodeTagNull {
			findings = append(findings, w.fail("", fmt.Sprintf("has %s%s that is not a list", where, name), "write it as a list")...)
		}
	}
	isList(w.podNode, "volumes", "a field ")
	for _, c := range containers {
		if c.Kind != yaml.MappingNode {
			findings = append(findings, w.fail("", "has a container that is not a map", "write it as a map, with a name")...)
			continue
		}
		for _, name := range []string{"env", "envFrom", "volumeMounts"} {
			isList(c, name, "in the container "+value(c, "name")+" a field ")
		}
	}
	return findings
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
