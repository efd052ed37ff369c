package sopsfile_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"regexp"
	"testing"

	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/logging"
	"google.golang.org/grpc"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// waiting is a key service that answers nobody: it tells when it is asked, and when its caller has left.
type waiting struct {
	keyservice.Server
	asked chan struct{}
	left  chan struct{}
}

func (w *waiting) Decrypt(ctx context.Context, _ *keyservice.DecryptRequest) (*keyservice.DecryptResponse, error) {
	close(w.asked)
	<-ctx.Done()
	close(w.left)
	return nil, ctx.Err()
}

// TestContextReachesKeyService cancels a run while a key service keeps it waiting.
func TestContextReachesKeyService(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	data := sopstest.Encrypt(t, t.TempDir(), "a.enc.yaml", document, "--age", recipient)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service := &waiting{asked: make(chan struct{}), left: make(chan struct{})}
	server := grpc.NewServer()
	keyservice.RegisterKeyServiceServer(server, service)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	t.Setenv("SOPS_KEYSERVICE", "tcp://"+listener.Addr().String())
	t.Setenv("SOPS_ENABLE_LOCAL_KEYSERVICE", "false")

	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-service.asked
		cancel()
	}()
	_, f := sopsfile.NewKeyring().Open(ctx, data, sopsfile.YAML)
	<-service.left
	if f == nil || f.Code != report.DecryptionCancelled || !errors.Is(f, context.Canceled) {
		t.Errorf("it is %v", f)
	}
}

var (
	regexpComment = regexp.MustCompile(`(?m)^( *)#ENC\[.*\]$`)
	regexpElement = regexp.MustCompile(`(?m)^    - ENC\[.*\]$`)
)

// TestLoggers leaves SOPS's loggers to the program, and reaches none of their warnings about a document: plaintext
// where SOPS would encrypt a comment.
func TestLoggers(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	const text = "# first\npassword: hunter2\nlist:\n    # in a list\n    - two\n    - three\n# last\n"
	data := sopstest.Encrypt(t, t.TempDir(), "a.enc.yaml", text, "--age", recipient)
	plain := regexpComment.ReplaceAll(data, []byte("${1}# a plain "+secret))
	plain = bytes.Replace(plain, []byte("list:\n"), []byte("list:\n    # a plain "+secret+"\n"), 1)
	if n := bytes.Count(plain, []byte(secret)); n != 3 {
		t.Fatalf("there are %d plain comments", n)
	}
	var logged bytes.Buffer
	for _, logger := range logging.Loggers {
		before := logger.Out
		logger.SetOutput(&logged)
		t.Cleanup(func() { logger.SetOutput(before) })
	}
	doc, f := sopsfile.NewKeyring().Open(context.Background(), plain, sopsfile.YAML)
	if f != nil {
		t.Fatal(f)
	}
	if got := passwordIn(t, doc); got != "hunter2" {
		t.Errorf("it is %q", got)
	}
	if whole, f := doc.Whole(); f != nil || bytes.Count(whole, []byte("# a plain "+secret)) != 3 {
		t.Errorf("the comments are not in it: %s, %v", whole, f)
	}
	for _, logger := range logging.Loggers {
		if logger.Out != &logged {
			t.Error("a logger of the program was changed")
		}
	}
	if logged.Len() > 0 {
		t.Errorf("SOPS logs %s", logged.String())
	}
	// A value that reads like a comment beside it is still a value.
	disguised := regexpElement.ReplaceAll(plain, []byte("    - a plain "+secret))
	if bytes.Equal(disguised, plain) {
		t.Fatal("there is no element")
	}
	if _, f := sopsfile.NewKeyring().Open(context.Background(), disguised, sopsfile.YAML); f == nil ||
		f.Code != report.PlaintextInDocument {
		t.Errorf("it is %v", f)
	}
}
