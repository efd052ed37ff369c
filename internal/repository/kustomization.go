package repository

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// kustomization is a kustomization file. One that is not a map has no node.
type kustomization struct {
	file string
	node *yaml.Node
}

func parseKustomization(file string, text []byte) *kustomization {
	k := &kustomization{file: file}
	if parsed, err := yaml.Parse(string(text)); err == nil && parsed.YNode().Kind == yaml.MappingNode {
		k.node = parsed.YNode()
	}
	return k
}

func (k *kustomization) isComponent() bool {
	return k.node != nil && yamlnode.Value(k.node, "kind") == "Component"
}

// entries are the texts of a list.
func (k *kustomization) entries(field string) []*yaml.Node {
	if k.node == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(yamlnode.Elements(k.node, field)),
		func(n *yaml.Node) bool { return n.Kind != yaml.ScalarNode })
}

// plugins are the fields that list configurations of functions.
var plugins = []string{"generators", "transformers", "validators"}

// specs returns the SecretSpecs that a kustomization lists, those under generators first, as kustomize runs them.
func (k *kustomization) specs(root *os.Root) []Spec {
	var specs []Spec
	for _, field := range plugins[:2] {
		for _, entry := range k.entries(field) {
			for _, config := range configs(root, path.Dir(k.file), entry.Value) {
				for _, node := range config.specs {
					file := config.file
					if file == "" {
						file = k.file
					}
					specs = append(specs, Spec{File: file, Node: node, Inline: config.file == "", Generator: field == "generators"})
				}
			}
		}
	}
	return specs
}

// missing returns the entries for functions that name nothing that is there.
func (k *kustomization) missing(root *os.Root) (entries []*yaml.Node) {
	for _, field := range plugins {
		for _, entry := range k.entries(field) {
			if _, err := root.Stat(path.Join(path.Dir(k.file), entry.Value)); errors.Is(err, fs.ErrNotExist) &&
				!strings.Contains(entry.Value, "\n") && !isRemote(entry.Value) {
				entries = append(entries, entry)
			}
		}
	}
	return entries
}

// config is a file, or the text of an entry, that configures functions.
type config struct {
	// file is "" for the text of an entry.
	file  string
	specs []*yaml.RNode
	// others are the kinds of functions that are neither a SecretSpec nor kustomize's own.
	others []string
	remote bool
}

func (c config) isBuiltin() bool { return len(c.specs) == 0 && len(c.others) == 0 && !c.remote }

// configs reads an entry of generators, transformers or validators: a text, a file, or a folder with a kustomization of
// them.
func configs(root *os.Root, dir, entry string) []config {
	if strings.Contains(entry, "\n") {
		return []config{configOf("", []byte(entry))}
	}
	if isRemote(entry) {
		return nil
	}
	file := path.Join(dir, entry)
	info, err := root.Stat(file)
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		text, err := read(root, file)
		if err != nil {
			return nil
		}
		return []config{configOf(file, text)}
	}
	var all []config
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		text, err := read(root, path.Join(file, name))
		if err != nil {
			continue
		}
		for _, listed := range parseKustomization(path.Join(file, name), text).entries("resources") {
			if info, err := root.Stat(path.Join(file, listed.Value)); err == nil && info.Mode().IsRegular() {
				all = append(all, configs(root, file, listed.Value)...)
			}
		}
	}
	return all
}

func configOf(file string, text []byte) config {
	c := config{file: file}
	parsed, err := manifests.Parse(text)
	if err != nil {
		c.others = []string{"what cannot be read"}
		return c
	}
	c.specs = specsIn(parsed)
	for _, d := range parsed.Documents {
		c.remote = c.remote || d.Node != nil && remoteAnywhere(d.Node) != nil
		for _, item := range d.Items() {
			if item.Kind != yaml.MappingNode || slices.ContainsFunc(c.specs,
				func(s *yaml.RNode) bool { return s.YNode() == item }) {
				continue
			}
			if yamlnode.Value(item, "apiVersion") != "builtin" {
				c.others = append(c.others, yamlnode.Value(item, "kind"))
			}
		}
	}
	if len(c.specs) > 0 {
		c.remote = false
	}
	return c
}

// remotePath matches what kustomize would fetch: URLs, and what it takes for a Git repository without one.
var remotePath = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)://|^\s*https?:|^\s*(git::|gh:|github\.com[/:]|[\w.~-]+@[^/]+:)`)
})

// isRemote reports whether kustomize would fetch an entry. Several lines are a text of their own.
func isRemote(entry string) bool {
	return !strings.Contains(strings.TrimSpace(entry), "\n") && remotePath().MatchString(entry)
}

// paths are the fields whose values kustomize loads.
var paths = []string{
	"resources", "bases", "components", "generators", "transformers", "validators", "configurations", "crds", "openapi",
	"patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator",
}

// refusal returns a finding about a key that is there twice, of which kustomize would take the one that nobody looks
// at, or about the first entry that kustomize would fetch, or nil.
func (k *kustomization) refusal() *report.Finding {
	var twice *manifests.Error
	if errors.As(manifests.CheckKeys(k.node), &twice) {
		f := report.New(report.BuildFailed, twice.Problem, "")
		f.Place = report.Place{File: k.file, Line: twice.Line, Column: twice.Column}
		return f
	}
	return k.remote()
}

// remote returns a finding about the first entry that kustomize would fetch, or nil.
func (k *kustomization) remote() *report.Finding {
	for _, field := range paths {
		at := remoteIn(yamlnode.Field(k.node, field))
		if at == nil && isIndirect(k.node) {
			at = remoteAnywhere(k.node) // which an alias or a merge key can bring into the field
		}
		if at != nil {
			f := report.New(report.RemoteResource,
				"its "+field+" has "+strings.TrimSpace(at.Value)+", which is not in this repository, and check fetches nothing",
				"build it with kustomize, and check what comes out: `kustomize build | secretwright check SPEC -`; or keep a copy here")
			f.Place = report.Place{File: k.file, Line: at.Line, Column: at.Column}
			return f
		}
	}
	return nil
}

func remoteIn(node *yaml.Node) *yaml.Node {
	if node == nil {
		return nil
	}
	if node.Kind == yaml.ScalarNode && isRemotePart(node.Value) {
		return node
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode {
			name := node.Content[i&^1].Value
			if i%2 == 0 || slices.Contains([]string{"literals", "patch", "options", "target", "source", "targets"}, name) {
				continue
			}
		}
		if at := remoteIn(child); at != nil {
			return at
		}
	}
	return nil
}

// remoteAnywhere returns the first text that could be fetched, in whatever field it is written.
func remoteAnywhere(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.ScalarNode && isRemotePart(node.Value) {
		return node
	}
	for _, child := range node.Content {
		if at := remoteAnywhere(child); at != nil {
			return at
		}
	}
	return nil
}

// isIndirect reports whether a node has aliases or merge keys.
func isIndirect(node *yaml.Node) bool {
	return node.Kind == yaml.AliasNode || node.Kind == yaml.ScalarNode && node.Tag == "!!merge" ||
		slices.ContainsFunc(node.Content, isIndirect)
}

// isRemotePart looks behind the key of an entry KEY=PATH too.
func isRemotePart(entry string) bool {
	_, behind, _ := strings.Cut(entry, "=")
	return isRemote(entry) || isRemote(behind)
}
