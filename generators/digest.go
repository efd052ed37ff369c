package generators

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"sigs.k8s.io/kustomize/api/hasher"
)

// Digest returns a hash of the Secret's content under a key, in the form of Hash. Without the key, nobody learns
// anything from it, not even whether a guess of the content is right.
func (s *Secret) Digest(key []byte) (string, error) {
	content, err := json.Marshal(map[string]any{"name": s.spec.Name, "type": s.spec.Type, "data": s.data})
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(content)
	return hasher.SortArrayAndComputeHash([]string{hex.EncodeToString(mac.Sum(nil))})
}
