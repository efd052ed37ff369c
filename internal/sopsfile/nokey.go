package sopsfile

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/pgp"

	"github.com/secretwright/secretwright/internal/report"
)

// noKey says which keys the document wants and where keys were looked for: what SOPS leaves out.
func (k *Keyring) noKey(m sops.Metadata) *report.Finding {
	var wanted []string
	kinds := map[string]bool{}
	for _, group := range m.KeyGroups {
		for _, key := range group {
			wanted = append(wanted, key.TypeToIdentifier()+" "+shortened(key.ToString()))
			kinds[key.TypeToIdentifier()] = true
		}
	}
	message := "no key here opens it. It is encrypted for " + strings.Join(wanted, ", ")
	if len(m.KeyGroups) > 1 {
		message += fmt.Sprintf(" (%d of %d key groups are needed)", m.ShamirThreshold, len(m.KeyGroups))
	}
	if servers := refusedServers(m.KeyGroups); len(servers) > 0 {
		return notAsked(message+"; ", servers)
	}
	message += ". Keys were looked for in " + strings.Join(k.looked(kinds), ", ")
	return report.New(report.NoDecryptionKey, message, k.fix(kinds))
}

// fix returns the shortest way to have the right key, for the kinds of key the document is encrypted for.
func (k *Keyring) fix(kinds map[string]bool) string {
	switch {
	case slices.ContainsFunc(k.remote, func(r *remoteKeys) bool { return r.absent.Load() }):
		return "start the key service, or mount its socket where " + keyServiceEnv + " says"
	case !k.local:
		return "give the key service a key that fits, or unset " + localKeyServiceEnv
	case kinds[age.KeyTypeIdentifier]:
		return "set " + age.SopsAgeKeyFileEnv +
			" to the file that holds the matching identity, or have your key added with `sops updatekeys`"
	case kinds[pgp.KeyTypeIdentifier]:
		return "import the secret key into gpg, or have your key added with `sops updatekeys`"
	}
	return "log in to the key management service, or have your key added with `sops updatekeys`"
}

// shortened returns the beginning of a key's name, which is enough to know it by: a post-quantum recipient has 2000
// characters.
func shortened(name string) string {
	if len(name) > 128 {
		return name[:64] + "..."
	}
	return name
}

// looked returns the places where keys were looked for, and what was there. Their content is not touched.
func (k *Keyring) looked(kinds map[string]bool) []string {
	var places []string
	if k.local {
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			switch kind {
			case age.KeyTypeIdentifier:
				places = append(places, lookedForAge()...)
			case pgp.KeyTypeIdentifier:
				places = append(places, lookedForPGP())
			default:
				places = append(places, "the credentials of this machine for "+kind)
			}
		}
	}
	for _, remote := range k.remote {
		state := "it has no key that fits"
		if remote.absent.Load() {
			state = "it cannot be reached"
		}
		places = append(places, fmt.Sprintf("%s=%s (%s)", keyServiceEnv, remote.uri, state))
	}
	return places
}

func lookedForAge() []string {
	var places []string
	for _, env := range []string{age.SopsAgeKeyEnv, age.SopsAgeKeyCmdEnv, age.SopsAgeSshPrivateKeyCmdEnv} {
		state := "not set"
		if value, set := os.LookupEnv(env); value != "" {
			state = "set"
		} else if set {
			state = "set to nothing; unset it"
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
		ssh := filepath.Join(home, ".ssh")
		places = append(places, fileState(filepath.Join(ssh, "id_ed25519")), fileState(filepath.Join(ssh, "id_rsa")))
	}
	return places
}

func lookedForPGP() string {
	home := "gpg's default home"
	if dir := os.Getenv("GNUPGHOME"); dir != "" {
		home = "GNUPGHOME=" + fileState(dir)
	}
	gpg := "gpg"
	if other := os.Getenv(pgp.SopsGpgExecEnv); other != "" {
		gpg = other
	}
	if _, err := exec.LookPath(gpg); err != nil {
		home += " (but there is no " + gpg + " command)"
	}
	return home
}

// ageKeyFile returns where SOPS looks for age identities by default.
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
