package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/logging"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// SOPS's own stores, cipher and tree are the oracle: whatever they read, this package reads the same, or refuses it for
// one of the reasons that stricter knows.

func TestMain(m *testing.M) {
	for _, logger := range logging.Loggers {
		logger.SetOutput(io.Discard)
	}
	os.Exit(m.Run())
}

var allFormats = []Format{YAML, JSON, Dotenv, INI, Binary}

// testKey is the data key of the documents that tests encrypt.
var testKey = bytes.Repeat([]byte{7}, 32)

func oracle(format Format) common.Store {
	return common.StoreForFormat(formats.FormatFromString(string(format)), config.NewStoresConfig())
}

func ours(format Format) *Store { return NewStore(format, DefaultStoresConfig()) }

// halfCharacter is an escape that stands for half of a character.
var halfCharacter = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// stricter reports whether we refuse on purpose what SOPS reads, and whether the reason is true of the document.
func stricter(err error, data []byte, format Format, branches sops.TreeBranches) bool {
	isJSON := format == JSON || format == Binary
	switch {
	case errors.Is(err, ErrDuplicateKey), errors.Is(err, ErrJoined):
		return format == INI || repeats(branches) || isJSON && !json.Valid(data) || len(branches) > 1
	case errors.Is(err, ErrSyntax) && isJSON && json.Valid(data): // SOPS puts U+FFFD in its place
		return !utf8.Valid(data) || halfCharacter.Match(data)
	case errors.Is(err, ErrTruncated), errors.Is(err, ErrSyntax) && isJSON:
		return isJSON && !json.Valid(data)
	case errors.Is(err, ErrSyntax), errors.Is(err, ErrKeyType): // SOPS looks at the first YAML document only
		return format == YAML && len(branches) > 1
	case errors.Is(err, ErrCRLF):
		return format == Dotenv && bytes.Contains(data, []byte("\r"))
	case errors.Is(err, ErrBOM):
		return bytes.HasPrefix(data, []byte(utf8BOM)) || data[0] >= 0xFE
	case errors.Is(err, ErrTooDeep):
		return depth(branches) > MaxDepth
	}
	return false
}

func repeats(value any) bool {
	switch value := value.(type) {
	case sops.TreeBranches:
		return slices.ContainsFunc(value, func(branch sops.TreeBranch) bool { return repeats(branch) })
	case sops.TreeBranch:
		seen := map[string]bool{}
		return slices.ContainsFunc(value, func(item sops.TreeItem) bool {
			if _, ok := item.Key.(sops.Comment); ok {
				return false
			}
			key := fmt.Sprint(item.Key)
			again := seen[key]
			seen[key] = true
			return again || repeats(item.Value)
		})
	case []any:
		return slices.ContainsFunc(value, repeats)
	}
	return false
}

func depth(value any) int {
	deepest := 0
	switch value := value.(type) {
	case sops.TreeBranches:
		for _, branch := range value {
			deepest = max(deepest, depth(branch))
		}
		return deepest
	case sops.TreeBranch:
		for _, item := range value {
			deepest = max(deepest, depth(item.Value))
		}
	case []any:
		for _, item := range value {
			deepest = max(deepest, depth(item))
		}
	}
	return deepest + 1
}

// comparePlain reads a document in the clear with both, and prints it in every format with both.
func comparePlain(t *testing.T, format Format, data []byte) *Document {
	t.Helper()
	got, err := ours(format).LoadPlain(data)
	if unbounded(t, err, data, format) {
		return nil
	}
	want, wantErr := sopstest.Attempt(func() (sops.TreeBranches, error) { return oracle(format).LoadPlainFile(data) })
	switch {
	case err != nil && wantErr != nil:
		return nil
	case err != nil:
		if !stricter(err, data, format, want) {
			t.Fatalf("%s: SOPS reads it, we do not: %v\n%q\n%#v", format, err, data, want)
		}
		return nil
	case wantErr != nil:
		t.Fatalf("%s: SOPS refuses it (%v), we do not\n%q", format, wantErr, data)
	}
	if !sopstest.Same(got.Tree.Branches, want) {
		t.Fatalf("%s: the trees differ\n%q\nSOPS %#v\nours %#v", format, data, want, got.Tree.Branches)
	}
	comparePlaces(t, got)
	for _, out := range allFormats {
		compareEmit(t, out, want)
	}
	return got
}

// unbounded reports whether we refuse a YAML document for its size or depth. SOPS is not asked then: its stack, or
// memory, may be full before it says no.
func unbounded(t *testing.T, err error, data []byte, format Format) bool {
	t.Helper()
	bounds := errors.Is(err, ErrAliases) || errors.Is(err, ErrTooDeep)
	if format != YAML || !bounds {
		return false
	}
	if !bytes.ContainsAny(data, "&*") && bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) < MaxDepth {
		t.Fatalf("refused: %v\n%s", err, data)
	}
	return true
}

// compareEmit prints a tree with both.
func compareEmit(t *testing.T, format Format, tree sops.TreeBranches) {
	t.Helper()
	want, wantErr := sopstest.Attempt(func() ([]byte, error) { return oracle(format).EmitPlainFile(tree) })
	got, err := ours(format).EmitPlain(tree)
	if wantErr == nil && err != nil && format == Dotenv && !textKeys(tree) {
		return // SOPS prints a key that is not text as Go prints a mistake in a format
	}
	if (wantErr == nil) != (err == nil) || err == nil && !bytes.Equal(want, got) {
		t.Fatalf("%s: the output differs\n%#v\nSOPS %q %v\nours %q %v", format, tree, want, wantErr, got, err)
	}
}

func textKeys(tree sops.TreeBranches) bool {
	return !slices.ContainsFunc(tree[0], func(item sops.TreeItem) bool {
		_, comment := item.Key.(sops.Comment)
		_, text := item.Key.(string)
		return !comment && !text
	})
}

// comparePlaces requires a place for every value.
func comparePlaces(t *testing.T, d *Document) {
	t.Helper()
	for i, branch := range d.Tree.Branches {
		eachPath(branch, nil, func(path Path, _ any) {
			at, ok := d.Place(i, path)
			if !ok || at.Line < 1 || at.Column < 1 || at.Start > at.End || at.End > len(d.source) {
				t.Fatalf("%s: %v is at %+v, %v\n%q", d.Format, path, at, ok, d.source)
			}
		})
	}
}

// eachPath calls a function for every value of a tree.
func eachPath(value any, path Path, visit func(Path, any)) {
	visit(path, value)
	switch value := value.(type) {
	case sops.TreeBranch:
		for _, item := range value {
			if key, ok := item.Key.(string); ok {
				eachPath(item.Value, append(path[:len(path):len(path)], key), visit)
			}
		}
	case []any:
		index := 0
		for _, item := range value {
			if _, ok := item.(sops.Comment); !ok {
				eachPath(item, append(path[:len(path):len(path)], index), visit)
				index++
			}
		}
	}
}
