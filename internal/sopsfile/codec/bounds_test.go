package codec

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"go.yaml.in/yaml/v3"
)

// TestDocumentAtBounds has documents that are just within the bounds, and just beyond.
func TestDocumentAtBounds(t *testing.T) {
	for n, want := range map[int]error{maxNodes: nil, maxNodes + 1: ErrTooLarge} {
		for format, text := range map[Format]string{
			YAML:   "a: [" + strings.Repeat("0,", n-1) + "]",
			JSON:   `{"a":[` + strings.Repeat("0,", n-3) + `0]}`, // the end of a list counts, too
			Dotenv: strings.Repeat("#\n", n),
			INI:    strings.Repeat("#\n", n),
		} {
			if _, err := ours(format).LoadPlain([]byte(text)); !errors.Is(err, want) {
				t.Errorf("%s, %d: %v", format, n, err)
			}
		}
	}
	spaces := bytes.Repeat([]byte(" "), maxSize+1)
	for n, want := range map[int]error{maxSize: nil, maxSize + 1: ErrTooLarge} {
		if _, err := ours(Binary).LoadPlain(spaces[:n]); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if _, err := ours(JSON).LoadEncrypted(spaces[:n]); errors.Is(err, ErrTooLarge) != (want != nil) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	for n, want := range map[int]error{MaxDepth: nil, MaxDepth + 1: ErrTooDeep} {
		nested := `{"a": ` + strings.Repeat("[", n) + "0" + strings.Repeat("]", n) + "}"
		for _, format := range []Format{YAML, JSON} {
			if _, err := ours(format).LoadPlain([]byte(nested)); !errors.Is(err, want) {
				t.Errorf("%s, %d: %v", format, n, err)
			}
		}
	}
}

// TestMetadataAtBounds has metadata that is just within the bounds, and just beyond.
func TestMetadataAtBounds(t *testing.T) {
	variables := func(n int) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "sops_%d=x\n", i)
		}
		return text.String()
	}
	longName := strings.Repeat("a", maxMetadataKey-len("sops_"))
	for text, beyond := range map[string]bool{
		variables(maxMetadata):       false,
		variables(maxMetadata + 1):   true,
		"sops_" + longName + "=x\n":  false,
		"sops_" + longName + "a=x\n": true,
	} {
		_, err := ours(Dotenv).LoadEncrypted([]byte(text))
		var e *Error
		if !errors.As(err, &e) || !errors.Is(e, ErrMetadata) || (e.Detail == "it has more than SOPS would write") != beyond {
			t.Errorf("%.20s: %v", text, err)
		}
	}
	for _, n := range []int{MaxMasterKeys, MaxMasterKeys + 1} {
		d := Document{Format: JSON}
		d.Tree.Metadata.Version = "3.13.3"
		d.Tree.Metadata.KeyGroups = []sops.KeyGroup{make(sops.KeyGroup, n)}
		if err := d.bounded(); errors.Is(err, ErrMetadata) != (n > MaxMasterKeys) {
			t.Errorf("%d keys: %v", n, err)
		}
	}
	for pattern, want := range map[string]string{
		"":     "",
		"^a.*": "",
		"[" + strings.Repeat("a", maxRegexp-2) + "]": "",
		"[" + strings.Repeat("a", maxRegexp-1) + "]": "a regular expression is too long",
		"(":      "a regular expression does not compile",
		"a{998}": "", // an instruction each, and those that succeed and fail
		"a{999}": "a regular expression is too large",
	} {
		if got := regexpProblem(pattern); got != want {
			t.Errorf("%.20s: %q, want %q", pattern, got, want)
		}
	}
}

// TestAliases bounds how many values aliases add, and their share of all.
func TestAliases(t *testing.T) {
	for _, test := range []struct {
		aliased, total int
		want           error
	}{
		{1000, 1000, nil}, {990, 1001, nil}, {991, 1001, ErrAliases}, {1089, 1100, nil}, {1090, 1100, ErrAliases},
		{maxAliased, 2 * maxAliased, nil}, {maxAliased + 1, 2 * maxAliased, ErrAliases},
	} {
		r := yamlReader{nodes: maxNodes, aliased: test.aliased - 1, total: test.total - 1, open: []*yaml.Node{{}}}
		if err := r.count(&yaml.Node{}); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	// Keys count, too.
	text := "a: &a [" + strings.Repeat("{k: v}, ", 100) + "]\nb: [" + strings.Repeat("*a, ", 10) + "]\n"
	if _, err := ours(YAML).LoadPlain([]byte(text)); err != nil {
		t.Error(err)
	}
}
