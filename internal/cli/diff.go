package cli

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
)

// errChanges says that a render would change something.
var errChanges = errors.New("a render would change something")

func diffCommand() *cobra.Command {
	var accept []string
	cmd := &cobra.Command{
		Use:   "diff SPEC [FILE-or-DIR ...]",
		Short: "Show what a render would change, without a value",
		Long: `diff applies the SecretSpec as render does, and prints what would change as a unified diff: the references in the manifests,
and the Secrets. To see which values of a former render change, name its files too.

No value is printed, nor its length, nor a hash of it. A value that stays is <unchanged>, others are <changed>, <added> or
<gone>; a hash in a name is <hash>, or <old hash> and <new hash>. It needs the keys, to tell what changed.

The exit status is 0 if nothing would change, 1 if something would, and 2 if that cannot be told.`,
		Example: `  secretwright diff secretspec.yaml deploy/
  secretwright diff secretspec.yaml rendered/`,
		Args:              specAndFiles,
		ValidArgsFunction: completeSpec,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := load(args, "", cmd.InOrStdin())
			if err != nil {
				return err
			}
			l.filter.AcceptRecipients = accepted(accept)
			result, err := l.apply(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			pairs, err := l.pairs(result)
			if err != nil {
				return err
			}
			if len(pairs) == 0 {
				return nil
			}
			text := unified(pairs)
			if isColoured(cmd.OutOrStdout()) {
				text = colourDiff(text)
			}
			if _, err := io.WriteString(cmd.OutOrStdout(), text); err != nil {
				return err
			}
			return errChanges
		},
	}
	acceptFlag(cmd, &accept)
	return cmd
}

// pair is a file before and after a render. A file that comes or goes has nil on one side.
type pair struct {
	name      string
	was, will []byte
}

// pairs returns the files that a run changes, and those of the new Secrets.
func (l *loaded) pairs(result fn.Result) ([]pair, error) {
	files, added, err := l.edit(result)
	if err != nil {
		return nil, err
	}
	var out []pair
	for _, file := range files {
		if will := file.content(); !bytes.Equal(file.source.Bytes(), will) {
			out = append(out, pair{manifests.FromHere(file.source.Path), file.source.Bytes(), will})
		}
	}
	fresh := map[string]*manifests.Stream{}
	var names []string
	for _, node := range added {
		name := node.GetAnnotations()[kioutil.PathAnnotation]
		if name == "" {
			name = "secret_" + node.GetName() + ".yaml"
		}
		text, err := newText(node)
		if err != nil {
			return nil, err
		}
		if fresh[name] == nil {
			fresh[name] = &manifests.Stream{}
			names = append(names, name)
		}
		if err := fresh[name].Add(text); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		out = append(out, pair{name: name, will: fresh[name].Bytes()})
	}
	return out, nil
}

// unified returns the differences of files as unified diffs, without the values of Secrets.
func unified(pairs []pair) string {
	masked := newMask(pairs)
	var out strings.Builder
	for _, p := range pairs {
		// A text that has a value no mask was found for is not shown at all.
		was, err := masked.text(p.was, before)
		will, errAfter := masked.text(p.will, after)
		from, to := sides(path.Clean(p.name), p.was, p.will)
		from, to = masked.hashes(from), masked.hashes(to)
		text := string(diff.Diff(from, was, to, will))
		if err != nil || errAfter != nil || text == "" {
			text = "diff " + from + " " + to + "\n(it changes in what cannot be shown)\n"
		}
		out.WriteString(printableLines(text))
	}
	return out.String()
}

// sides returns how a diff names a file before and after a change. A text that is nil is of a file that is not there.
func sides(name string, was, will []byte) (from, to string) {
	name = report.Printable(name)
	from, to = "a/"+name, "b/"+name
	if was == nil {
		from = "/dev/null"
	}
	if will == nil {
		to = "/dev/null"
	}
	return from, to
}

// printableLines returns a text with every line printable.
func printableLines(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(report.Printable(strings.TrimRight(line, "\r\n")) + "\n")
	}
	return out.String()
}
