package render

import (
	"bytes"
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/terminal"
)

// pair is a file before and after a render. A file that comes or goes has nil on one side.
type pair struct {
	name      string
	was, will []byte
}

// Diff returns what a run changes as unified diffs, without the values of Secrets, or "" if that is nothing.
func (j *Job) Diff(result fn.Result) (string, error) {
	pairs, err := j.pairs(result)
	if err != nil {
		return "", err
	}
	return unified(pairs), nil
}

// pairs returns the files that a run changes, and those of the new Secrets.
func (j *Job) pairs(result fn.Result) ([]pair, error) {
	files, added, err := j.edit(result)
	if err != nil {
		return nil, err
	}
	var out []pair
	for _, file := range files {
		if will := file.content(); !bytes.Equal(file.source.Bytes(), will) {
			out = append(out, pair{disk.FromHere(file.source.Path), file.source.Bytes(), will})
		}
	}
	fresh := map[string]*splice.Stream{}
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
			fresh[name] = &splice.Stream{}
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
		from, to := terminal.DiffNames(path.Clean(p.name), p.was, p.will)
		from, to = masked.hashes(from), masked.hashes(to)
		text := string(diff.Diff(from, was, to, will))
		if err != nil || errAfter != nil || text == "" {
			text = "diff " + from + " " + to + "\n(it changes in what cannot be shown)\n"
		}
		out.WriteString(terminal.PrintableLines(text))
	}
	return out.String()
}
