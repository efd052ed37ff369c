package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/secretwright/secretwright/internal/manifests"
)

// watched is a stream that remembers that it could not be written to.
type watched struct {
	io.Writer
	err error
}

func (w *watched) Write(data []byte) (int, error) {
	n, err := w.Writer.Write(data)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// finish returns the exit status of a command, which is not 0 if its output could not be written.
func finish(status int, stdout, stderr *watched) int {
	if stdout.err != nil {
		_, _ = fmt.Fprintf(stderr, "secretwright: error: standard output cannot be written: %v\n", reason(stdout.err))
	}
	if status == 0 && (stdout.err != nil || stderr.err != nil) {
		return 1
	}
	return status
}

// obeySignals has SIGINT and SIGTERM end the process, whatever it is waiting for, once what it was about to write is
// removed. A closed pipe is an error like any other.
func obeySignals() (stop func()) {
	pipe, end := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		if s, ok := (<-end).(syscall.Signal); ok {
			manifests.Abort()
			os.Exit(128 + int(s))
		}
	}()
	return func() {
		signal.Stop(pipe)
		signal.Stop(end)
		close(end)
	}
}

// reason returns what is wrong with a stream, without its name.
func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
