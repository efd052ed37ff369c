package sources

import (
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// inline is a document in the SecretSpec itself, as text.
type inline struct{ source, text string }

func (i inline) String() string { return "the inline source " + i.source }

func (i inline) format() sopsfile.Format { return sopsfile.YAML }

func (i inline) read() ([]byte, *fault) {
	if len(i.text) > MaxDocument {
		return nil, blame(disk.TooLarge(int64(len(i.text))), "inline")
	}
	return []byte(i.text), nil
}
