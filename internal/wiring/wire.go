package wiring

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// Secret is a Secret as wiring sees it: names and keys, no values.
type Secret struct {
	// Plain is its name in the SecretSpec, Name the one it has now.
	Plain, Name string
	// Namespace is where it is, if a resource of another namespace may use it.
	Namespace string
	// Final is the name it will have at the end of a build of kustomize, as far as this is known, for fields in which
	// kustomize does not have Name follow; "" outside kustomize.
	Final string
	// Keys are the keys of its data; nil where they are not known.
	Keys []string
	// Checksum is what `rollout: checksumAnnotation` puts on pod templates, or "".
	Checksum string
}

// missing is the finding that the Secret has no such key, or nil if it has, or if its keys are not known.
func (s Secret) missing(at *report.Path, key string) *report.Finding {
	if s.Keys == nil {
		return nil
	}
	return schema.MissingKey(at, s.Plain, key, s.Keys)
}

// Use is one Secret used by one target.
type Use struct {
	// Field is the target's path in the SecretSpec: `secrets[0].usedBy[1]`.
	Field  *report.Path
	Secret Secret
	Target schema.Target
}

// way is one way of using a Secret.
type way interface {
	// wire writes it into a resource. It reports what it cannot do, and what it replaced.
	wire(w *wirer)
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
	*report.Collector
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
	claimant struct {
		field   *report.Path
		content string
	}
)

// Wire writes a use into a resource.
func (it *Items) Wire(i int, use Use, c *report.Collector) {
	w := &wirer{Use: use, Collector: c, items: it, index: i, item: it.items[i]}
	if w.item.refuse(use.Field, c) {
		return
	}
	for _, way := range ways(use.Target) {
		way.wire(w)
	}
	if use.Secret.Checksum != "" && w.podNode != nil {
		w.checksum()
	}
}

// SetPodSpec says where a kind that the table does not know holds its pod. It must be said before references are
// renamed.
func (it *Items) SetPodSpec(i int, path string) {
	if path != "" {
		it.items[i].podPath = path
	}
}

// pod returns the resource's pod, or nil when it has reported that there is none.
func (w *wirer) pod() *yaml.Node {
	if w.item.podPath == "" {
		w.fail(report.NoPod, w.Field, nil, "holds no pods that Secretwright knows of",
			"say where they stand with podSpec, or name a workload")
		return nil
	}
	w.podNode = at(w.item.edit(), w.item.podPath)
	if w.podNode == nil || w.podNode.Kind != yaml.MappingNode {
		w.podNode = nil
		w.fail(report.NoPod, w.Field, nil, "has no "+w.item.podPath, "write its pods there")
	}
	return w.podNode
}

// fail reports an error about the resource, at one of its nodes or at its beginning.
func (w *wirer) fail(code report.Code, at *report.Path, node *yaml.Node, message, fix string) {
	w.Add(w.item.finding(code, at, node, message, fix))
}

// warn reports a warning about the resource.
func (w *wirer) warn(code report.Code, at *report.Path, node *yaml.Node, message, fix string) {
	w.Add(w.item.finding(code, at, node, message, fix).WithSeverity(report.Warning))
}

// finding returns an error about the resource.
func (i *item) finding(code report.Code, at *report.Path, node *yaml.Node, message, fix string) *report.Finding {
	f := report.New(code, i.String()+" "+message, fix).In(at)
	f.Place = i.place(node)
	return f
}

// Place returns where a node of a resource is in its file.
func (it *Items) Place(i int, node *yaml.Node) report.Place { return it.items[i].place(node) }

// place returns where a node of the resource stands in its file, or where the resource begins.
func (i *item) place(node *yaml.Node) report.Place {
	if node == nil || node.Line == 0 {
		node = i.Node.YNode()
	}
	place := report.Place{File: i.file, Line: node.Line, Column: node.Column}
	annotations := at(i.Node.YNode(), "metadata.annotations")
	inBuild := field(annotations, kustomizeID) != nil // where kustomize makes the path up
	if path := field(annotations, kioutil.PathAnnotation); path != nil && i.file == "" && !inBuild {
		place.File = path.Value
	}
	return place
}

// taken claims a place of the resource for this use and what it puts there, and reports the other use that has put
// something else there.
func (w *wirer) taken(place, content string) (by string, taken bool) {
	c := claim{w.index, place}
	if other, claimed := w.items.claims[c]; claimed && other.content != content {
		return other.field.String(), true
	}
	w.items.claims[c] = claimant{w.Field, content}
	return "", false
}

// containers are the containers that see the Secret: those the target names, or the only one there is.
func (w *wirer) containers() []*yaml.Node {
	pod := w.pod()
	if pod == nil {
		return nil
	}
	var all []*yaml.Node
	var names []string
	for _, list := range references.ContainerLists {
		for _, c := range elements(pod, list) {
			all = append(all, c)
			names = append(names, value(c, "name"))
		}
	}
	wanted := w.Target.Containers
	switch {
	case len(all) == 0:
		w.fail(report.NoContainer, w.Field, pod, "has no containers", "give it one")
		return nil
	case len(wanted) == 0 && len(all) > 1:
		w.fail(report.ContainerNotNamed, w.Field.Child("containers"), pod,
			fmt.Sprintf("has several containers (%s), and none is named", strings.Join(names, ", ")),
			`name those that may see the Secret, or write ["*"]`)
		return nil
	case len(wanted) == 0, wanted[0] == "*":
		return w.wellFormed(all)
	}
	var chosen []*yaml.Node
	for i, name := range wanted {
		at := slices.Index(names, name)
		if at < 0 {
			w.fail(report.NoContainer, w.Field.Child("containers").Index(i), pod, fmt.Sprintf("has no container %q", name),
				report.DidYouMean(name, names, "its containers are "+strings.Join(names, ", ")))
			continue
		}
		chosen = append(chosen, all[at])
	}
	return w.wellFormed(chosen)
}

// wellFormed returns the containers, without those to which nothing could be added unless something were thrown away:
// it reports a container that is not a map, and a field of it or of the pod that is not a list.
func (w *wirer) wellFormed(containers []*yaml.Node) []*yaml.Node {
	before := w.Errors()
	isList := func(holder *yaml.Node, name, where string) {
		if f := field(holder, name); f != nil && f.Kind != yaml.SequenceNode && f.Tag != yaml.NodeTagNull {
			w.fail(report.MalformedResource, w.Field, f, fmt.Sprintf("has %s%s that is not a list", where, name),
				"write it as a list")
		}
	}
	isList(w.podNode, "volumes", "a field ")
	for _, c := range containers {
		if c.Kind != yaml.MappingNode {
			w.fail(report.MalformedResource, w.Field, c, "has a container that is not a map", "write it as a map, with a name")
			continue
		}
		for _, name := range []string{"env", "envFrom", "volumeMounts"} {
			isList(c, name, "in the container "+value(c, "name")+" a field ")
		}
	}
	if w.Errors() > before {
		return nil
	}
	return containers
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
