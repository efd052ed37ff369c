package wiring

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// tls has an Ingress, or listeners of a Gateway, serve a Secret's certificate.
type tls schema.TLS

func (t tls) wire(w *wirer) {
	switch w.item.Kind {
	case "Ingress":
		t.ingress(w)
	case "Gateway":
		t.gateway(w)
	default:
		w.fail(report.NotServingTLS, w.Field.Child("tls"), nil, "is neither an Ingress nor a Gateway",
			"name its field in fieldPaths")
	}
}

// ingress keeps one entry of spec.tls for the Secret, with the hosts it had and those that are asked for.
func (t tls) ingress(w *wirer) {
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
			w.fail(report.ConflictingUses, w.Field.Child("tls", "hosts"), e,
				fmt.Sprintf("serves one of the hosts (%s) with the Secret %s already", strings.Join(t.Hosts, ", "), secret),
				"take the host out of one of them")
			return
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
}

// gateway adds the Secret to the certificateRefs of listeners.
func (t tls) gateway(w *wirer) {
	listeners := elements(at(w.item.edit(), "spec"), "listeners")
	var names []string
	for _, l := range listeners {
		names = append(names, value(l, "name"))
	}
	if len(t.Listeners) == 0 {
		w.fail(report.ListenerNotNamed, w.Field.Child("tls"), nil,
			fmt.Sprintf("has the listeners %s, and none is named", strings.Join(names, ", ")), "name them in tls.listeners")
	}
	for i, want := range t.Listeners {
		found := slices.Index(names, want)
		if found < 0 {
			w.fail(report.NoListener, w.Field.Child("tls", "listeners").Index(i), nil, fmt.Sprintf("has no listener %q", want),
				report.DidYouMean(want, names, "its listeners are "+strings.Join(names, ", ")))
			continue
		}
		tls := child(listeners[found], "tls")
		namespace := w.Secret.Namespace
		if namespace == w.item.Namespace {
			namespace = ""
		}
		named := func(e *yaml.Node) bool {
			there := value(e, "namespace")
			return value(e, "name") == w.Secret.Name && (there == namespace || namespace == "" && there == w.item.Namespace)
		}
		if !slices.ContainsFunc(elements(tls, "certificateRefs"), named) {
			ref := mapping(text("kind"), text("Secret"), text("name"), text(w.Secret.Name))
			if namespace != "" {
				set(ref, "namespace", text(namespace))
			}
			add(tls, "certificateRefs", ref)
		}
	}
}

func texts(nodes []*yaml.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.Value)
	}
	return out
}
