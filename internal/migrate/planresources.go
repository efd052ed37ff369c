package migrate

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/adopt"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/plain"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// manifest takes over the Secrets of a file of encrypted manifests, which stays as it is, and reports whether it did.
// In a generator a Secret may ask for a hash.
func (p *planner) manifest(at *report.Path, name, comment string, hashes bool) bool {
	text, ok := p.read(at, name)
	if !ok {
		return false
	}
	document, f := sopsfile.Inspect(text, sopsfile.FormatOf(name))
	var branches sops.TreeBranches
	if f == nil {
		branches, f = document.Branches()
	}
	if f != nil {
		p.Add(f.In(at).From(p.inFolder(name)))
		return false
	}
	if p.inPlace {
		return p.manifestInPlace(name, comment, branches, document.HidesNames())
	}
	source := p.spec.source(name, "")
	if document.HidesNames() {
		return p.hidden(at, name, &specSecret{comment: comment, from: source, keepsName: true}, text, hashes)
	}
	for _, branch := range branches {
		node := yaml.NewRNode(sopsfile.YAMLNode(branch))
		if len(branch) == 0 {
			continue
		}
		if node.GetKind() != "Secret" || node.GetApiVersion() != "v1" {
			p.Add(notASecret("a "+node.GetKind(), hashes).In(at).From(p.inFolder(name)))
			return false
		}
		secret := &specSecret{comment: comment, from: source, keepsName: true, plain: node.GetName(),
			plainNamespace: node.GetNamespace()}
		if len(branches) > 1 {
			secret.name = node.GetName()
		}
		secret.keepsName = !hashes || node.GetAnnotations()[adopt.NeedsHash] != "true"
		p.spec.secrets = append(p.spec.secrets, secret)
	}
	return true
}

// notASecret says that a file holds something else, which stays with ksops if that made it, or else where it is.
func notASecret(what string, isGenerator bool) *report.Finding {
	fix := "move it to a file of its own, which stays as it is"
	if isGenerator {
		fix = "move it to a file of its own, and leave that with ksops"
	}
	return report.New(report.NotASecret, "it holds "+what+", and a SecretSpec makes Secrets alone", fix)
}

// hidden takes over a file of manifests that are encrypted as a whole. Only a key tells which of them ask for a hash.
func (p *planner) hidden(at *report.Path, name string, secret *specSecret, text []byte, hashes bool) bool {
	secrets := []*specSecret{secret}
	p.plan.hidesHashes = p.plan.hidesHashes || hashes
	switch {
	case !hashes:
		p.Info(report.MetadataIsSecret, at, name+" is encrypted as a whole, so that checks need its key",
			"encrypt it with encrypted_regex: ^(data|stringData)$")
	case !p.opens:
		p.Info(report.MetadataIsSecret, at, name+" is encrypted as a whole, so that checks need its key; without the key "+
			"this plan takes it that its Secrets have no hash in their names, and --write looks",
			"encrypt it with encrypted_regex: ^(data|stringData)$")
	default:
		var f *report.Finding
		if secrets, f = p.openHidden(secret, name, text); f != nil {
			p.Add(f.In(at).From(p.inFolder(name)))
			return false
		}
	}
	p.spec.secrets = append(p.spec.secrets, secrets...)
	return true
}

// openHidden returns a Secret that stands for all manifests of an encrypted file, as they ask for hashes or not. Where
// only some of them do, the others have entries of their own.
func (p *planner) openHidden(all *specSecret, name string, text []byte) ([]*specSecret, *report.Finding) {
	document, f := p.keys.Open(p.ctx, text, sopsfile.FormatOf(name))
	var branches sops.TreeBranches
	if f == nil {
		branches, f = document.Branches()
	}
	if f != nil {
		return nil, f
	}
	var without []*specSecret
	hashed := 0
	for _, branch := range branches {
		node := yaml.NewRNode(sopsfile.YAMLNode(branch))
		switch {
		case len(branch) == 0:
		case node.GetKind() != "Secret" || node.GetApiVersion() != "v1":
			return nil, notASecret("another resource than a Secret", true)
		case node.GetAnnotations()[adopt.NeedsHash] == "true":
			hashed++
		default:
			without = append(without, &specSecret{comment: all.comment, name: node.GetName(), from: all.from, keepsName: true})
		}
	}
	if hashed == 0 {
		return []*specSecret{all}, nil
	}
	all.keepsName = false
	return append(without, all), nil
}

