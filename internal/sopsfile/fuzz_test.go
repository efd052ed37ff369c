package sopsfile_test

import (
	"testing"

	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// FuzzDecrypt opens arbitrary documents in every format. None may panic, take long, drive a terminal, or tell the
// secret that the documents it starts from are encrypted with: opens checks that.
func FuzzDecrypt(f *testing.F) {
	// The fuzzer runs this in several processes, one after the other is set up. They share the key of
	// testdata/keys/test.age, so that each can open what others found, and HOME, where Go keeps its caches.
	sopstest.UnsetKeys(f)
	f.Setenv("SOPS_AGE_KEY", "AGE-SECRET-KEY-1XVL3JGGLAGLUAPXCJN5XNDJ6H3M00PJF35CP5UXAR08UCCXP6D0QND69QU")
	f.Setenv("SOPS_GPG_EXEC", "/nowhere/gpg") // a document may ask for any key
	f.Setenv("AWS_EC2_METADATA_DISABLED", "true")

	formats := []sopsfile.Format{sopsfile.YAML, sopsfile.JSON, sopsfile.Dotenv, sopsfile.INI, sopsfile.Binary}
	documents := samplesFor(f, "age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u")
	for i, format := range formats {
		f.Add([]byte(documents[format]), uint8(i))
	}
	f.Add([]byte("a: &a [*a]\n"), uint8(0))
	f.Add([]byte(`{"sops": {"age": [{}], "key_groups": [[]]}}`), uint8(1))
	f.Add([]byte("sops_age__list_0__map_enc=x\nsops_mac=x\n"), uint8(2))
	f.Add([]byte("[sops]\nage__list_0__map_enc = x\n"), uint8(3))

	f.Fuzz(func(t *testing.T, text []byte, format uint8) {
		opens(t, string(text), formats[int(format)%len(formats)])
	})
}
