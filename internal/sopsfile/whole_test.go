package sopsfile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/getsops/sops/v3/version"
	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// TestWhole holds whole documents to sops -d, byte for byte.
func TestWhole(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	cases := []struct {
		name, text string
		rule       string // in .sops.yaml
	}{
		{name: "hard.enc.yaml", text: sopstest.HardYAML},
		{name: "hard.enc.yml", text: sopstest.HardYAML},
		{name: "hard.enc.json", text: sopstest.HardJSON},
		{name: "hard.enc.env", text: sopstest.HardDotenv},
		{name: "hard.enc.ini", text: sopstest.HardINI},
		{name: "bytes.enc", text: string(everyByte)},
		{name: "one-byte.enc.bin", text: "\xff"},
		{name: "empty.enc.bin", text: ""},
		{name: "key.enc.pem", text: "-----BEGIN X-----\r\nAAAA\r\n-----END X-----\r\n"},
		{name: "suffix.enc.yaml", text: "secret: hunter2\nuser_unencrypted: bob\nmap_plain:\n    a: 1\n",
			rule: "unencrypted_suffix: _plain"},
		{name: "default-suffix.enc.json", text: `{"secret": "hunter2", "user_unencrypted": "bob"}`},
		{name: "regex.enc.yaml", text: "kind: Secret\ndata:\n    a: one\nstringData:\n    b: 2\n",
			rule: "encrypted_regex: ^(data|stringData)$"},
		{name: "mac.enc.yaml", text: "kind: Secret\ndata:\n    a: one\n",
			rule: "encrypted_regex: ^data$, mac_only_encrypted: true"},
		{name: "uncomment-regex.enc.yaml", text: "# sops:clear\na: one\nb: two\n",
			rule: "unencrypted_comment_regex: sops:clear"},
		{name: "unregex.enc.json", text: `{"a": "one", "b": "two"}`, rule: "unencrypted_regex: ^a$"},
		{name: "encrypted-suffix.enc.env", text: "A_SECRET=one\nB=two\n", rule: "encrypted_suffix: _SECRET"},
		{name: "comments.enc.yaml",
			text: "# first\na: one # behind\nlist:\n    # in a list\n    - two # behind, in a list\n    # last in a list\n# last\n"},
		{name: "comment-regex.enc.yaml", text: "# sops:enc\na: one\nb: two\n", rule: "encrypted_comment_regex: sops:enc"},
		{name: "comments.enc.ini", text: "; of the section\n[section]\n; of the key\na = one\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			encrypted := sopstest.EncryptBy(t, dir, c.name, c.text, c.rule, recipient)
			got, f := opened(t, dir, c.name).Whole()
			if f != nil {
				t.Fatal(f)
			}
			if diff := cmp.Diff(string(sopstest.SOPS(t, dir, "decrypt", c.name)), string(got)); diff != "" {
				t.Errorf("(-sops +got):\n%s", diff)
			}
			if strings.HasPrefix(c.name, "comments") && strings.Contains(string(encrypted), "first") {
				t.Error("the comments are not encrypted, so this shows nothing")
			}
			switch filepath.Ext(c.name) { // those that SOPS lays out anew
			case ".yaml", ".yml", ".json", ".ini":
			default:
				if string(got) != c.text {
					t.Errorf("%q came out as %q", c.text, got)
				}
			}
		})
	}
}

// TestSOPSVersion holds the version that documents are written with to that of the code.
func TestSOPSVersion(t *testing.T) {
	if sopsfile.SOPSVersion != version.Version {
		t.Errorf("SOPS is %s", version.Version)
	}
}
