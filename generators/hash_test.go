package generators

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"sigs.k8s.io/kustomize/api/hasher"

	"github.com/secretwright/secretwright/schema"
)

// TestHash holds the hash, and the form of every value, to kustomize's.
func TestHash(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	values := [][]byte{nil, []byte("true"), {0xb6, 0xbb, 0x9e}, {0x9e, 0xe9, 0x65}, {0xd7, 0x6d, 0xf8, 0xe7, 0xae, 0xfc}}
	for n := range 400 {
		value := make([]byte, n)
		for i := range value {
			value[i] = byte(random.UintN(256))
		}
		values = append(values, value)
	}
	for range 2000 { // short ones, some of which read as numbers
		value := make([]byte, 3*(1+random.UintN(4)))
		for i := range value {
			value[i] = 0xd7 + byte(random.UintN(4))
		}
		values = append(values, value)
	}
	secret := &Secret{spec: schema.Secret{Name: "a", Type: "example.com/<b>&c"}, data: map[string][]byte{}}
	for i, value := range values {
		if i > 0 {
			secret.data[fmt.Sprintf("key.%d_-", i%50)] = value
		}
		ours, theirs := encoded(value), encodedByKustomize(value)
		if ours.Value != theirs.Value || ours.Style != theirs.Style || ours.Tag != theirs.Tag {
			t.Fatalf("%x: %+v, not %+v", value, ours, theirs)
		}
		if i%10 > 0 {
			continue
		}
		got, err := secret.Hash()
		if err != nil {
			t.Fatal(err)
		}
		want, err := (&hasher.Hasher{}).Hash(secret.Manifest("other", "", nil, nil))
		if err != nil || got != want {
			t.Fatalf("%d: it is %s, not %s, %v", i, got, want, err)
		}
	}
}
