package codec

import (
	"testing"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

func FuzzYAML(f *testing.F)   { fuzzFormat(f, YAML) }
func FuzzJSON(f *testing.F)   { fuzzFormat(f, JSON) }
func FuzzDotenv(f *testing.F) { fuzzFormat(f, Dotenv) }
func FuzzINI(f *testing.F)    { fuzzFormat(f, INI) }

// fuzzFormat compares documents with SOPS: as they are, and after encrypting them.
// Each run takes a document through both, up to four times: it takes one to three times what the fuzzer itself does.
func fuzzFormat(f *testing.F, format Format) {
	for _, text := range documents[format] {
		if len(text) > 2000 {
			continue
		}
		f.Add([]byte(text))
		d, err := ours(format).LoadPlain([]byte(text))
		if err != nil {
			continue
		}
		if sealed, err := sealOurs(format, d.Tree.Branches, newMetadata(nil), crypt.NewCipher()); err == nil {
			f.Add(sealed)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		compareEncrypted(t, format, data)
		if comparePlain(t, format, data) == nil {
			return
		}
		compareSealed(t, format, func() sops.TreeBranches {
			d, err := ours(format).LoadPlain(data)
			if err != nil {
				t.Fatal(err)
			}
			return d.Tree.Branches
		}, selectors["unencrypted comment"])
	})
}
