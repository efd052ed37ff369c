package keyring

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/azkv"
	"github.com/getsops/sops/v3/hcvault"
	sopskeys "github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/kms"
)

// TestServersAllowed holds the rule for servers to addresses that are made to look like the allowed ones.
func TestServersAllowed(t *testing.T) {
	t.Setenv("VAULT_ADDR", "https://vault.example:8200")
	t.Setenv("SECRETWRIGHT_ALLOWED_SERVERS", "https://bao.example/team-a, http://10.0.0.1:8200,https://hsm.example")
	vault := func(address string) sopskeys.MasterKey { return &hcvault.MasterKey{VaultAddress: address} }
	azure := func(address string) sopskeys.MasterKey { return &azkv.MasterKey{VaultURL: address} }
	aws := func(arn string) sopskeys.MasterKey { return &kms.MasterKey{Arn: arn} }
	const key = ":000000000000:key/11111111-2222-3333-4444-555555555555"
	for _, c := range []struct {
		key     sopskeys.MasterKey
		allowed bool
	}{
		{vault("https://vault.example:8200"), true}, {vault("https://VAULT.example:8200/"), true},
		{vault("https://bao.example/team-a"), true},
		{vault("https://bao.example:443/team-a/x"), true}, {vault("http://10.0.0.1:8200"), true},
		{vault("https://hsm.example"), true},
		{vault("http://vault.example:8200"), false}, {vault("https://vault.example"), false},
		{vault("https://vault.example:8201"), false},
		{vault("https://vault.example:8200@evil.example"), false}, {vault("https://vault.example:8200.evil.example"),
			false},
		{vault("https://evil.example/https://vault.example:8200"), false},
		{vault("https://evil.example?https://vault.example:8200"), false},
		{vault("https://evil.example#@vault.example:8200"), false}, {vault("https://user@vault.example:8200"), false},
		{vault("https://bao.example"), false}, {vault("https://bao.example/team-ab"), false},
		{vault("https://bao.example/team-a/../team-b"), false},
		{vault("https://bao.example/team-a/%2e%2e/team-b"), false}, {vault("//vault.example:8200"), false},
		{vault("vault.example:8200"), false},
		{vault(""), false}, {vault("https://"), false}, {vault("https:///x"), false},
		{vault("unix:///run/vault.sock"), false},
		{vault("https://vault.example:8200\n.evil.example"), false}, {vault("http://169.254.169.254"), false},
		{vault("http://localhost:8200"), false},
		{azure("https://shop.vault.azure.net"), true}, {azure("https://shop.vault.azure.cn"), true},
		{azure("https://Shop.managedhsm.azure.net/"), true},
		{azure("https://hsm.example"), true},
		{azure("http://shop.vault.azure.net"), false}, {azure("https://shop.vault.azure.net.evil.example"), false},
		{azure("https://vault.azure.net"), false},
		{azure("https://.vault.azure.net"), false}, {azure("https://evil.example/.vault.azure.net"), false},
		{azure("https://a.b.vault.azure.net"), false},
		{azure("https://shop.vault.azure.net:8443"), false}, {azure("https://u@shop.vault.azure.net"), false},
		{azure("https://evil.example#.vault.azure.net"), false},
		{azure("https://evilvault.azure.net"), false}, {azure(""), false},
		{azure("https://shop.blob.core.windows.net"), false},
		{aws("arn:aws:kms:eu-north-1" + key), true}, {aws("arn:aws-us-gov:kms:us-gov-west-1" + key), true},
		{aws("arn:aws-cn:kms:cn-north-1:1:alias/a/b"), true},
		{aws("arn:aws:kms:evil.example/" + key), false}, {aws("arn:aws:kms:evil.example#" + key), false},
		{aws("arn:aws:kms:eu-north-1.evil" + key), false},
		{aws("arn:aws:kms:@evil.example" + key), false}, {aws("arn:aws:kms:" + key), false}, {aws("arn:aws:kms:x" +
			key), false}, {aws(""), false},
		{aws("arn:aws:kms:eu-north-1:kms:eu-north-1" + key), false}, {aws("arn:aws:s3:eu-north-1" + key), false},
		{aws("arn:aws:kms:eu-north-1\n" + key), false},
	} {
		if got := refused(c.key) == ""; got != c.allowed {
			t.Errorf("%s: allowed: %v", c.key.ToString(), got)
		}
		request := keyservice.KeyFromMasterKey(c.key)
		if got := refusedRequest(&request) == ""; got != (refused(c.key) == "") {
			t.Errorf("%s: a key service is asked otherwise: %v", c.key.ToString(), got)
		}
	}
}

// TestAzureWithoutVersion has a .sops.yaml and a SecretSpec name a key without its version, which SOPS would ask the
// server for at once: nothing is asked to read them, nor to encrypt, unless the environment allows the server.
func TestAzureWithoutVersion(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	go func() {
		for connection, err := server.Accept(); err == nil; connection, err = server.Accept() {
			asked.Add(1)
			_ = connection.Close()
		}
	}()
	defer server.Close() //nolint:errcheck // a listener
	url := "https://" + server.Addr().String()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	bare := url + "/keys/k/"
	for _, rule := range []string{"azure_keyvault: " + url + "/keys/k", "azure_keyvault: [" + url + "/keys/k/]",
		"key_groups: [{azure_keyvault: [{vaultUrl: '" + url + "', key: k}]}]"} {
		if err := os.WriteFile(filepath.Join(dir, ".sops.yaml"), []byte("creation_rules:\n- "+rule+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r, f := Ruled(root, "a.yaml")
		if f != nil || !slices.Equal(r.Names(), []string{bare}) {
			t.Fatalf("%s: %v, %v", rule, r, f)
		}
		_, f = New().NewDataKey(t.Context(), &sops.Metadata{}, r)
		if f == nil || !strings.Contains(f.Message, "the server "+url+" was not asked") {
			t.Errorf("%s: %v", rule, f)
		}
		versions := listed(t, KeyNames{AzureKV: []string{url + "/keys/k/1"}})
		others := listed(t, KeyNames{AzureKV: []string{url + "/keys/other/1"}})
		if !r.Equal(versions) || !versions.Equal(r) || len(versions.Unlisted(r)) > 0 || r.Equal(others) ||
			len(others.Unlisted(r)) != 1 {
			t.Errorf("%s: a version of the key is not the key", rule)
		}
	}
	if r := listed(t, KeyNames{AzureKV: []string{url + "/keys/k"}}); !slices.Equal(r.Names(), []string{bare}) {
		t.Errorf("%v", r)
	}
	if asked.Load() != 0 {
		t.Error("the server was asked")
	}
}
