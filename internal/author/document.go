package author

import (
	"context"
	"path/filepath"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/secrecy"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// Document is a SOPS document in a file, of any format, opened to be edited.
type Document struct {
	name, path string
	sealed     *sopsfile.Editable
}

// OpenDocument decrypts the SOPS document in a file. An empty format is that of the file's name.
func (w Workplace) OpenDocument(ctx context.Context, name string, format sopsfile.Format) (*Document, error) {
	d := &Document{name: name}
	var err error
	if d.path, err = filepath.EvalSymlinks(name); err != nil {
		return nil, unread(name, err)
	}
	text, err := disk.ReadNamed(d.path)
	if err != nil {
		return nil, unread(name, err)
	}
	guessed := format == ""
	if guessed {
		format = sopsfile.FormatOf(d.path)
	}
	report.ProgressOf(ctx).Show("decrypting " + name)
	var f *report.Finding
	if d.sealed, f = w.Keys.Edit(ctx, text, format, d.path); f == nil {
		return d, nil
	}
	f = inFile(f, name)
	if f.Code == report.NotEncrypted {
		f.Fix = "change it with any editor, or encrypt it with `sops encrypt -i`"
	}
	if guessed && format == sopsfile.Binary && (f.Code == report.NotEncrypted || f.Code == report.TruncatedDocument) {
		f.Message, f.Fix = "by its name it is of the format binary, and it is not a SOPS document of that format",
			"give its format with --format; if it is not encrypted, change it with any editor"
	}
	return nil, f
}

// Plain returns the document in the clear, for an editor.
func (d *Document) Plain() ([]byte, error) {
	text, f := d.sealed.Plain()
	if f != nil {
		return nil, inFile(f, d.name)
	}
	return text, nil
}

// Edited returns the file that another text of the document in the clear comes to, encrypted as it is now. An error has
// the place in the text.
func (d *Document) Edited(text []byte) ([]File, []*report.Finding, error) {
	out, f := d.sealed.Reseal(text)
	if f != nil {
		return nil, nil, inFile(f, d.name)
	}
	saved := report.New(report.Written, "the change is saved, encrypted for "+d.sealed.Recipients().String(), "")
	said := []*report.Finding{saved.WithSeverity(report.Info)}
	if out.Aliases {
		f := report.New(report.AliasesWrittenOut, "its YAML aliases are written out, since SOPS keeps none", "")
		said = append(said, f.WithSeverity(report.Info))
	}
	said = append(said, leftInClear(out.Clear)...)
	for i := range said {
		said[i] = inFile(said[i], d.name)
	}
	return []File{{d.path, out.Text, d.sealed.Text()}}, said, nil
}

// leftInClear says which values SOPS keeps in the clear: as a warning, if one looks like a secret.
func leftInClear(values []sopsfile.InClear) []*report.Finding {
	var secret, others []string
	for _, v := range values {
		if secrecy.Reason("", v.Key, []byte(v.Text)) != "" {
			secret = append(secret, v.Path)
		} else {
			others = append(others, v.Path)
		}
	}
	var said []*report.Finding
	if len(secret) > 0 {
		f := report.New(report.LeftInTheClear,
			"what looks like a secret is in the clear, by the rules in its sops block: "+report.List(secret),
			"change that value, and encrypt the file anew under other rules")
		said = append(said, f.WithSeverity(report.Warning))
	}
	if len(others) > 0 {
		f := report.New(report.LeftInTheClear, "in the clear, by the rules in its sops block: "+report.List(others), "")
		said = append(said, f.WithSeverity(report.Info))
	}
	return said
}
