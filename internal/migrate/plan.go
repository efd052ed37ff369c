package migrate

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

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

// SpecFile is the name of the file that a plan writes the SecretSpec to. Where a kustomization has a name in several
// namespaces, there are more SecretSpecs, in secretspec-2.yaml and so on.
const SpecFile = "secretspec.yaml"

// Change is a file that a plan writes.
type Change struct {
	// Path is the file in the root.
	Path string
	// Before is its content now, nil if there is no such file, and After what it becomes.
	Before, After []byte
	// Was and Is are what people may see of Before and After: without values that are secret.
	Was, Is []byte
}

// Layout is what a folder is, and so what makes its resources.
type Layout int

// The layouts, in the order in which a folder is taken for one: by its kustomization, by its Kptfile, or else by its
// manifests alone.
const (
	Kustomization Layout = iota
	Package
	Folder
)

// Plan is how the Secrets of a kustomization, of a kpt package or of a folder of manifests become those of a
// SecretSpec.
type Plan struct {
	// Dir is the folder in the root.
	Dir     string
	Layout  Layout
	Changes []Change
	// Sources are the encrypted files that the SecretSpec reads.
	Sources []string
	// Resources are the encrypted Secrets that were resources, by file: a build has them as ciphertext.
	Resources []string
	// Unused are plain files, and Configs configurations of generators, that the kustomization no longer names. Plain are
	// files that plain values were taken out of, and Partly those where others stay.
	Unused, Configs, Plain, Partly []string
	// Named are plain files that the kustomization names elsewhere, and Patches files with patches of values of a Secret.
	Named, Patches []string
	// sealed are encrypted files of secretGenerator.
	sealed []sealedFile
	// hidesHashes reports whether only a key tells which Secrets have a hash in their names.
	hidesHashes bool
}

// planner makes a plan.
type planner struct {
	*report.Collector
	ctx  context.Context //nolint:containedctx // a planner is one call
	root *os.Root
	keys *sopsfile.Keyring
	now  time.Time
	plan *Plan
	spec specText
	// opens reports whether manifests are decrypted that are encrypted as a whole.
	opens bool
	// options are the generatorOptions of the kustomization.
	options options
	// inPlace reports whether encrypted Secrets stay among the resources, and are sources as such.
	inPlace bool
}

// kustomization is what is read of a kustomization.
type kustomization struct {
	Resources       []string    `yaml:"resources"`
	Generators      []string    `yaml:"generators"`
	Transformers    []string    `yaml:"transformers"`
	SecretGenerator []generator `yaml:"secretGenerator"`
	Options         options     `yaml:"generatorOptions"`
}

// The fields of a kustomization that can name a SecretSpec.
const (
	// Transformers has the SecretSpec write references too, and its Secrets go where their users are.
	Transformers = "transformers"
	// Generators leaves the Secrets to kustomize, as secretGenerator does.
	Generators = "generators"
)

// Options are how a plan is made.
type Options struct {
	// Field of a kustomization is to name the SecretSpec: [Transformers] or [Generators].
	Field string
	// UsedBy is what becomes of references. They are taken over under Transformers alone, since Generators writes none.
	UsedBy UsedBy
	// Decrypts has manifests decrypted that are encrypted as a whole, where what they ask for changes the plan. Without
	// it nothing is decrypted.
	Decrypts bool
	// Now is when plain values are encrypted.
	Now time.Time
}

// NewPlan plans how the Secrets in a folder of the root become those of a SecretSpec. Encrypted files stay as sources;
// what is plain is encrypted for the recipients of .sops.yaml. It returns nil after an error.
func NewPlan(ctx context.Context, c *report.Collector, root *os.Root, dir string, how Options) *Plan {
	p := &planner{Collector: c, ctx: ctx, root: root, keys: sopsfile.NewKeyring(), now: how.Now, opens: how.Decrypts,
		plan: &Plan{Dir: dir}, spec: specText{name: specName(root, dir), sources: map[string]string{}}}
	p.plan.Layout = p.layout()
	before := c.Errors()
	if p.inTheWay(SpecFile) {
		return nil
	}
	if p.plan.Layout == Kustomization {
		p.kustomize(how.Field, how.UsedBy)
	} else {
		p.folder(how.UsedBy)
	}
	if c.Errors() > before {
		return nil
	}
	if len(p.spec.secrets) == 0 {
		p.Add(report.New(report.NothingToAdopt, nothing[p.plan.Layout], "name the folder that has them").From(dir))
		return nil
	}
	for _, file := range p.spec.files {
		p.plan.Sources = append(p.plan.Sources, p.inFolder(file))
	}
	if !p.writeSpecs() {
		return nil
	}
	slices.Sort(p.plan.Unused)
	p.plan.Unused = slices.Compact(p.plan.Unused)
	return p.plan
}

