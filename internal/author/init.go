package author

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// The environment variables by which SOPS finds age keys, other than in their file.
const (
	keyEnv        = "SOPS_AGE_KEY"
	keyFileEnv    = "SOPS_AGE_KEY_FILE"
	keyCommandEnv = "SOPS_AGE_KEY_CMD"
)

const giveAge = "give your recipient with --age"

// Key returns the recipient of the age key that SOPS finds on this machine. If there is none, a new one is made where
// SOPS looks for it, for its owner alone. A file that is there is never written to.
func Key(now time.Time) (recipient string, f *report.Finding, err error) {
	file, named := os.Getenv(keyFileEnv), true
	switch {
	case os.Getenv(keyEnv) != "":
		return recipientIn(keyEnv, []byte(os.Getenv(keyEnv)))
	case file == "" && os.Getenv(keyCommandEnv) != "":
		return "", nil, fmt.Errorf("%s: a command gives your key, and it is not run for this; %s", keyCommandEnv, giveAge)
	case file == "":
		if file, named = keyring.AgeKeyFile(), false; !filepath.IsAbs(file) {
			return "", nil, fmt.Errorf("there is no home folder to keep a key in; set HOME, or %s", giveAge)
		}
	}
	text, err := disk.ReadNamed(file)
	switch {
	case err == nil:
		return recipientIn(file, text)
	case !errors.Is(err, fs.ErrNotExist):
		return "", nil, unread(file, err)
	case named:
		return "", nil, fmt.Errorf("%s: %s names this file, and it is not there; unset it for a new key in SOPS's own place, or %s", file, keyFileEnv, giveAge)
	}
	return makeKey(file, now)
}

// makeKey makes an age key in a new file, in the form of age-keygen.
func makeKey(file string, now time.Time) (string, *report.Finding, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return "", nil, err
	}
	recipient := identity.Recipient().String()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", nil, unread(filepath.Dir(file), err)
	}
	text := fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", now.Format(time.RFC3339), recipient, identity)
	if err := writeNew(file, []byte(text)); err != nil {
		return "", nil, unread(file, err)
	}
	f := report.New(report.Written, "a new age key is in this file; its public key is "+recipient,
		"keep a copy where you keep your passwords: what is encrypted for this key alone, nobody opens without it")
	return recipient, inFile(f, file).WithSeverity(report.Info), nil
}

// writeNew writes a file for its owner alone, which must not be there.
func writeNew(name string, content []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// recipientIn returns the recipient of the first of some age keys.
func recipientIn(place string, text []byte) (string, *report.Finding, error) {
	var recipients []string
	identities, err := age.ParseIdentities(bytes.NewReader(text)) // whose error may quote a key
	for _, identity := range identities {
		switch identity := identity.(type) {
		case *age.X25519Identity:
			recipients = append(recipients, identity.Recipient().String())
		case *age.HybridIdentity:
			recipients = append(recipients, identity.Recipient().String())
		}
	}
	if err != nil || len(recipients) == 0 {
		return "", nil, fmt.Errorf("%s: no public key can be read from what is there; %s", place, giveAge)
	}
	message := "your age key is here already; its public key is " + recipients[0]
	if more := len(recipients) - 1; more > 0 {
		message += fmt.Sprintf(", and there are %d more", more)
	}
	return recipients[0], inFile(report.New(report.Written, message, ""), place).WithSeverity(report.Info), nil
}

// CheckRecipients returns an error if one of the names is not an age recipient.
func CheckRecipients(names []string) error {
	for _, name := range names {
		if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(name)), "AGE-SECRET-KEY-") {
			return errors.New("--age: it is a private key, which belongs in no command; give its public half, age1..., which " +
				"`age-keygen -y` prints from the file with the key")
		}
	}
	var c report.Collector
	keyring.Listed(&c, nil, keyring.KeyNames{Age: names})
	for _, f := range c.Findings() {
		return fmt.Errorf("--age: %s", f.Text())
	}
	return nil
}

// rulesName is the file in which SOPS looks for whom to encrypt.
const rulesName = ".sops.yaml"

// rulesText is a new one.
const rulesText = `# For whom sops and secretwright encrypt the files in this folder and below. Add the public keys of those who are to read
# them, with commas, and run secretwright updatekeys.
creation_rules:
- age: %s
`

