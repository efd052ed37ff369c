package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// Reader is one way in which something reads a Secret.
type Reader struct {
	// Kind, Namespace and Name are the resource's.
	Kind, Namespace, Name string
	// Container is the container that reads it, or "" where the whole resource does.
	Container string
	// Via is how: `env DB_USER`, `envFrom DB_`, `volume /etc/db`, or the path of a field.
	Via string
	// Key is the key that is read, or "" for all of them.
	Key string
}

// Readers is everything that reads a Secret, by hand or by usedBy, in the order of the resources. Roles are not
// among them: see [Index.Grants].
func (x *Index) Readers(namespace, name string) []Reader {
	var readers []Reader
	for _, i := range x.byName[name] {
		inPod := map[string]bool{}
		if i.podPath != "" && i.Namespace == namespace {
			readers = append(readers, x.podReaders(i)[name]...)
			for _, p := range references.ContainerReferences {
				inPod[i.podPath+"."+p] = true
			}
		}
		readers = append(readers, x.fields(i, namespace, name, func(r placed) bool {
			return (r.meaning == references.Reads || r.meaning == references.ReadsElsewhere) && !inPod[r.path]
		})...)
	}
	return readers
}

// Grants are the Roles and ClusterRoles that grant access to a Secret by its name.
func (x *Index) Grants(namespace, name string) []Reader {
	var grants []Reader
	for _, i := range x.byName[name] {
		grants = append(grants, x.fields(i, namespace, name,
			func(r placed) bool { return r.meaning == references.Grants })...)
	}
	return grants
}

// fields are the fields of a resource that name a Secret, and that are asked for.
func (x *Index) fields(i *item, namespace, name string, asked func(placed) bool) []Reader {
	var readers []Reader
	for _, r := range x.places(i)[name] {
		if r.in(namespace) && asked(r) {
			readers = append(readers, i.reader("", strings.ReplaceAll(r.path, "[]", ""), ""))
		}
	}
	return readers
}

// placed is a reference to a Secret, with the path of its field.
type placed struct {
	located
	path string
}

// places returns the references of a resource by the name of the Secret. It is walked once, however many names are
// asked for.
func (x *Index) places(i *item) map[string][]placed {
	places, known := x.placed[i]
	if !known {
		places = map[string][]placed{}
		x.items.finder.References(&i.Resource, i.Node.YNode(), func(name string) bool { return x.byName[name] != nil },
			func(r references.Ref) {
				places[r.Name()] = append(places[r.Name()], placed{locate(r), strings.Join(r.Keys(), ".")})
			})
		x.placed[i] = places
	}
	return places
}

// ask notes that a use asks for a container to read a key, or all keys, in a way.
func (w *wirer) ask(container *yaml.Node, via, key string) {
	w.items.asked[w.item.reader(value(container, "name"), via, key)] = true
}

// Unasked are, of some readers, the containers that no use has asked for.
func (it *Items) Unasked(readers []Reader) []Reader {
	return slices.DeleteFunc(slices.Clone(readers), func(r Reader) bool { return r.Container == "" || it.asked[r] })
}

func (i *item) reader(container, via, key string) Reader {
	return Reader{Kind: i.Kind, Namespace: i.Namespace, Name: i.Name, Container: container, Via: via, Key: key}
}

// podReaders is what the containers of a pod read, by the name of the Secret.
func (x *Index) podReaders(i *item) map[string][]Reader {
	readers, known := x.pods[i]
	if !known {
		readers = map[string][]Reader{}
		pod := at(i.Node.YNode(), i.podPath)
		for _, list := range references.ContainerLists {
			for _, c := range elements(pod, list) {
				i.containerReaders(pod, c, readers)
			}
		}
		x.pods[i] = readers
	}
	return readers
}

func (i *item) containerReaders(pod, c *yaml.Node, readers map[string][]Reader) {
	read := func(secret, via, key string) {
		readers[secret] = append(readers[secret], i.reader(value(c, "name"), strings.TrimSpace(via), key))
	}
	for _, e := range elements(c, "env") {
		if ref := at(e, "valueFrom.secretKeyRef"); ref != nil {
			read(value(ref, "name"), "env "+value(e, "name"), value(ref, "key"))
		}
	}
	for _, e := range elements(c, "envFrom") {
		if ref := field(e, "secretRef"); ref != nil {
			read(value(ref, "name"), "envFrom "+value(e, "prefix"), "")
		}
	}
	claims := i.volumeClaims()
	for _, mount := range elements(c, "volumeMounts") {
		if slices.Contains(claims, value(mount, "name")) {
			continue // a claim takes precedence over a volume of its name
		}
		for _, secret := range volumeSecrets(pod, value(mount, "name")) {
			for _, key := range volumeKeys(pod, value(mount, "name"), secret) {
				read(secret, "volume "+value(mount, "mountPath"), key)
			}
		}
	}
}

// volumeSecrets are the names of the Secrets that a volume shows, each once.
func volumeSecrets(pod *yaml.Node, volume string) []string {
	var names []string
	for _, v := range elements(pod, "volumes") {
		if value(v, "name") != volume {
			continue
		}
		names = append(names, value(v, "secret.secretName"))
		for _, source := range elements(field(v, "projected"), "sources") {
			names = append(names, value(source, "secret.name"))
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// volumeKeys are the keys of a Secret that a volume shows: [""] for all of them, nothing if it shows another.
func volumeKeys(pod *yaml.Node, volume, secret string) []string {
	var keys []string
	for _, v := range elements(pod, "volumes") {
		if value(v, "name") != volume {
			continue
		}
		refs := []*yaml.Node{}
		if value(v, "secret.secretName") == secret {
			refs = append(refs, field(v, "secret"))
		}
		for _, source := range elements(field(v, "projected"), "sources") {
			if value(source, "secret.name") == secret {
				refs = append(refs, field(source, "secret"))
			}
		}
		for _, ref := range refs {
			items := elements(ref, "items")
			for _, item := range items {
				keys = append(keys, value(item, "key"))
			}
			if len(items) == 0 {
				keys = append(keys, "")
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
