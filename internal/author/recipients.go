package author

import (
	"context"
	"fmt"
	"strings"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
)

// encryptedFile is the SecretSpec, or a source, that is encrypted.
type encryptedFile struct {
	// name is what findings call it, and path where it is.
	name, path string
	*sopsfile.Editable
}

// encrypted returns the encrypted files of a SecretSpec, each once. What it says of sources that are no files is that
// they are left out.
func (s *Spec) encrypted(ctx context.Context) (files []encryptedFile, said []*report.Finding, err error) {
	seen := map[string]bool{}
	if s.sealed != nil {
		files = append(files, encryptedFile{s.Path, s.file, s.sealed})
	}
	for i, source := range s.spec.Sources {
		at := report.Field("sources").Index(i)
		switch {
		case source.File != "" && !source.IsEncrypted():
			continue
		case source.File == "":
			f := report.New(report.NotSettable, "the source "+source.Name+" is no file, and stays as it is",
				"change it where it is kept")
			said = append(said, s.at(f.In(at)).WithSeverity(report.Warning))
			continue
		}
		file, err := s.readSource(source, at)
		if err != nil {
			return nil, nil, err
		}
		if seen[file.path] {
			continue
		}
		seen[file.path] = true
		e, err := s.edit(ctx, file)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, encryptedFile{file.name, file.path, e})
	}
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("%s: neither it nor a file of its sources is encrypted", s.Path)
	}
	return files, said, nil
}

// Rotate returns the encrypted files of a SecretSpec under new data keys, for the same recipients. Nothing signs the
// list of recipients in a file, so one that .sops.yaml does not list is an error, unless it is accepted.
func (s *Spec) Rotate(ctx context.Context, accepted []string) ([]File, []*report.Finding, error) {
	files, findings, err := s.encrypted(ctx)
	if err != nil {
		return nil, nil, err
	}
	var out []File
	for _, file := range files {
		if f := unlisted(file, accepted); f != nil {
			return nil, nil, inFile(f, file.name)
		}
		report.ProgressOf(ctx).Show("encrypting " + file.name)
		text, f := file.Rotate(ctx)
		if f != nil {
			return nil, nil, inFile(f, file.name)
		}
		out = append(out, File{file.path, text, file.Text()})
		said := report.New(report.Written, "it has a new data key, encrypted for "+file.Recipients().String(), "")
		findings = append(findings, inFile(said, file.name).WithSeverity(report.Info))
	}
	return out, findings, nil
}

// unlisted returns a finding about the recipients of a file that neither .sops.yaml lists nor somebody accepts. Where
// no rule of a .sops.yaml is for the file, which may have been removed or broken on purpose, nothing lists any.
func unlisted(file encryptedFile, accepted []string) *report.Finding {
	now, why := file.Recipients(), "which .sops.yaml does not list for it"
	fix := "take it out with `secretwright updatekeys`, list it in .sops.yaml, or confirm it with --accept-recipients"
	names := now.Names()
	rules, _, missing := keyring.RecipientsFor(file.path)
	if missing == nil {
		names = now.Unruled(rules)
	} else {
		why = "whom nothing lists (" + missing.Message + ")"
		fix = "list those who may read it in .sops.yaml, or confirm them with --accept-recipients"
	}
	names = without(names, accepted)
	if len(names) == 0 {
		return nil
	}
	list := report.List(names)
	if now.Grouped() {
		list = now.String() // in which groups is as much
	}
	return report.New(report.UnlistedRecipient,
		"it is encrypted for "+list+", "+why+", and would get the new data key", fix)
}

// without returns the names that are not accepted. "all" accepts every one.
func without(names, accepted []string) []string {
	var left []string
	for _, name := range names {
		known := false
		for _, a := range accepted {
			known = known || a == name || a == "all"
		}
		if !known {
			left = append(left, name)
		}
	}
	return left
}

// UpdateKeys returns the encrypted files of a SecretSpec for the recipients that .sops.yaml lists for them, and for
// each of those that change who is added and who is gone.
func (s *Spec) UpdateKeys(ctx context.Context) ([]File, []*report.Finding, error) {
	files, findings, err := s.encrypted(ctx)
	if err != nil {
		return nil, nil, err
	}
	var out []File
	for _, file := range files {
		wanted, _, f := keyring.RecipientsFor(file.path)
		if f != nil {
			return nil, nil, inFile(f, file.name)
		}
		now := file.Recipients()
		if now.Equal(wanted) {
			said := report.New(report.EncryptedFor, "it is encrypted for those of .sops.yaml already, "+now.String(), "")
			findings = append(findings, inFile(said, file.name).WithSeverity(report.Info))
			continue
		}
		report.ProgressOf(ctx).Show("encrypting " + file.name)
		text, f := file.Readdress(ctx, wanted)
		if f != nil {
			return nil, nil, inFile(f, file.name)
		}
		out = append(out, File{file.path, text, file.Text()})
		findings = append(findings, inFile(changeOf(now, wanted), file.name))
	}
	return out, findings, nil
}

// changeOf says how recipients change.
func changeOf(now, wanted *keyring.Recipients) *report.Finding {
	var parts []string
	fix := ""
	if added := wanted.Unlisted(now); len(added) > 0 {
		parts = append(parts, report.List(added)+" can read it from now on")
	}
	if gone := now.Unlisted(wanted); len(gone) > 0 {
		parts = append(parts, report.List(gone)+" can read it no more")
		fix = "run `secretwright rotate` too, and change the values: who has read the file knows its data key and what is in it"
	}
	if len(parts) == 0 {
		parts = []string{"its key groups, or how many of them are needed, change to " + wanted.String()}
	}
	return report.New(report.ReadersChange, strings.Join(parts, "; "), fix).WithSeverity(report.Warning)
}