// inTheWay reports whether there is a file where a SecretSpec would be written, and says so.
func (p *planner) inTheWay(name string) bool {
	_, f := disk.ReadFile(p.root, p.inFolder(name))
	if f == nil {
		p.Add(report.New(report.FileInTheWay, "there is one already", "add to it by hand, or rename it").From(p.inFolder(name)))
	}
	return f == nil
}

// nothing says what a folder does not have.
var nothing = map[Layout]string{
	Kustomization: "its kustomization has no secretGenerator, no generator of ksops or SopsSecretGenerator, and no Secret among " +
		"its resources",
	Package: "the package has no Secret among its resources",
	Folder:  "there is no kustomization, no Kptfile, and no Secret among its manifests",
}

// layout returns what the folder is.
func (p *planner) layout() Layout {
	has := func(name string) bool {
		_, err := p.root.Stat(p.inFolder(name))
		return err == nil
	}
	switch {
	case slices.ContainsFunc(konfig.RecognizedKustomizationFileNames(), has):
		return Kustomization
	case has(kptfile):
		return Package
	}
	return Folder
}

// kustomize takes over the Secrets of a kustomization.
func (p *planner) kustomize(field string, usedBy UsedBy) {
	before := p.Errors()
	file, document := p.kustomization()
	if document == nil {
		return
	}
	var k kustomization
	if err := document.Node.Decode(&k); err != nil {
		p.Add(report.New(report.InvalidDocument, "it cannot be read as kustomize reads it", "correct it").From(file))
		return
	}
	p.options = k.Options
	if gone := p.secrets(k); p.Errors() == before && len(p.spec.secrets) > 0 {
		p.edit(file, document, gone, field)
		if field == Transformers {
			p.usedBy(p.manifestsOf(k, gone), usedBy)
		}
	}
}

// manifestsOf returns the files with the resources of a kustomization itself, which nothing else has to use.
func (p *planner) manifestsOf(k kustomization, gone removed) []string {
	return slices.DeleteFunc(slices.Clone(k.Resources), func(entry string) bool {
		info, err := p.root.Stat(p.inFolder(entry))
		return err != nil || !info.Mode().IsRegular() || slices.Contains(gone.resources, entry)
	})
}

// specName is what the SecretSpec is called: as its folder.
func specName(root *os.Root, dir string) string {
	name := path.Base(dir)
	if dir == "." {
		name = path.Base(strings.ReplaceAll(root.Name(), string(os.PathSeparator), "/"))
	}
	name = strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name), "-")
	if name == "" {
		return "secrets"
	}
	return name
}

// kustomization returns the file of the kustomization and its document.
func (p *planner) kustomization() (string, *manifests.Document) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := p.inFolder(name)
		text, f := disk.ReadFile(p.root, file)
		if f != nil && f.Code == report.NoSuchFile {
			continue
		}
		if f != nil {
			p.Add(f.From(file))
			return "", nil
		}
		document := p.oneMap(file, text)
		if document != nil {
			p.plan.Changes = append(p.plan.Changes, Change{Path: file, Before: text})
		}
		return file, document
	}
	return "", nil
}

// oneMap returns the one document of a file, which is a map.
func (p *planner) oneMap(file string, text []byte) *manifests.Document {
	parsed, err := manifests.Parse(text)
	if err == nil {
		withValue := slices.DeleteFunc(slices.Clone(parsed.Documents), func(d *manifests.Document) bool {
			return d.Node == nil
		})
		if len(withValue) == 1 && withValue[0].Node.Kind == yaml.MappingNode {
			return withValue[0]
		}
	}
	p.Add(report.New(report.InvalidDocument, "it is not one YAML map", "correct it").From(file))
	return nil
}

