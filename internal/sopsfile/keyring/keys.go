package keyring

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/keyservice"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/secretwright/secretwright/internal/report"
)

// Where the sops command looks for key services, and in which order it tries keys.
const (
	keyServiceEnv      = "SOPS_KEYSERVICE"
	localKeyServiceEnv = "SOPS_ENABLE_LOCAL_KEYSERVICE"
	orderEnv           = "SOPS_DECRYPTION_ORDER"
)

// Keyring finds data keys where the sops command does: with keys of this machine, and with the key services that
// SOPS_KEYSERVICE names. Age identities are loaded and parsed once. It is safe for use by several goroutines.
type Keyring struct {
	order   []string
	local   bool
	connect func() ([]keyservice.KeyServiceClient, *report.Finding)
	remote  []*remoteKeys // once connect has been called
}

// New returns a Keyring that looks where the environment says.
func New() *Keyring {
	k := &Keyring{order: sops.DefaultDecryptionOrder, local: true}
	if order := os.Getenv(orderEnv); order != "" {
		k.order = strings.Split(order, ",")
	}
	if local, err := strconv.ParseBool(os.Getenv(localKeyServiceEnv)); err == nil {
		k.local = local
	}
	k.connect = sync.OnceValues(k.clients)
	return k
}

// services returns the key services, which are asked in the name of the context: SOPS itself does not pass one on.
func (k *Keyring) services(ctx context.Context) ([]keyservice.KeyServiceClient, *report.Finding) {
	if err := ctx.Err(); err != nil {
		return nil, cancelled(err)
	}
	clients, f := k.connect()
	if f != nil {
		return nil, f
	}
	bound := make([]keyservice.KeyServiceClient, len(clients))
	for i, client := range clients {
		bound[i] = boundKeys{KeyServiceClient: client, ctx: ctx}
	}
	return bound, nil
}

// DataKey returns the key that a document's values are encrypted with. The metadata keeps it.
func (k *Keyring) DataKey(ctx context.Context, m *sops.Metadata) ([]byte, *report.Finding) {
	services, f := k.services(ctx)
	if f != nil {
		return nil, f
	}
	key, err := m.GetDataKeyWithKeyServices(services, k.order)
	if ctxErr := ctx.Err(); ctxErr != nil {
		return nil, cancelled(ctxErr)
	}
	if err != nil {
		return nil, k.noKey(*m, k.opened(*m, services))
	}
	return key, nil
}

func cancelled(err error) *report.Finding {
	return report.Wrap(report.DecryptionCancelled, err, "the run was cancelled before it was decrypted", "")
}

// clients makes a client of every key service. Remote ones are dialled when they are first asked.
func (k *Keyring) clients() ([]keyservice.KeyServiceClient, *report.Finding) {
	var clients []keyservice.KeyServiceClient
	if k.local {
		clients = append(clients, &localKeys{LocalClient: keyservice.NewLocalClient()})
	}
	for _, uri := range strings.Split(os.Getenv(keyServiceEnv), ",") {
		if uri == "" {
			continue
		}
		conn, err := dial(uri)
		if err != nil {
			return nil, report.Wrap(report.KeyServiceUnusable, err,
				fmt.Sprintf("the key service %q in %s cannot be used", uri, keyServiceEnv),
				"write unix:///path/to.sock or tcp://host:port")
		}
		remote := &remoteKeys{KeyServiceClient: keyservice.NewKeyServiceClient(conn), uri: uri}
		k.remote, clients = append(k.remote, remote), append(clients, remote)
	}
	if len(clients) == 0 {
		return nil, report.New(report.NoKeyService, "there is no key service to decrypt it with",
			"unset "+localKeyServiceEnv+", or set "+keyServiceEnv)
	}
	return clients, nil
}

func dial(uri string) (*grpc.ClientConn, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return nil, err
	}
	plain := grpc.WithTransportCredentials(insecure.NewCredentials()) // what the key service of SOPS speaks
	if u.Scheme == "unix" {
		return grpc.NewClient(uri, plain)
	}
	if u.Host == "" {
		return nil, fmt.Errorf("no host")
	}
	dialer := func(ctx context.Context, addr string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, u.Scheme, addr)
	}
	return grpc.NewClient("passthrough:///"+u.Host, plain, grpc.WithContextDialer(dialer))
}

// The calls of a key service.
type (
	decryptRequest  = keyservice.DecryptRequest
	decryptResponse = keyservice.DecryptResponse
	encryptRequest  = keyservice.EncryptRequest
	encryptResponse = keyservice.EncryptResponse
)

// remoteKeys is a key service that SOPS_KEYSERVICE names. It remembers that it could not be reached.
type remoteKeys struct {
	keyservice.KeyServiceClient
	uri    string
	absent atomic.Bool
}

// Decrypt implements keyservice.KeyServiceClient.
func (r *remoteKeys) Decrypt(
	ctx context.Context, req *decryptRequest, opts ...grpc.CallOption,
) (*decryptResponse, error) {
	response, err := r.KeyServiceClient.Decrypt(ctx, req, opts...)
	if status.Code(err) == codes.Unavailable {
		r.absent.Store(true)
	}
	return response, err
}

