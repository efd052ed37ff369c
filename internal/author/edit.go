package author

import (
	"errors"
	"fmt"

	"github.com/secretwright/secretwright/internal/report"
)

// ErrNotEncrypted is returned for a SecretSpec in the clear, which any editor can change.
var ErrNotEncrypted = errors.New("it is not encrypted; change it with any editor, or encrypt it with `secretwright encrypt`")

// Plain returns the text of the SecretSpec in the clear, without the sops block, for an editor.
func (s *Spec) Plain() ([]byte, error) {
	if s.sealed == nil {
		return nil, fmt.Errorf("%s: %w", s.Path, ErrNotEncrypted)
	}
	return s.plain.Text, nil
}

// Edited returns the file that another text of the SecretSpec in the clear comes to, encrypted as it is now. The text
// must be a valid SecretSpec; an error has the place in the text.
func (s *Spec) Edited(text []byte) ([]File, []*report.Finding, error) {
	document, err := oneDocument(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.Path, err)
	}
	if _, err := s.validate(document.Node); err != nil {
		return nil, nil, err
	}
	out, f := s.sealed.ResealSpec(text)
	if f != nil {
		return nil, nil, s.at(f)
	}
	said := report.New(report.Written, "the change is saved, encrypted for "+s.sealed.Recipients().String(), "")
	return []File{{s.file, out, s.text}}, []*report.Finding{s.at(said).WithSeverity(report.Info)}, nil
}
