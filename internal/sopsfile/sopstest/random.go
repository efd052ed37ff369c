package sopstest

import (
	"math/rand/v2"
	"testing"
)

// Seeded returns random numbers, and prints the seed if the test fails.
func Seeded(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// Spoil changes one place of a document.
func Spoil(random *rand.Rand, data []byte) []byte {
	at := random.IntN(len(data))
	out := append([]byte(nil), data[:at]...)
	switch random.IntN(4) {
	case 0:
		return append(append(out, data[at]^byte(1<<random.IntN(8))), data[at+1:]...)
	case 1:
		return append(out, data[at+1:]...)
	case 2:
		return append(append(out, "\n:#]},\"'= \r-&*"[random.IntN(13)]), data[at:]...)
	}
	end := at + random.IntN(min(40, len(data)-at))
	return append(append(out, data[at:end]...), data[at:]...)
}
