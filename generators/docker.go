package generators

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// docker is credentials for container registries. ValidateSecret asks for one key that holds a JSON object; that the
// kubelet can log in with it is sense. It reads the JSON as pkg/credentialprovider of Kubernetes does: a username
// and a password, or both in `auth`, which wins. It calls no credential helper, and an entry it cannot read spoils
// them all.
type docker struct {
	key string
	// auths is the field of the JSON that holds the registries, or "" where they stand at its top.
	auths string
}

var (
	dockerConfigJSON = docker{key: corev1.DockerConfigJsonKey, auths: "auths"}
	dockercfg        = docker{key: corev1.DockerConfigKey}
)

// object is a JSON object whose fields are kept as they are.
type object map[string]json.RawMessage

// entry is the credentials for one registry, in the order in which `kubectl create secret docker-registry` writes
// them.
type entry struct {
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	Email    string `json:"email,omitempty"`
	Auth     string `json:"auth,omitempty"`
}

const listRegistries = "list the registries with username and password in registries"

func (d docker) requires() required {
	return required{keys: []string{d.key}, fix: listRegistries + ", or take a config.json for it in data"}
}

func (d docker) checks() []string { return []string{d.key} }

// complete adds the registries to what is given for the key. A server that is there already is replaced.
func (d docker) complete(in *Input, c *report.Collector) {
	given, has := in.Data[d.key]
	if !has && len(in.Registries) == 0 {
		return
	}
	in.Data[d.key] = given // it is not absent, whatever is wrong with it
	config, auths := object{}, object{}
	if has {
		var f *report.Finding
		if config, auths, f = d.read(given); f != nil {
			if isYAML(given) {
				f.Message, f.Fix = "it is YAML, not a JSON object", asJSON(in.Spec.Data[d.key])
			}
			c.Add(f.In(in.at(d.key)))
			return
		}
	}
	before := c.Errors()
	for i, values := range in.Registries {
		at, server := in.Field.Child("registries").Index(i), in.Spec.Registries[i].Server
		checkServer(at.Child("server"), server, c)
		checkCredentials(at, values, c)
		auths[server] = encode(entry{
			Username: string(values["username"]),
			Password: string(values["password"]),
			Email:    string(values["email"]),
			Auth:     base64.StdEncoding.EncodeToString(slices.Concat(values["username"], []byte(":"), values["password"])),
		})
	}
	if c.Errors() > before {
		return
	}
	d.usable(in, config, auths, c)
	if len(in.Registries) == 0 {
		return // a config.json stays as it is
	}
	if d.auths == "" {
		config = auths
	} else {
		config[d.auths] = encode(auths)
	}
	in.Data[d.key] = encode(config)
}

// encode writes JSON as kubectl does. What is written here is made of text and JSON, which cannot fail.
func encode(value any) json.RawMessage {
	out, _ := json.Marshal(value)
	return out
}

// isYAML reports whether text is a map in YAML that is not JSON.
func isYAML(text []byte) bool {
	var node yaml.Node
	return !json.Valid(text) && yaml.Unmarshal(text, &node) == nil &&
		len(node.Content) == 1 && node.Content[0].Kind == yaml.MappingNode
}

// asJSON returns how a value that is YAML becomes JSON.
func asJSON(value schema.Value) string {
	if value.From != "" && value.Key == "" {
		return "set as: json, and it is written as JSON"
	}
	return "write it as JSON, or as a map with as: json"
}

// read takes a config.json apart: it returns all of it, and the registries in it, or what is wrong with it.
func (d docker) read(data []byte) (config, auths object, f *report.Finding) {
	if json.Unmarshal(data, &config) != nil || config == nil {
		return nil, nil, report.New(report.InvalidDockerConfig, "it is not a JSON object", "point it at a config.json")
	}
	if d.auths == "" {
		if _, newer := config[dockerConfigJSON.auths]; newer {
			return nil, nil, report.New(report.InvalidDockerConfig, "it is a config.json, not a .dockercfg",
				"set type: kubernetes.io/dockerconfigjson")
		}
		return config, config, nil
	}
	if raw, given := config[d.auths]; given && json.Unmarshal(raw, &auths) != nil {
		return nil, nil, report.New(report.InvalidDockerConfig, "its auths are not an object", "point it at a config.json")
	}
	if auths == nil {
		auths = object{}
	}
	return config, auths, nil
}

