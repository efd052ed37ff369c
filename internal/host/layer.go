package host

import (
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// Layer is the kustomization that runs Secretwright, as far as it bears on the Secrets: with secretGenerator they would
// get its namespace, prefix, suffix, labels and annotations, and so they do with a SecretSpec.
type Layer struct {
	// generator reports that kustomize runs it under `generators:`, so that it makes the Secrets and no more; listed,
	// that the kustomization lists the SecretSpec there, whatever it is run as now.
	Generator, Listed       bool
	Namespace               string
	Prefix, Suffix          string
	Labels, Annotations     map[string]string
	WithoutResources, Known bool
	// components reports that the kustomization has components, whose namespace it may have got.
	Components bool
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

// LayerOf returns the kustomization in the folder that Secretwright was started in, as it bears on the SecretSpec of a
// name. Only reports that it got nothing but the SecretSpec. Where there are no files, the resources tell what the
// kustomization did to them.
//
// A generator gets its SecretSpec twice, as functionConfig and as the only resource, and so does a transformer of a
// kustomization without resources. The kustomization tells them apart.
func LayerOf(root *os.Root, dir, name string, only bool, items *wiring.Items) *Layer {
	l := &Layer{WithoutResources: only}
	start := startIn(root, dir)
	if start != nil && start != root {
		defer start.Close() //nolint:errcheck // read only
	}
	if k, ok := readKustomization(start); ok {
		l.Known, l.Components = true, len(k.Components) > 0
		l.Namespace, l.Prefix, l.Suffix = k.Namespace, k.NamePrefix, k.NameSuffix
		l.Labels, l.Annotations = maps.Clone(k.CommonLabels), k.CommonAnnotations
		for _, more := range k.Labels {
			if l.Labels == nil {
				l.Labels = map[string]string{}
			}
			maps.Copy(l.Labels, more.Pairs)
		}
		l.Listed = slices.ContainsFunc(k.Generators, func(entry string) bool { return lists(start, entry, name) })
	} else if !only {
		l.Prefix, l.Suffix, l.Namespace = items.Last(references.Prefixes), items.Last(references.Suffixes),
			items.SharedNamespace()
	}
	l.Generator = only && (l.Listed || !l.Known)
	return l
}

// startIn opens the folder that Secretwright was started in.
func startIn(root *os.Root, dir string) *os.Root {
	if root == nil || dir == "" || dir == "." {
		return root
	}
	start, err := root.OpenRoot(dir)
	if err != nil {
		return nil
	}
	return start
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

// Record is what kustomize would have done to a Secret of a generator by now: its name, and the annotations in which it
// keeps the former ones, so that references, patches and replacements of this layer and later ones find it.
func (l *Layer) Record(plain, declared, namespace string) (name string, annotations map[string]string) {
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
	if l.Prefix != "" {
		remember(namespace, name)
		name = l.Prefix + name
		annotations[references.Prefixes] = l.Prefix
	}
	if l.Suffix != "" {
		remember(namespace, name)
		name += l.Suffix
		annotations[references.Suffixes] = l.Suffix
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

// AlsoKnownAs adds a name to the record, in the Secret's namespace: one that references have that kustomize does not
// know of.
func AlsoKnownAs(annotations map[string]string, namespace, name string) {
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
