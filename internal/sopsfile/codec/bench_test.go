package codec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// benchmarks are documents of a number of values.
var benchmarks = []struct {
	name   string
	values int
	edit   func(*sops.Metadata)
}{
	{"5 values", 5, nil},
	{"5000 values", 5000, nil},
	{"5000 values with encrypted_regex", 5000, func(m *sops.Metadata) {
		m.EncryptedRegex, m.MACOnlyEncrypted = "^(data|stringData)$", true
	}},
}

func benchmarkDocument(b *testing.B, values int, edit func(*sops.Metadata)) []byte {
	var text strings.Builder
	text.WriteString("apiVersion: v1\nkind: Secret\nstringData:\n")
	for i := range values {
		fmt.Fprintf(&text, "  key%d: some value that is not very long %d\n", i, i)
	}
	d, err := ours(YAML).LoadPlain([]byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	sealed, err := seal(YAML, d.Tree.Branches, newMetadata(edit))
	if err != nil {
		b.Fatal(err)
	}
	return sealed
}

// BenchmarkOpen reads, decrypts and verifies a document; BenchmarkSOPS does so with SOPS's own packages.
func BenchmarkOpen(b *testing.B) {
	for _, bench := range benchmarks {
		data := benchmarkDocument(b, bench.values, bench.edit)
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				d, err := ours(YAML).LoadEncrypted(data)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := d.Open(testKey, crypt.NewCipher()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSOPS(b *testing.B) {
	for _, bench := range benchmarks {
		data := benchmarkDocument(b, bench.values, bench.edit)
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				tree, err := oracle(YAML).LoadEncryptedFile(data)
				if err != nil {
					b.Fatal(err)
				}
				cipher := aes.NewCipher()
				mac, err := tree.Decrypt(testKey, cipher)
				if stored, macErr := storedMAC(cipher, tree.Metadata); err != nil || macErr != nil || stored != mac {
					b.Fatal(err, macErr)
				}
			}
		})
	}
}

// BenchmarkDecrypt decrypts a tree that was read; BenchmarkSOPSDecrypt does so with SOPS.
func BenchmarkDecrypt(b *testing.B) {
	benchmarkTree(b, func(tree *sops.Tree) error {
		_, err := crypt.Decrypt(tree, testKey, crypt.NewCipher())
		return err
	})
}

func BenchmarkSOPSDecrypt(b *testing.B) {
	benchmarkTree(b, func(tree *sops.Tree) error {
		_, err := tree.Decrypt(testKey, aes.NewCipher())
		return err
	})
}

func benchmarkTree(b *testing.B, decrypt func(*sops.Tree) error) {
	for _, bench := range benchmarks {
		d, err := ours(YAML).LoadEncrypted(benchmarkDocument(b, bench.values, bench.edit))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				branch := cloneValue(d.Tree.Branches[0]).(sops.TreeBranch)
				tree := sops.Tree{Metadata: d.Tree.Metadata, Branches: sops.TreeBranches{branch}}
				if err := decrypt(&tree); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEmit writes a document; BenchmarkSOPSEmit does so with SOPS.
func BenchmarkEmit(b *testing.B) {
	benchmarkEmit(b, func(tree sops.Tree) ([]byte, error) { return ours(YAML).EmitEncrypted(tree) })
}

func BenchmarkSOPSEmit(b *testing.B) {
	benchmarkEmit(b, func(tree sops.Tree) ([]byte, error) { return oracle(YAML).EmitEncryptedFile(tree) })
}

func benchmarkEmit(b *testing.B, emit func(sops.Tree) ([]byte, error)) {
	for _, bench := range benchmarks[:2] {
		d, err := ours(YAML).LoadEncrypted(benchmarkDocument(b, bench.values, bench.edit))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := emit(d.Tree); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
