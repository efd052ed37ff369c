package sources

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// Manifest is a Secret that a document holds as kubectl takes it. Fields that are encrypted are empty if the document
// was opened without a key.
type Manifest struct {
	Name, Namespace, Type string
	Labels, Annotations   map[string]string
	Immutable             bool
	// Data are its values, those of stringData among them, which win.
	Data map[string][]byte
	// Secret reports whether all of this came encrypted, so that no message may quote it; NoName and NoType that it could
	// not be read for that reason.
	Secret, NoName, NoType bool

	plain   []sopsfile.Plain // the values that are in the clear in an encrypted document
	copied  *report.Finding  // about kubectl's copy of the values, or nil
	covered [][2]string      // the labels and annotations that came encrypted, each with the name of its map
}

// Manifests returns the Secrets of a source, in their order. What else it holds is left out, with a warning at the
// field. It returns nil after an error.
func (s *Set) Manifests(c *report.Collector, at *field.Path, source string) []Manifest {
	doc := s.documents[source]
	found, others, f := doc.manifests()
	if f != nil {
		c.Add(doc.blame(f).In(at))
		return nil
	}
	for _, m := range found {
		if m.copied != nil && s.keyless {
			c.Add(doc.blame(m.copied).In(at))
		} else if m.copied != nil {
			c.Add(doc.blame(m.copied).In(at).WithSeverity(report.Warning))
		}
	}
	if len(found) > 0 && len(others) > 0 {
		c.Add(report.New(report.NotASecret, report.List(others)+": only Secrets are taken from it",
			"keep other resources among the resources").WithSeverity(report.Warning).In(at).From(doc.name))
	}
	return found
}

func (d *document) manifests() (found []Manifest, others []string, f *report.Finding) {
	defer report.Guard(&f)
	if d.Format() != sopsfile.YAML && d.Format() != sopsfile.JSON {
		return nil, nil, report.New(report.NotASecret, fmt.Sprintf("it is %s, and no manifest of a Secret", d.Format()),
			"take its values in data or dataFrom")
	}
	branches, f := d.Branches()
	if f != nil {
		return nil, nil, f
	}
	for i, branch := range branches {
		if len(branch) == 0 {
			continue
		}
		m, f := d.manifest(i, branch)
		switch {
		case f != nil:
			return nil, nil, f
		case m == nil:
			others = append(others, d.describeResource(branch))
		default:
			found = append(found, *m)
		}
	}
	if len(found) == 0 {
		return nil, nil, report.New(report.NotASecret, "it holds no Secret of apiVersion v1, but "+
			report.List(append(others, "nothing")[:max(1, len(others))]), "take its values in data or dataFrom")
	}
	return found, others, nil
}

// manifest reads one document, and returns nil if it is not a Secret.
func (d *document) manifest(index int, branch sops.TreeBranch) (*Manifest, *report.Finding) {
	if f := repeated(branch, ""); f != nil {
		return nil, f
	}
	kind, version := d.text(branch, "kind"), d.text(branch, "apiVersion")
	if hidden := d.isHidden(branch, "kind"); !hidden && (kind != "Secret" || version != "v1") {
		return nil, nil
	} else if hidden && child(branch, "data") == nil && child(branch, "stringData") == nil {
		return nil, nil
	}
	m := &Manifest{Data: map[string][]byte{}, Type: d.text(branch, "type"), Immutable: child(branch, "immutable") == true}
	metadata, _ := child(branch, "metadata").(sops.TreeBranch)
	if f := repeated(metadata, "metadata"); f != nil {
		return nil, f
	}
	m.Name, m.Namespace = d.text(metadata, "name"), d.text(metadata, "namespace")
	m.Secret, m.NoName, m.NoType = d.HidesNames(), d.isHidden(metadata, "name"), d.isHidden(branch, "type")
	for _, part := range []struct {
		name string
		into *map[string]string
	}{{"labels", &m.Labels}, {"annotations", &m.Annotations}} {
		texts, f := d.texts(metadata, part.name)
		if f != nil {
			return nil, f
		}
		*part.into = texts
		values, _ := child(metadata, part.name).(sops.TreeBranch)
		m.cover(d, index, part.name, values)
	}
	DropOwn(m.Annotations)
	m.copied = d.copyInClear(index)
	for _, name := range []string{"data", "stringData"} {
		if f := d.values(m, branch, name); f != nil {
			return nil, f
		}
		if d.Recipients() != nil {
			m.plain = append(m.plain, d.LeftPlain(index, sopsfile.Path{name})...)
		}
	}
	return m, nil
}

