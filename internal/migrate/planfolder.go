package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	gitignore "github.com/monochromegane/go-gitignore"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/plain"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// kptfile makes a folder a kpt package, and krmignore lists the files in it that are not resources.
const (
	kptfile   = "Kptfile"
	krmignore = ".krmignore"
)

// folder takes over the Secrets among the manifests of a kpt package, or of a folder.
//
// Whatever applies a package decrypts the Secrets in it, if one is encrypted: then all go out encrypted, each in its
// place. Otherwise they go out in the clear, and what they are made of is kept from kpt by .krmignore.
func (p *planner) folder(usedBy UsedBy) {
	sources := p.manifestFiles()
	if p.plan.Layout == Package {
		p.inPlace = slices.ContainsFunc(sources, func(s *manifests.Source) bool {
			return slices.ContainsFunc(s.Documents, isEncryptedSecret)
		})
		p.spec.output = p.inPlace
	}
	var files []string
	for _, source := range sources {
		files = append(files, filepath.ToSlash(source.Name))
		p.resource(nil, filepath.ToSlash(source.Name))
	}
	p.usedBy(files, usedBy)
	if p.plan.Layout == Package && len(p.spec.secrets) > 0 {
		p.editKptfile()
		p.ignore()
	}
}

// manifestFiles returns the manifests of the folder, without those of packages and kustomizations in it.
func (p *planner) manifestFiles() []*manifests.Source {
	reader := &manifests.Reader{}
	ignored := Ignored(p.root.FS(), p.plan.Dir)
	skipped := map[string]bool{}
	top := filepath.Join(p.root.Name(), filepath.FromSlash(p.plan.Dir))
	sources, err := reader.Read(top, func(file string) bool {
		name, err := filepath.Rel(top, file)
		if err != nil || ignored(filepath.ToSlash(name)) {
			return false
		}
		other := p.otherFolder(path.Dir(filepath.ToSlash(name)))
		if other != "" {
			skipped[other] = true
		}
		return other == ""
	})
	var problem *disk.Error
	switch {
	case errors.As(err, &problem):
		file, _ := filepath.Rel(p.root.Name(), problem.Path)
		p.Add(report.Wrap(report.BadManifest, err, problem.Err.Error(),
			"correct it, or list it in "+krmignore+" if it is not a manifest").
			From(filepath.ToSlash(file)))
	case err != nil:
		p.Add(report.Wrap(report.BadManifest, err, "its manifests cannot be read", "").From(p.plan.Dir))
	}
	for dir := range skipped {
		p.Add(report.New(report.LeftAlone, "it is a package or a kustomization of its own, and is left",
			"run secretwright adopt there").
			WithSeverity(report.Info).From(p.inFolder(dir)))
	}
	for _, link := range reader.NotFollowed {
		file, _ := filepath.Rel(p.root.Name(), link)
		p.Add(report.New(report.LinkNotFollowed,
			"this link leads out of its folder, or to another folder, and is not followed", "").
			WithSeverity(report.Warning).From(filepath.ToSlash(file)))
	}
	return sources
}

// otherFolder returns the folder between that of the plan and one below it that is a package or a kustomization, or "".
func (p *planner) otherFolder(dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		for _, name := range append(konfig.RecognizedKustomizationFileNames(), kptfile) {
			if _, err := p.root.Stat(p.inFolder(path.Join(dir, name))); err == nil {
				return dir
			}
		}
	}
	return ""
}

// Ignored returns a function that reports whether the .krmignore of a folder lists a file in it: by the library that
// kpt reads it with.
func Ignored(root fs.FS, dir string) func(name string) bool {
	name := path.Join(dir, krmignore)
	info, err := fs.Stat(root, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > disk.MaxDocument {
		return func(string) bool { return false } // which the plan refuses, where it is written to
	}
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return func(string) bool { return false }
	}
	return ignores(text)
}

