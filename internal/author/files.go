package author

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/schema"
)

// File is what a file is to become.
type File struct {
	// Path is where it is, links followed.
	Path    string
	Content []byte
	// Former is what was read of it, or nil if it was not there.
	Former []byte
}

// Write writes files, all or none. Those that have their content already are not touched. It fails if one is no longer
// what it was when it was read.
func Write(files []File) error {
	if len(files) == 0 {
		return nil
	}
	folder := filepath.Dir(absolute(files[0].Path))
	for _, file := range files[1:] {
		for !strings.HasPrefix(absolute(file.Path), strings.TrimSuffix(folder, "/")+"/") {
			folder = filepath.Dir(folder)
		}
	}
	var changes []disk.Change
	for _, file := range files {
		name, err := filepath.Rel(folder, absolute(file.Path))
		if err != nil {
			return err
		}
		changes = append(changes, disk.Change{
			Name: filepath.ToSlash(name), Content: file.Content, Former: file.Former, New: file.Former == nil})
	}
	err := disk.Write(folder, changes)
	var of *disk.Error
	if errors.As(err, &of) {
		return fmt.Errorf("%s: %w", disk.FromHere(of.Path), of.Err)
	}
	return err
}

func absolute(name string) string {
	if full, err := filepath.Abs(name); err == nil {
		return full
	}
	return name
}

// source returns the source of a name, and its field.
func (s *Spec) source(name string) (schema.Source, *report.Path) {
	for i, source := range s.spec.Sources {
		if source.Name == name {
			return source, report.Field("sources").Index(i)
		}
	}
	return schema.Source{}, nil // which the schema does not let pass
}

// fileOf returns the file of a source as a command takes it.
func (s *Spec) fileOf(name string) string {
	source, _ := s.source(name)
	return filepath.ToSlash(filepath.Join(filepath.Dir(s.Path), source.File))
}

// sourceFile is the file of a source.
type sourceFile struct {
	// name is its path in the root, and path where it is, links followed.
	name, path string
	format     sopsfile.Format
	text       []byte
	former     []byte // the text that was read
}

// readSource reads the file of a source. A link may not lead out of the root.
func (s *Spec) readSource(source schema.Source, at *report.Path) (*sourceFile, error) {
	name := path.Join(s.dir(), source.File)
	text, f := disk.ReadFile(s.Root, name)
	if f != nil {
		return nil, s.at(f.In(at.Child("file")).From(name))
	}
	where := disk.Resolve(filepath.Join(s.Root.Name(), filepath.FromSlash(name)))
	if inside, err := filepath.Rel(disk.Resolve(s.Root.Name()), where); err != nil || !filepath.IsLocal(inside) {
		return nil, fmt.Errorf("%s: %w", name, errors.New("it leads out of the folder whose files Secretwright reads"))
	}
	file := &sourceFile{name: name, path: where, text: text, former: text, format: sopsfile.Format(source.Format)}
	if file.format == "" {
		file.format = sopsfile.FormatOf(name)
	}
	return file, nil
}

// edit decrypts the file.
func (s *Spec) edit(ctx context.Context, file *sourceFile) (*sopsfile.Editable, error) {
	report.ProgressOf(ctx).Show("decrypting " + file.name)
	e, f := s.Keys.Edit(ctx, file.text, file.format, file.path)
	if f != nil {
		return nil, inFile(f, file.name)
	}
	return e, nil
}

// inFile returns a finding about a file other than the SecretSpec.
func inFile(f *report.Finding, name string) *report.Finding {
	c := *f
	c.Place.File = name
	return &c
}