// resource takes over the Secrets in a resource of a kustomization, and reports whether it holds nothing else.
func (p *planner) resource(at *report.Path, entry string) bool {
	info, err := p.root.Stat(p.inFolder(entry))
	if path.IsAbs(entry) || err != nil || !info.Mode().IsRegular() {
		return false // another kustomization, or a URL
	}
	text, ok := p.read(at, entry)
	if !ok || !strings.Contains(string(text), "Secret") {
		return false
	}
	file, err := manifests.Parse(text)
	if err != nil {
		p.Warn(report.LeftAlone, at, entry+" is not valid YAML, and is left", "")
		return false
	}
	withValue := slices.DeleteFunc(slices.Clone(file.Documents), func(d *manifests.Document) bool { return d.Node == nil })
	secrets := slices.DeleteFunc(slices.Clone(withValue), func(d *manifests.Document) bool { return !p.isTaken(entry, d) })
	if len(secrets) == 0 {
		p.listed(at, entry, withValue)
		return false
	}
	if yaml.NewRNode(secrets[0].Node).Field("sops") != nil {
		taken := p.manifest(at, entry, "From "+entry+", which was among the resources.", false)
		if taken {
			p.plan.Resources = append(p.plan.Resources, p.inFolder(entry))
		}
		return taken
	}
	if slices.ContainsFunc(secrets, isEncryptedSecret) {
		p.leave(at, entry, "it holds an encrypted Secret after a plain one, and is left", "make each a file of its own")
		return false
	}
	if p.hasSetters(at, entry, text) {
		return false
	}
	for _, d := range secrets {
		p.plain(at, entry, yaml.NewRNode(yamlnode.Plain(d.Node)))
	}
	isWhole := len(secrets) == len(withValue)
	if isWhole && p.plan.Layout == Kustomization {
		p.plan.Unused = append(p.plan.Unused, p.inFolder(entry))
		return true
	}
	p.listed(at, entry, withValue)
	p.takeOut(entry, text, file, secrets, isWhole)
	return isWhole
}

// takeOut takes plain Secrets out of a file. Where nothing else is in it the file goes, since every manifest in the
// folder counts.
func (p *planner) takeOut(entry string, text []byte, parsed *manifests.File, secrets []*manifests.Document,
	isWhole bool) {
	var rest []byte
	for _, d := range parsed.Documents {
		if !slices.Contains(secrets, d) && !isWhole {
			rest = append(rest, d.Text...)
		}
	}
	file, shown := p.inFolder(entry), plain.MaskFile(rest)
	p.plan.Changes = append(p.plan.Changes, Change{Path: file, Before: text, After: rest,
		Was: plain.MaskFile(text), Is: shown})
	if bytes.Equal(shown, rest) {
		p.plan.Plain = append(p.plan.Plain, file)
	} else {
		p.plan.Partly = append(p.plan.Partly, file)
	}
}

// isTaken reports whether a document is a Secret to take over: one without values is none, such as that of a service
// account, whose token Kubernetes writes. One without a name cannot be a source.
func (p *planner) isTaken(entry string, d *manifests.Document) bool {
	if !plain.IsSecret(d.Node) {
		return false
	}
	if len(plain.DataOf(yamlnode.Plain(d.Node))) == 0 && yamlnode.Field(d.Node, "sops") == nil {
		p.Add(report.New(report.LeftAlone, "its Secret "+yaml.NewRNode(d.Node).GetName()+" has no values, and is left", "").
			WithSeverity(report.Info).From(p.inFolder(entry)))
		return false
	}
	if yamlnode.Value(d.Node, "metadata.name") == "" {
		p.leave(nil, entry, "its Secret has no name (metadata.name), and is left", "give it one in the place of generateName")
		return false
	}
	return true
}

// listed says that Secrets in a List are not taken over.
func (p *planner) listed(at *report.Path, entry string, documents []*manifests.Document) {
	isListed := func(d *manifests.Document) bool { return d.IsList() && slices.ContainsFunc(d.Items(), plain.IsSecret) }
	if slices.ContainsFunc(documents, isListed) {
		p.leave(at, entry, "it holds a Secret in a List, which is left", "make each a document of its own")
	}
}

// leave warns that something in a file is not taken over.
func (p *planner) leave(at *report.Path, entry, message, fix string) {
	p.Add(report.New(report.LeftAlone, message, fix).WithSeverity(report.Warning).In(at).From(p.inFolder(entry)))
}

// plain encrypts a plain Secret among the resources.
func (p *planner) plain(at *report.Path, file string, node *yaml.RNode) {
	data := map[string][]byte{}
	for key, value := range node.GetDataMap() {
		decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), ""))
		if err != nil {
			p.Add(report.New(report.NotBase64, fmt.Sprintf("the value at %q is not base64", "data."+key), "correct it").In(at).
				From(p.inFolder(file)))
			return
		}
		data[key] = decoded
	}
	if texts := node.Field("stringData"); texts != nil {
		var values map[string]string
		if err := texts.Value.YNode().Decode(&values); err != nil {
			p.Add(report.New(report.WrongKind, "stringData is not a map of texts", "correct it").In(at).From(p.inFolder(file)))
			return
		}
		for key, value := range values {
			data[key] = []byte(value)
		}
	}
	secret := &specSecret{comment: "From " + file + ", which was plain.", keepsName: true, plain: node.GetName(),
		plainNamespace: node.GetNamespace()}
	if immutable := node.Field("immutable"); immutable != nil {
		secret.immutable = immutable.Value.YNode().Value == "true"
	}
	var secretType string
	if field := node.Field("type"); field != nil {
		secretType = field.Value.YNode().Value
	}
	sealed := p.seal(at, plainSecret{name: node.GetName(), namespace: node.GetNamespace(), typ: secretType, data: data,
		labels: node.GetLabels(), annotations: node.GetAnnotations(), dir: path.Dir(file)})
	if sealed != "" {
		secret.from = p.manifestSource(sealed, node)
		p.spec.secrets = append(p.spec.secrets, secret)
	}
}

