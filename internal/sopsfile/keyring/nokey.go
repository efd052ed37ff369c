package keyring

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/pgp"

	"github.com/secretwright/secretwright/internal/report"
)

// noKey says which keys the document wants and where keys were looked for: what SOPS leaves out.
func (k *Keyring) noKey(m sops.Metadata, opened []string) *report.Finding {
	var wanted []string
	kinds := map[string]bool{}
	for _, group := range m.KeyGroups {
		for _, key := range group {
			wanted = append(wanted, key.TypeToIdentifier()+" "+shortened(key.ToString()))
			kinds[key.TypeToIdentifier()] = true
		}
	}
	message := "no key here opens it"
	if len(opened) > 0 {
		message = "keys here open its key group " + strings.Join(opened, ", ") + " alone"
	}
	message += ". It is encrypted for " + strings.Join(wanted, ", ")
	if len(m.KeyGroups) > 1 {
		message += fmt.Sprintf(" (%d of %d key groups are needed)", m.ShamirThreshold, len(m.KeyGroups))
	}
	if servers := refusedServers(m.KeyGroups); len(servers) > 0 {
		return notAsked(message+"; ", servers)
	}
	f := report.New(report.NoDecryptionKey, message, k.fix(kinds))
	f.Heading, f.Details = "Keys were looked for in", k.looked(kinds)
	return f
}

// opened returns the numbers, from 1, of the key groups of several that keys here open, though not enough of them.
func (k *Keyring) opened(m sops.Metadata, services []keyservice.KeyServiceClient) (numbers []string) {
	if len(m.KeyGroups) == 1 {
		return nil
	}
	for i := range m.KeyGroups {
		group := sops.Metadata{KeyGroups: m.KeyGroups[i : i+1]}
		if _, err := group.GetDataKeyWithKeyServices(services, k.order); err == nil {
			numbers = append(numbers, strconv.Itoa(i+1))
		}
	}
	if len(numbers) == len(m.KeyGroups) || m.ShamirThreshold > 0 && len(numbers) >= m.ShamirThreshold {
		return nil // what they open does not belong together
	}
	return numbers
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
			" to the file that holds the matching identity, or have your key added with `secretwright updatekeys`"
	case kinds[pgp.KeyTypeIdentifier]:
		return "import the secret key into gpg, or have your key added with `secretwright updatekeys`"
	}
	return "log in to the key management service, or have your key added with `secretwright updatekeys`"
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
	places = append(places, age.SopsAgeKeyEnv+" ("+ageKeyState()+")")
	for _, env := range []string{age.SopsAgeKeyCmdEnv, age.SopsAgeSshPrivateKeyCmdEnv} {
		places = append(places, env+" ("+envState(env)+")")
	}
	for _, file := range []struct {
		env   string
		state func(path string) string
	}{{age.SopsAgeKeyFileEnv, identityFileState}, {age.SopsAgeSshPrivateKeyFileEnv, fileState}} {
		if path := os.Getenv(file.env); path != "" {
			places = append(places, file.env+"="+file.state(path))
		} else {
			places = append(places, file.env+" (not set)")
		}
	}
	places = append(places, identityFileState(AgeKeyFile()))
	if home, err := os.UserHomeDir(); err == nil {
		ssh := filepath.Join(home, ".ssh")
		places = append(places, fileState(filepath.Join(ssh, "id_ed25519")), fileState(filepath.Join(ssh, "id_rsa")))
	}
	return places
}

func envState(env string) string {
	switch value, set := os.LookupEnv(env); {
	case value != "":
		return "set"
	case set:
		return "set to nothing; unset it"
	}
	return "not set"
}

// ageKeyState says whether there are age identities in the environment, and nothing of what is there instead.
func ageKeyState() string {
	state := envState(age.SopsAgeKeyEnv)
	if state != "set" {
		return state
	}
	var keys []string
	for _, line := range identityLines(os.Getenv(age.SopsAgeKeyEnv)) {
		keys = append(keys, strings.Fields(line)...)
	}
	if problem := notIdentities(keys); problem != "" {
		return "set, but " + problem
	}
	return "set; no key in it matches"
}

// maxIdentities is how many bytes of a file of identities are looked at.
const maxIdentities = 1 << 20

// identityFileState says what fileState says of a file, and whether there are age identities in it.
func identityFileState(path string) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxIdentities {
		return fileState(path)
	}
	data, err := os.ReadFile(path)
	encrypted := bytes.HasPrefix(data, []byte("age-encryption.org/")) || bytes.HasPrefix(data, []byte("-----BEGIN AGE "))
	if err != nil || encrypted { // with a passphrase
		return fileState(path)
	}
	if problem := notIdentities(identityLines(string(data))); problem != "" {
		return path + " (" + problem + ")"
	}
	return fileState(path)
}

// identityLines returns the lines of a text in which SOPS looks for identities.
func identityLines(text string) []string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" || strings.HasPrefix(line, "#") })
}

// notIdentities says what is wrong with texts that should be age identities, or "". It quotes nothing of them.
func notIdentities(keys []string) string {
	if len(keys) == 0 {
		return "there is no key in it"
	}
	for _, key := range keys {
		if err := new(age.ParsedIdentities).Import(key); err == nil {
			continue
		}
		switch {
		case strings.HasPrefix(key, "age1"):
			return "a public key is in it; the identity begins with AGE-SECRET-KEY-"
		case strings.HasPrefix(key, "AGE-"):
			return "a key in it is cut short or mistyped"
		case strings.HasPrefix(key, "-----BEGIN"):
			return "a key of another kind is in it; " + age.SopsAgeSshPrivateKeyFileEnv + " is for keys of SSH"
		}
		return "what is in it is no age identity: one begins with AGE-SECRET-KEY-"
	}
	return ""
}

func lookedForPGP() string {
	home := "gpg's default home"
	if dir := os.Getenv("GNUPGHOME"); dir != "" {
		home = "GNUPGHOME=" + dir + " (no key in it matches)"
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			home = "GNUPGHOME=" + dir + " (no such folder)"
		}
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

// AgeKeyFile returns where SOPS looks for age identities by default.
func AgeKeyFile() string {
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
	defer in.Close() //nolint:errcheck // nothing was written
	if info, err := in.Stat(); err == nil && info.IsDir() {
		return path + " (a folder; name the file in it)"
	}
	return path + " (no key in it matches)"
}
