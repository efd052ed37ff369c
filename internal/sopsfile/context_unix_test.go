//go:build !windows

package sopsfile_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// TestContextEndsLocalKeys cancels a run while a command that gives the key hangs.
func TestContextEndsLocalKeys(t *testing.T) {
	_, recipient := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	data := sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOPS_AGE_KEY_CMD", "cat "+fifo)
	ctx, cancel := context.WithCancel(context.Background())
	started := make(chan *os.File, 1)
	go func() {
		in, err := os.OpenFile(fifo, os.O_WRONLY, 0) // which waits for the command to read
		if err != nil {
			t.Error(err)
		}
		started <- in
		cancel()
	}()
	t.Cleanup(func() { _ = (<-started).Close() }) // which ends the command
	_, f := sopsfile.NewKeyring().Open(ctx, data, sopsfile.YAML)
	if f == nil || f.Code != report.DecryptionCancelled {
		t.Errorf("it is %v", f)
	}
}
