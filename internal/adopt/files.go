package adopt

import (
	"fmt"
	"path"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// atOnce is how many files are decrypted at the same time, where there are fewer processors: a key service keeps its
// callers waiting.
const atOnce = 8

// maxText is how many bytes a configuration may ask for together: one file can be named any number of times.
const maxText = 64 << 20

// source is an entry of a list of files: a path, or key=path.
type source struct {
	at        *report.Path
	key, path string
}

// file is a decrypted file.
type file struct {
	text    []byte
	finding *report.Finding
}

// sources reads a list of files. An entry is a path, whose key is the name of the file, or key=path.
func (r *run) sources(at *report.Path, entries []string) []source {
	var all []source
	for i, entry := range entries {
		at := at.Index(i)
		key, file, explicit := strings.Cut(entry, "=")
		switch {
		case !explicit:
			key, file = path.Base(entry), entry
		case strings.Contains(file, "="):
			r.Error(report.InvalidPath, at, "it has two equals signs",
				"write KEY=FILE; neither of the two may have an equals sign")
			continue
		case key == "":
			r.Error(report.MissingKey, at, "it has no key before the equals sign", "write KEY=FILE, or the file alone")
			continue
		}
		if file == "" {
			r.Error(report.MissingField, at, "it names no file", "write the path of an encrypted file")
			continue
		}
		all = append(all, source{at: at, key: key, path: file})
	}
	return all
}

// paths reads a list of files that have no keys.
func paths(at *report.Path, entries []string) []source {
	var all []source
	for i, entry := range entries {
		all = append(all, source{at: at.Index(i), path: entry})
	}
	return all
}

// open decrypts files, several at a time.
func (r *run) open(sources []source) {
	var group errgroup.Group
	group.SetLimit(max(atOnce, runtime.GOMAXPROCS(0)))
	for _, s := range sources {
		if r.files[s.path] != nil {
			continue
		}
		result := &file{}
		r.files[s.path] = result
		group.Go(func() error {
			result.text, result.finding = r.decrypt(s.path)
			return nil
		})
	}
	_ = group.Wait() // the goroutines return no errors
}

// decrypt returns a file as `sops -d` prints it. The format is that of its name.
func (r *run) decrypt(name string) ([]byte, *report.Finding) {
	data, f := disk.ReadFile(r.opener.Root, r.name(name))
	if f != nil {
		if f.Code == report.NoSuchFile {
			f.Fix = "paths are relative to the folder of the kustomization that names this generator"
		}
		return nil, f
	}
	doc, f := r.opener.Keys.Open(r.ctx, data, sopsfile.FormatOf(name), sopsfile.Repeats)
	if f != nil {
		if f.Code == report.NotEncrypted {
			f.Fix = "encrypt it with `sops encrypt -i`"
		}
		return nil, f
	}
	return doc.Text()
}

// name is the path of a file in the root.
func (r *run) name(file string) string {
	if path.IsAbs(file) {
		return file // which the root refuses
	}
	return path.Join(r.dir, file)
}

// text returns the text of an opened file. It is empty, and said to be wrong, where that failed.
func (r *run) text(s source) (text []byte, ok bool) {
	opened := r.files[s.path]
	if opened.finding != nil {
		r.Add(opened.finding.In(s.at).From(r.name(s.path)))
		return nil, false
	}
	if r.size > maxText {
		return nil, false // which has been said
	}
	if r.size += len(opened.text); r.size > maxText {
		r.Error(report.DocumentTooLarge, s.at, fmt.Sprintf("the files have more than %d bytes together", maxText),
			"split the configuration into several")
		return nil, false
	}
	return opened.text, true
}
