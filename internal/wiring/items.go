package wiring

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/podenv"
	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/schema"
)

// Items are the resources of a ResourceList, read once and copied when they are edited.
type Items struct {
	items     []*item
	claims    map[claim]claimant
	variables podenv.Cache
	// allKeys are the envFrom that uses have asked for since Review was last called.
	allKeys []allKeys
	// pulls are the uses since then that have pods pull their images with a Secret, pulled the names of all such Secrets
	// by the index of their user.
	pulls  []*wirer
	pulled map[int][]string
	// asked are the readers that uses have asked for.
	asked  map[Reader]bool
	finder *references.Finder
	// stored is how many resources each file holds.
	stored map[string]int
	// layered reports that kustomize gives Secrets their final names, and has them follow in the fields it knows.
	layered bool
}

// item is one resource and what it is selected by.
type item struct {
	references.Resource
	edited        bool
	podPath       string
	originalNames []string
	file          string // where findings say it is, if that is not in its annotations
	// looked is whether refuse has looked for keys that are there twice, and twice whether it found one.
	looked, twice bool
	labels        labels.Set // as they came in, once they were asked for
}

// NewItems reads the resources. It does not change them, now or later.
func NewItems(nodes []*yaml.RNode) *Items {
	it := &Items{claims: map[claim]claimant{}, variables: podenv.Cache{}, finder: references.NewFinder(),
		asked: map[Reader]bool{}, pulled: map[int][]string{}, stored: map[string]int{}}
	for _, node := range nodes {
		it.Append(node)
	}
	return it
}

// Append adds a resource.
func (it *Items) Append(node *yaml.RNode) {
	y := node.YNode()
	i := &item{Resource: references.Resource{
		APIVersion: value(y, "apiVersion"),
		Kind:       value(y, "kind"),
		Name:       value(y, "metadata.name"),
		Namespace:  value(y, "metadata.namespace"),
	}}
	it.setNode(i, node)
	if previous := field(at(y, "metadata.annotations"), references.PreviousNames); previous != nil {
		i.originalNames = strings.Split(previous.Value, ",")
	}
	i.podPath = references.PodPath(i.Group(), i.Kind)
	if i.Kind == "ConfigMap" && i.Group() == "" {
		for _, name := range i.names() {
			it.finder.AddConfigMap(i.Namespace, name)
		}
	}
	it.items = append(it.items, i)
}

// SetFiles says in which file each resource is, for findings; without it their path annotations do.
func (it *Items) SetFiles(files []string) {
	for i, file := range files {
		it.items[i].file = file
	}
}

// Layered has edits leave the plain name of a Secret in the fields in which kustomize itself has it follow. It must be
// said before the first edit.
func (it *Items) Layered() { it.layered = true }

// Nodes are the resources, those that were edited as copies, and the index that each has among the items.
func (it *Items) Nodes() (nodes []*yaml.RNode, indices []int) {
	for index, i := range it.items {
		if i.Node != nil {
			nodes, indices = append(nodes, i.Node), append(indices, index)
		}
	}
	return nodes, indices
}

// Len is how many resources there are, those that were removed included.
func (it *Items) Len() int { return len(it.items) }

// Node is a resource. It must not be changed.
func (it *Items) Node(i int) *yaml.RNode { return it.items[i].Node }

// Namespace is the namespace of a resource, or "".
func (it *Items) Namespace(i int) string { return it.items[i].Namespace }

// HasFile reports whether a resource is stored in a file, other than a Secret that was emitted with a mark.
func (it *Items) HasFile(path, mark string) bool {
	return path != "" && it.stored[path] > 0 && slices.ContainsFunc(it.items, func(i *item) bool {
		if storedIn(i.Node) != path {
			return false
		}
		emitted := field(at(i.Node.YNode(), "metadata.annotations"), schema.SecretAnnotation)
		return emitted == nil || emitted.Value != mark
	})
}

// storedIn returns the file that a resource says it is stored in, or "".
func storedIn(node *yaml.RNode) string {
	if node == nil {
		return ""
	}
	if file := field(at(node.YNode(), "metadata.annotations"), kioutil.PathAnnotation); file != nil {
		return file.Value
	}
	return ""
}

// setNode counts what the files hold, so that nobody has to look through all resources for one.
func (it *Items) setNode(i *item, node *yaml.RNode) {
	it.stored[storedIn(i.Node)]--
	it.stored[storedIn(node)]++
	i.Node = node
}

// Describe names a resource to a person: `Deployment shop/web`.
func (it *Items) Describe(i int) string { return it.items[i].String() }

// Replace puts a resource in the place of another.
func (it *Items) Replace(i int, node *yaml.RNode) {
	it.setNode(it.items[i], node)
	it.items[i].edited = true
}

// Remove takes a resource out; the indices of the others stay.
func (it *Items) Remove(i int) {
	it.setNode(it.items[i], nil)
	it.items[i] = &item{}
}

// edit is the node to edit: a copy of the resource, made the first time.
func (i *item) edit() *yaml.Node {
	if !i.edited {
		i.Node, i.edited = yaml.NewRNode(unshared(i.Node.YNode())), true
	}
	return i.Node.YNode()
}

// unshared is a copy of a node. Where parts of it are shared by YAML aliases, each place has a part of its own, so that
// an edit of one container is not an edit of another.
func unshared(node *yaml.Node) *yaml.Node {
	copied, aliases := map[*yaml.Node]*yaml.Node{}, []*yaml.Node{}
	var walk func(*yaml.Node) *yaml.Node
	walk = func(n *yaml.Node) *yaml.Node {
		c := *n
		copied[n] = &c
		if c.Kind == yaml.AliasNode {
			aliases = append(aliases, &c)
		}
		c.Content = slices.Clone(c.Content)
		for i, child := range c.Content {
			c.Content[i] = walk(child)
		}
		return &c
	}
	out := yaml.NewRNode(walk(node))
	for _, alias := range aliases {
		alias.Alias = copied[alias.Alias]
	}
	if len(aliases) > 0 {
		_ = out.DeAnchor() // fails only at a merge of what is no map, which the API server refuses
	}
	return out.YNode()
}

// names are the name of the resource, and those it had before kustomize prefixed it.
func (i *item) names() []string {
	return append(slices.Clone(i.originalNames), i.Name)
}

// ClusterScoped reports whether a resource is of a kind that has no namespace.
func (it *Items) ClusterScoped(i int) bool { return it.items[i].ClusterScoped() }

// LooksElsewhere reports whether a resource may read a Secret of another namespace than its own.
func (it *Items) LooksElsewhere(i int) bool { return it.items[i].LooksElsewhere() }

// Traces finds what is left of the former names of Secrets after [Items.Rename].
func (it *Items) Traces(names references.Names) []references.Trace {
	resources := make([]*references.Resource, len(it.items))
	for i, item := range it.items {
		resources[i] = &item.Resource
	}
	return it.finder.Traces(resources, names)
}
