package e2e

import (
	"bytes"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// waitLimit is how long a server may take until what is waited for is so: many times what an idle machine needs.
const waitLimit = 3 * time.Minute

// A process is a server that runs until the test ends.
type process struct {
	name string
	said *syncBuffer
	done chan struct{} // closed when it has ended
}

// start runs a server, and kills it in t's cleanup. It also ends with the tests if there is no time for a cleanup:
// Linux kills it when the thread that started it ends, and that thread waits for it.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{name: cmd.Path, said: &syncBuffer{}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.said, p.said
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	go func() {
		defer close(p.done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // whichever way it ended, what it said says more
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // fails only if it has ended
		<-p.done
	})
	return p
}

// waitUntil returns as soon as something is so. It fails t when time is up, or when the process that has to see to it
// has ended. so returns what is the case instead, for the message.
func (p *process) waitUntil(t *testing.T, what string, so func() (bool, string)) {
	t.Helper()
	for deadline := time.Now().Add(waitLimit); ; time.Sleep(100 * time.Millisecond) {
		is, instead := so()
		if is {
			return
		}
		select {
		case <-p.done:
			t.Fatalf("%s ended before %s:\n%s", p.name, what, p.said)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("not so after %v: %s, but:\n%s\n%s says:\n%s", waitLimit, what, instead, p.name, p.said)
		}
	}
}

// A syncBuffer is a buffer that a process writes while a test reads it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
