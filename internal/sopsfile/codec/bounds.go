package codec

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/getsops/sops/v3"
)

const (
	// MaxMasterKeys is how many keys are tried: each may be a process, or a call over the network.
	MaxMasterKeys = 100
	// maxRegexp is how long a regular expression of the metadata may be, as text and as a program.
	maxRegexp = 1000
)

// bounded holds the metadata to the bounds, and refuses what the sops command refuses after reading.
func (d *Document) bounded() error {
	m := &d.Tree.Metadata
	fail := func(detail string) error { return &Error{Kind: ErrMetadata, Format: d.Format, Detail: detail} }
	switch n := m.MasterKeyCount(); {
	case n == 0:
		return fail("it names no key")
	case n > MaxMasterKeys:
		return fail(fmt.Sprintf("it names %d keys; at most %d are tried", n, MaxMasterKeys))
	case !isVersion(m.Version):
		return fail("it does not say which version of SOPS wrote it")
	}
	for _, pattern := range regexps(m) {
		if detail := regexpProblem(pattern); detail != "" {
			return fail(detail)
		}
	}
	return nil
}

func regexps(m *sops.Metadata) []string {
	return []string{m.EncryptedRegex, m.UnencryptedRegex, m.EncryptedCommentRegex, m.UnencryptedCommentRegex}
}

func regexpProblem(pattern string) string {
	if pattern == "" {
		return ""
	}
	if len(pattern) > maxRegexp {
		return "a regular expression is too long"
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "a regular expression does not compile"
	}
	if program, err := syntax.Compile(parsed.Simplify()); err != nil || len(program.Inst) > maxRegexp {
		return "a regular expression is too large"
	}
	return ""
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// isVersion reports whether text is a version of SOPS: a semantic version, or any 1.x.
func isVersion(text string) bool {
	if strings.HasPrefix(text, "1.") {
		return true
	}
	text = strings.TrimPrefix(text, "v")
	text, build, hasBuild := strings.Cut(text, "+")
	text, pre, hasPre := strings.Cut(text, "-")
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return false
	}
	for _, part := range parts {
		if !isNumber(part) {
			return false
		}
	}
	return (!hasPre || areIdentifiers(pre, true)) && (!hasBuild || areIdentifiers(build, false))
}

// isNumber reports whether text is a number without leading zeros.
func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil && text[0] != '+' && (text == "0" || text[0] != '0')
}

func areIdentifiers(text string, noZeros bool) bool {
	for part := range strings.SplitSeq(text, ".") {
		isDigits := strings.Trim(part, digits) == ""
		if part == "" || noZeros && isDigits && !isNumber(part) || strings.Trim(part, digits+letters+"-") != "" {
			return false
		}
	}
	return true
}