// DropOwn removes the annotations that the Secret is to get anew: Secretwright's own, those by which generators speak
// to kustomize, and tools keep track of files, and that in which kubectl keeps the whole Secret, values and all.
func DropOwn(annotations map[string]string) {
	for name := range annotations {
		tool := strings.HasPrefix(name, "internal.config.kubernetes.io/") ||
			strings.HasPrefix(name, "config.kubernetes.io/")
		own := name == schema.SecretAnnotation || name == schema.OriginAnnotation
		kustomize := name == "kustomize.config.k8s.io/needs-hash" || name == "kustomize.config.k8s.io/id"
		if tool || own || kustomize || name == yamlnode.LastApplied {
			delete(annotations, name)
		}
	}
}

// values adds the values of data, which are base64, or of stringData.
func (d *document) values(m *Manifest, branch sops.TreeBranch, name string) *report.Finding {
	node := child(branch, name)
	if node == nil {
		return nil
	}
	values, ok := node.(sops.TreeBranch)
	if !ok {
		return report.New(report.NotAMap, fmt.Sprintf("%q of its Secret %s is not a map", name, m.Name), "")
	}
	if f := repeated(values, name); f != nil {
		return f
	}
	for _, item := range values {
		key, ok := item.Key.(string)
		if !ok {
			continue // a comment
		}
		text, f := scalarText(item.Value, name+"."+key)
		if f != nil && f.Code == report.NullValue {
			text, f = nil, nil // as the API server takes it
		}
		if f != nil {
			return f
		}
		if name == "data" && !d.IsCiphertext() {
			var err error
			if text, err = decode(text); err != nil {
				return report.New(report.NotBase64, fmt.Sprintf("the value at %q is not base64", name+"."+key),
					"write it in stringData, or encode it")
			}
		}
		m.Data[key] = text
	}
	return nil
}

// decode undoes base64, in which white space is ignored.
func decode(text []byte) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
}

// texts returns a map of texts of metadata, without those that are ciphertext.
func (d *document) texts(metadata sops.TreeBranch, name string) (map[string]string, *report.Finding) {
	node := child(metadata, name)
	branch, ok := node.(sops.TreeBranch)
	if node != nil && !ok {
		return nil, report.New(report.NotAMap, fmt.Sprintf("%q of its Secret is not a map", "metadata."+name), "")
	}
	if f := repeated(branch, "metadata."+name); f != nil {
		return nil, f
	}
	all := map[string]string{}
	for _, item := range branch {
		key, ok := item.Key.(string)
		if ok && !d.isHidden(branch, key) {
			all[key] = d.text(branch, key)
		}
	}
	return all, nil
}

// text returns the text of a scalar in a map; "" if it is not there, or ciphertext.
func (d *document) text(branch sops.TreeBranch, key string) string {
	if d.isHidden(branch, key) {
		return ""
	}
	return textOrEmpty(child(branch, key))
}

// isHidden reports whether a value is ciphertext, since there was no key.
func (d *document) isHidden(branch sops.TreeBranch, key string) bool {
	return d.IsCiphertext() && sopsfile.IsEncryptedText(textOrEmpty(child(branch, key)))
}

// child returns what a map has at a key, or nil.
func child(branch sops.TreeBranch, key string) any {
	for _, item := range branch {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// repeated reports a key that a map has more than once: anyone can add an empty one.
func repeated(branch sops.TreeBranch, path string) *report.Finding {
	keys := sopsfile.Keys(branch)
	slices.Sort(keys)
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] {
			return report.New(report.DuplicateKey, fmt.Sprintf("%q stands twice in it", report.KeyText(path, keys[i])),
				"keep one of them")
		}
	}
	return nil
}

// describeResource names a document that is not a Secret.
func (d *document) describeResource(branch sops.TreeBranch) string {
	kind := d.text(branch, "kind")
	if kind == "" || d.HidesNames() {
		return "a document with the keys " + report.List(sopsfile.Keys(branch))
	}
	metadata, _ := child(branch, "metadata").(sops.TreeBranch)
	return strings.TrimSpace(kind + " " + textOrEmpty(child(metadata, "name")))
}