func ignores(krmignore []byte) func(name string) bool {
	matcher := gitignore.NewGitIgnoreFromReader(".", bytes.NewReader(krmignore))
	return func(name string) bool {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if matcher.Match(dir, true) {
				return true
			}
		}
		return matcher.Match(name, false)
	}
}

func isEncryptedSecret(d *manifests.Document) bool {
	return plain.IsSecret(d.Node) && yamlnode.Field(d.Node, "sops") != nil
}

// manifestInPlace takes over an encrypted Secret that stays among the resources of a package.
func (p *planner) manifestInPlace(name, comment string, branches sops.TreeBranches, hidden bool) bool {
	problem := ""
	switch {
	case hidden:
		problem = "it is encrypted as a whole, so that its name is not known, and is left"
	case len(branches) > 1:
		problem = "it holds several documents under one MAC, which kpt hands over one by one, and is left"
	}
	if problem != "" {
		p.leave(nil, name, problem, "make it a file of its own, with encrypted_regex: ^(data|stringData)$")
		return false
	}
	node := yaml.NewRNode(sopsfile.YAMLNode(branches[0]))
	p.spec.secrets = append(p.spec.secrets, &specSecret{comment: comment, keepsName: true,
		from: p.manifestSource(name, node), plain: node.GetName(), plainNamespace: node.GetNamespace()})
	return true
}

// manifestSource returns the source for an encrypted Secret: its file, or the resource that kpt takes that for.
func (p *planner) manifestSource(file string, node *yaml.RNode) string {
	if p.inPlace {
		return p.spec.resource(file, node.GetName(), node.GetNamespace())
	}
	return p.spec.source(file, "")
}

// hasSetters reports whether a file has setters of kpt, which would be lost on its Secret.
func (p *planner) hasSetters(at *report.Path, entry string, text []byte) bool {
	if p.plan.Layout != Package || !bytes.Contains(text, []byte("kpt-set:")) {
		return false
	}
	p.leave(at, entry, "it has setters of kpt beside its Secret, and is left", "take it over by hand")
	return true
}

// editKptfile adds the function to the pipeline: first, so that all others find the Secrets as they did.
func (p *planner) editKptfile() {
	file := p.inFolder(kptfile)
	text, f := disk.ReadFile(p.root, file)
	if f != nil {
		p.Add(f.From(file))
		return
	}
	document := p.oneMap(file, text)
	if document == nil {
		return
	}
	result, err := splice.Edit(document, func(node *yaml.Node) error {
		list, err := listAt(yaml.NewRNode(node), "pipeline", "mutators")
		if err != nil {
			return err
		}
		function := yamlnode.Map(yamlnode.Text("exec"), yamlnode.Text("secretwright"),
			yamlnode.Text("configPath"), yamlnode.Text(SpecFile))
		list.YNode().Content = slices.Insert(list.YNode().Content, 0, function)
		return nil
	})
	if err != nil {
		p.Add(report.Wrap(report.Unprintable, err, "it cannot be edited", "edit it by hand").From(file))
		return
	}
	after := plain.Replaced(text, document, result.Text)
	p.plan.Changes = append(p.plan.Changes, Change{Path: file, Before: text, After: after, Was: text, Is: after})
}

// ignore has .krmignore list the encrypted files that are sources, which kpt would take for resources.
func (p *planner) ignore() {
	file := p.inFolder(krmignore)
	text, f := disk.ReadFile(p.root, file)
	if f != nil && f.Code != report.NoSuchFile {
		p.Add(f.From(file))
		return
	}
	after := bytes.Clone(text)
	for _, source := range p.spec.files {
		if ignores(after)(source) {
			continue
		}
		if len(after) > 0 && !bytes.HasSuffix(after, []byte("\n")) {
			after = append(after, '\n')
		}
		after = fmt.Appendf(after, "%s\n", strings.TrimSpace(source))
	}
	if !bytes.Equal(text, after) {
		p.plan.Changes = append(p.plan.Changes, Change{Path: file, Before: text, After: after, Was: text, Is: after})
	}
}
