package sources

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/schema"
)

// Listed returns the recipients that a SecretSpec lists at a field, or nil after a finding for each that is not a key.
func Listed(c *report.Collector, at *field.Path, out schema.SOPSOutput) *keyring.Recipients {
	return keyring.Listed(c, at, keyring.KeyNames{
		Age: out.Age, PGP: out.PGP, KMS: out.KMS, GCPKMS: out.GCPKMS, AzureKV: out.AzureKV, HCVault: out.HCVault,
	})
}

// Recipients returns those who can open every encrypted source of the names, and the SecretSpec itself if it is one.
func (s *Set) Recipients(names []string, spec *keyring.Recipients) (*keyring.Recipients, *report.Finding) {
	common := spec
	var from []string
	if spec != nil {
		from = append(from, "the SecretSpec")
	}
	for _, name := range names {
		doc := s.documents[name]
		if doc == nil || doc.Recipients() == nil {
			continue
		}
		from = append(from, doc.name)
		if common == nil {
			common = doc.Recipients()
			continue
		}
		both, ok := common.Intersect(doc.Recipients())
		if !ok {
			return nil, report.New(report.NoCommonRecipient,
				"nobody can open all of "+report.List(from)+", so there is nobody to encrypt the Secret for",
				"list the recipients in output.sops, or encrypt the sources for one more key that opens all")
		}
		common = both
	}
	if common == nil {
		return nil, report.New(report.NoRecipient, "no encrypted source says for whom to encrypt the Secret",
			"list the recipients in output.sops")
	}
	return common, nil
}

// Witness returns a secret that is known only to those who can open every encrypted source of the names, and the
// SecretSpec itself if it is one; nil if there is no such source.
func (s *Set) Witness(names []string, spec *keyring.Recipients) []byte {
	all := []*keyring.Recipients{spec}
	for _, name := range names {
		if doc := s.documents[name]; doc != nil {
			all = append(all, doc.Recipients())
		}
	}
	return keyring.Witness(all...)
}

// Readers returns for whom each encrypted source of the names is.
func (s *Set) Readers(names []string) []*keyring.Recipients {
	var readers []*keyring.Recipients
	for _, name := range names {
		if doc := s.documents[name]; doc != nil && doc.Recipients() != nil {
			readers = append(readers, doc.Recipients())
		}
	}
	return readers
}
