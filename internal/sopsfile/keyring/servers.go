package keyring

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/azkv"
	"github.com/getsops/sops/v3/hcvault"
	sopskeys "github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/kms"

	"github.com/secretwright/secretwright/internal/report"
)

// A document names servers: no MAC covers its sops block, so anyone who can change the file can have it name his own.
// Vault gets the token of this machine, and whoever encrypts for a server sends it the new data key. So a server is
// only asked if the environment says so.
const (
	vaultAddrEnv      = "VAULT_ADDR"
	allowedServersEnv = "SECRETWRIGHT_ALLOWED_SERVERS"
)

// errServer is the cause of a request that was not made.
var errServer = errors.New("the environment does not allow the server")

// azureHosts are the domains of Azure's Key Vault and Managed HSM, in all of its clouds (learn.microsoft.com, "About
// keys, secrets, and certificates", Azure Key Vault).
var azureHosts = []string{
	".vault.azure.net", ".vault.azure.cn", ".vault.usgovcloudapi.net", ".vault.microsoftazure.de",
	".managedhsm.azure.net", ".managedhsm.azure.cn", ".managedhsm.usgovcloudapi.net",
}

// awsARN is a key of AWS KMS. SOPS takes anything for a region, and the region becomes a part of the host.
var awsARN = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^arn:aws(-[a-z]+)*:kms:[a-z]{2,}(-[a-z]+)+-[0-9]+:[0-9]+:(key|alias)/[\w/+=,.@-]+$`)
})

// refused returns the server that a key names and the environment does not allow, or "". Google's and Huawei's keys
// name no server: their libraries know it, or the environment says.
func refused(key sopskeys.MasterKey) string {
	switch key := key.(type) {
	case *hcvault.MasterKey:
		return refusedVault(key.VaultAddress)
	case *azkv.MasterKey:
		return refusedAzure(key.VaultURL)
	case *kms.MasterKey:
		return refusedAWS(key.Arn)
	}
	return ""
}

// refusedRequest does the same for a request to a key service.
func refusedRequest(key *keyservice.Key) string {
	switch key := key.GetKeyType().(type) {
	case *keyservice.Key_VaultKey:
		return refusedVault(key.VaultKey.GetVaultAddress())
	case *keyservice.Key_AzureKeyvaultKey:
		return refusedAzure(key.AzureKeyvaultKey.GetVaultUrl())
	case *keyservice.Key_KmsKey:
		return refusedAWS(key.KmsKey.GetArn())
	}
	return ""
}

func refusedVault(address string) string {
	allowed := append(allowedServers(), os.Getenv(vaultAddrEnv))
	for _, entry := range strings.Split(os.Getenv(hcvault.SopsHCVaultAllowlist), ",") {
		if entry = strings.TrimSpace(entry); entry == hcvault.AllowlistAllHosts {
			return ""
		}
		allowed = append(allowed, entry)
	}
	if covers(allowed, address) {
		return ""
	}
	return named(address)
}

func refusedAzure(address string) string {
	u, err := url.Parse(address)
	isAzure := err == nil && u.Scheme == "https" && u.User == nil && u.Port() == "" &&
		slices.ContainsFunc(azureHosts, func(domain string) bool {
			name, found := strings.CutSuffix(strings.ToLower(u.Host), domain)
			return found && name != "" && !strings.ContainsAny(name, "./:@")
		})
	if isAzure || covers(allowedServers(), address) {
		return ""
	}
	return named(address)
}

func refusedAWS(arn string) string {
	if awsARN().MatchString(arn) {
		return ""
	}
	return named(arn)
}

// named returns a server for people, who need to see that there is none, too.
func named(server string) string {
	if server == "" {
		return "without an address"
	}
	return server
}

func allowedServers() []string { return strings.Split(os.Getenv(allowedServersEnv), ",") }

// covers reports whether an address is one of those allowed, or below one: of the same scheme, host and port, and
// with a path that begins with its path.
func covers(allowed []string, address string) bool {
	asked, err := url.Parse(address)
	if err != nil || asked.Host == "" || asked.User != nil || asked.Opaque != "" {
		return false
	}
	return slices.ContainsFunc(allowed, func(entry string) bool {
		u, err := url.Parse(strings.TrimSpace(entry))
		if err != nil || u.Host == "" {
			return false
		}
		path := strings.TrimSuffix(u.Path, "/")
		below := asked.Path == path || strings.HasPrefix(asked.Path, path+"/")
		return u.Scheme == asked.Scheme && strings.EqualFold(hostOf(u), hostOf(asked)) && (path == "" || below &&
			!strings.Contains(asked.Path, ".."))
	})
}

func hostOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return u.Hostname() + ":" + port
}

// refusedServers returns the servers among the keys of a document that the environment does not allow.
func refusedServers(groups []sops.KeyGroup) []string {
	var servers []string
	for _, group := range groups {
		for _, key := range group {
			if server := refused(key); server != "" && !slices.Contains(servers, server) {
				servers = append(servers, server)
			}
		}
	}
	return servers
}

// notAsked says that servers got no request.
func notAsked(before string, servers []string) *report.Finding {
	return report.Wrap(report.ServerNotAllowed, errServer,
		fmt.Sprintf("%sthe server %s was not asked, since the environment does not allow it", before,
			report.List(servers)),
		"if it is yours, set "+vaultAddrEnv+" to it, or list it in "+allowedServersEnv)
}
