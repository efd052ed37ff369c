package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/generate"
	"github.com/secretwright/secretwright/internal/terminal"
)

func setCommand() *cobra.Command {
	var file, recipe string
	cmd := &cobra.Command{
		Use:   "set SPEC SECRET KEY",
		Short: "Change the value of a key of a Secret, where it is kept",
		Long: `set changes the value of a key of a Secret in the SecretSpec in the file SPEC. The value is asked for without echo, or read
from standard input if that is not a terminal; one line counts without its line end. It is written, encrypted, where the
SecretSpec has it from: into the SecretSpec itself, or into the file of its source, where it keeps its recipients. Nothing else
in these files changes.

For credentials of a registry KEY is username, password or email, or registries[1].password where there are several.`,
		Example: `  secretwright set secretspec.yaml database password
  pass show shop/database | secretwright set secretspec.yaml database password
  secretwright set secretspec.yaml database password --generate password:32
  secretwright set secretspec.yaml web-tls tls.crt --from-file web.crt`,
		Args:              named("SPEC", "SECRET", "KEY"),
		ValidArgsFunction: completeValue,
		SuggestFor:        []string{"change", "put", "update"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if file != "" && recipe != "" {
				return &usageError{errors.New("--from-file and --generate each give the value; keep one of them")}
			}
			in := inputOf(cmd)
			s, err := openSpec(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if recipe == "" { // before anybody types in vain
				if err := s.Find(args[1], args[2]); err != nil {
					return err
				}
			}
			values, err := in.newValues(args[1], args[2], file, recipe)
			if err != nil {
				return err
			}
			ctx, cancel := afresh(cmd.Context())
			defer cancel()
			files, findings, err := s.Set(ctx, args[1], values)
			if err != nil {
				return err
			}
			if err := author.Write(files); err != nil {
				return err
			}
			return terminal.PrintFindings(cmd.ErrOrStderr(), append(in.findings, findings...))
		},
	}
	cmd.Flags().StringVar(&file, "from-file", "", "the file that holds the value, every byte of it")
	cmd.Flags().StringVar(&recipe, "generate", "", "make the value: "+recipes())
	return cmd
}

// newValues returns the values that set is given: one, or the parts of what is made.
func (in *input) newValues(secret, key, file, recipe string) ([]author.Value, error) {
	switch {
	case recipe != "":
		return made(key, recipe)
	case file != "":
		data, err := readValue(file)
		return []author.Value{{Key: key, Data: data}}, err
	}
	data, err := in.ask(valueOf(key, secret))
	return []author.Value{{Key: key, Data: data}}, err
}

// made makes values by a recipe.
func made(key, recipe string) ([]author.Value, error) {
	parts, err := generate.Make(key, recipe)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--generate: %w", err)}
	}
	var values []author.Value
	for _, part := range parts {
		values = append(values, author.Value{Key: part.Key, Data: part.Value})
	}
	return values, nil
}
