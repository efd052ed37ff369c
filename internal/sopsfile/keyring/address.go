package keyring

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/azkv"
	sopskeys "github.com/getsops/sops/v3/keys"

	"github.com/secretwright/secretwright/internal/report"
)

// NewKey returns a new data key.
func NewKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // which never fails: it ends the program instead
	return key
}

// NewDataKey returns a new data key, encrypted for recipients in the metadata of a document.
func (k *Keyring) NewDataKey(ctx context.Context, m *sops.Metadata, r *Recipients) ([]byte, *report.Finding) {
	key := NewKey()
	return key, k.Address(ctx, m, r, key)
}

// Address encrypts a data key for recipients in the metadata of a document.
func (k *Keyring) Address(ctx context.Context, m *sops.Metadata, r *Recipients, dataKey []byte) *report.Finding {
	if f := addressable(r); f != nil {
		return f
	}
	m.KeyGroups, m.ShamirThreshold = r.fresh(), r.threshold
	services, f := k.services(ctx)
	if f != nil {
		return f
	}
	if errs := m.UpdateMasterKeysWithKeyServices(dataKey, services); len(errs) > 0 {
		return unreachable("it cannot be encrypted for its recipients", errs)
	}
	return nil
}

// addressable returns an error if a data key must not be encrypted for recipients.
func addressable(r *Recipients) *report.Finding {
	if f := r.Protect(); f != nil {
		return f
	}
	if servers := refusedServers(r.groups); len(servers) > 0 {
		return notAsked("it is to be encrypted for a key of a server: ", servers)
	}
	for _, group := range r.groups {
		for _, key := range group {
			if err := addVersion(key); err != nil {
				return unreachable("the version of a key is not known", []error{err})
			}
		}
	}
	return nil
}

// addVersion asks Azure for the version of a key without one, since a document names the version that it is encrypted
// with.
func addVersion(key sopskeys.MasterKey) error {
	azure, ok := key.(*azkv.MasterKey)
	if !ok || azure.Version != "" {
		return nil
	}
	newest, err := azkv.NewMasterKeyWithOptionalVersion(azure.VaultURL, azure.Name, "")
	if err == nil {
		azure.Version = newest.Version
	}
	return err
}

// unreachable says why a data key cannot be encrypted.
func unreachable(message string, errs []error) *report.Finding {
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return report.Wrap(report.RecipientUnreachable, errors.Join(errs...), message+": "+strings.Join(texts, ", "),
		"correct the recipients, or make their keys reachable")
}