// checkServer holds the name of a registry to how the kubelet looks them up (BasicDockerKeyring): it skips what is not
// a URL, and knows Docker Hub as docker.io and index.docker.io alone.
func checkServer(at *field.Path, server string, c *report.Collector) {
	scheme := ""
	if !strings.HasPrefix(server, "https://") && !strings.HasPrefix(server, "http://") {
		scheme = "https://"
	}
	parsed, err := url.Parse(scheme + server)
	switch {
	case err != nil || parsed.Host == "":
		c.Error(report.InvalidRegistryServer, at, fmt.Sprintf("%q is not the address of a registry", server),
			"write its host: registry.example.com")
	case slices.Contains([]string{"hub.docker.com", "registry-1.docker.io", "registry.hub.docker.com"}, parsed.Host),
		strings.HasSuffix(parsed.Host, "docker.io") && (parsed.Path == "/v1" || parsed.Path == "/v2"):
		c.Warn(report.DockerHubAddress, at, fmt.Sprintf("images of Docker Hub are not looked up under %q", server),
			"write https://index.docker.io/v1/")
	}
}

func checkCredentials(at *field.Path, values map[string][]byte, c *report.Collector) {
	invalid := func(name, message string) {
		c.Error(report.InvalidCredentials, at.Child(name), message, "correct the source")
	}
	for _, name := range []string{"username", "password"} {
		if len(values[name]) == 0 {
			invalid(name, "it is empty")
		} else if !utf8.Valid(values[name]) {
			invalid(name, "it is not text in UTF-8, which JSON could not hold")
		}
		newLine(at.Child(name), values[name], c)
	}
	if strings.Contains(string(values["username"]), ":") {
		invalid("username", "it has a colon, which ends a user name in basic authentication")
	}
}

// usable reports the registries that the kubelet could not log in to. It does not name them: a name may have been
// encrypted.
func (d docker) usable(in *Input, config, auths object, c *report.Collector) {
	problems := map[string]string{}
	for server, raw := range auths {
		if problem := unusable(raw); problem != "" {
			problems[server] = problem
		}
	}
	_, store := config["credsStore"]
	_, helpers := config["credHelpers"]
	switch {
	case len(problems) == len(auths) && d.auths != "" && (store || helpers):
		c.Error(report.CredentialStore, in.at(d.key), "its credentials are in a credential store (credsStore, credHelpers) "+
			"of the machine it comes from, which the cluster cannot ask", listRegistries)
		return
	case len(auths) == 0:
		c.Error(report.NoRegistry, in.at(d.key), "it names no registry", listRegistries)
	}
	for i, server := range slices.Sorted(maps.Keys(auths)) {
		if problem := problems[server]; problem != "" {
			c.Error(report.UnusableRegistry, in.at(d.key),
				fmt.Sprintf("entry %d of %d, sorted by server, %s", i+1, len(auths), problem),
				"log in without a credential store, or list the registry in registries")
		}
	}
}

// unusable returns why the kubelet, which reads an entry in DockerConfigEntry.UnmarshalJSON, cannot log in with it,
// or "".
func unusable(raw json.RawMessage) string {
	var e struct {
		entry
		IdentityToken string `json:"identitytoken"`
	}
	if json.Unmarshal(raw, &e) != nil {
		return "is not an object of texts"
	}
	user, password := e.Username, e.Password
	if e.Auth != "" {
		auth, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(e.Auth, "="))
		var both bool
		if user, password, both = strings.Cut(string(auth), ":"); err != nil || !both {
			return "has an auth that is not username:password in base64"
		}
	}
	switch {
	case user != "" && password != "":
		return ""
	case e.IdentityToken != "":
		return "has an identitytoken instead of a password, which the cluster cannot use"
	}
	return "has no username and password, nor both in auth"
}
