package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binEnv names the folder that the built commands are kept in.
const binEnv = "SECRETWRIGHT_E2E_BIN"

// build brings the commands of the module in e2e/servers up to date and returns
// the folder they are in. The go command knows what is up to date: then this
// takes about a second, once per test binary.
func build(t testing.TB) string {
	t.Helper()
	buildMu.Lock()
	defer buildMu.Unlock()
	if built != "" {
		return built
	}

	module := filepath.Dir(goCommand(t, ".", "env", "GOMOD")) // e2e, as its tests run inside it
	servers := filepath.Join(module, "servers")
	bin := filepath.Join(filepath.Dir(module), ".bin", "e2e")
	if dir := os.Getenv(binEnv); dir != "" {
		if !filepath.IsAbs(dir) {
			t.Fatalf("%s=%s: must be an absolute path: every test runs in a folder of its own", binEnv, dir)
		}
		bin = dir
	}
	if err := os.MkdirAll(bin, 0o755); err != nil { //nolint:gosec // nothing secret
		t.Fatal(err)
	}
	// go test runs the tests of several packages side by side. One builds, the
	// others wait, and find everything up to date.
	lock, err := os.OpenFile(filepath.Join(bin, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close() //nolint:errcheck // which unlocks it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatalf("%s: %v", lock.Name(), err)
	}

	// A released binary is told its version at this place.
	version := goCommand(t, servers, "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	goCommand(t, servers, "build",
		"-buildvcs=false", // a new commit is no reason to link again
		"-ldflags=-s -w -X k8s.io/component-base/version.gitVersion="+version,
		"-o", bin+string(filepath.Separator), "./cmd/...")
	built = bin
	return built
}

var (
	buildMu sync.Mutex
	built   string // the folder, once everything in it is up to date
)

// goCommand runs the go command in dir and returns its output. It fails t in time
// for it to say why, where go test would panic.
func goCommand(t testing.TB, dir string, args ...string) string {
	t.Helper()
	ctx := t.Context()
	if d, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if deadline, ok := d.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline.Add(-5*time.Second))
			defer cancel()
		}
	}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // what is written in this package
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"GOWORK=off",    // a workspace would ignore the module's replacements
		"CGO_ENABLED=0", // no C compiler is needed
	)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		t.Fatalf("go %s: did not end before the test's time was up. Give go test -timeout=30m; the next build goes on from here", args[0])
	}
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

// A server is a process that runs until the test ends.
type server struct {
	name string
	log  string        // the file with what it printed
	done chan struct{} // closed when it has ended
}

// start runs the server at path, and kills it in t's cleanup. A server that ended
// by itself before that fails t.
func start(t testing.TB, dir, path string, args ...string) *server {
	t.Helper()
	name := filepath.Base(path)
	s := &server{name: name, log: filepath.Join(dir, name+".log"), done: make(chan struct{})}
	log, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()                  //nolint:errcheck // the process has its own
	cmd := exec.Command(path, args...) //nolint:gosec // what is written in this package
	cmd.Stdout, cmd.Stderr = log, log
	// The servers end when this pipe is closed, which the system does when there
	// is no time for a cleanup.
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.done)
		_ = cmd.Wait() // whichever way it ended, the log says more
	}()
	t.Cleanup(func() {
		if s.ended() && !t.Failed() {
			t.Errorf("%s ended before the test did:\n%s", name, s.logTail())
		}
		_ = cmd.Process.Kill() // fails only if it has ended
		<-s.done
	})
	return s
}

func (s *server) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// logTail is the end of what the server printed, where it says why it ended.
func (s *server) logTail() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}
