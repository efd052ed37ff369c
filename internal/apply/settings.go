package apply

import (
	"os"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Settings are what SecretSpecs are applied by. They mean what the fields of these names of a filter do.
type Settings struct {
	Root               *os.Root
	Dir                string
	Output, SecretFile string
	Others             []*yaml.RNode
	Keyless, Explain   bool
	AcceptRecipients   []string
	Inputs             int
	Positions          bool
	Now                func() time.Time
	// Configured reports whether the SecretSpec is a functionConfig, and not one of the resources.
	Configured bool
	// Unusable has redacted Secrets go out in a form that no API server takes.
	Unusable bool
}

func (s *Settings) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