// boundKeys is a key service that is asked in the name of one context, for keys of servers that the environment
// allows.
type boundKeys struct {
	keyservice.KeyServiceClient
	ctx context.Context
}

// Decrypt implements keyservice.KeyServiceClient.
func (b boundKeys) Decrypt(
	_ context.Context, req *decryptRequest, opts ...grpc.CallOption,
) (*decryptResponse, error) {
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	if refusedRequest(req.Key) != "" {
		return nil, errServer
	}
	return b.KeyServiceClient.Decrypt(b.ctx, req, opts...)
}

// Encrypt implements keyservice.KeyServiceClient.
func (b boundKeys) Encrypt(
	_ context.Context, req *encryptRequest, opts ...grpc.CallOption,
) (*encryptResponse, error) {
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	if refusedRequest(req.Key) != "" {
		return nil, errServer
	}
	return b.KeyServiceClient.Encrypt(b.ctx, req, opts...)
}

// localKeys is SOPS's local key service, but it loads and parses the age identities once, not once a document, and
// returns when the context ends.
type localKeys struct {
	keyservice.LocalClient
	loaded sync.Map // recipient or "": func() age.MasterKey
	// answered reports whether an age identity has decrypted something.
	answered atomic.Bool
}

// hideProgress makes room on the terminal for whoever asks a person there for a passphrase, a PIN or a touch: GnuPG, an
// age plugin or command, and SOPS for an identity or SSH key under a passphrase. It asks for an identity once.
func (l *localKeys) hideProgress(ctx context.Context, key *keyservice.Key) (done func()) {
	asks := false
	switch key := key.GetKeyType().(type) {
	case *keyservice.Key_PgpKey:
		asks = true
	case *keyservice.Key_AgeKey:
		isPlain := strings.HasPrefix(key.AgeKey.Recipient, "age1") && strings.Count(key.AgeKey.Recipient, "1") == 1
		asks = !isPlain || !l.answered.Load() || os.Getenv(age.SopsAgeKeyCmdEnv) != ""
	}
	if !asks {
		return func() {}
	}
	return report.ProgressOf(ctx).Hide()
}

// errKeyPanic is a key on which SOPS panics: it runs an empty SOPS_AGE_KEY_CMD.
var errKeyPanic = errors.New("the key cannot be used")

// Decrypt implements keyservice.KeyServiceClient.
func (l *localKeys) Decrypt(
	ctx context.Context, req *decryptRequest, _ ...grpc.CallOption,
) (*decryptResponse, error) {
	defer l.hideProgress(ctx, req.Key)()
	if wanted, isAge := req.Key.KeyType.(*keyservice.Key_AgeKey); isAge {
		return await(ctx, func() (*decryptResponse, error) {
			key := l.identities(wanted.AgeKey.Recipient)
			key.Recipient, key.EncryptedKey = wanted.AgeKey.Recipient, string(req.Ciphertext)
			plaintext, err := key.Decrypt()
			if err == nil {
				l.answered.Store(true)
			}
			return &decryptResponse{Plaintext: plaintext}, err
		})
	}
	return await(ctx, func() (*decryptResponse, error) { return l.LocalClient.Decrypt(ctx, req) })
}

// Encrypt implements keyservice.KeyServiceClient.
func (l *localKeys) Encrypt(
	ctx context.Context, req *encryptRequest, _ ...grpc.CallOption,
) (*encryptResponse, error) {
	defer l.hideProgress(ctx, req.Key)()
	return await(ctx, func() (*encryptResponse, error) { return l.LocalClient.Encrypt(ctx, req) })
}

// await returns what a call returns, or the context's error as soon as the context ends: SOPS's local keys take no
// context, and may wait for a network, an agent or a command.
func await[T any](ctx context.Context, call func() (*T, error)) (*T, error) {
	type answer struct {
		value *T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		result := answer{err: errKeyPanic}
		defer func() {
			_ = recover()
			answers <- result
		}()
		value, err := call()
		result = answer{value, err}
	}()
	select {
	case result := <-answers:
		return result.value, result.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// identities returns a master key that has loaded the age identities that may fit a recipient.
func (l *localKeys) identities(recipient string) age.MasterKey {
	slot := recipient // a command is asked for the key of one recipient, and may answer each with another
	if os.Getenv(age.SopsAgeKeyCmdEnv) == "" && os.Getenv(age.SopsAgeSshPrivateKeyCmdEnv) == "" {
		slot = ""
	}
	load, _ := l.loaded.LoadOrStore(slot, sync.OnceValue(func() age.MasterKey {
		key := age.MasterKey{Recipient: recipient}
		_, _ = key.Decrypt() // there is nothing to decrypt yet, but the identities it loads for that stay with the key
		return key
	}))
	return load.(func() age.MasterKey)()
}
