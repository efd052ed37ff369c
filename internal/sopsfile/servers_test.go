package sopsfile

import (
	"testing"

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
