package sources_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/getsops/sops/v3/keyservice"
	"google.golang.org/grpc"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// counting is a key service that counts how often it is asked.
type counting struct {
	keyservice.Server
	asked atomic.Int32
}

func (c *counting) Decrypt(ctx context.Context, req *keyservice.DecryptRequest) (*keyservice.DecryptResponse, error) {
	c.asked.Add(1)
	return c.Server.Decrypt(ctx, req)
}

// TestDecryptedOnce counts how often a key is asked for: once a document, however many sources and SecretSpecs name
// it.
func TestDecryptedOnce(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", "password: hunter2\n", "--age", recipient)
	text := string(sopstest.Encrypt(t, dir, "b.enc.yaml", "token: hunter3\n", "--age", recipient))

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service := &counting{}
	server := grpc.NewServer()
	keyservice.RegisterKeyServiceServer(server, service)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	t.Setenv("SOPS_KEYSERVICE", "tcp://"+listener.Addr().String())
	t.Setenv("SOPS_ENABLE_LOCAL_KEYSERVICE", "false")

	opener := newOpener(t, dir)
	for range 2 {
		spec := specOf(
			schema.Source{Name: "file", File: "a.enc.yaml"},
			schema.Source{Name: "again", File: "./a.enc.yaml"},
			schema.Source{Name: "with-format", File: "a.enc.yaml", Format: schema.YAML},
			schema.Source{Name: "inline", Inline: text},
			schema.Source{Name: "unused", File: "b.enc.yaml"},
		)
		spec.Secrets[0].DataFrom = spec.Secrets[0].DataFrom[:4]
		set, findings := openAll(opener, spec, sources.Origin{})
		if len(findings) != 1 || findings[0].Code != report.UnusedSource {
			t.Fatal(findings)
		}
		for _, name := range []string{"file", "again", "with-format"} {
			if out, f := set.Value(here, schema.Value{From: name, Key: "password"}); f != nil || string(out) != "hunter2" {
				t.Errorf("%s: %q, %v", name, out, f)
			}
		}
	}
	if n := service.asked.Load(); n != 2 {
		t.Errorf("a key was asked for %d times; there are 2 documents", n)
	}
}
