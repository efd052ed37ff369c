package host

import (
	"maps"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/wiring"
)

// Layer is the kustomization that runs Secretwright, as far as it bears on the Secrets: with secretGenerator they would
// get its namespace, prefix, suffix, labels and annotations, and so they do with a SecretSpec.
type Layer struct {
	// Generator reports that kustomize runs it under `generators:`, so that it makes the Secrets and no more.
	Generator               bool
	Namespace               string
	Prefix, Suffix          string
	Labels, Annotations     map[string]string
	WithoutResources, Known bool
	// generated are the Secrets that the SecretSpec has where the kustomization lists it under `generators:`, whatever it
	// is run as now; "" is one whose name a manifest says.
	generated []string
	// Components reports that the kustomization has components, whose namespace it may have got.
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
	Generators   []string `yaml:"generators"`
	Transformers []string `yaml:"transformers"`
	Components   []string `yaml:"components"`
}

// maxKustomization is the largest kustomization file that is read, in bytes.
const maxKustomization = 1 << 20

// LayerOf returns the kustomization in the folder that Secretwright was started in, as it bears on the SecretSpec of a
// name. Only reports that it got nothing but the SecretSpec. Where there are no files, the resources tell what the
// kustomization did to them.
//
// A generator gets its SecretSpec twice, as functionConfig and as the only resource, and so does a transformer of a
// kustomization without resources. The kustomization tells them apart. If it lists the SecretSpec under neither, it has
// it from a folder that is not followed here, under the one of them that has such a folder.
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
		generated, mayGenerate := listed(start, k.Generators, name)
		l.generated = generated
		if l.Generator = only; only && len(generated) == 0 {
			transformed, mayTransform := listed(start, k.Transformers, name)
			l.Generator = len(transformed) == 0 && (mayGenerate || !mayTransform)
		}
		return l
	}
	if !only {
		l.Prefix, l.Suffix, l.Namespace = items.Last(references.Prefixes), items.Last(references.Suffixes),
			items.SharedNamespace()
	}
	l.Generator = only
	return l
}

// Lists reports whether the kustomization lists the SecretSpec with this Secret under `generators:`.
func (l *Layer) Lists(secret string) bool {
	return slices.Contains(l.generated, secret) || slices.Contains(l.generated, "")
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

// Inherit adds the annotations by which kustomize keeps track of a Secret to those of the one that takes its place,
// with its former names.
func Inherit(annotations, old map[string]string) {
	record := []string{references.PreviousNames, references.PreviousNamespaces, references.PreviousKinds}
	for key, value := range old {
		if !slices.Contains(record, key) {
			annotations[key] = value
		}
	}
	names, namespaces := strings.Split(old[record[0]], ","), strings.Split(old[record[1]], ",")
	for i, name := range names {
		if name != "" && i < len(namespaces) {
			AlsoKnownAs(annotations, namespaces[i], name)
		}
	}
}
