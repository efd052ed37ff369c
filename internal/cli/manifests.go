package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// maxFile is the largest manifest file that is read, in bytes, and maxNodes how many nodes one manifest may have once
// its YAML aliases are written out.
const (
	maxFile  = 64 << 20
	maxNodes = 1_000_000
)

// manifest is one YAML document, as text and as a node.
type manifest struct {
	text string
	node *yaml.RNode
	// before are the documents before it that are comments alone, each with the separator that ends it: a licence, mostly.
	before string
	// file is the file it came from, relative to the folder that was named, and path where that is.
	file, path string
	// first and document are the numbers in the file of the first of before and of its own document, and documents is how many
	// the file has that are not empty.
	first, document, documents int
}

type manifests []manifest

func (m manifests) nodes() []*yaml.RNode {
	var nodes []*yaml.RNode
	for _, one := range m {
		nodes = append(nodes, one.node)
	}
	return nodes
}

// files are the files they come from, for findings.
func (m manifests) files() []string {
	var files []string
	for _, one := range m {
		files = append(files, fromHere(one.path))
	}
	return files
}

// specAndFiles is what the arguments `SPEC [FILE-or-DIR ...]` have to be.
func specAndFiles(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return fmt.Errorf("%s needs SPEC, the file of a SecretSpec", cmd.Name())
	case args[0] == "-":
		return errors.New("SPEC has to be a file, since its sources are relative to its folder")
	}
	return nil
}

// readSpec reads the one SecretSpec in a file. Its sources are relative to the file's folder.
func readSpec(path string) (*yaml.RNode, error) {
	all, err := readFile(path, nil)
	if err != nil {
		return nil, err
	}
	var specs []*yaml.RNode
	for _, one := range all {
		if schema.IsSecretSpec(one.node) {
			specs = append(specs, one.node)
		}
	}
	if len(specs) != 1 {
		return nil, fmt.Errorf("%s: it holds %d SecretSpecs; name a file that holds one", path, len(specs))
	}
	if err := specs[0].PipeE(yaml.SetAnnotation(kioutil.PathAnnotation, fromHere(path))); err != nil {
		return nil, fmt.Errorf("%s: its annotations cannot be set: %w", path, err)
	}
	return specs[0], nil
}

// fromHere is a path relative to the working folder, with slashes, where that can be said: sources are read from there.
func fromHere(path string) string {
	if filepath.IsAbs(path) {
		if here, err := os.Getwd(); err == nil {
			if relative, err := filepath.Rel(here, path); err == nil {
				path = relative
			}
		}
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// readManifests reads files and folders, and standard input for "-". What is no Kubernetes object, and what is meant for
// tools only (kustomizations, SecretSpecs, SOPS documents, anything marked as local config), is left out.
func readManifests(paths []string, spec, output string, stdin io.Reader) (manifests, error) {
	var all manifests
	for _, path := range paths {
		files, err := filesIn(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if filepath.Clean(file) == filepath.Clean(spec) || output != "" && inside(file, output) && !inside(path, output) {
				continue
			}
			found, err := readFile(file, stdin)
			if err != nil {
				return nil, err
			}
			name, err := filepath.Rel(path, file)
			if err != nil || name == "." {
				name = filepath.Base(file)
			}
			for i := range found {
				found[i].file, found[i].path = name, absolute(file)
			}
			all = append(all, found...)
		}
	}
	return slices.DeleteFunc(all, func(m manifest) bool { return !isObject(m.node) }), nil
}

// inside says whether a path is a folder or stands in it.
func inside(path, folder string) bool {
	relative, err := filepath.Rel(absolute(folder), absolute(path))
	return err == nil && filepath.IsLocal(relative)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func isObject(node *yaml.RNode) bool {
	kind, version := node.GetKind(), node.GetApiVersion()
	group, _, _ := strings.Cut(version, "/")
	switch {
	case kind == "" || version == "", schema.IsSecretSpec(node), group == "kustomize.config.k8s.io", group == "kpt.dev",
		node.Field("sops") != nil && !isEmitted(node):
		return false
	}
	return node.GetAnnotations()["config.kubernetes.io/local-config"] != "true"
}

// isEmitted says whether a resource is a Secret that Secretwright emitted.
func isEmitted(node *yaml.RNode) bool {
	return node.GetKind() == "Secret" && node.GetAnnotations()[schema.SecretAnnotation] != ""
}

// filesIn are the manifest files in a folder, in order, or the file itself.
func filesIn(path string) ([]string, error) {
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, unwrapPath(path, err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	if !strings.HasSuffix(path, string(filepath.Separator)) {
		path += string(filepath.Separator) // so that a link to a folder is followed
	}
	var files []string
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return unwrapPath(file, err)
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && file != path:
			return filepath.SkipDir
		case isFile(file, entry) && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file)):
			files = append(files, file)
		}
		return nil
	})
	return files, err
}

