package keyring

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

const (
	oneRecipient   = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	otherRecipient = "age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u"
	fingerprint    = "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4"
)

func listed(t *testing.T, names KeyNames) *Recipients {
	t.Helper()
	var c report.Collector
	r := Listed(&c, report.Field("output", "sops"), names)
	if r == nil || c.Failed() {
		t.Fatalf("%v", c.Findings())
	}
	return r
}

// grouped gives each list of recipients a key group.
func grouped(threshold int, lists ...*Recipients) *Recipients {
	all := &Recipients{threshold: threshold}
	for _, list := range lists {
		all.groups = append(all.groups, list.groups...)
	}
	return all
}

func TestAudience(t *testing.T) {
	one, both := listed(t, KeyNames{Age: []string{oneRecipient}}), listed(t, KeyNames{Age: []string{oneRecipient,
		otherRecipient}})
	turned := listed(t, KeyNames{Age: []string{otherRecipient, oneRecipient, oneRecipient}})
	mixed := listed(t, KeyNames{Age: []string{oneRecipient}, PGP: []string{fingerprint}})
	if got := turned.Names(); !slices.Equal(got, []string{otherRecipient, oneRecipient}) {
		t.Errorf("names: %v", got)
	}
	if !both.Equal(listed(t, KeyNames{Age: []string{otherRecipient, oneRecipient}})) || both.Equal(one) {
		t.Error("the order counts, or a recipient does not")
	}
	if got := both.Unlisted(one); !slices.Equal(got, []string{otherRecipient}) || len(one.Unlisted(both)) > 0 {
		t.Errorf("unlisted: %v", got)
	}
	if got := mixed.String(); got != fingerprint+", "+oneRecipient {
		t.Errorf("in words: %s", got)
	}
	if got := grouped(0, one, mixed).String(); !strings.HasSuffix(got, "(2 of 2 key groups are needed)") {
		t.Errorf("in words: %s", got)
	}
	if got := grouped(1, one, mixed).String(); !strings.HasSuffix(got, "(1 of 2 key groups are needed)") {
		t.Errorf("in words: %s", got)
	}
	if grouped(1, one, mixed).Equal(grouped(2, one, mixed)) || !grouped(0, one, mixed).Equal(grouped(2, one, mixed)) {
		t.Error("how many groups are needed does not count")
	}
	if r := OfNode(yaml.MustParse("kind: Secret\n")); r != nil {
		t.Errorf("a Secret in the clear is for %v", r)
	}
}

func TestRecipientsOf(t *testing.T) {
	const groups = "{version: 3.10.0, lastmodified: '2024-01-01T00:00:00Z', mac: x, key_groups: [{age: [{recipient: " +
		oneRecipient +
		", enc: x}]}, {pgp: [{fp: " + fingerprint + ", enc: x, created_at: '2024-01-01T00:00:00Z'}]}], shamir_threshold: 1}\n"
	for text, want := range map[string]string{
		"a: b\nsops: " + groups:           fingerprint + ", " + oneRecipient + " (1 of 2 key groups are needed)",
		"a: b\nsops: {}\n":                "",
		"a: b\nsops: [x]\n":               "",
		"a: b\nsops: {version: 3.10.0}\n": "",
		"a: b\nsop: " + groups:            "",
	} {
		got := ""
		if r := OfNode(yaml.MustParse(text)); r != nil {
			got = r.String()
		}
		if got != want {
			t.Errorf("%.30q: %q, want %q", text, got, want)
		}
	}
}

// TestProof holds a proof to everything that it is about.
func TestProof(t *testing.T) {
	one, both := listed(t, KeyNames{Age: []string{oneRecipient}}), listed(t, KeyNames{Age: []string{oneRecipient,
		otherRecipient}})
	proofs := []string{
		Proof([]byte("key"), []byte("witness"), one), Proof([]byte("key"), []byte("witness"), both),
		Proof([]byte("kez"), []byte("witness"), one),
		Proof([]byte("key"), []byte("witnesz"), one), Proof([]byte("key"), []byte("witness"), grouped(1, one, both)),
		Proof([]byte("key"), []byte("witness"), grouped(2, one, both)), Proof(nil, []byte("witness"), one),
	}
	slices.Sort(proofs)
	if len(slices.Compact(proofs)) != 7 {
		t.Error("two proofs are the same")
	}
}
