package cli

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/secretwright/secretwright/internal/manifests"
)

// watched is a stream that remembers that it could not be written to. What shows how far a command is makes way for it.
type watched struct {
	io.Writer
	err      error
	progress *progress
	// quiet has findings that are mere information not be printed.
	quiet bool
}

func (w *watched) Write(data []byte) (int, error) {
	w.progress.clear()
	n, err := w.Writer.Write(data)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// finish returns the exit status of a command, which is not 0 if its output could not be written.
func finish(status int, stdout, stderr *watched) int {
	if stdout.err != nil {
		_, _ = fmt.Fprintf(stderr, "secretwright: error: standard output cannot be written: %v\n",
			manifests.Cause(stdout.err))
	}
	if status == 0 && (stdout.err != nil || stderr.err != nil) {
		return 1
	}
	return status
}

// obeySignals has SIGINT and SIGTERM end the process, whatever it is waiting for, once what it was about to write is
// removed. A closed pipe is an error like any other. While an editor runs, SIGINT is the editor's.
func obeySignals() (stop func()) {
	pipe, end := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for received := range end {
			s, ok := received.(syscall.Signal)
			if !ok || s == syscall.SIGINT && editing.Load() {
				continue
			}
			manifests.Abort()
			atEnd.run()
			os.Exit(128 + int(s))
		}
	}()
	return func() {
		signal.Stop(pipe)
		signal.Stop(end)
		close(end)
	}
}

// editing is set while an editor runs.
var editing atomic.Bool

// cleanups are what has to be done even if a signal ends the process.
type cleanups struct {
	sync.Mutex
	all map[int]func()
	n   int
}

// atEnd has what this process has to undo: a terminal without echo, and files in the clear.
var atEnd = &cleanups{all: map[int]func(){}}

// add adds a cleanup, and returns a function that does it now.
func (c *cleanups) add(cleanup func()) (done func()) {
	c.Lock()
	defer c.Unlock()
	c.n++
	n := c.n
	c.all[n] = cleanup
	return func() {
		c.Lock()
		defer c.Unlock()
		if c.all[n] != nil {
			c.all[n]()
			delete(c.all, n)
		}
	}
}

// run does all cleanups, and lets no new ones in.
func (c *cleanups) run() {
	c.Lock() // and never unlocked
	for _, cleanup := range c.all {
		cleanup()
	}
}