// isFile says whether an entry of a folder is a file, or a link to one.
func isFile(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func unwrapPath(path string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// separator ends a document. What stands behind the dashes on their line is the next document's.
var separator = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^---(?:[ \t]*$\n?|[ \t]+)`) })

func readFile(path string, stdin io.Reader) (manifests, error) {
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, unwrapPath(path, err)
		}
		defer file.Close() //nolint:errcheck // nothing was written
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, unwrapPath(path, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: it has more than %d bytes", path, maxFile)
	}
	return parse(path, string(data))
}

// parse splits a file into its documents. The items of a List are documents of their own.
func parse(path, data string) (manifests, error) {
	var all manifests
	before, first, documents := "", 1, 0
	data = strings.ReplaceAll(data, "\r\n", "\n")
	next := 0 // where the next document begins
	for _, text := range separator().Split(data, -1) {
		line := strings.Count(data[:next+strings.Index(data[next:], text)], "\n")
		next += strings.Index(data[next:], text) + len(text)
		if strings.TrimSpace(text) == "" {
			continue
		}
		documents++
		node, err := yaml.Parse(text)
		if errors.Is(err, io.EOF) {
			before += strings.TrimSuffix(text, "\n") + "\n---\n" // comments alone
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: it is not valid YAML%s", path, yamlnode.AtLine(err))
		}
		shift(node.YNode(), line, map[*yaml.Node]bool{})
		if yamlnode.AliasesMultiply(node.YNode(), maxNodes) {
			return nil, fmt.Errorf("%s: its YAML aliases multiply to more than it could hold", path)
		}
		if strings.Contains("\n"+text, "\n...\n") {
			return nil, fmt.Errorf("%s: a document ends with three dots; separate documents with three dashes", path)
		}
		if node.YNode().Kind != yaml.MappingNode {
			continue
		}
		if node.GetKind() == "List" {
			items, err := node.Pipe(yaml.Lookup("items"))
			if err != nil || items == nil {
				continue
			}
			for _, item := range items.Content() {
				if field := fn.Malformed(yaml.NewRNode(item)); field != "" {
					return nil, fmt.Errorf("%s: an item of its List is malformed: %s is not a map", path, field)
				}
				all = append(all, manifest{node: yaml.NewRNode(item), first: documents, document: documents})
			}
			continue
		}
		if field := fn.Malformed(node); field != "" {
			return nil, fmt.Errorf("%s: document %d is malformed: %s is not a map", path, documents, field)
		}
		all = append(all, manifest{text: text, node: node, before: before, first: first, document: documents})
		before, first = "", documents+1
	}
	for i := range all {
		all[i].documents = documents
	}
	return all, nil
}

// shift moves the lines of a node and all below it.
func shift(node *yaml.Node, lines int, done map[*yaml.Node]bool) {
	if node == nil || done[node] {
		return
	}
	done[node] = true
	node.Line += lines
	shift(node.Alias, lines, done)
	for _, child := range node.Content {
		shift(child, lines, done)
	}
}

// texts are the resources as text. What came in and was not changed is written as it stood, and so are, in what was
// changed, the lines that did not change.
func (m manifests) texts(result fn.Result) ([]string, error) {
	texts := make([]string, len(result.Items))
	for i, node := range result.Items {
		var text string
		var err error
		switch index := result.Indices[i]; {
		case index >= 0 && m[index].node == node && m[index].text != "":
			text = m[index].text
		case index >= 0 && m[index].text != "":
			text, err = merge(m[index], withoutTools(node))
		default:
			text, err = encode(withoutTools(node), yaml.CompactSequenceStyle)
		}
		if err != nil {
			return nil, errors.New("a manifest cannot be written as YAML")
		}
		if !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		if index := result.Indices[i]; index >= 0 {
			text = m[index].before + text
		}
		texts[i] = text
	}
	return texts, nil
}

// stream joins YAML documents.
func stream(texts []string) string { return strings.Join(texts, "---\n") }

// withoutTools is a resource without the annotations that say which file it belongs in.
func withoutTools(node *yaml.RNode) *yaml.RNode {
	node = node.Copy()
	for _, name := range []kioutil.AnnotationKey{kioutil.PathAnnotation, kioutil.IndexAnnotation} {
		_, _ = node.Pipe(yaml.ClearAnnotation(name)) // fails only where metadata is no map
	}
	_ = yaml.ClearEmptyAnnotations(node)
	return node
}
