package keyring

import (
	"slices"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
)

func TestIntersect(t *testing.T) {
	one, other := listed(t, KeyNames{Age: []string{oneRecipient}}), listed(t, KeyNames{Age: []string{otherRecipient}})
	both := listed(t, KeyNames{Age: []string{otherRecipient, oneRecipient}, PGP: []string{fingerprint}})
	groups := grouped(0, one, other)
	for _, c := range []struct {
		a, b *Recipients
		want []string
	}{
		{one, both, []string{oneRecipient}}, {both, one, []string{oneRecipient}}, {both, other, []string{otherRecipient}},
		{one, other, nil}, {both, both, both.Names()}, {groups, groups, groups.Names()}, {groups, one, nil},
		{one, groups, nil},
	} {
		got, ok := c.a.Intersect(c.b)
		if ok != (c.want != nil) || ok && !slices.Equal(got.Names(), c.want) {
			t.Errorf("%v and %v: %v, %v", c.a, c.b, got, ok)
		}
	}
}

func TestWitness(t *testing.T) {
	a, b, none := &Recipients{key: []byte("a")}, &Recipients{key: []byte("b")}, &Recipients{}
	witnesses := []string{string(Witness(a)), string(Witness(b)), string(Witness(a, b)), string(Witness(b, a))}
	slices.Sort(witnesses)
	if len(slices.Compact(witnesses)) != 4 {
		t.Error("two witnesses are the same")
	}
	if !slices.Equal(Witness(nil, a, none), Witness(a)) {
		t.Error("what was not decrypted counts")
	}
	if Witness(none, nil) != nil || Witness() != nil {
		t.Error("who decrypted nothing has a witness")
	}
}

// TestDecryptionOrder tries the kinds of keys in the order that the environment says.
func TestDecryptionOrder(t *testing.T) {
	for order, want := range map[string][]string{"": sops.DefaultDecryptionOrder, "pgp": {"pgp"},
		"pgp,age": {"pgp", "age"}} {
		t.Setenv(orderEnv, order)
		if got := New().order; !slices.Equal(got, want) {
			t.Errorf("%q: %v", order, got)
		}
	}
}

// TestIdentitySlots loads identities once, or once for each recipient where a command may answer each with another.
func TestIdentitySlots(t *testing.T) {
	for env, want := range map[string]int{"": 1, age.SopsAgeKeyCmdEnv: 2, age.SopsAgeSshPrivateKeyCmdEnv: 2} {
		t.Run(env, func(t *testing.T) {
			t.Setenv("HOME", t.TempDir())
			if env != "" {
				t.Setenv(env, "false")
			}
			var l localKeys
			for range 2 {
				l.identities(oneRecipient)
				l.identities(otherRecipient)
			}
			got := 0
			l.loaded.Range(func(any, any) bool { got++; return true })
			if got != want {
				t.Errorf("they are loaded %d times", got)
			}
		})
	}
}

// TestProtect refuses the recipient of the examples, whose key everybody has, but in the examples.
func TestProtect(t *testing.T) {
	own := listed(t, KeyNames{Age: []string{oneRecipient}})
	example := listed(t, KeyNames{Age: []string{oneRecipient, exampleRecipient}})
	for env, refused := range map[string]bool{"": true, "1": false} {
		t.Setenv(exampleKeyEnv, env)
		if f := own.Protect(); f != nil || addressable(own) != nil {
			t.Errorf("%q: a key of one's own: %v", env, f)
		}
		if f := example.Protect(); (f != nil) != refused || (addressable(example) != nil) != refused {
			t.Errorf("%q: the example's: %v", env, f)
		}
	}
}

// TestShortened cuts names that are too long to be read.
func TestShortened(t *testing.T) {
	for length, want := range map[int]int{128: 128, 129: 67} {
		if got := len(shortened(strings.Repeat("a", length))); got != want {
			t.Errorf("a name of %d is cut to %d", length, got)
		}
	}
}