// Rules returns the .sops.yaml that has the files in a folder encrypted for recipients, if there is none there or
// above, and what the one that is there says.
func Rules(folder string, recipients []string) ([]File, []*report.Finding, error) {
	if _, err := os.Lstat(filepath.Join(folder, ".sops.yml")); err == nil {
		return nil, nil, fmt.Errorf("%s: SOPS does not read it; rename it to %s", filepath.Join(folder, ".sops.yml"),
			rulesName)
	}
	there, rules, f := keyring.RecipientsFor(filepath.Join(folder, "secretspec.yaml"))
	isMissing := f != nil && f.Code == report.NoRuleFile
	switch {
	case f != nil && !isMissing:
		return nil, nil, f
	case isMissing:
		name := filepath.Join(folder, rulesName)
		said := report.New(report.Written, "files in this folder and below are encrypted for "+report.List(recipients), "")
		return []File{{Path: name, Content: fmt.Appendf(nil, rulesText, strings.Join(recipients, ","))}},
			[]*report.Finding{inFile(said, name).WithSeverity(report.Info)}, nil
	}
	rules = disk.FromHere(rules)
	said := report.New(report.EncryptedFor,
		"it is here already, and has secretspec.yaml in this folder encrypted for "+there.String(), "")
	findings := []*report.Finding{inFile(said, rules).WithSeverity(report.Info)}
	for _, recipient := range recipients {
		if !slices.Contains(there.Names(), recipient) {
			f := report.New(report.UnlistedRecipient, "it does not list your public key, "+recipient,
				"add it, and have somebody who can read the files run `secretwright updatekeys` on each SecretSpec")
			findings = append(findings, inFile(f, rules).WithSeverity(report.Warning))
		}
	}
	return nil, findings, nil
}

// Hook is an entry of a .pre-commit-config.yaml: hooks of a repository.
type Hook struct {
	Repository, Revision string
	IDs                  []string
}

// Hooks returns the .pre-commit-config.yaml in a folder with hooks. Those of ours that it has already stay as they are.
func Hooks(folder string, hook Hook) ([]File, []*report.Finding, error) {
	name := filepath.Join(folder, ".pre-commit-config.yaml")
	text, err := disk.ReadNamed(name)
	former := text
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = []byte("repos: []\n")
	case err != nil:
		return nil, nil, unread(name, err)
	}
	if file, err := manifests.Parse(text); err == nil && len(file.Documents) == 1 && file.Documents[0].Node == nil {
		text = append(bytes.Clone(text), "repos: []\n"...) // it is empty, or has comments alone
	}
	document, err := oneDocument(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", disk.FromHere(name), err)
	}
	if document.Node.Kind != yaml.MappingNode {
		return nil, nil, fmt.Errorf("%s: it is not a map; write repos: [] into it", disk.FromHere(name))
	}
	say := func(message string) []*report.Finding {
		return []*report.Finding{inFile(report.New(report.Written, message, ""),
			disk.FromHere(name)).WithSeverity(report.Info)}
	}
	var here []string
	for _, repository := range yamlnode.Elements(document.Node, "repos") {
		for _, there := range yamlnode.Elements(repository, "hooks") {
			here = append(here, strings.TrimSuffix(yamlnode.Value(there, "id"), "-system"))
		}
	}
	missing := slices.DeleteFunc(slices.Clone(hook.IDs), func(id string) bool { return slices.Contains(here, id) })
	if len(missing) == 0 {
		return nil, say("the hooks " + report.List(hook.IDs) + " are here already"), nil
	}
	hook.IDs = missing
	result, err := splice.Edit(document, hook.put)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", disk.FromHere(name), err)
	}
	said := say("added " + report.List(hook.IDs) + "; run `pre-commit install`, once")
	return []File{{disk.Resolve(name), result.Text, former}}, said, nil
}

// put adds the hooks to the repositories.
func (h Hook) put(root *yaml.Node) error {
	repository := yamlnode.Map(yamlnode.Text("repo"), yamlnode.Text(h.Repository), yamlnode.Text("rev"),
		yamlnode.Text(h.Revision))
	repositories := listAt(root, "repos")
	i := slices.IndexFunc(repositories.Content, func(n *yaml.Node) bool { return yamlnode.Value(n, "repo") == h.Repository })
	if i >= 0 {
		repository = repositories.Content[i]
	}
	hooks := listAt(repository, "hooks")
	for _, id := range h.IDs {
		hooks.Content = append(hooks.Content, yamlnode.Map(yamlnode.Text("id"), yamlnode.Text(id)))
	}
	if i >= 0 {
		return nil
	}
	if len(repositories.Content) == 0 {
		repositories.Style = 0
	}
	repositories.Content = append(repositories.Content, repository)
	return nil
}
