package cli

import (
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/terminal"
)

// finish returns the exit status of a command, which is not 0 if its output could not be written.
func finish(status int, stdout, stderr *terminal.Stream) int {
	if stdout.Err != nil {
		_, _ = fmt.Fprintf(stderr, "secretwright: error: standard output cannot be written: %v\n",
			disk.Cause(stdout.Err))
	}
	if status == 0 && (stdout.Err != nil || stderr.Err != nil) {
		return 1
	}
	return status
}

// obeySignals has SIGINT, SIGTERM, SIGHUP and SIGQUIT end the process, whatever it is waiting for, once what it was
// about to write is removed. A closed pipe is an error like any other. While an editor runs, SIGINT is the editor's.
func obeySignals() (stop func()) {
	pipe, end := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	go func() {
		for received := range end {
			s, ok := received.(syscall.Signal)
			if !ok || s == syscall.SIGINT && editing.Load() {
				continue
			}
			disk.Abort()
			terminal.AtEnd.Run()
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
