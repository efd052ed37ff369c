package sources

import (
	"encoding/json"
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

const (
	encryptIt = "remove it, or encrypt it: `sops decrypt -i`, correct the rule for what is encrypted, such as " +
		"encrypted_regex in .sops.yaml, and `sops encrypt -i`"
	isPlain    = " is in the clear in a file that is encrypted"
	isUnsigned = ", and mac_only_encrypted leaves it out of the MAC: anyone can change it without a key"
)

// CheckPlain reports the values at a key of an encrypted source that it has in the clear. One that its MAC does not
// cover is an error. One that is secret for a reason is an error in a check, and else a warning: whoever left it in the
// clear may have meant that.
func (s *Set) CheckPlain(c *report.Collector, at *field.Path, source, key string,
	reason func(key string, value []byte) string) {
	if doc := s.documents[source]; doc != nil && doc.Recipients() != nil {
		s.reportPlain(c, at, doc, doc.leftPlain(key), reason)
	}
}

// CheckManifest is CheckPlain for the values of a manifest, which was taken from a source.
func (s *Set) CheckManifest(c *report.Collector, at *field.Path, source string, m *Manifest,
	reason func(key string, value []byte) string) {
	s.reportPlain(c, at, s.documents[source], m.plain, reason)
}

func (s *Set) reportPlain(c *report.Collector, at *field.Path, doc *document, plain []sopsfile.Plain,
	reason func(key string, value []byte) string) {
	for _, p := range plain {
		f := report.New(report.SecretInTheClear, "", encryptIt)
		name := ""
		if len(p.Path) > 0 {
			name, _ = p.Path[len(p.Path)-1].(string)
		}
		if !doc.SignsPlain() {
			f = report.New(report.PlainInDocument, describe(p.Path.String())+isPlain+isUnsigned,
				encryptIt+"; if it is meant to be read, encrypt the file again without mac_only_encrypted")
		} else if why := reason(name, p.Text); why != "" {
			f.Message = describe(p.Path.String()) + isPlain + ", and " + why
		} else {
			continue
		}
		if f.Code == report.SecretInTheClear && !s.keyless {
			f = f.WithSeverity(report.Warning)
		}
		f.Place.Line, f.Place.Column = p.Line, p.Column
		c.Add(doc.blame(f).In(at))
	}
}

// leftPlain returns the values that the document has in the clear, at a key and below; all of them of a document that
// is read in a dialect, which may find other keys in it.
func (d *document) leftPlain(key string) []sopsfile.Plain {
	if key != "" && d.variables == nil {
		node, f := d.lookup(key)
		if f != nil {
			return nil
		}
		return d.LeftPlain(node.branch, node.path)
	}
	branches, _ := d.Branches()
	var all []sopsfile.Plain
	for i := range branches {
		all = append(all, d.LeftPlain(i, nil)...)
	}
	return all
}

// plainAt returns the value at a path, if the document is encrypted and has it in the clear.
func (d *document) plainAt(branch int, path ...any) (sopsfile.Plain, bool) {
	if d.Recipients() != nil {
		for _, p := range d.LeftPlain(branch, path) {
			return p, true
		}
	}
	return sopsfile.Plain{}, false
}

// copyInClear returns an error if kubectl's copy of the values is in the clear in the manifest of a Secret.
func (d *document) copyInClear(branch int) *report.Finding {
	p, is := d.plainAt(branch, "metadata", "annotations", yamlnode.LastApplied)
	var copied struct{ Data, StringData map[string]string }
	if is {
		_ = json.Unmarshal(p.Text, &copied) // what is no copy has no values
	}
	if len(copied.Data)+len(copied.StringData) == 0 {
		return nil
	}
	f := report.New(report.SecretInTheClear, "the annotation "+yamlnode.LastApplied+
		" has the values of the Secret in the clear",
		"remove it from the file, since kubectl writes it anew, and change the values")
	f.Place.Line, f.Place.Column = p.Line, p.Column
	return f
}

// cover notes which labels or annotations of a manifest come encrypted.
func (m *Manifest) cover(d *document, branch int, part string, texts sops.TreeBranch) {
	for _, key := range sopsfile.Keys(texts) {
		_, plain := d.plainAt(branch, "metadata", part, key)
		if d.Recipients() != nil && !plain && textOrEmpty(child(texts, key)) != "" {
			m.covered = append(m.covered, [2]string{part, key})
		}
	}
}

// Uncovered returns a warning if labels or annotations came encrypted, a Secret does not give them anew, and it goes
// out encrypted, which leaves them in the clear. It returns nil otherwise.
func (s *Set) Uncovered(at *field.Path, m *Manifest, spec *schema.SecretSpec, secret *schema.Secret) *report.Finding {
	if spec.Output == nil || spec.Output.SOPS == nil {
		return nil
	}
	given := map[string]map[string]string{"labels": secret.Labels, "annotations": secret.Annotations}
	var names []string
	for _, at := range m.covered {
		kept := map[string]string{at[1]: ""}
		DropOwn(kept)
		if _, anew := given[at[0]][at[1]]; !anew && len(kept) > 0 {
			names = append(names, fmt.Sprintf("%s %q", strings.TrimSuffix(at[0], "s"), at[1]))
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return report.New(report.MetadataIsSecret, "the "+report.List(names)+
		" came encrypted, and goes out in the clear, since output.sops encrypts data alone",
		"write what may be read in the SecretSpec, or remove it from the manifest if it is secret").
		WithSeverity(report.Warning).In(at).From(s.Name(secret.From))
}
