package fn

import (
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/schema"
)

// layer is the kustomization that runs Secretwright, as far as it bears on the Secrets: with secretGenerator they would
// get its namespace, prefix, suffix, labels and annotations, and so they do with a SecretSpec.
type layer struct {
	// generator reports that kustomize runs it under `generators:`, so that it makes the Secrets and no more; listed,
	// that the kustomization lists the SecretSpec there, whatever it is run as now.
	generator, listed       bool
	namespace               string
	prefix, suffix          string
	labels, annotations     map[string]string
	withoutResources, known bool
	// components reports that the kustomization has components, whose namespace it may have got.
	components bool
}

// kustomization is the part of a kustomization.yaml that a layer is read from.
type kustomization struct {
	Namespace         string            `yaml:"namespace"`
	NamePrefix        string            `yaml:"namePrefix"`
	NameSuffix        string            `yaml:"nameSuffix"`
	CommonLabels      map[string]string `yaml:"commonLabels"`
	CommonAnnotations map[string]string `yaml:"commonAnnotations"`
	Labels            []struct {
		Pairs map[string]string `yaml:"pairs"`
	} `yaml:"labels"`
	Generators []string `yaml:"generators"`
	Components []string `yaml:"components"`
}

// maxKustomization is the largest kustomization file that is read, in bytes.
const maxKustomization = 1 << 20

// layerOf returns the kustomization that runs Secretwright, or nil where kustomize does not. kustomize runs functions
// in the kustomization's folder; in a container, without files, its resources tell what it did to them.
//
// A generator gets its SecretSpec twice, as functionConfig and as the only resource, and so does a transformer of a
// kustomization without resources. The kustomization tells them apart.
func (r *run) layerOf(node *yaml.RNode) *layer {
	if r.filter.FunctionConfig == nil || node.GetAnnotations()[kioutil.PathAnnotation] != "" {
		return nil // kpt and the command line say which file it is
	}
	only := len(r.nodes) == 1 && schema.IsSecretSpec(r.nodes[0]) && r.nodes[0].GetName() == node.GetName()
	if !only && !r.items.InBuild() {
		return nil
	}
	l := &layer{withoutResources: only}
	root := r.filter.start()
	if root != nil && root != r.filter.Root {
		defer root.Close() //nolint:errcheck // read only
	}
	if k, ok := readKustomization(root); ok {
		l.known, l.components = true, len(k.Components) > 0
		l.namespace, l.prefix, l.suffix = k.Namespace, k.NamePrefix, k.NameSuffix
		l.labels, l.annotations = maps.Clone(k.CommonLabels), k.CommonAnnotations
		for _, more := range k.Labels {
			if l.labels == nil {
				l.labels = map[string]string{}
			}
			maps.Copy(l.labels, more.Pairs)
		}
		l.listed = slices.ContainsFunc(k.Generators, func(entry string) bool { return lists(root, entry, node.GetName()) })
	} else if !only {
		l.prefix, l.suffix, l.namespace = r.items.Last(references.Prefixes), r.items.Last(references.Suffixes),
			r.items.SharedNamespace()
	}
	l.generator = only && (l.listed || !l.known)
	return l
}

// start opens the folder that Secretwright was started in.
func (f *Filter) start() *os.Root {
	if f.Root == nil || f.Dir == "" || f.Dir == "." {
		return f.Root
	}
	root, err := f.Root.OpenRoot(f.Dir)
	if err != nil {
		return nil
	}
	return root
}

// readKustomization reads the kustomization in the folder that Secretwright was started in.
func readKustomization(root *os.Root) (k kustomization, ok bool) {
	if root == nil {
		return k, false
	}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if text, ok := readSmall(root, name); ok {
			return k, yaml.Unmarshal(text, &k) == nil
		}
	}
	return k, false
}

func readSmall(root *os.Root, name string) ([]byte, bool) {
	info, err := root.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxKustomization {
		return nil, false
	}
	text, err := root.ReadFile(name)
	return text, err == nil
}

// lists reports whether an entry of `generators:` is the SecretSpec of a name: a file, a folder with it, or its text.
func lists(root *os.Root, entry, name string) bool {
	text := []byte(entry)
	if !strings.Contains(entry, "\n") {
		info, err := root.Stat(path.Clean(entry))
		if err != nil {
			return false
		}
		if info.IsDir() {
			return folderLists(root, path.Clean(entry), name)
		}
		var ok bool
		if text, ok = readSmall(root, path.Clean(entry)); !ok {
			return false
		}
	}
	for _, document := range strings.Split("\n"+string(text), "\n---") {
		node, err := yaml.Parse(document)
		if err == nil && schema.IsSecretSpec(node) && node.GetName() == name {
			return true
		}
	}
	return false
}

// folderLists reports whether a folder, which is a kustomization of generators, lists the SecretSpec of a name.
func folderLists(root *os.Root, dir, name string) bool {
	folder, err := root.Open(dir)
	if err != nil {
		return false
	}
	defer folder.Close() //nolint:errcheck // nothing was written
	entries, err := folder.ReadDir(1000)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(entries, func(entry os.DirEntry) bool {
		isYAML := slices.Contains([]string{".yaml", ".yml"}, path.Ext(entry.Name()))
		return entry.Type().IsRegular() && isYAML && lists(root, path.Join(dir, entry.Name()), name)
	})
}

// record is what kustomize would have done to a Secret of a generator by now: its name, and the annotations in which it
// keeps the former ones, so that references, patches and replacements of this layer and later ones find it.
func (l *layer) record(plain, declared, namespace string) (name string, annotations map[string]string) {
	annotations = map[string]string{}
	var names, namespaces, kinds []string
	remember := func(namespace, name string) {
		if namespace == "" {
			namespace = "default"
		}
		names, namespaces, kinds = append(names, name), append(namespaces, namespace), append(kinds, "Secret")
	}
	name = plain
	if namespace != declared {
		remember(declared, name)
	}
	if l.prefix != "" {
		remember(namespace, name)
		name = l.prefix + name
		annotations[references.Prefixes] = l.prefix
	}
	if l.suffix != "" {
		remember(namespace, name)
		name += l.suffix
		annotations[references.Suffixes] = l.suffix
	}
	if len(names) > 0 {
		setRecord(annotations, names, namespaces, kinds)
	}
	return name, annotations
}

func setRecord(annotations map[string]string, names, namespaces, kinds []string) {
	annotations[references.PreviousNames] = strings.Join(names, ",")
	annotations[references.PreviousNamespaces] = strings.Join(namespaces, ",")
	annotations[references.PreviousKinds] = strings.Join(kinds, ",")
}

// alsoKnownAs adds a name to the record, in the Secret's namespace: one that references have that kustomize does not
// know of.
func alsoKnownAs(annotations map[string]string, namespace, name string) {
	if slices.Contains(strings.Split(annotations[references.PreviousNames], ","), name) {
		return
	}
	add := func(key, value string) {
		annotations[key] = strings.TrimPrefix(annotations[key]+","+value, ",")
	}
	if namespace == "" {
		namespace = "default"
	}
	add(references.PreviousNames, name)
	add(references.PreviousNamespaces, namespace)
	add(references.PreviousKinds, "Secret")
}
