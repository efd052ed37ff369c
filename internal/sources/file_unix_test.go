//go:build !windows

package sources_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// TestFile keeps files inside the root, whatever leads out of it, and reads regular ones only.
func TestFile(t *testing.T) {
	sopstest.NoKeys(t)
	outside := t.TempDir()
	sopstest.Write(t, outside, "a.yaml", []byte("password: hunter2\n"))
	dir := filepath.Join(outside, "root")
	sopstest.Write(t, dir, "in/a.yaml", []byte("password: inside\n"))
	for name, target := range map[string]string{"link-out.yaml": "../a.yaml",
		"link-absolute.yaml": filepath.Join(outside, "a.yaml"), "folder-out": "..", "loop.yaml": "loop.yaml",
		"link-in.yaml": "in/a.yaml"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	big, err := os.Create(filepath.Join(dir, "big.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := big.Truncate(sources.MaxDocument + 1); err != nil {
		t.Fatal(err)
	}
	_ = big.Close()

	no := false
	for name, says := range map[string]string{
		"../a.yaml":                        "it leads out of the folder",
		"in/../../a.yaml":                  "it leads out of the folder",
		filepath.Join(outside, "a.yaml"):   "it leads out of the folder", // and schema.Validate refuses it before
		"link-out.yaml":                    "it leads out of the folder",
		"link-absolute.yaml":               "it leads out of the folder",
		"folder-out/a.yaml":                "it leads out of the folder",
		"loop.yaml":                        "it cannot be read: too many levels of symbolic links",
		"fifo.yaml":                        "it is not a regular file",
		"in":                               "it is not a regular file",
		".":                                "it is not a regular file",
		"in/a.yaml/b":                      "it cannot be read: not a directory",
		"nul\x00.yaml":                     "it cannot be read: invalid argument",
		strings.Repeat("n", 300) + ".yaml": "it cannot be read: file name too long",
		"big.yaml":                         "it has 4194305 bytes; a source may have 4194304; split it",
		"none.yaml":                        "there is no such file",
	} {
		f := refused(t, dir, schema.Source{File: name, Encrypted: &no}, "hunter2")
		sopstest.Holds(t, f.Error(), "sources[0].file: ", says)
		if strings.Contains(f.Error(), dir) {
			t.Errorf("an absolute path is in: %v", f)
		}
	}
	for _, name := range []string{"in/a.yaml", "link-in.yaml"} {
		if out, f := open(t, dir, schema.Source{File: name, Encrypted: &no})(schema.Value{Key: "password"}); f != nil ||
			string(out) != "inside" {
			t.Errorf("%s: %q, %v", name, out, f)
		}
	}
	_, findings := openAll(rootless(), specOf(schema.Source{File: "a.yaml"}), sources.Origin{})
	sopstest.Holds(t, findings[0].Error(),
		"sources[0].file: a.yaml: there is no file system to read it from; carry the document in a configMap or inline source")
}
