package wiring

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// allKeys is an envFrom that a use asks for, in one container.
type allKeys struct {
	*wirer
	container *yaml.Node
	prefix    string
}

// provider is an entry of envFrom and the variables it defines, each with its key.
type provider struct {
	entry     *yaml.Node
	what      string
	variables map[string]string
}

// Review reports what only the whole of the edits since the last call tells: resources that an edit may not have
// reached, and where uses have no effect, or take effect from something else, by the rules of precedence in a container
// and a pod. A variable in env wins over one of envFrom, a later envFrom over an earlier one, and the pull secrets of a
// pod over those of its ServiceAccount.
func (it *Items) Review(c *report.Collector) {
	for _, i := range it.items {
		if i.edited && i.Node != nil {
			i.refuse(report.Field("secrets"), c)
		}
	}
	if len(it.allKeys) > 0 {
		data := it.data()
		for _, a := range it.allKeys {
			a.Collector = c
			a.byEnv()
			a.byEnvFrom(data)
		}
	}
	for n, w := range it.pulls {
		w.Collector = c
		again := slices.ContainsFunc(it.pulls[:n], func(other *wirer) bool { return other.index == w.index })
		switch {
		case w.item.Kind == "ServiceAccount":
			w.ignored()
		case !again:
			w.ignores()
		}
	}
	it.allKeys, it.pulls = nil, nil
}

// variables are those that the use defines, with their keys.
func (a allKeys) variables() map[string]string { return prefixed(a.prefix, a.Secret.Keys) }

func prefixed(prefix string, keys []string) map[string]string {
	out := map[string]string{}
	for _, key := range keys {
		out[prefix+key] = key
	}
	return out
}

// byEnv reports the variables that an entry of env defines otherwise.
func (a allKeys) byEnv() {
	variables := a.variables()
	last := map[string]*yaml.Node{}
	for _, e := range elements(a.container, "env") {
		last[value(e, "name")] = e
	}
	for _, e := range elements(a.container, "env") {
		name := value(e, "name")
		key, shown := variables[name]
		if !shown || last[name] != e {
			continue
		}
		if ref := at(e, "valueFrom.secretKeyRef"); value(ref, "name") == a.Secret.Name && value(ref, "key") == key {
			continue
		}
		how, fix := "in env", "take one of them out, or give envFrom a prefix"
		if field(e, "value") != nil {
			how = "with a value in the open in env"
			fix = "take it out of env; if it was the secret, it is in Git's history: change it"
		}
		a.overridden(e, fmt.Sprintf("defines the variable %s %s, which wins over the key %s of the Secret", name, how, key),
			fix)
	}
}

// byEnvFrom reports the variables that another entry of envFrom defines too. Of two uses the one that loses is blamed.
func (a allKeys) byEnvFrom(data map[[3]string][]string) {
	providers := a.providers(data)
	own := slices.IndexFunc(providers, func(p provider) bool {
		return value(p.entry, "secretRef.name") == a.Secret.Name && value(p.entry, "prefix") == a.prefix
	})
	for i, other := range providers {
		if i == own || own < 0 {
			continue
		}
		var both []string
		for name := range a.variables() {
			if key, defined := other.variables[name]; defined && !a.same(other, name, key) {
				both = append(both, name)
			}
		}
		slices.Sort(both)
		wins, loses := other.what, "the Secret "+a.Secret.Plain
		if i < own {
			if a.items.isAsked(a.wirer, other.entry) {
				continue // the other use is told
			}
			wins, loses = loses, wins
		}
		if len(both) > 0 {
			a.overridden(other.entry, fmt.Sprintf("takes %s from %s and from %s; the latter, which is last in envFrom, wins",
				report.List(both), loses, wins), "give one of them a prefix, or take the keys out of one")
		}
	}
}

// overridden reports at an entry that it and the use define the same variables.
func (a allKeys) overridden(entry *yaml.Node, message, fix string) {
	message = fmt.Sprintf("(container %s) %s", value(a.container, "name"), message)
	a.warn(report.VariableOverridden, a.Field.Child("envFrom"), entry, message, fix)
}

// same reports whether another provider has a variable from the same key of the same Secret.
func (a allKeys) same(other provider, name, key string) bool {
	return value(other.entry, "secretRef.name") == a.Secret.Name && a.variables()[name] == key
}

// isAsked reports whether an entry of envFrom is that of a use, which is told of it itself.
func (it *Items) isAsked(w *wirer, entry *yaml.Node) bool {
	return slices.ContainsFunc(it.allKeys, func(a allKeys) bool {
		return a.index == w.index && value(entry, "secretRef.name") == a.Secret.Name && value(entry, "prefix") == a.prefix
	})
}

// providers are the container's entries of envFrom, in their order, with the variables of those whose keys are known.
func (a allKeys) providers(data map[[3]string][]string) []provider {
	var out []provider
	for _, e := range elements(a.container, "envFrom") {
		p := provider{entry: e}
		for _, kind := range []string{"Secret", "ConfigMap"} {
			name := value(e, strings.ToLower(kind[:1])+kind[1:]+"Ref.name")
			if name == "" {
				continue
			}
			p.what = "the " + kind + " " + name
			p.variables = prefixed(value(e, "prefix"), data[[3]string{kind, a.item.Namespace, name}])
		}
		out = append(out, p)
	}
	return out
}

// data are the keys of the Secrets and ConfigMaps among the resources, by kind, namespace and name.
func (it *Items) data() map[[3]string][]string {
	out := map[[3]string][]string{}
	for _, i := range it.items {
		if i.Node == nil || i.APIVersion != "v1" || i.Kind != "Secret" && i.Kind != "ConfigMap" {
			continue
		}
		var keys []string
		for _, name := range []string{"data", "stringData"} {
			if m := field(i.Node.YNode(), name); m != nil && m.Kind == yaml.MappingNode {
				for k := 0; k+1 < len(m.Content); k += 2 {
					keys = append(keys, m.Content[k].Value)
				}
			}
		}
		for _, name := range i.names() {
			out[[3]string{i.Kind, i.Namespace, name}] = keys
		}
	}
	return out
}
