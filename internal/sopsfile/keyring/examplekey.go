package keyring

import (
	"os"
	"slices"

	"github.com/secretwright/secretwright/internal/report"
)

// exampleRecipient is the recipient of examples/age.key. Its key is public.
const exampleRecipient = "age1faylnuq73etc3zz679mtdxsrtxtzz5hsmvt5ssvfxtsnd39h53nqx9dp2d"

// exampleKeyEnv allows it, for the examples and their tests.
const exampleKeyEnv = "SECRETWRIGHT_EXAMPLE_KEY"

// Protect returns an error if the recipients protect nothing: one of them is the examples', whose key everybody has.
func (r *Recipients) Protect() *report.Finding {
	if os.Getenv(exampleKeyEnv) != "" || !slices.Contains(r.Names(), exampleRecipient) {
		return nil
	}
	return report.New(report.ExampleRecipient,
		"the recipient "+exampleRecipient+" is that of Secretwright's examples, and everybody has its key",
		"make a key of your own with `secretwright init`, and encrypt for its public key; in the examples, set "+
			exampleKeyEnv+"=1")
}
