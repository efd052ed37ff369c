package wiring

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// tls has an Ingress, or listeners of a Gateway, serve a Secret's certificate.
type tls schema.TLS

func (t tls) wire(w *wirer) schema.Findings {
	switch w.item.kind {
	case "Ingress":
		return t.ingress(w)
	case "Gateway":
		return t.gateway(w)
	}
	return w.fail(".tls", "is neither an Ingress nor a Gateway", "name its field in fieldPaths")
}

// ingress keeps one entry of spec.tls for the Secret, with the hosts it had and those that are asked for.
func (t tls) ingress(w *wirer) schema.Findings {
	spec := child(w.item.edit(), "spec")
	var entry *yaml.Node
	for _, e := range elements(spec, "tls") {
		secret, hosts := value(e, "secretName"), texts(elements(e, "hosts"))
		shared := slices.ContainsFunc(t.Hosts, func(host string) bool { return slices.Contains(hosts, host) })
		switch {
		case secret == w.Secret.Name:
			entry = e
		case secret == "" && entry == nil && (shared || len(t.Hosts) == 0):
			entry = e
		case secret != "" && shared:
			return w.fail(".tls.hosts", fmt.Sprintf("serves one of the hosts (%s) with the Secret %s already", strings.Join(t.Hosts, ", "), secret), "take the host out of one of them")
		}
	}
	if entry == nil {
		entry = mapping()
		add(spec, "tls", entry)
	}
	there := texts(elements(entry, "hosts"))
	for _, host := range t.Hosts {
		if !slices.Contains(there, host) {
			add(entry, "hosts", text(host))
		}
	}
	setText(entry, "secretName", w.Secret.Name)
	return nil
}

// gateway adds the Secret to the certificateRefs of listeners.
func (t tls) gateway(w *wirer) schema.Findings {
	var findings schema.Findings
	listeners := elements(at(w.item.edit(), "spec"), "listeners")
	var names []string
	for _, l := range listeners {
		names = append(names, value(l, "name"))
	}
	if len(t.Listeners) == 0 {
		return w.fail(".tls", fmt.Sprintf("has the listeners %s, and none is named", strings.Join(names, ", ")), "name them in tls.listeners")
	}
	for i, want := range t.Listeners {
		found := slices.Index(names, want)
		if found < 0 {
			findings = append(findings, w.fail(fmt.Sprintf(".tls.listeners[%d]", i), fmt.Sprintf("has no listener %q", want), "its listeners are "+strings.Join(names, ", "))...)
			continue
		}
		tls := child(listeners[found], "tls")
		namespace := w.Secret.Namespace
		if namespace == w.item.namespace {
			namespace = ""
		}
		named := func(e *yaml.Node) bool {
			there := value(e, "namespace")
			return value(e, "name") == w.Secret.Name && (there == namespace || namespace == "" && there == w.item.namespace)
		}
		if !slices.ContainsFunc(elements(tls, "certificateRefs"), named) {
			ref := mapping(text("kind"), text("Secret"), text("name"), text(w.Secret.Name))
			if namespace != "" {
				set(ref, "namespace", text(namespace))
			}
			add(tls, "certificateRefs", ref)
		}
	}
	return findings
}

func texts(nodes []*yaml.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.Value)
	}
	return out
}
