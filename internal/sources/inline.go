package sources

import "github.com/secretwright/secretwright/schema"

// inline is a document that stands in the SecretSpec itself, as text.
type inline struct{ source, text string }

func (i inline) String() string { return "the inline source " + i.source }

func (i inline) format() schema.Format { return schema.YAML }

func (i inline) read() ([]byte, *schema.Finding) {
	if len(i.text) > MaxDocument {
		return nil, inField(tooLarge(int64(len(i.text))), ".inline")
	}
	return []byte(i.text), nil
}
