package migrate

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/proof"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/terminal"
)

// before returns the resources that there are before the plan is written. Where secretGenerator names encrypted files,
// they are those that Flux would build, since kustomize itself does not decrypt them: the kustomization has the values
// as literals for as long as the build takes.
func (a *Adoption) before(ctx context.Context) (nodes []*yaml.RNode, err error) {
	if len(a.plan.sealed) == 0 {
		return a.resources(ctx, false)
	}
	marks := proof.NewMarks()
	former := a.plan.Changes[0]
	marked, err := a.plan.marked(ctx, a.root, former.Before, marks)
	if err != nil {
		return nil, err
	}
	write := func(content, was []byte) error {
		return disk.Write(a.root.Name(), []disk.Change{{Name: former.Path, Content: content, Former: was}})
	}
	defer terminal.AtEnd.Add(func() { // for a signal, after which disk writes nothing
		if now, err := a.root.ReadFile(former.Path); err == nil && bytes.Equal(now, marked) {
			_ = a.root.WriteFile(former.Path, former.Before, 0o600)
		}
	})()
	if err := write(marked, former.Before); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, write(former.Before, marked)) }()
	nodes, err = a.resources(ctx, false)
	if err == nil {
		marks.Fill(nodes)
	}
	return nodes, err
}

// marked returns a kustomization whose secretGenerator has a literal, with a mark as its value, for each value of an
// encrypted file.
func (p *Plan) marked(ctx context.Context, root *os.Root, kustomization []byte, m *proof.Marks) ([]byte, error) {
	parsed, err := manifests.Parse(kustomization)
	if err != nil {
		return nil, errors.New("the kustomization cannot be read")
	}
	documents := slices.DeleteFunc(parsed.Documents, func(d *manifests.Document) bool { return d.Node == nil })
	node := yaml.NewRNode(documents[0].Node).Copy()
	list, err := node.Pipe(yaml.Lookup("secretGenerator"))
	if err != nil {
		return nil, errors.New("the kustomization cannot be read")
	}
	generators, err := list.Elements()
	if err != nil {
		return nil, errors.New("the kustomization cannot be read")
	}
	keys := sopsfile.NewKeyring()
	for _, s := range p.sealed {
		file := path.Join(p.Dir, s.name)
		literals, f := s.literals(ctx, keys, root, file, m)
		if f != nil {
			return nil, f.From(file)
		}
		if err := s.replace(generators[s.generator], literals); err != nil {
			return nil, errors.New("the kustomization cannot be edited for the proof")
		}
	}
	text, err := node.String()
	if err != nil {
		return nil, errors.New("the kustomization cannot be edited for the proof")
	}
	return []byte(text), nil
}

// literals returns the values of the file as literals of secretGenerator, with marks in their place.
func (s sealedFile) literals(ctx context.Context, keys *sopsfile.Keyring, root *os.Root, file string,
	m *proof.Marks) ([]string, *report.Finding) {
	text, f := disk.ReadFile(root, file)
	if f != nil {
		return nil, f
	}
	document, f := keys.Open(ctx, text, s.format)
	if f != nil {
		return nil, f
	}
	clear, f := document.Whole()
	if f != nil {
		return nil, f
	}
	if s.key != "" {
		return []string{s.key + "=" + m.Of(string(clear))}, nil
	}
	entries, err := dotenv.Kustomize(clear)
	if err != nil {
		return nil, report.New(report.InvalidDocument, err.Error(), "correct the line with sops edit")
	}
	var literals []string
	for _, entry := range entries {
		literals = append(literals, entry.Key+"="+m.Of(entry.Value))
	}
	return literals, nil
}

// replace has an entry of secretGenerator name literals in place of the file.
func (s sealedFile) replace(generator *yaml.RNode, literals []string) error {
	if s.field == "env" {
		if err := generator.PipeE(yaml.Clear("env")); err != nil {
			return err
		}
	} else if err := without(generator, s.field, []string{s.entry}); err != nil {
		return err
	}
	list, err := generator.Pipe(yaml.LookupCreate(yaml.SequenceNode, "literals"))
	if err != nil {
		return err
	}
	for _, literal := range literals {
		list.YNode().Content = append(list.YNode().Content, yaml.NewStringRNode(literal).YNode())
	}
	return nil
}
