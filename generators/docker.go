package generators

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// docker is credentials for container registries. ValidateSecret asks for one key that holds JSON; that the kubelet can
// log in with it is sense: it takes a username and a password, or both in `auth`, and calls no credential helper.
type docker struct {
	key string
	// auths is the field of the JSON that holds the registries, or "" where they stand at its top.
	auths string
}

var (
	dockerConfigJSON = docker{key: corev1.DockerConfigJsonKey, auths: "auths"}
	dockercfg        = docker{key: corev1.DockerConfigKey}
)

// registry is the credentials for one registry, in the order in which `kubectl create secret docker-registry` writes them.
type registry struct {
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	Email    string `json:"email,omitempty"`
	Auth     string `json:"auth,omitempty"`
}

func (d docker) requires() ([]string, bool) { return []string{d.key}, false }

func (d docker) complete(in *Input) schema.Findings {
	config := map[string]json.RawMessage{}
	auths := map[string]json.RawMessage{}
	if given, ok := in.Data[d.key]; ok {
		if json.Unmarshal(given, &config) != nil {
			return d.fail(in, "it is not a JSON object", "point it at a config.json")
		}
		auths = config
		if d.auths != "" {
			auths = map[string]json.RawMessage{}
			if raw, ok := config[d.auths]; ok && json.Unmarshal(raw, &auths) != nil {
				return d.fail(in, "its auths are not an object", "point it at a config.json")
			}
		}
		if auths == nil {
			auths = map[string]json.RawMessage{}
		}
	}
	for i, r := range in.Registries {
		entry := registry{Username: string(r["username"]), Password: string(r["password"]), Email: string(r["email"])}
		field := fmt.Sprintf("%s.registries[%d]", in.Field, i)
		switch {
		case entry.Username == "":
			return schema.Findings{{Field: field + ".username", Message: "it is empty", Fix: "correct the source"}}
		case strings.Contains(entry.Username, ":"):
			return schema.Findings{{Field: field + ".username", Message: "it has a colon, which ends a user name in basic authentication", Fix: "correct the source"}}
		case entry.Password == "":
			return schema.Findings{{Field: field + ".password", Message: "it is empty", Fix: "correct the source"}}
		}
		entry.Auth = base64.StdEncoding.EncodeToString([]byte(entry.Username + ":" + entry.Password))
		raw, err := json.Marshal(entry)
		if err != nil {
			return schema.Findings{{Field: field, Message: "it cannot be written as JSON"}}
		}
		auths[in.Spec.Registries[i].Server] = raw
	}
	if _, given := in.Data[d.key]; !given && len(in.Registries) == 0 {
		return nil // Missing says so
	}
	if findings := d.usable(in, config, auths); findings.HasErrors() {
		return findings
	}
	if len(in.Registries) == 0 {
		return nil // a config.json stays as it is
	}
	out := any(auths)
	if d.auths != "" {
		raw, err := json.Marshal(auths)
		if err != nil {
			return d.fail(in, "it cannot be written as JSON", "")
		}
		config[d.auths] = raw
		out = config
	}
	data, err := json.Marshal(out)
	if err != nil {
		return d.fail(in, "it cannot be written as JSON", "")
	}
	in.Data[d.key] = data
	return nil
}

func (d docker) fail(in *Input, message, fix string) schema.Findings {
	return schema.Findings{{Field: in.at(d.key), Message: message, Fix: fix}}
}

// usable reports the registries that the kubelet could not log in to.
func (d docker) usable(in *Input, config, auths map[string]json.RawMessage) schema.Findings {
	_, store := config["credsStore"]
	_, helpers := config["credHelpers"]
	if (store || helpers) && d.auths != "" && !slices.ContainsFunc(slices.Collect(maps.Values(auths)), hasCredentials) {
		return d.fail(in, "its credentials are in a credential store (credsStore, credHelpers) of the machine it comes from, which the cluster cannot ask",
			"list the registries with username and password in registries")
	}
	if len(auths) == 0 {
		return d.fail(in, "it names no registry", "list the registries with username and password in registries")
	}
	var findings schema.Findings
	for _, server := range slices.Sorted(maps.Keys(auths)) {
		if !hasCredentials(auths[server]) {
			findings = append(findings, d.fail(in, fmt.Sprintf("the entry for %q has no username and password, nor both in auth", server),
				"log in without a credential store, or list the registry in registries")...)
		}
	}
	return findings
}

func hasCredentials(raw json.RawMessage) bool {
	var entry registry
	if json.Unmarshal(raw, &entry) != nil {
		return false
	}
	if entry.Username != "" && entry.Password != "" {
		return true
	}
	auth, err := base64.StdEncoding.DecodeString(entry.Auth)
	user, password, both := strings.Cut(string(auth), ":")
	return err == nil && both && user != "" && password != ""
}
