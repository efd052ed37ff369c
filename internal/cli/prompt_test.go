//go:build linux

package cli_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// terminal returns both ends of a new terminal: the one that a person has, and the one that a program has.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	if program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// echoes reports whether a terminal shows what is typed.
func echoes(t *testing.T, program *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(program.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// TestNotShown types a value at the prompt, and ends another command there by a signal: the terminal shows nothing of
// the value, and shows what is typed afterwards.
func TestNotShown(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	for _, signal := range []syscall.Signal{0, syscall.SIGINT, syscall.SIGTERM} {
		dir := t.TempDir()
		sopstest.Write(t, dir, ".sops.yaml", []byte("creation_rules: [{age: "+recipient+"}]\n"))
		person, program := terminal(t)
		cmd := secretwright(t, dir, "add", "secretspec.yaml", "database", "--from-literal", "password")
		cmd.Stdin = program
		prompt, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		text := make([]byte, len("the value of password in the Secret database (not shown): "))
		if _, err := io.ReadFull(prompt, text); err != nil {
			t.Fatal(err)
		}
		for echoes(t, program) { // which it turns off as soon as it has asked
		}
		if signal != 0 {
			_ = cmd.Process.Signal(signal)
		} else if _, err := person.WriteString("hunter2\n"); err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(prompt)
		if err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if !echoes(t, program) {
			t.Errorf("%v: the terminal shows nothing any more", signal)
		}
		_, missing := os.Stat(filepath.Join(dir, "secretspec.yaml"))
		if want := signal == 0; cmd.ProcessState.Success() != want || (missing == nil) != want {
			t.Errorf("%v: %v, %v: %s", signal, cmd.ProcessState, missing, said)
		}
		if _, err := program.WriteString("."); err != nil { // so that there is something to read
			t.Fatal(err)
		}
		shown := make([]byte, 100)
		n, err := person.Read(shown)
		if err != nil || strings.Contains(string(shown[:n])+string(said), "hunter2") {
			t.Errorf("%v: the terminal shows %q, %v: %s", signal, shown[:n], err, said)
		}
	}
}