// removed are the entries that a kustomization no longer needs.
type removed struct{ resources, generators []string }

// secrets takes over all Secrets that a kustomization makes or has.
func (p *planner) secrets(k kustomization) (gone removed) {
	for i, g := range k.SecretGenerator {
		p.secretGenerator(i, g)
	}
	for i, entry := range k.Generators {
		if p.generatorFile(report.Field("generators").Index(i), entry) {
			gone.generators = append(gone.generators, entry)
		}
	}
	for i, entry := range k.Resources {
		if p.resource(report.Field("resources").Index(i), entry) {
			gone.resources = append(gone.resources, entry)
		}
	}
	return gone
}

// edit writes the kustomization anew, without what the SecretSpec makes now.
func (p *planner) edit(file string, document *manifests.Document, gone removed, field string) {
	var edited *yaml.Node
	result, err := splice.Edit(document, func(node *yaml.Node) error {
		edited = node
		root := yaml.NewRNode(node)
		if _, err := root.Pipe(yaml.Clear("secretGenerator")); err != nil {
			return err
		}
		for name, entries := range map[string][]string{"resources": gone.resources, "generators": gone.generators} {
			if err := without(root, name, entries); err != nil {
				return err
			}
		}
		list, err := listAt(root, field)
		if err != nil {
			return err
		}
		// They come first, as a generator's Secrets do before all transformers.
		for i := range p.spec.parts() {
			list.YNode().Content = slices.Insert(list.YNode().Content, i, yaml.NewStringRNode(specFile(i)).YNode())
		}
		return nil
	})
	if err != nil {
		p.Add(report.Wrap(report.Unprintable, err, "it cannot be edited", "edit it by hand").From(file))
		return
	}
	if len(plain.Literals(document.Node)) > len(plain.InPatches(document.Node)) {
		p.plan.Plain = append(p.plan.Plain, file)
	}
	change := &p.plan.Changes[0]
	change.After = plain.Replaced(change.Before, document, result.Text)
	change.Is, change.Was = change.After, plain.Mask(change.Before, document, plain.Literals, plain.MaskLiteral)
	if after := p.oneMap(file, change.After); after != nil {
		change.Is = plain.Mask(change.After, after, plain.InPatches, plain.MaskValue)
	}
	p.stillNamed(edited)
	p.leftPatches(file, edited)
}

// listAt returns a list in a map, made if it is not there. What is null on the way to it is as if it were empty.
func listAt(root *yaml.RNode, fields ...string) (*yaml.RNode, error) {
	node := root.YNode()
	for i, name := range fields {
		if node = yamlnode.Field(node, name); node == nil {
			break
		}
		if node.ShortTag() == yaml.NodeTagNull {
			*node = yaml.Node{Kind: yaml.MappingNode}
			if i == len(fields)-1 {
				node.Kind = yaml.SequenceNode
			}
		}
	}
	return root.Pipe(yaml.LookupCreate(yaml.SequenceNode, fields...))
}

// without removes entries from a list, and the list if nothing stays.
func without(root *yaml.RNode, name string, entries []string) error {
	list := root.Field(name)
	if list == nil || len(entries) == 0 {
		return nil
	}
	node := list.Value.YNode()
	node.Content = slices.DeleteFunc(node.Content, func(n *yaml.Node) bool { return slices.Contains(entries, n.Value) })
	if len(node.Content) > 0 {
		return nil
	}
	_, err := root.Pipe(yaml.Clear(name))
	return err
}

// inFolder is the path in the root of a file that a kustomization names.
func (p *planner) inFolder(name string) string { return path.Join(p.plan.Dir, name) }

// read returns a file that a kustomization names.
func (p *planner) read(at *report.Path, name string) ([]byte, bool) {
	if path.IsAbs(name) {
		p.Error(report.InvalidPath, at, fmt.Sprintf("%q is an absolute path", name), "write it relative to the kustomization")
		return nil, false
	}
	data, f := disk.ReadFile(p.root, p.inFolder(name))
	if f != nil && f.Code == report.NoSuchFile {
		f.Fix = "if it is decrypted before the build, name the encrypted file in a generator of ksops, or make it first"
	}
	if f != nil {
		p.Add(f.In(at).From(p.inFolder(name)))
		return nil, false
	}
	return data, true
}
