package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	sopskeys "github.com/getsops/sops/v3/keys"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
	"github.com/secretwright/secretwright/internal/sopsfile/rulefile"
)

// Rule is what the nearest .sops.yaml says of a file.
type Rule struct {
	Recipients *Recipients
	Indent     int // of YAML
	file       string
}

// RuleFor returns the creation rule that the nearest .sops.yaml, in the folder of a file or above, has for it.
func RuleFor(file string) (*Rule, *report.Finding) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, report.Wrap(report.NoRuleFile, err, "the path of the file cannot be made absolute", "")
	}
	found, err := rulefile.Find(os.Stat, filepath.ToSlash(absolute))
	if err != nil {
		return nil, noRuleFile(found, "there is no .sops.yaml in its folder or above",
			"write one that says which keys to encrypt for")
	}
	return ruleIn(found.Path, found.Path, filepath.ToSlash(absolute), disk.ReadNamed)
}

// LayoutFor returns how the nearest .sops.yaml says that files are indented.
func LayoutFor(file string) codec.StoresConfig {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return codec.DefaultStoresConfig()
	}
	found, err := rulefile.Find(os.Stat, filepath.ToSlash(absolute))
	if err != nil {
		return codec.DefaultStoresConfig()
	}
	data, err := disk.ReadNamed(found.Path)
	if err != nil {
		return codec.DefaultStoresConfig()
	}
	rules, err := rulefile.Parse(data)
	if err != nil {
		return codec.DefaultStoresConfig()
	}
	return rules.Stores
}

// RecipientsFor returns the recipients that the nearest .sops.yaml, in the folder of a file or above, gives for it, and
// the path of that .sops.yaml.
func RecipientsFor(file string) (recipients *Recipients, rules string, f *report.Finding) {
	rule, f := RuleFor(file)
	if f != nil {
		return nil, "", f
	}
	return rule.Recipients, rule.file, nil
}

// noRuleFile says that there is no .sops.yaml, and if there is a .sops.yml in its place.
func noRuleFile(found rulefile.ConfigFile, message, fix string) *report.Finding {
	if found.Ignored != "" {
		fix = "rename " + found.Ignored + " to .sops.yaml: SOPS does not read it"
	}
	return report.Wrap(report.NoRuleFile, rulefile.ErrNoConfig, message, fix)
}

// ruleIn returns the rule that a .sops.yaml has for a file. Both paths are absolute, or below one root. Findings call
// the .sops.yaml by a name.
func ruleIn(
	conf, name, file string, read func(name string) ([]byte, error),
) (found *Rule, f *report.Finding) {
	defer report.Guard(&f) // SOPS panics on a Vault key without a URI
	data, err := read(conf)
	if err != nil {
		return nil, report.Wrap(report.NoCreationRule, err, fmt.Sprintf("%s cannot be read: %v", name, disk.Cause(err)),
			"")
	}
	rules, err := rulefile.Parse(data)
	if err != nil {
		return nil, wrongRules(name, err)
	}
	rule, err := rules.For(path.Dir(conf), file)
	switch {
	case errors.Is(err, rulefile.ErrNoRule), err == nil && (rule == nil || !haveKeys(rule.KeyGroups)):
		return nil, report.Wrap(report.NoCreationRule, err, name+" has no creation rule with keys for "+file, "add one")
	case err != nil:
		return nil, wrongRules(name, err)
	}
	return &Rule{&Recipients{groups: rule.KeyGroups, threshold: rule.ShamirThreshold}, rules.Stores.YAML.Indent,
		conf}, nil
}

// wrongRules returns the finding that a .sops.yaml is wrong, with its place.
func wrongRules(file string, err error) *report.Finding {
	message := err.Error()
	line, column := codec.PlaceOf(err)
	if line == 0 {
		return report.Wrap(report.NoCreationRule, err, file+": "+message, "correct it")
	}
	f := report.Wrap(report.NoCreationRule, err, strings.TrimPrefix(message, fmt.Sprintf("line %d: ", line)), "correct it")
	f.Place = report.Place{File: file, Line: line, Column: column}
	return f
}

// haveKeys reports whether every key group has a key. For one that has none, SOPS makes documents that nobody opens.
func haveKeys(groups []sops.KeyGroup) bool {
	isEmpty := func(group sops.KeyGroup) bool { return len(group) == 0 || slices.ContainsFunc(group, isAbsent) }
	return len(groups) > 0 && !slices.ContainsFunc(groups, isEmpty)
}

// isAbsent reports whether a key is nil, which is what SOPS makes of a Vault key without a URI.
func isAbsent(key sopskeys.MasterKey) bool { return key == nil || reflect.ValueOf(key).IsNil() }

// Ruled returns the recipients that the nearest .sops.yaml gives for a file, whose path is relative to root. Only the
// root and folders in it are looked in.
func Ruled(root *os.Root, file string) (*Recipients, *report.Finding) {
	if root == nil {
		return nil, report.New(report.NoFileSystem, "there is no file system to read a .sops.yaml from",
			"list the recipients in output.sops")
	}
	found, err := rulefile.Find(regular(root), path.Clean(file))
	if err != nil {
		return nil, noRuleFile(found, "there is no .sops.yaml between the folder Secretwright was started in and "+file,
			"write one, or list the recipients in output.sops")
	}
	rule, f := ruleIn(found.Path, found.Path, path.Clean(file), func(name string) ([]byte, error) {
		data, f := disk.ReadFile(root, name)
		if f != nil {
			return nil, f
		}
		return data, nil
	})
	if f != nil {
		return nil, f
	}
	return rule.Recipients, nil
}

// RuleFile returns the nearest .sops.yaml for a file inside the root, or "".
func RuleFile(root *os.Root, file string) string {
	found, err := rulefile.Find(regular(root), path.Clean(file))
	if err != nil {
		return ""
	}
	return found.Path
}

// RuledFolder returns the nearest folder with a .sops.yaml, from one up to another, or "". Both paths are absolute, and
// without links.
func RuledFolder(dir, top string) string {
	found, err := rulefile.Find(os.Stat, path.Join(filepath.ToSlash(dir), "file"))
	folder := filepath.FromSlash(path.Dir(found.Path))
	if err != nil || !disk.Inside(folder, top) {
		return ""
	}
	return folder
}

// regular returns a stat of the root that finds regular files only.
func regular(root *os.Root) func(name string) (fs.FileInfo, error) {
	return func(name string) (fs.FileInfo, error) {
		info, err := root.Stat(name)
		if err == nil && !info.Mode().IsRegular() {
			return nil, fs.ErrNotExist
		}
		return info, err
	}
}
