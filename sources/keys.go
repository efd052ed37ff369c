package sources

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/pgp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

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
	services func() ([]keyservice.KeyServiceClient, *schema.Finding)
	local    bool
}

func newKeyring() *keyring {
	k := &keyring{order: sops.DefaultDecryptionOrder, local: true}
	if order := os.Getenv(orderEnv); order != "" {
		k.order = strings.Split(order, ",")
	}
	if local, err := strconv.ParseBool(os.Getenv(localKeyServiceEnv)); err == nil {
		k.local = local
	}
	type found struct {
		clients []keyservice.KeyServiceClient
		finding *schema.Finding
	}
	once := sync.OnceValue(func() found {
		clients, finding := k.connect()
		return found{clients, finding}
	})
	k.services = func() ([]keyservice.KeyServiceClient, *schema.Finding) {
		f := once()
		if f.finding != nil {
			finding := *f.finding // each document that wants a key adds its own name
			return nil, &finding
		}
		return f.clients, nil
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
		clients = append(clients, keyservice.NewKeyServiceClient(conn))
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

// localKeys is SOPS's local key service, but it loads and parses the age identities once, not once a document.
type localKeys struct {
	keyservice.LocalClient
	loaded sync.Map // recipient or "": *identities
}

// identities keeps a master key that has loaded its identities. Copies of it have them too.
type identities struct {
	sync.Mutex
	key age.MasterKey
	ok  bool
}

// Decrypt implements keyservice.KeyServiceClient.
func (l *localKeys) Decrypt(ctx context.Context, req *keyservice.DecryptRequest, opts ...grpc.CallOption) (*keyservice.DecryptResponse, error) {
	wanted, isAge := req.Key.KeyType.(*keyservice.Key_AgeKey)
	if !isAge {
		return l.LocalClient.Decrypt(ctx, req, opts...)
	}
	recipient := wanted.AgeKey.Recipient
	key := age.MasterKey{Recipient: recipient, EncryptedKey: string(req.Ciphertext)}

	slot := recipient // a command is asked for the key of one recipient, and may answer each with another
	if os.Getenv(age.SopsAgeKeyCmdEnv) == "" && os.Getenv(age.SopsAgeSshPrivateKeyCmdEnv) == "" {
		slot = ""
	}
	value, _ := l.loaded.LoadOrStore(slot, &identities{})
	ids := value.(*identities)
	ids.Lock()
	if !ids.ok {
		defer ids.Unlock()
		plaintext, err := key.Decrypt()
		if err == nil {
			ids.key, ids.ok = key, true
		}
		return &keyservice.DecryptResponse{Plaintext: plaintext}, err
	}
	cached := ids.key
	ids.Unlock()
	cached.Recipient, cached.EncryptedKey = key.Recipient, key.EncryptedKey
	plaintext, err := cached.Decrypt()
	return &keyservice.DecryptResponse{Plaintext: plaintext}, err
}

// noKey says which keys the document wants and where keys were looked for: what SOPS leaves out.
func (k *keyring) noKey(m sops.Metadata) *schema.Finding {
	var wanted []string
	kinds := map[string]bool{}
	for _, group := range m.KeyGroups {
		for _, key := range group {
			wanted = append(wanted, key.TypeToIdentifier()+" "+key.ToString())
			kinds[key.TypeToIdentifier()] = true
		}
	}
	message := "no key here opens it. It is encrypted for " + strings.Join(wanted, ", ")
	if len(m.KeyGroups) > 1 {
		message += fmt.Sprintf(" (%d of %d key groups are needed)", m.ShamirThreshold, len(m.KeyGroups))
	}
	message += ". Keys were looked for in " + strings.Join(k.looked(kinds), ", ")
	return problem(message, fix(kinds))
}

// fix is the shortest way to have the right key, for the kinds of key the document is encrypted for.
func fix(kinds map[string]bool) string {
	switch {
	case kinds[age.KeyTypeIdentifier]:
		return "set " + age.SopsAgeKeyFileEnv + " to the file that holds the matching identity, or have your key added with `sops updatekeys`"
	case kinds[pgp.KeyTypeIdentifier]:
		return "import the secret key into gpg, or have your key added with `sops updatekeys`"
	}
	return "log in to the key management service, or have your key added with `sops updatekeys`"
}

// looked are the places where keys were looked for, and what was there. Their content is not touched.
func (k *keyring) looked(kinds map[string]bool) []string {
	var places []string
	if k.local && kinds[age.KeyTypeIdentifier] {
		for _, env := range []string{age.SopsAgeKeyEnv, age.SopsAgeKeyCmdEnv, age.SopsAgeSshPrivateKeyCmdEnv} {
			state := "not set"
			if os.Getenv(env) != "" {
				state = "set"
			}
			places = append(places, env+" ("+state+")")
		}
		for _, env := range []string{age.SopsAgeKeyFileEnv, age.SopsAgeSshPrivateKeyFileEnv} {
			if path := os.Getenv(env); path != "" {
				places = append(places, env+"="+fileState(path))
			} else {
				places = append(places, env+" (not set)")
			}
		}
		places = append(places, fileState(ageKeyFile()))
		if home, err := os.UserHomeDir(); err == nil {
			places = append(places, fileState(filepath.Join(home, ".ssh", "id_ed25519")), fileState(filepath.Join(home, ".ssh", "id_rsa")))
		}
	}
	if k.local && kinds[pgp.KeyTypeIdentifier] {
		home := "gpg's default home"
		if dir := os.Getenv("GNUPGHOME"); dir != "" {
			home = "GNUPGHOME=" + fileState(dir)
		}
		places = append(places, home)
	}
	if uri := os.Getenv(keyServiceEnv); uri != "" {
		places = append(places, keyServiceEnv+"="+uri)
	}
	if len(places) == 0 {
		places = append(places, "the credentials of this machine")
	}
	return places
}

// ageKeyFile is where SOPS looks for age identities by default.
func ageKeyFile() string {
	dir, err := os.UserConfigDir()
	if xdg := os.Getenv("XDG_CONFIG_HOME"); runtime.GOOS == "darwin" && xdg != "" {
		dir, err = xdg, nil
	}
	if err != nil {
		return "the user's configuration folder"
	}
	return filepath.Join(dir, filepath.FromSlash(age.SopsAgeKeyUserConfigPath))
}

func fileState(path string) string {
	in, err := os.Open(path)
	if err != nil {
		if os.IsNotExist(err) {
			return path + " (no such file)"
		}
		return path + " (cannot be read)"
	}
	_ = in.Close()
	return path + " (no key in it matches)"
}
