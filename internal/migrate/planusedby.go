package migrate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/plain"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/usedby"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// UsedBy is what becomes of the references that the manifests have by hand.
type UsedBy int

// References are left alone, or written as usedBy of the SecretSpec too, or taken out of the manifests where usedBy
// writes them just as they were.
const (
	LeaveReferences UsedBy = iota
	CopyReferences
	MoveReferences
)

// usedBy takes over the references in some files as usedBy.
func (p *planner) usedBy(files []string, how UsedBy) {
	if how == LeaveReferences {
		return
	}
	texts := map[string][]byte{}
	seen := map[[2]string]int{}
	var known []string
	for _, name := range files {
		text, ok := p.current(p.inFolder(name))
		parsed, err := manifests.Parse(text)
		if !ok || err != nil {
			continue // which has been reported, or is not for us
		}
		known, texts[name] = append(known, name), text
		for _, d := range parsed.Documents {
			if resource := single(d); resource != nil {
				seen[[2]string{resource.GetKind(), resource.GetName()}]++
			}
		}
	}
	for _, name := range known {
		p.usesIn(name, texts[name], seen, how)
	}
}

// usesIn takes over the references in one file. A resource that is not the only one of its kind and name is left:
// usedBy would mean all of them.
func (p *planner) usesIn(name string, text []byte, seen map[[2]string]int, how UsedBy) {
	parsed, err := manifests.Parse(text)
	if err != nil {
		return
	}
	file := p.inFolder(name)
	after := text
	var edits [][]byte
	for _, d := range parsed.Documents {
		edits = append(edits, p.usesOf(file, d, seen, how))
	}
	for i, d := range slices.Backward(parsed.Documents) { // so that the offsets of those before stay
		if edits[i] != nil {
			after = plain.Replaced(after, d, edits[i])
		}
	}
	p.rewrite(file, text, after)
}

// usesOf takes over the references in one document, and returns its text without those that went, or nil if it stays.
func (p *planner) usesOf(file string, d *manifests.Document, seen map[[2]string]int, how UsedBy) []byte {
	resource := single(d)
	if resource == nil || d.Check() != nil {
		return nil
	}
	uses := usedby.Uses(resource, p.spec.called(resource.GetNamespace()))
	if len(uses) == 0 {
		return nil
	}
	stay := func(why, fix string) {
		message := fmt.Sprintf("references of %s %s stay by hand, since %s", resource.GetKind(), resource.GetName(), why)
		p.Add(report.New(report.LeftAlone, message, fix).WithSeverity(report.Info).From(file))
	}
	if seen[[2]string{resource.GetKind(), resource.GetName()}] > 1 {
		stay("there are several of that name", "")
		return nil
	}
	p.spec.use(resource.GetNamespace(), uses)
	if how != MoveReferences {
		return nil
	}
	rest, gone := usedby.Without(resource, uses)
	if slices.ContainsFunc(uses, func(u usedby.Use) bool { return !slices.Contains(gone, u.Secret) }) {
		stay("usedBy would write them in another order", "remove them if the order does not matter")
	}
	if rest == nil {
		return nil
	}
	result, err := splice.Document(d, rest.YNode())
	if err != nil {
		return nil // so that they stay, which changes nothing
	}
	return result.Text
}

// single returns the resource that a document is, or nil.
func single(d *manifests.Document) *yaml.RNode {
	if d.Node == nil || d.IsList() || d.Node.Kind != yaml.MappingNode {
		return nil
	}
	resource := yaml.NewRNode(yamlnode.Plain(d.Node))
	if resource.GetKind() == "" || resource.GetName() == "" || resource.Field("sops") != nil {
		return nil
	}
	return resource
}

// current returns what a file becomes by the plan so far.
func (p *planner) current(file string) ([]byte, bool) {
	for _, change := range p.plan.Changes {
		if change.Path == file {
			return change.After, change.After != nil
		}
	}
	text, f := disk.ReadFile(p.root, file)
	return text, f == nil
}

// rewrite has the plan change a file, once more if it does.
func (p *planner) rewrite(file string, before, after []byte) {
	if string(before) == string(after) {
		return
	}
	for i := range p.plan.Changes {
		if change := &p.plan.Changes[i]; change.Path == file {
			change.After, change.Is = after, plain.MaskFile(after)
			return
		}
	}
	p.plan.Changes = append(p.plan.Changes, Change{Path: file, Before: before, After: after,
		Was: plain.MaskFile(before), Is: plain.MaskFile(after)})
}

// called returns the names of the Secrets in a namespace.
func (s *specText) called(namespace string) []string {
	var names []string
	for _, secret := range s.secrets {
		if secret.plain != "" && secret.plainNamespace == namespace {
			names = append(names, secret.plain)
		}
	}
	return names
}

// use adds uses to the Secrets in a namespace.
func (s *specText) use(namespace string, uses []usedby.Use) {
	for _, use := range uses {
		for _, secret := range s.secrets {
			if secret.plain == use.Secret && secret.plainNamespace == namespace {
				secret.usedBy = append(secret.usedBy, targetText(use))
			}
		}
	}
}

// targetText returns a target as YAML in one line.
func targetText(use usedby.Use) string {
	text, err := json.Marshal(use.Target)
	if err != nil {
		return ""
	}
	node, err := yaml.Parse(string(text))
	if err != nil {
		return string(text) // which is YAML too
	}
	plainStyle(node.YNode())
	out, err := node.String()
	if out = strings.TrimSuffix(out, "\n"); err != nil || strings.Contains(out, "\n") {
		return string(text)
	}
	return out
}

// plainStyle has texts be written without quotes where they need none.
func plainStyle(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode {
		node.Style = 0
	}
	for _, child := range node.Content {
		plainStyle(child)
	}
}