// plainSecret is a Secret to encrypt.
type plainSecret struct {
	// dir is the folder it is written to, in that of the plan.
	dir                  string
	name, namespace, typ string
	labels, annotations  map[string]string
	data                 map[string][]byte
}

// node returns it as a manifest: text in stringData, where people can edit it, and all else in data.
func (s plainSecret) node(value func([]byte) string) *yaml.RNode {
	text, mapping := yamlnode.Text, yamlnode.Map
	sorted := func(values map[string]string) *yaml.Node {
		out := mapping()
		for _, key := range slices.Sorted(maps.Keys(values)) {
			out.Content = append(out.Content, text(key), text(values[key]))
		}
		return out
	}
	metadata := mapping(text("name"), text(s.name))
	if s.namespace != "" {
		metadata.Content = append(metadata.Content, text("namespace"), text(s.namespace))
	}
	if len(s.labels) > 0 {
		metadata.Content = append(metadata.Content, text("labels"), sorted(s.labels))
	}
	delete(s.annotations, yamlnode.LastApplied) // it has the values in the clear
	if len(s.annotations) > 0 {
		metadata.Content = append(metadata.Content, text("annotations"), sorted(s.annotations))
	}
	out := mapping(text("apiVersion"), text("v1"), text("kind"), text("Secret"), text("metadata"), metadata)
	if s.typ != "" {
		out.Content = append(out.Content, text("type"), text(s.typ))
	}
	texts, binary := map[string]string{}, map[string]string{}
	for key, v := range s.data {
		if utf8.Valid(v) && !strings.ContainsRune(string(v), 0) {
			texts[key] = value(v)
		} else {
			binary[key] = value([]byte(base64.StdEncoding.EncodeToString(v)))
		}
	}
	if len(texts) > 0 {
		out.Content = append(out.Content, text("stringData"), sorted(texts))
	}
	if len(binary) > 0 {
		out.Content = append(out.Content, text("data"), sorted(binary))
	}
	return yaml.NewRNode(out)
}

// seal encrypts a Secret into a file of its own, for the recipients of .sops.yaml, and returns its name in the folder,
// or "" after an error.
func (p *planner) seal(at *report.Path, s plainSecret) string {
	isPlanned := func(name string) bool {
		return slices.ContainsFunc(p.plan.Changes, func(c Change) bool { return c.Path == p.inFolder(name) })
	}
	name := path.Join(s.dir, s.name+".enc.yaml")
	if isPlanned(name) && s.namespace != "" {
		name = path.Join(s.dir, s.namespace+"-"+s.name+".enc.yaml")
	}
	file := p.inFolder(name)
	if isPlanned(name) {
		p.Add(report.New(report.SeveralSecrets, "two Secrets of the kustomization would be encrypted to it: a generator merges one "+
			"into the other", "write the values of both into one of them").In(at).From(file))
		return ""
	}
	if _, err := p.root.Lstat(file); err == nil {
		p.Add(report.New(report.FileInTheWay, "there is one already, where the Secret would be encrypted to", "rename it").
			In(at).From(file))
		return ""
	}
	recipients, f := keyring.Ruled(p.root, file)
	if f != nil {
		if f.Code == report.NoRuleFile {
			f.Message = "there is no .sops.yaml from " + p.root.Name() + " down to the folder of " + file
		}
		p.Add(report.Wrap(f.Code, f.Cause, f.Message, "write a .sops.yaml with creation_rules for whom plain values are "+
			"encrypted: https://getsops.io/docs/#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files").In(at))
		return ""
	}
	clear := s.node(func(v []byte) string { return string(v) })
	sealed, f := p.keys.Seal(p.ctx, sopsfile.NewEnvelope(recipients, keyring.NewKey()), clear, p.now)
	if f != nil {
		p.Add(f.In(at))
		return ""
	}
	text, err := sealed.String()
	shown, shownErr := s.node(func([]byte) string { return "(encrypted)" }).String()
	if err != nil || shownErr != nil {
		p.Add(report.New(report.Unprintable, "its Secret cannot be written as YAML", "").In(at))
		return ""
	}
	p.plan.Changes = append(p.plan.Changes, Change{Path: file, After: []byte(text), Is: []byte(shown)})
	return name
}
