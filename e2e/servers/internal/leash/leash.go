// Package leash ends a server together with the test that started it.
package leash

import (
	"io"
	"os"
)

// Hold ends this process when its standard input ends. A test holds the other
// end of the pipe: however the test goes, by a panic, a timeout or a kill, its
// end closes, and no server is left behind.
func Hold() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}
