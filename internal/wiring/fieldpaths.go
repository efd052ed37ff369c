package wiring

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/utils"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/builtin"
	"github.com/secretwright/secretwright/internal/report"
)

// fieldPaths writes a Secret's name into any fields.
type fieldPaths []string

func (f fieldPaths) wire(w *wirer) {
	for i, path := range f {
		at := w.Field.Child("fieldPaths").Index(i)
		if by, taken := w.taken("field "+path, w.Secret.Name); taken {
			w.fail(report.ConflictingUses, at, nil, fmt.Sprintf("gets the field %s from %s too", path, by), "keep one of them")
			continue
		}
		p := fieldPath{wirer: w, at: at, parts: utils.SmarterPathSplitter(path, "."), node: w.item.edit(),
			definition: builtin.Of(w.item.APIVersion, w.item.Kind)}
		if p.follow() {
			p.write()
		}
	}
}

// fieldPath is a path on its way from a resource to the field it leads to.
type fieldPath struct {
	*wirer
	at    *report.Path
	parts []string
	// done is how many of the parts have been followed, to node and its definition.
	done       int
	node       *yaml.Node
	definition builtin.Definition
}

// path is the path up to its nth part.
func (p *fieldPath) path(n int) string {
	var parts []string
	for _, part := range p.parts[:n] {
		if !yaml.IsListIndex(part) {
			part = strings.ReplaceAll(part, ".", `\.`)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ".")
}

// fail reports that the path leads nowhere.
func (p *fieldPath) fail(message, fix string) bool {
	p.wirer.fail(report.NoSuchField, p.at, p.node, message, fix)
	return false
}

// follow goes the whole path, and reports whether it leads to a field.
func (p *fieldPath) follow() bool {
	for p.done < len(p.parts) {
		p.joinKey(p.done, p.definition)
		step := p.key
		if part := p.parts[p.done]; isElement(part) && field(p.node, part) == nil && !p.definition.IsTexts() {
			step = p.element
		}
		if !step(p.parts[p.done]) {
			return false
		}
	}
	return true
}

// joinKey makes one key of the rest of the path where the values are texts, such as annotations: a dot can only be one
// of the key, whether it is escaped or not.
func (p *fieldPath) joinKey(n int, d builtin.Definition) {
	if d.IsTexts() {
		p.parts = append(p.parts[:n:n], strings.Join(p.parts[n:], "."))
	}
}

// isElement reports whether a part of a path stands for an element of a list: `0`, `-` for the last, or `[name=x]`. The
// wildcard `*` of kustomize, which element refuses, stands for several.
func isElement(part string) bool {
	return yaml.IsListIndex(part) || yaml.IsIdxNumber(part) || part == "-" || part == "*"
}

// element goes to an element of a list.
func (p *fieldPath) element(part string) bool {
	here := p.path(p.done)
	if p.node.Kind != yaml.SequenceNode {
		return p.fail("has no list "+here, "correct the path, or write the list and its element into the resource")
	}
	index, fix := p.find(part)
	if index < 0 || index >= len(p.node.Content) {
		return p.fail(fmt.Sprintf("has no element %s in the list %s", part, here), fix)
	}
	p.node, p.done = resolved(p.node.Content[index]), p.done+1
	p.definition = p.definition.Element()
	return true
}

// find returns the index of the element of the list that a part of the path stands for, and the way out if there is
// none.
func (p *fieldPath) find(part string) (index int, fix string) {
	list := p.node.Content
	if part == "-" {
		return len(list) - 1, "write one into the resource"
	}
	if number, err := strconv.Atoi(part); err == nil {
		return number, fmt.Sprintf("it has %d, counted from 0", len(list))
	}
	name, want, err := yaml.SplitIndexNameValue(part)
	if err != nil {
		return -1, "write [name=x] for the element whose name is x; for several elements, write several paths"
	}
	var texts []string
	for _, e := range list {
		if e = resolved(e); name == "" && e.Kind == yaml.ScalarNode {
			texts = append(texts, e.Value)
		} else {
			texts = append(texts, value(e, name))
		}
	}
	index = slices.Index(texts, want)
	if index < 0 && name == "" {
		index = slices.Index(texts, p.Secret.Name) // a former run has replaced it
	}
	return index, report.DidYouMean(want, texts, "write it into the resource")
}

// key goes to the value of a key, which it makes where there is none.
func (p *fieldPath) key(part string) bool {
	switch {
	case p.node.Kind == yaml.SequenceNode:
		return p.fail("has a list "+p.path(p.done), "name one of its elements with [name=x] or its number")
	case p.node.Kind == yaml.ScalarNode && p.node.ShortTag() != yaml.NodeTagNull:
		return p.fail(fmt.Sprintf("has no fields below %s, which is not a map", p.path(p.done)),
			`correct the path; a dot of a key is \.`)
	}
	next := field(p.node, part)
	if next == nil {
		return p.create()
	}
	p.definition, _, _ = p.definition.Child(part)
	p.node, p.done = next, p.done+1
	return true
}

// create makes the rest of the path, if it can be one, and reports a rest that may be misspelt.
func (p *fieldPath) create() bool {
	d := p.definition
	for n := p.done; n < len(p.parts); n++ {
		p.joinKey(n, d)
		part := p.parts[n]
		if isElement(part) && !d.IsTexts() {
			return p.fail("has no list "+p.path(n), "correct the path, or write the list and its element into the resource")
		}
		next, ok, names := d.Child(part)
		if !ok {
			fix := "correct the path"
			if near := report.Misspelt(part, names); near != "" {
				fix = fmt.Sprintf("did you mean %s?", near)
			}
			return p.fail("can have no field "+p.path(n+1), fix)
		}
		d = next
	}
	if !p.definition.Known() {
		p.doubt()
	}
	if p.node.Kind == yaml.ScalarNode { // null
		*p.node = *mapping()
	}
	last := len(p.parts) - 1
	for ; p.done < last; p.done++ {
		p.node = child(p.node, p.parts[p.done])
	}
	if len(p.node.Content) == 0 {
		p.node.Style = 0
	}
	name := text(p.Secret.Name)
	set(p.node, p.parts[last], name)
	p.node, p.done, p.definition = name, last+1, d
	return true
}

// doubt reports that the path may be misspelt: that several fields of it are not there, or that there is another one
// beside the first of those whose name is nearly the same.
func (p *fieldPath) doubt() {
	var there []string
	for k := 0; k+1 < len(p.node.Content); k += 2 {
		there = append(there, p.node.Content[k].Value)
	}
	missing := p.parts[p.done]
	near := report.Misspelt(missing, there)
	if near == "" && len(p.parts)-p.done <= 2 {
		return
	}
	fix := "correct the path if it is misspelt, or else write what is around the field into the resource"
	if near != "" {
		fix = fmt.Sprintf("did you mean %s?", near)
	}
	p.warn(report.FieldCreated, p.at, nil, fmt.Sprintf("had no field %s, so %s was created", p.path(p.done+1),
		p.path(len(p.parts))), fix)
}

// write gives the field the Secret's name.
func (p *fieldPath) write() {
	isNull := p.node.Kind == yaml.ScalarNode && p.node.ShortTag() == yaml.NodeTagNull
	if !isNull && (p.node.Kind != yaml.ScalarNode || p.node.ShortTag() != yaml.NodeTagString) || !p.definition.IsText() {
		p.fail(fmt.Sprintf("has no field %s that could hold a name", p.path(p.done)),
			"write the path to a text, with [name=x] for an element of a list")
		return
	}
	name := p.Secret.Name
	if p.Secret.Final != "" && !p.item.Follows(p.keys()) {
		name = p.Secret.Final
	}
	if p.node.Value == name {
		return
	}
	if !isNull && p.node.Value != "" && !strings.Contains(p.node.Value, p.Secret.Plain) {
		p.warn(report.ReferenceReplaced, p.at, p.node, fmt.Sprintf("had another text in %s, which is replaced",
			p.path(p.done)), "")
	}
	fresh := text(name)
	if p.node.Style != 0 && !isNull {
		fresh.Style = p.node.Style
	}
	p.node.Value, p.node.Tag, p.node.Style = fresh.Value, fresh.Tag, fresh.Style
}

// keys are the keys of the path, without what picks elements of lists.
func (p *fieldPath) keys() []string {
	return slices.DeleteFunc(slices.Clone(p.parts), isElement)
}
