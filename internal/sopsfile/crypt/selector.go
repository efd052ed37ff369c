package crypt

import (
	"regexp"
	"strings"
	"sync/atomic"

	"github.com/getsops/sops/v3"
)

// selector says which values of a document are encrypted. SOPS looks at each key of a path, and at each comment before
// a value, again for every value; here a map or list hands down what it has found.
type selector struct {
	plainSuffix, secretSuffix   string
	plainRegex, secretRegex     *pattern
	plainComment, secretComment *pattern
}

// pattern is a regular expression of the metadata. One that does not compile matches nothing, as for SOPS.
type pattern struct {
	text string
	re   *regexp.Regexp
}

// lastPattern is the pattern compiled last: the documents of one repository mostly share it.
var lastPattern atomic.Pointer[pattern]

func newPattern(text string) *pattern {
	if text == "" {
		return nil
	}
	if p := lastPattern.Load(); p != nil && p.text == text {
		return p
	}
	re, _ := regexp.Compile(text) // nil if it does not compile
	p := &pattern{text, re}
	lastPattern.Store(p)
	return p
}

func (p *pattern) matches(text string) bool {
	return p != nil && p.re != nil && p.re.MatchString(text)
}

func newSelector(m *sops.Metadata) *selector {
	return &selector{
		plainSuffix:   m.UnencryptedSuffix,
		secretSuffix:  m.EncryptedSuffix,
		plainRegex:    newPattern(m.UnencryptedRegex),
		secretRegex:   newPattern(m.EncryptedRegex),
		plainComment:  newPattern(m.UnencryptedCommentRegex),
		secretComment: newPattern(m.EncryptedCommentRegex),
	}
}

// selection is what the keys above a value, and the comments before it and them, have matched.
type selection struct {
	plainSuffix, secretSuffix   bool
	plainRegex, secretRegex     bool
	plainComment, secretComment bool
}

// key adds a key of the path.
func (s *selector) key(in selection, key string) selection {
	in.plainSuffix = in.plainSuffix || s.plainSuffix != "" && strings.HasSuffix(key, s.plainSuffix)
	in.secretSuffix = in.secretSuffix || s.secretSuffix != "" && strings.HasSuffix(key, s.secretSuffix)
	in.plainRegex = in.plainRegex || s.plainRegex.matches(key)
	in.secretRegex = in.secretRegex || s.secretRegex.matches(key)
	return in
}

// comment adds a comment before a value.
func (s *selector) comment(in selection, text string) selection {
	in.plainComment = in.plainComment || s.plainComment.matches(text)
	in.secretComment = in.secretComment || s.secretComment.matches(text)
	return in
}

// encrypted reports whether a value is encrypted. Where several rules are set, the last one wins.
func (s *selector) encrypted(in selection) bool {
	encrypted := !in.plainSuffix
	if s.secretSuffix != "" {
		encrypted = in.secretSuffix
	}
	if in.plainRegex {
		encrypted = false
	}
	if s.secretRegex != nil {
		encrypted = in.secretRegex
	}
	if in.plainComment {
		encrypted = false
	}
	if s.secretComment != nil {
		encrypted = in.secretComment
	}
	return encrypted
}
