// Package proof compares what is made of the same manifests in two ways, resource by resource and value by value. What
// it says never holds a value.
package proof

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// hashed matches a name to which kustomize added a hash.
var hashed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(.+)-[bcdfghkmt2456789]{10}$`) })

// nameHash is what a Secret has whose name has a hash. It is said of it that it is gone, or new.
const nameHash = "the hash in its name"

// addedAnnotations are those that Secretwright adds to its Secrets, and the copy of the values that kubectl keeps,
// which Secretwright leaves out.
var addedAnnotations = []string{
	"kubectl.kubernetes.io/last-applied-configuration",
	"secretwright.dev/secret", "secretwright.dev/origin", kioutil.PathAnnotation, kioutil.IndexAnnotation,
}

// Resources reads the output of a build.
func Resources(text []byte) ([]*yaml.RNode, error) {
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true}).Read()
	if err != nil {
		return nil, errors.New("the output of kustomize cannot be read")
	}
	return nodes, nil
}

// Differences returns how some resources differ from what they were, but for what the hashes in the names of Secrets
// are. A name that has a hash only before or only after differs: with it goes the rollout when the Secret changes.
func Differences(was, is []*yaml.RNode) []string {
	first, second := plainNames(was), plainNames(is)
	bases := slices.Concat(slices.Collect(maps.Values(first)), slices.Collect(maps.Values(second)))
	return differences(byName(was, first, bases), byName(is, second, bases))
}

// plainNames returns the names without a hash of the Secrets whose names have one.
func plainNames(nodes []*yaml.RNode) map[string]string {
	plain := map[string]string{}
	for _, node := range nodes {
		if node.GetKind() == "Secret" {
			if match := hashed().FindStringSubmatch(node.GetName()); match != nil {
				plain[node.GetName()] = match[1]
			}
		}
	}
	return plain
}

// byName returns resources as plain values, by what identifies them. Names of Secrets have no hash, wherever they are;
// names without a hash that no Secret has are told from them.
func byName(nodes []*yaml.RNode, plain map[string]string, bases []string) map[string][]any {
	texts := maps.Clone(plain)
	for _, base := range bases {
		texts[base] = base + ", which no Secret has"
	}
	for _, node := range nodes {
		if node.GetKind() == "Secret" && plain[node.GetName()] == "" {
			delete(texts, node.GetName())
		}
	}
	all := map[string][]any{}
	for _, node := range nodes {
		var value any
		if err := node.YNode().Decode(&value); err != nil {
			continue
		}
		value = renamed(value, texts)
		name := node.GetName()
		without, isHashed := plain[name]
		if isHashed {
			name = without
		}
		if resource, ok := value.(map[string]any); ok && node.GetKind() == "Secret" && node.GetApiVersion() == "v1" {
			normalize(resource, isHashed)
		}
		id := identity(node, name)
		all[id] = append(all[id], value)
	}
	return all
}

// identity is what findings call a resource: its group, if it has one, its kind, namespace and name.
func identity(node *yaml.RNode, name string) string {
	group, _, _ := strings.Cut(node.GetApiVersion(), "/")
	if group == node.GetApiVersion() {
		group = ""
	}
	if ns := node.GetNamespace(); ns != "" {
		name = ns + "/" + name
	}
	return strings.TrimPrefix(group+" ", " ") + node.GetKind() + " " + name
}

// renamed returns a value with each text that is a name replaced by another.
func renamed(value any, plain map[string]string) any {
	switch value := value.(type) {
	case map[string]any:
		for key := range value {
			value[key] = renamed(value[key], plain)
		}
	case []any:
		for i := range value {
			value[i] = renamed(value[i], plain)
		}
	case string:
		if name, is := plain[value]; is {
			return name
		}
	}
	return value
}

// normalize writes a Secret in the one way that means the same to the API server, and marks one whose name has a hash.
func normalize(secret map[string]any, isHashed bool) {
	if isHashed {
		secret[nameHash] = true
	}
	values := map[string]any{}
	if data, ok := secret["data"].(map[string]any); ok {
		for key, value := range data {
			text, _ := value.(string)
			if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
				values[key] = string(decoded)
			} else {
				values[key] = value
			}
		}
	}
	if texts, ok := secret["stringData"].(map[string]any); ok {
		for key, value := range texts {
			values[key] = value
		}
	}
	delete(secret, "stringData")
	secret["data"] = values
	if kind, _ := secret["type"].(string); kind == "" {
		secret["type"] = "Opaque"
	}
	metadata, ok := secret["metadata"].(map[string]any)
	if !ok {
		return
	}
	for _, name := range []string{"annotations", "labels"} {
		texts, _ := metadata[name].(map[string]any)
		for _, added := range addedAnnotations {
			delete(texts, added)
		}
		if len(texts) == 0 {
			delete(metadata, name)
		}
	}
}

// differences says what differs, without a value.
func differences(was, is map[string][]any) []string {
	var all []string
	for id, resources := range was {
		switch {
		case len(is[id]) == 0:
			all = append(all, id+" is gone")
		case len(is[id]) != len(resources):
			all = append(all, fmt.Sprintf("%s is there %d times, not %d", id, len(is[id]), len(resources)))
		default:
			for i := range resources {
				all = append(all, differ(id+":", resources[i], is[id][i])...)
			}
		}
	}
	for id := range is {
		if len(was[id]) == 0 {
			all = append(all, id+" is new")
		}
	}
	slices.Sort(all)
	return all
}

// differ returns the paths at which two values differ.
func differ(path string, a, b any) []string {
	if reflect.DeepEqual(a, b) {
		return nil
	}
	first, isMap := a.(map[string]any)
	second, isMapToo := b.(map[string]any)
	if !isMap || !isMapToo {
		return []string{path + " differs"}
	}
	separator := "."
	if strings.HasSuffix(path, ":") {
		separator = " "
	}
	var all []string
	for key := range first {
		if _, has := second[key]; !has {
			all = append(all, path+separator+key+" is gone")
			continue
		}
		all = append(all, differ(path+separator+key, first[key], second[key])...)
	}
	for key := range second {
		if _, has := first[key]; !has {
			all = append(all, path+separator+key+" is new")
		}
	}
	return all
}
