package cli

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/terminal"
)

func encryptCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "encrypt FILE ...",
		Short: "Encrypt the values of a SecretSpec in place, for the keys of .sops.yaml",
		Long: `encrypt makes a SOPS document of a SecretSpec: each value: is encrypted, in the file itself, for the keys that the
creation rules of the nearest .sops.yaml give for it. Nothing else in the file changes. From then on it is changed with secretwright edit.`,
		Args:              specFiles,
		ValidArgsFunction: completeSpec,
		RunE: func(cmd *cobra.Command, args []string) error {
			return rewrite(cmd.ErrOrStderr(), args, func(text []byte, path string) ([]byte, error) {
				return fn.EncryptSpec(cmd.Context(), text, path)
			})
		},
	}
}

func fmtCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "fmt FILE ...",
		Short: "Sort the keys of an encrypted SecretSpec and renew its MAC, for kustomize",
		Long: `fmt sorts the keys of a SecretSpec that is a SOPS document, and renews its MAC; the ciphertexts stay. kustomize sorts the
keys of what it hands to functions, and the MAC covers their order: fmt helps where the file that was signed is not found.
What it changes it writes as sops does: the whole file, in block style, with the comments where sops puts them.`,
		Args:              specFiles,
		ValidArgsFunction: completeSpec,
		RunE: func(cmd *cobra.Command, args []string) error {
			return rewrite(cmd.ErrOrStderr(), args, func(text []byte, path string) ([]byte, error) {
				return fn.FormatSpec(cmd.Context(), text, path)
			})
		},
	}
}

// specFiles is what the arguments `FILE ...` have to be.
func specFiles(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%[1]s needs FILE, the file of a SecretSpec: secretwright %[1]s secretspec.yaml", cmd.Name())
	}
	return nil
}

// rewrite changes SecretSpecs in place, each whole or not at all, and says for whom each is encrypted.
func rewrite(stderr io.Writer, paths []string, change func(text []byte, path string) ([]byte, error)) error {
	for _, given := range paths {
		// A link is followed, so that no plaintext stays behind it.
		path, err := filepath.EvalSymlinks(given)
		if err != nil {
			return disk.NamedError(given, err)
		}
		text, err := disk.ReadNamed(path)
		if err != nil {
			return disk.NamedError(path, err)
		}
		out, err := change(text, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := terminal.PrintFindings(stderr, fn.SpecRecipients(out, path)); err != nil {
			return err
		}
		if bytes.Equal(out, text) {
			continue
		}
		change := disk.Change{Name: filepath.Base(path), Content: out, Former: text}
		if err := disk.Write(filepath.Dir(path), []disk.Change{change}); err != nil {
			return err
		}
	}
	return nil
}
