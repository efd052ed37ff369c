//go:build linux

package cli_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/getsops/sops/v3/keyservice"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

const progressSpec = `apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
sources: [{name: database, file: a.enc.yaml}]
secrets: [{name: database, data: {password: {from: database, key: password}}, rollout: none}]
`

// slow is a key service that takes its time.
type slow struct {
	keyservice.Server
	wait func()
}

func (s *slow) Decrypt(ctx context.Context, request *keyservice.DecryptRequest) (*keyservice.DecryptResponse, error) {
	s.wait()
	return s.Server.Decrypt(ctx, request)
}

// slowCommand returns a command that has to wait for a key service, and whose standard error is a terminal or a pipe.
func slowCommand(t *testing.T, wait func(), args ...string) *exec.Cmd {
	t.Helper()
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	sopstest.Write(t, dir, "a.enc.yaml", sopstest.Encrypt(t, dir, "a.enc.yaml", "password: hunter2\n", "--age", recipient))
	sopstest.Write(t, dir, "spec.yaml", []byte(progressSpec))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	keyservice.RegisterKeyServiceServer(server, &slow{wait: wait})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	cmd := secretwright(t, dir, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm", "SOPS_KEYSERVICE=tcp://"+listener.Addr().String(),
		"SOPS_ENABLE_LOCAL_KEYSERVICE=false")
	return cmd
}

// wideTerminal returns a terminal of 80 columns.
func wideTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, program = terminal(t)
	if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	return person, program
}

// TestProgress has a key service answer once the terminal shows how far the command is. At the end nothing of that is
// left.
func TestProgress(t *testing.T) {
	person, program := wideTerminal(t)
	shown := make(chan string)
	cmd := slowCommand(t, func() { <-shown }, "render", "spec.yaml")
	cmd.Stderr = program
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []byte
	for !strings.Contains(string(said), "...") {
		buffer := make([]byte, 1000)
		n, err := person.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, buffer[:n]...)
	}
	close(shown)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if want := "\r\x1b[Krender: opening sources (0 of 1) ..."; string(said) != want {
		t.Errorf("it shows %q, want %q", said, want)
	}
	said = rest(t, person, program)
	if at := strings.LastIndex(string(said), "\r\x1b[K"); at < 0 || string(said[at:]) != "\r\x1b[K" {
		t.Errorf("it leaves %q", said)
	}
}

// rest returns what a terminal shows that nothing more is written to.
func rest(t *testing.T, person, program *os.File) []byte {
	t.Helper()
	const end = "<end>"
	if _, err := program.WriteString(end); err != nil {
		t.Fatal(err)
	}
	var said []byte
	for !strings.HasSuffix(string(said), end) {
		buffer := make([]byte, 10000)
		n, err := person.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, buffer[:n]...)
	}
	return said[:len(said)-len(end)]
}

// TestNoProgress has commands wait that must not show how far they are: with -q, where standard error is no terminal,
// and as a function.
func TestNoProgress(t *testing.T) {
	wait := func() { time.Sleep(2200 * time.Millisecond) }
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  " +
		strings.ReplaceAll(progressSpec, "\n", "\n  ")
	for _, test := range []struct {
		name       string
		args       []string
		stdin      string
		isTerminal bool
	}{
		{"quiet", []string{"render", "-q", "spec.yaml"}, "", true},
		{"pipe", []string{"render", "spec.yaml"}, "", false},
		{"function", nil, list, true},
	} {
		cmd := slowCommand(t, wait, test.args...)
		cmd.Stdin = strings.NewReader(test.stdin)
		var said []byte
		var err error
		if test.isTerminal {
			person, program := wideTerminal(t)
			cmd.Stderr = program
			err = cmd.Run()
			said = rest(t, person, program)
		} else {
			var out strings.Builder
			cmd.Stderr = &out
			err = cmd.Run()
			said = []byte(out.String())
		}
		if err != nil || len(said) > 0 {
			t.Errorf("%s: %v, it shows %q", test.name, err, said)
		}
	}
}
