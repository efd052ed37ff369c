package sources

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

	"github.com/secretwright/secretwright/schema"
)

// Where the sops command looks for key services, and in which order it tries keys.
const (
	keyServiceEnv      = "SOPS_KEYSERVICE"
	localKeyServiceEnv = "SOPS_ENABLE_LOCAL_KEYSERVICE"
	orderEnv           = "SOPS_DECRYPTION_ORDER"
)

// keyring finds data keys where the sops command would: with keys of this machine, and with the key services that
// SOPS_KEYSERVICE names. Age identities are loaded and parsed once.
type keyring struct {
	order    []string
	local    bool
	services func() ([]keyservice.KeyServiceClient, *schema.Finding)
	remote   []*remoteKeys // once services has been called
}

func newKeyring() *keyring {
	k := &keyring{order: sops.DefaultDecryptionOrder, local: true}
	if order := os.Getenv(orderEnv); order != "" {
		k.order = strings.Split(order, ",")
	}
	if local, err := strconv.ParseBool(os.Getenv(localKeyServiceEnv)); err == nil {
		k.local = local
	}
	connect := sync.OnceValues(k.connect)
	k.services = func() ([]keyservice.KeyServiceClient, *schema.Finding) {
		clients, f := connect()
		if f != nil {
			own := *f // each document that wants a key adds its own name
			return nil, &own
		}
		return clients, nil
	}
	return k
}

// connect makes a client of every key service. Remote ones are dialled when they are first asked.
func (k *keyring) connect() ([]keyservice.KeyServiceClient, *schema.Finding) {
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
			return nil, problem(fmt.Sprintf("the key service %q in %s cannot be used", uri, keyServiceEnv), "write unix:///path/to.sock or tcp://host:port")
		}
		remote := &remoteKeys{KeyServiceClient: keyservice.NewKeyServiceClient(conn), uri: uri}
		k.remote, clients = append(k.remote, remote), append(clients, remote)
	}
	if len(clients) == 0 {
		return nil, problem("there is no key service to decrypt it with", "unset "+localKeyServiceEnv+", or set "+keyServiceEnv)
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
	return grpc.NewClient("passthrough:///"+u.Host, plain, grpc.WithContextDialer(func(ctx context.Context, addr string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, u.Scheme, addr)
	}))
}

// remoteKeys is a key service that SOPS_KEYSERVICE names. It remembers that it could not be reached.
type remoteKeys struct {
	keyservice.KeyServiceClient
	uri    string
	absent atomic.Bool
}

// Decrypt implements keyservice.KeyServiceClient.
func (r *remoteKeys) Decrypt(ctx context.Context, req *keyservice.DecryptRequest, opts ...grpc.CallOption) (*keyservice.DecryptResponse, error) {
	response, err := r.KeyServiceClient.Decrypt(ctx, req, opts...)
	if status.Code(err) == codes.Unavailable {
		r.absent.Store(true)
	}
	return response, err
}

// localKeys is SOPS's local key service, but it loads and parses the age identities once, not once a document.
type localKeys struct {
	keyservice.LocalClient
	loaded sync.Map // recipient or "": func() age.MasterKey
}

// Decrypt implements keyservice.KeyServiceClient.
func (l *localKeys) Decrypt(ctx context.Context, req *keyservice.DecryptRequest, opts ...grpc.CallOption) (response *keyservice.DecryptResponse, err error) {
	defer func() {
		if recover() != nil { // SOPS runs an empty SOPS_AGE_KEY_CMD, and panics
			err = errors.New("the key cannot be used")
		}
	}()
	wanted, isAge := req.Key.KeyType.(*keyservice.Key_AgeKey)
	if !isAge {
		return l.LocalClient.Decrypt(ctx, req, opts...)
	}
	key := l.identities(wanted.AgeKey.Recipient)
	key.Recipient, key.EncryptedKey = wanted.AgeKey.Recipient, string(req.Ciphertext)
	plaintext, err := key.Decrypt()
	return &keyservice.DecryptResponse{Plaintext: plaintext}, err
}

// identities is a master key that has loaded the age identities that may fit a recipient.
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
