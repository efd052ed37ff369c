package references

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/utils"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// step is one step on the way from a resource to a scalar: the value of a key of a map, or an element of a list.
type step struct {
	holder *yaml.Node
	key    string
	// index is that of the element, or -1 for a key.
	index int
}

// Place is a scalar of a resource and the steps that lead to it.
type Place struct {
	Scalar *yaml.Node
	trail  []step
	// row is what the tables say of the field.
	row Meaning
}

// key returns the nth key from the end of the trail, not counting list elements, and whether a list element lies
// between it and the key after it, or the scalar.
func (p Place) key(n int) (key string, inList bool) {
	for i := len(p.trail) - 1; i >= 0; i-- {
		switch {
		case p.trail[i].index >= 0:
			inList = true
		case n == 0:
			return p.trail[i].key, inList
		default:
			n, inList = n-1, false
		}
	}
	return "", false
}

// maxBeside is how many fields an object has at most that names a Secret. A larger map is one of data, which would be
// gone through for each of its fields.
const maxBeside = 500

// Around is the innermost map around the scalar. One with more than maxBeside fields is as if it had none.
func (p Place) Around() *yaml.Node {
	for _, s := range slices.Backward(p.trail) {
		if s.holder.Kind == yaml.MappingNode {
			if len(s.holder.Content) > 2*maxBeside {
				return &yaml.Node{Kind: yaml.MappingNode}
			}
			return s.holder
		}
	}
	return nil
}

// List is the list that holds the scalar, or nil.
func (p Place) List() *yaml.Node {
	if last := p.trail[len(p.trail)-1]; last.index >= 0 {
		return last.holder
	}
	return nil
}

// under reports whether a key is on the way to the scalar.
func (p Place) under(key string) bool {
	return slices.ContainsFunc(p.trail, func(s step) bool { return s.index < 0 && s.key == key })
}

// Keys are the keys of the trail, those of lists with `[]`.
func (p Place) Keys() []string {
	var keys []string
	for _, s := range p.trail {
		switch {
		case s.index < 0:
			keys = append(keys, s.key)
		case len(keys) > 0:
			keys[len(keys)-1] += "[]"
		}
	}
	return keys
}

// PlainKeys are the keys of the trail, those of lists too without `[]`.
func (p Place) PlainKeys() []string {
	var keys []string
	for _, s := range p.trail {
		if s.index < 0 {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// field is the path to the scalar as fieldPaths takes it.
func (p Place) field() string {
	var parts []string
	for _, s := range p.trail {
		if s.index < 0 {
			parts = append(parts, strings.ReplaceAll(s.key, ".", `\.`))
			continue
		}
		parts = append(parts, element(s))
	}
	return strings.Join(parts, ".")
}

// object is the innermost whole object around the scalar: the resource, or one that it contains, as in a template
// or a list.
func (p Place) object() (object *yaml.Node, depth int) {
	for depth = len(p.trail) - 1; depth > 0; depth-- {
		if holder := p.trail[depth].holder; isObject(holder) {
			return holder, depth
		}
	}
	return p.trail[0].holder, 0
}

func isObject(node *yaml.Node) bool {
	return node.Kind == yaml.MappingNode && len(node.Content) <= 2*maxBeside &&
		yamlnode.Field(node, "apiVersion") != nil && yamlnode.Field(node, "kind") != nil &&
		(yamlnode.Field(node, "metadata") != nil || yamlnode.Field(node, "spec") != nil)
}

// most is how many nodes a scan visits by way of YAML aliases. A document of aliases of aliases would have it run
// for ever.
const most = 1 << 20

// scanner visits the scalars of a resource.
type scanner struct {
	wanted  func(value string) bool
	do      func(Place)
	trail   []step
	aliased int
}

// scan calls do with the texts of a resource that are wanted, in their order. It sees through aliases and merge
// keys. The trail of a place is valid until do returns.
func scan(node *yaml.Node, rows *fields, wanted func(value string) bool, do func(Place)) {
	s := scanner{wanted: wanted, do: do}
	s.visit(node, rows, 0)
}

func (s *scanner) visit(node *yaml.Node, rows *fields, inAlias int) {
	if node != nil && node.Kind == yaml.AliasNode {
		node, inAlias = node.Alias, inAlias+1
	}
	if s.aliased += min(inAlias, 1); node == nil || s.aliased > most || inAlias > 100 {
		return
	}
	switch node.Kind {
	case yaml.ScalarNode:
		if len(s.trail) > 0 && s.wanted(node.Value) && node.ShortTag() == yaml.NodeTagString {
			s.do(Place{node, s.trail, rows.meaning()})
		}
	case yaml.SequenceNode:
		for i, element := range node.Content {
			s.step(step{node, "", i}, element, rows, inAlias)
		}
	case yaml.MappingNode:
		s.mapping(node, node, rows, inAlias)
	case yaml.DocumentNode:
		s.visit(node.Content[0], rows, inAlias)
	}
}

// mapping visits the values of a map, which is the holder or is merged into it.
func (s *scanner) mapping(holder, node *yaml.Node, rows *fields, inAlias int) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, yamlnode.Resolved(node.Content[i+1])
		if key == "<<" {
			merged := []*yaml.Node{value}
			if value.Kind == yaml.SequenceNode {
				merged = value.Content
			}
			for _, m := range merged {
				if m = yamlnode.Resolved(m); m != nil && m.Kind == yaml.MappingNode && inAlias < 100 && s.aliased <= most {
					s.aliased++
					s.mapping(holder, m, rows, inAlias+1)
				}
			}
			continue
		}
		if value != nil {
			s.step(step{holder, key, -1}, node.Content[i+1], rows.child(key, value.Kind == yaml.SequenceNode), inAlias)
		}
	}
}

func (s *scanner) step(to step, node *yaml.Node, rows *fields, inAlias int) {
	s.trail = append(s.trail, to)
	s.visit(node, rows, inAlias)
	s.trail = s.trail[:len(s.trail)-1]
}

// fields is a tree of the paths of a kind's rows.
type fields struct {
	maps, lists map[string]*fields
	leaf        Meaning
}

func (f *fields) meaning() Meaning {
	if f == nil {
		return Nothing
	}
	return f.leaf
}

func (f *fields) child(key string, isList bool) *fields {
	switch {
	case f == nil:
		return nil
	case isList:
		return f.lists[key]
	}
	return f.maps[key]
}

func (f *fields) add(path string, leaf Meaning) {
	for _, segment := range utils.PathSplitter(path, ".") {
		key, isList := strings.CutSuffix(segment, "[]")
		children := &f.maps
		if isList {
			children = &f.lists
		}
		if *children == nil {
			*children = map[string]*fields{}
		}
		next := (*children)[key]
		if next == nil {
			next = &fields{}
			(*children)[key] = next
		}
		f = next
	}
	f.leaf = leaf
}

// element is how fieldPaths names an element of a list: by its name, or else by its index.
func element(s step) string {
	e := yamlnode.Resolved(s.holder.Content[s.index])
	if name := yamlnode.Value(e, "name"); name != "" && !strings.ContainsAny(name, "[]=") {
		return "[name=" + name + "]"
	}
	return strconv.Itoa(s.index)
}
