package rulefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"go.yaml.in/yaml/v3"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

const (
	configName    = ".sops.yaml"
	alternateName = ".sops.yml" // which SOPS does not read
	maxConfigUp   = 100         // folders
	maxConfig     = 1 << 20     // bytes
)

// The kinds of errors that only a .sops.yaml has.
var (
	ErrNoConfig = errors.New("no .sops.yaml")
	ErrNoRule   = errors.New("no creation rule matches")
	ErrRule     = errors.New("the creation rule is not valid")
)

// Rules is a .sops.yaml.
type Rules struct {
	Stores codec.StoresConfig
	rules  []creationRule
	none   bool // it has no creation_rules at all
}

// Rule is what a creation rule says: for whom to encrypt a file, and which of its values.
type Rule struct {
	KeyGroups               []sops.KeyGroup
	ShamirThreshold         int
	UnencryptedSuffix       string
	EncryptedSuffix         string
	UnencryptedRegex        string
	EncryptedRegex          string
	UnencryptedCommentRegex string
	EncryptedCommentRegex   string
	MACOnlyEncrypted        bool
}

// ConfigFile is where a .sops.yaml was found.
type ConfigFile struct {
	Path    string // "" if there is none
	Ignored string // a .sops.yml on the way, which SOPS does not read; or ""
}

// Find looks for the .sops.yaml for a file, in its folder and those above. Stat is os.Stat, or that of an os.Root
// with a path in it; then nothing above the root is looked at. The error is ErrNoConfig.
func Find(stat func(name string) (fs.FileInfo, error), file string) (ConfigFile, error) {
	var found ConfigFile
	dir := path.Dir(filepath.ToSlash(file))
	for range maxConfigUp {
		name := path.Join(dir, configName)
		if _, err := stat(name); err == nil {
			found.Path = name
			return found, nil
		}
		if name := path.Join(dir, alternateName); found.Ignored == "" {
			if _, err := stat(name); err == nil {
				found.Ignored = name
			}
		}
		if dir == "." || dir == "/" || strings.HasPrefix(dir, "..") {
			break
		}
		dir = path.Dir(dir)
	}
	return found, &codec.Error{Kind: ErrNoConfig}
}

// Parse reads a .sops.yaml. It is read as SOPS reads it, with what a rule does not know left out.
func Parse(data []byte) (rules *Rules, err error) {
	defer func() {
		if recover() != nil {
			rules, err = nil, &codec.Error{Kind: codec.ErrSyntax}
		}
	}()
	if len(data) > maxConfig {
		return nil, &codec.Error{Kind: codec.ErrTooLarge}
	}
	var file struct {
		CreationRules    []creationRule    `yaml:"creation_rules"`
		DestinationRules []destinationRule `yaml:"destination_rules"`
		Stores           struct {
			Dotenv             struct{} `yaml:"dotenv"`
			INI                struct{} `yaml:"ini"`
			codec.StoresConfig `yaml:",inline"`
		} `yaml:"stores"`
	}
	file.Stores.StoresConfig = codec.DefaultStoresConfig()
	if err := yaml.Unmarshal(data, &file); err != nil {
		e := &codec.Error{Kind: codec.ErrSyntax, Line: yamlnode.ErrorLine(err)}
		for i, line := range bytes.Split(data, []byte("\n")) {
			if indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]; e.Line == i+1 && bytes.ContainsRune(indent, '\t') {
				e.Detail = "it is indented with a tab, where YAML takes spaces"
			}
		}
		return nil, e
	}
	return &Rules{Stores: file.Stores.StoresConfig, rules: file.CreationRules, none: file.CreationRules == nil}, nil
}

// destinationRule is what `sops publish` reads. It is here so that a file that SOPS refuses is refused.
type destinationRule struct {
	PathRegex        string       `yaml:"path_regex"`
	S3Bucket         string       `yaml:"s3_bucket"`
	S3Prefix         string       `yaml:"s3_prefix"`
	GCSBucket        string       `yaml:"gcs_bucket"`
	GCSPrefix        string       `yaml:"gcs_prefix"`
	VaultPath        string       `yaml:"vault_path"`
	VaultAddress     string       `yaml:"vault_address"`
	VaultKVMountName string       `yaml:"vault_kv_mount_name"`
	VaultKVVersion   int          `yaml:"vault_kv_version"`
	RecreationRule   creationRule `yaml:"recreation_rule,omitempty"`
	OmitExtensions   bool         `yaml:"omit_extensions"`
}

