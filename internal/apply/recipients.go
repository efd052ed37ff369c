package apply

import (
	"crypto/hmac"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/host"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// Audience is who can read the values of a Secret, and where they come from.
type Audience struct {
	Recipients, Sources []string
}

// recipientsFor returns for whom a Secret is encrypted: those that the SecretSpec lists, those of the creation rules,
// or those who can read all its sources.
func (r *run) recipientsFor(out schema.SOPSOutput, p *plan, from opened) (*keyring.Recipients, *report.Finding) {
	var found *keyring.Recipients
	var finding *report.Finding
	switch {
	case out.Explicit():
		found = sources.Listed(r.Collector, report.Field("output", "sops"), out)
	case out.CreationRules:
		found, finding = keyring.Ruled(r.settings.Root, from.file)
	default:
		found, finding = from.set.Recipients(p.spec.UsedSources(), from.own)
	}
	if finding == nil && found != nil {
		finding = found.Protect()
	}
	if finding != nil {
		if finding.Field == nil {
			finding = finding.In(p.field)
		}
		return nil, finding
	}
	return found, nil
}

// audienceOf returns who can read the values of a Secret as they are in Git: the recipients of its output if that is
// encrypted, or else those of its sources.
func audienceOf(p *plan, from opened, recipients *keyring.Recipients) Audience {
	a := Audience{Sources: []string{}, Recipients: []string{}}
	readers := from.set.Readers(p.spec.UsedSources())
	for _, name := range p.spec.UsedSources() {
		a.Sources = append(a.Sources, from.set.Name(name))
	}
	if p.spec.HasInlineValues() {
		a.Sources = append(a.Sources, "SecretSpec")
		readers = append(readers, from.own)
	}
	if recipients != nil {
		readers = []*keyring.Recipients{recipients}
	}
	for _, r := range readers {
		a.Recipients = append(a.Recipients, r.Readers()...)
	}
	slices.Sort(a.Recipients)
	a.Recipients = slices.Compact(a.Recipients)
	return a
}

// confirmation decides whether a Secret may be encrypted for its recipients, given for whom it was the last time.
// Where the SecretSpec or its creation rules list them, they may, and a change is a warning. Where they are those of
// the sources, whose sops blocks nothing signs, a change needs somebody's word.
type confirmation struct {
	*run
	plan   *plan
	listed bool
}

// proved reports whether a document proves that it was made from the sources of the plan, for the recipients it has.
func proved(e *sopsfile.Envelope, annotations map[string]string, witness []byte) bool {
	proof := keyring.Proof(e.Key, witness, e.Recipients())
	return hmac.Equal([]byte(annotations[schema.OriginAnnotation]), []byte(proof))
}

// first says for whom a Secret goes out of which there is no last output. Where only the sources say so, it is a
// warning: to take the last output away is no way around a confirmation.
func (c confirmation) first() {
	message := "the Secret " + c.plan.spec.Name + " is encrypted for the first time, for " + c.plan.recipients.String()
	if c.listed || c.ruled(nil) {
		c.Info(report.EncryptedFor, c.plan.field, message, "")
		return
	}
	c.Warn(report.EncryptedFor, c.plan.field, message+", as its sources say",
		"read the list, which nothing signs in a source, or list the recipients in output.sops or .sops.yaml")
}

// holds reports whether the recipients may have the Secret, and says why not, or what has changed. Of a last output
// that is not proved, anything may have been changed, so that every recipient needs to be confirmed.
func (c confirmation) holds(old *yaml.RNode, proved bool) bool {
	was, now := keyring.OfNode(old), c.plan.recipients
	if was != nil && proved && was.Equal(now) {
		return true
	}
	change, named, gone := "", now.Names(), []string(nil)
	if was != nil && !was.Equal(now) {
		added := now.Unlisted(was)
		gone = was.Unlisted(now)
		if proved {
			named = append(slices.Clone(added), gone...)
		}
		change = keyring.DescribeChange(added, gone)
		if text := keyring.DescribeGroups(was, now); text != "" { // which names do not tell
			change, named = change+text, nil
		}
	}
	secret := "the Secret " + c.plan.spec.Name
	switch {
	case c.listed && change == "":
		return true
	case c.listed || c.accepted(named) || c.ruled(gone):
		if change == "" {
			change = "they are " + now.String()
		}
		c.Warn(report.EncryptedFor, c.plan.field, secret+
			" is encrypted for others than the last time, as is listed or confirmed: "+change, "")
		return true
	case proved:
		c.Error(report.RecipientsChanged, c.plan.field, secret+" would be encrypted for others than the last time: "+
			change, c.wayOut(named))
	default:
		if change != "" {
			change = "; of those that it names, " + change
		}
		c.Error(report.RecipientsChanged, c.plan.field, secret+" would be encrypted for "+now.String()+
			", and the last output does not prove that it was made for them, from these sources"+change,
			c.wayOut(named))
	}
	return false
}

// holdsUnopened does the same in a check, which has no key to see a proof with.
func (c confirmation) holdsUnopened(old *yaml.RNode) {
	if was := keyring.OfNode(old); was != nil && !was.Equal(c.plan.recipients) {
		c.holds(old, true)
	}
}

// wayOut names what to confirm, unless it is too long for anyone to read.
func (confirmation) wayOut(named []string) string {
	list := strings.Join(named, ",")
	if len(list) > 300 || list == "" {
		list = host.AcceptAll
	}
	return "if that is right, confirm it with --accept-recipients=" + report.ShellWord(list) + " (in a function, " +
		host.AcceptRecipientsEnv +
		"), or list the recipients in output.sops or .sops.yaml"
}

// accepted reports whether each of the names was confirmed.
func (c confirmation) accepted(named []string) bool {
	if slices.Contains(c.settings.AcceptRecipients, host.AcceptAll) {
		return true
	}
	return len(named) > 0 && !slices.ContainsFunc(named,
		func(name string) bool { return !slices.Contains(c.settings.AcceptRecipients, name) })
}

// ruled reports whether the .sops.yaml of every source lists each recipient for it, and none of those that are gone.
func (c confirmation) ruled(gone []string) bool {
	if len(c.plan.files) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.plan.files, func(file string) bool {
		rules, finding := keyring.Ruled(c.settings.Root, file)
		if file == "" || finding != nil || len(c.plan.recipients.Unruled(rules)) > 0 {
			return true
		}
		return slices.ContainsFunc(rules.Names(), func(name string) bool { return slices.Contains(gone, name) })
	})
}

// encryptedFiles returns the encrypted files that a Secret's values come from, relative to the root, with "" for a
// document that is not a file.
func encryptedFiles(spec *schema.SecretSpec, node *yaml.RNode, p *plan, from opened, dir string) []string {
	var files []string
	used := p.spec.UsedSources()
	for _, source := range spec.Sources {
		switch _, isUsed := slices.BinarySearch(used, source.Name); {
		case !isUsed || !source.IsEncrypted():
		case source.File == "":
			files = append(files, "")
		default:
			files = append(files, path.Join(dir, source.File))
		}
	}
	if from.own != nil {
		file := node.GetAnnotations()[kioutil.PathAnnotation]
		if file != "" {
			file = path.Join(dir, path.Base(file))
		}
		files = append(files, file)
	}
	return files
}
