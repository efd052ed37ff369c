package codec

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/version"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// TestCommand has the sops command open what we encrypt, print it as we print it, and edit it; and us open that again.
func TestCommand(t *testing.T) {
	dir := t.TempDir()
	command := pinned.Command(t, "sops")
	keys := filepath.Join(pinned.Root(), "testdata", "keys", "test.age")
	t.Setenv("SOPS_AGE_KEY_FILE", keys)
	run := func(args ...string) []byte {
		t.Helper()
		cmd := exec.Command(command, args...)
		cmd.Dir = dir
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("sops %v: %v\n%s", args, err, &errs)
		}
		return out.Bytes()
	}
	for format, test := range map[Format]struct {
		text, index, value string
		path               Path
	}{
		YAML: {"# c\na: 1.10 # d\nb:\n  - x\n  # e\n  - {c: true, d: 2001-01-01, e: ''}\n---\nz: é\n",
			`["b"][0]`, `"new"`, Path{"b", 0}},
		JSON:   {`{"a":1,"b":["x",{"c":2.50}]}`, `["b"][0]`, `"new"`, Path{"b", 0}},
		Dotenv: {"# c\nA=x\nB=a\\nb\n", `["A"]`, `"new"`, Path{"A"}},
		INI:    {"; c\n[s]\na=x ; d\nlonger=y\n", `["s"]["a"]`, `"new"`, Path{"s", "a"}},
		Binary: {"\x00\x01é\r\n", `["data"]`, `"new"`, Path{"data"}},
	} {
		t.Run(string(format), func(t *testing.T) {
			name := "file." + string(format)
			file := filepath.Join(dir, name)
			d, err := ours(format).LoadPlain([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			write(t, file, encryptFor(t, keys, format, d.Tree.Branches))
			own, err := openOurs(t, format, file).plain()
			if err != nil {
				t.Fatal(err)
			}
			types := []string{"--input-type", string(format), "--output-type", string(format), name}
			if got := run(append([]string{"decrypt"}, types...)...); !bytes.Equal(got, own) {
				t.Errorf("sops prints\n%s\nwe print\n%s", got, own)
			}
			if format == Binary {
				return // sops set takes no binary documents
			}
			run(append(append([]string{"set"}, types...), test.index, test.value)...)
			edited := openOurs(t, format, file)
			found := false
			eachPath(edited.document.Tree.Branches[0], nil, func(path Path, value any) {
				found = found || path.String() == test.path.String() && value == "new"
			})
			if !found {
				t.Errorf("%v", edited.document.Tree.Branches)
			}
		})
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// encryptFor encrypts branches for the key of a file.
func encryptFor(t *testing.T, keys string, format Format, branches sops.TreeBranches) []byte {
	t.Helper()
	text, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "public key: ")
	public, _, _ := strings.Cut(rest, "\n")
	key, err := age.MasterKeyFromRecipient(public)
	if err != nil {
		t.Fatal(err)
	}
	tree := sops.Tree{Branches: branches, Metadata: sops.Metadata{
		KeyGroups: []sops.KeyGroup{{key}}, UnencryptedSuffix: sops.DefaultUnencryptedSuffix, Version: version.Version,
	}}
	dataKey, errs := tree.GenerateDataKey()
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	cipher := crypt.NewCipher()
	mac, err := crypt.Encrypt(&tree, dataKey, cipher)
	if err != nil {
		t.Fatal(err)
	}
	if err := crypt.Sign(&tree.Metadata, mac, dataKey, cipher, time.Now()); err != nil {
		t.Fatal(err)
	}
	out, err := ours(format).EmitEncrypted(tree)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type opened struct{ document *Document }

func (o opened) plain() ([]byte, error) {
	return ours(o.document.Format).EmitPlain(o.document.Tree.Branches)
}

// openOurs opens a file with a key of this machine.
func openOurs(t *testing.T, format Format, file string) opened {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ours(format).LoadEncrypted(data)
	if err != nil {
		t.Fatal(err)
	}
	key, err := d.Tree.Metadata.GetDataKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(key, crypt.NewCipher()); err != nil {
		t.Fatal(err)
	}
	return opened{d}
}
