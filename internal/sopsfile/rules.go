package sopsfile

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/config"
	sopskeys "github.com/getsops/sops/v3/keys"

	"github.com/secretwright/secretwright/internal/report"
)

// creationRule is what the nearest .sops.yaml says of a file.
type creationRule struct {
	groups    []sops.KeyGroup
	threshold int
	indent    int // of YAML
}

// ruleFor returns the creation rule that the nearest .sops.yaml, in the folder of a file or above, has for it.
func ruleFor(path string) (*creationRule, *report.Finding) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, report.Wrap(report.NoRuleFile, err, "the path of the file cannot be made absolute", "")
	}
	found, err := config.LookupConfigFile(absolute)
	if err != nil {
		return nil, report.Wrap(report.NoRuleFile, err, "there is no .sops.yaml in its folder or above",
			"write one that says which keys to encrypt for")
	}
	rule, err := loadRule(found.Path, absolute)
	if err != nil {
		return nil, report.Wrap(report.NoCreationRule, err, fmt.Sprintf("%s: %v", found.Path, err), "")
	}
	if rule == nil || !haveKeys(rule.KeyGroups) {
		message := found.Path + ": no creation rule with keys matches the file"
		return nil, report.New(report.NoCreationRule, message, "add one")
	}
	stores, err := config.LoadStoresConfig(found.Path)
	if err != nil {
		return nil, report.Wrap(report.NoCreationRule, err, fmt.Sprintf("%s: %v", found.Path, err), "")
	}
	return &creationRule{groups: rule.KeyGroups, threshold: rule.ShamirThreshold, indent: stores.YAML.Indent}, nil
}

// errMalformedRules is a .sops.yaml on which SOPS panics: it has a Vault key without a URI, for one.
var errMalformedRules = errors.New("it is malformed")

func loadRule(conf, file string) (rule *config.Config, err error) {
	defer func() {
		if recover() != nil {
			rule, err = nil, errMalformedRules
		}
	}()
	return config.LoadCreationRuleForFile(conf, file, nil)
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
	conf := RuleFile(root, file)
	if conf == "" {
		return nil, report.New(report.NoRuleFile,
			"there is no .sops.yaml between the folder Secretwright was started in and "+file,
			"write one, or list the recipients in output.sops")
	}
	dir := root.Name()
	rule, err := loadRule(filepath.Join(dir, conf), filepath.Join(dir, file))
	if err != nil || rule == nil || !haveKeys(rule.KeyGroups) {
		return nil, report.Wrap(report.NoCreationRule, err,
			fmt.Sprintf("%s has no creation rule with keys for %s", conf, file), "add one")
	}
	return &Recipients{groups: rule.KeyGroups, threshold: rule.ShamirThreshold}, nil
}

// RuleFile returns the nearest .sops.yaml for a file inside the root, or "".
func RuleFile(root *os.Root, file string) string {
	for dir := path.Dir(path.Clean(file)); ; dir = path.Dir(dir) {
		conf := path.Join(dir, ".sops.yaml")
		if info, err := root.Stat(conf); err == nil && info.Mode().IsRegular() {
			return conf
		}
		if dir == "." || dir == "/" || strings.HasPrefix(dir, "..") {
			return ""
		}
	}
}