// creationRule is a rule as it is written.
type creationRule struct {
	PathRegex               string     `yaml:"path_regex"`
	KMS                     any        `yaml:"kms"` // these: text with commas, or a list
	AwsProfile              string     `yaml:"aws_profile"`
	Age                     any        `yaml:"age"`
	PGP                     any        `yaml:"pgp"`
	GCPKMS                  any        `yaml:"gcp_kms"`
	HCKms                   []string   `yaml:"hckms"`
	AzureKeyVault           any        `yaml:"azure_keyvault"`
	VaultURI                any        `yaml:"hc_vault_transit_uri"`
	KeyGroups               []keyGroup `yaml:"key_groups"`
	ShamirThreshold         int        `yaml:"shamir_threshold"`
	UnencryptedSuffix       string     `yaml:"unencrypted_suffix"`
	EncryptedSuffix         string     `yaml:"encrypted_suffix"`
	UnencryptedRegex        string     `yaml:"unencrypted_regex"`
	EncryptedRegex          string     `yaml:"encrypted_regex"`
	UnencryptedCommentRegex string     `yaml:"unencrypted_comment_regex"`
	EncryptedCommentRegex   string     `yaml:"encrypted_comment_regex"`
	MACOnlyEncrypted        bool       `yaml:"mac_only_encrypted"`
}

// For returns the first creation rule that matches a file. Dir is the folder of the .sops.yaml, and file the path, both
// absolute or both below the same root: path_regex is matched with the file's path from dir. Without creation_rules it
// is nil, as if there were no .sops.yaml. The error is ErrNoRule or ErrRule.
func (r *Rules) For(dir, file string) (*Rule, error) {
	if r.none {
		return nil, nil
	}
	if dir != "." && dir != "" {
		file = strings.TrimPrefix(file, strings.TrimSuffix(dir, "/")+"/")
	}
	left := maxPathRegexps
	for i := range r.rules {
		rule := &r.rules[i]
		if rule.PathRegex == "" {
			return rule.resolve()
		}
		if left -= regexpSize(rule.PathRegex); left < 0 {
			return nil, &codec.Error{Kind: codec.ErrTooLarge,
				Detail: "its path_regex are larger than is looked through; write simpler ones"}
		}
		re, err := regexp.Compile(rule.PathRegex)
		if err != nil {
			return nil, &codec.Error{Kind: ErrRule, Detail: "its path_regex does not compile"}
		}
		if re.MatchString(file) {
			return rule.resolve()
		}
	}
	return nil, &codec.Error{Kind: ErrNoRule}
}

func (c *creationRule) resolve() (*Rule, error) {
	set := 0
	for _, selector := range []string{c.UnencryptedSuffix, c.EncryptedSuffix, c.UnencryptedRegex, c.EncryptedRegex,
		c.UnencryptedCommentRegex, c.EncryptedCommentRegex} {
		if selector != "" {
			set++
		}
	}
	if set > 1 {
		return nil, &codec.Error{Kind: ErrRule, Detail: "it sets more than one of encrypted_regex, unencrypted_regex, " +
			"encrypted_suffix, unencrypted_suffix, encrypted_comment_regex and unencrypted_comment_regex"}
	}
	groups, err := c.groups()
	if err != nil {
		return nil, ruleError(err)
	}
	if n := len(slices.Concat(groups...)); n > codec.MaxMasterKeys {
		return nil, &codec.Error{Kind: codec.ErrTooLarge,
			Detail: fmt.Sprintf("the creation rule names %d keys; at most %d are tried", n, codec.MaxMasterKeys)}
	}
	return &Rule{
		KeyGroups:               groups,
		ShamirThreshold:         c.ShamirThreshold,
		UnencryptedSuffix:       c.UnencryptedSuffix,
		EncryptedSuffix:         c.EncryptedSuffix,
		UnencryptedRegex:        c.UnencryptedRegex,
		EncryptedRegex:          c.EncryptedRegex,
		UnencryptedCommentRegex: c.UnencryptedCommentRegex,
		EncryptedCommentRegex:   c.EncryptedCommentRegex,
		MACOnlyEncrypted:        c.MACOnlyEncrypted,
	}, nil
}

// ruleError says that a key of a rule cannot be used. Which one is not secret: it is for whom to encrypt.
func ruleError(err error) error {
	var e *codec.Error
	if errors.As(err, &e) {
		return e
	}
	return &codec.Error{Kind: ErrRule, Detail: report.Printable(err.Error())}
}
