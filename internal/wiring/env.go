package wiring

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// env shows single keys of a Secret as environment variables.
type env map[string]string

func (e env) wire(w *wirer) {
	containers := w.containers()
	for _, name := range slices.Sorted(maps.Keys(e)) {
		path := report.Key(w.Field.Child("env"), name)
		if missing := w.Secret.missing(path, e[name]); missing != nil {
			w.Add(missing)
			continue
		}
		for _, c := range containers {
			w.variable(c, path, name, e[name])
		}
	}
}

// variable sets one variable of one container.
func (w *wirer) variable(container *yaml.Node, path *report.Path, name, key string) {
	w.ask(container, "env "+name, key)
	where := fmt.Sprintf("container %s: variable %s", value(container, "name"), name)
	if by, taken := w.taken(where, w.Secret.Name+"/"+key); taken {
		w.fail(report.ConflictingUses, path, container, fmt.Sprintf("(%s) is given another value by %s", where, by),
			"keep one of them, or give the variables two names")
		return
	}
	entry := w.entry(container, path, name, where)
	if entry == nil {
		ref := mapping(text("name"), text(w.Secret.Name), text("key"), text(key))
		w.items.variables.Of(container).Insert(container, name, mapping(text("name"), text(name),
			text("valueFrom"), mapping(text("secretKeyRef"), ref)))
		return
	}
	ref := at(entry, "valueFrom.secretKeyRef")
	switch {
	case field(entry, "value") != nil:
		w.warn(report.PlainValueReplaced, path, entry, "("+where+") had a value in the open, which is replaced",
			"if it was the secret, it is in Git's history: change it")
	case ref == nil && field(entry, "valueFrom") != nil:
		w.warn(report.ReferenceReplaced, path, entry, "("+where+") took its value from elsewhere, which is replaced", "")
	case ref != nil && (value(ref, "name") != w.Secret.Name || value(ref, "key") != key):
		w.warn(report.ReferenceReplaced, path, entry,
			fmt.Sprintf("(%s) took the key %s of the Secret %s, which is replaced", where, value(ref, "key"),
				value(ref, "name")), "")
	}
	remove(entry, "value")
	if ref == nil {
		ref = mapping()
		set(entry, "valueFrom", mapping(text("secretKeyRef"), ref))
	}
	setText(ref, "name", w.Secret.Name)
	setText(ref, "key", key)
	w.reorder(container, path, name, where, entry)
}

// entry is the container's entry for a variable, or nil. Of several the last one counts for Kubernetes; the others go,
// since what they hold would stay in the open beside it.
func (w *wirer) entry(container *yaml.Node, path *report.Path, name, where string) (entry *yaml.Node) {
	if !w.items.variables.Of(container).Has(name) {
		return nil
	}
	named := 0
	for _, e := range elements(container, "env") {
		if value(e, "name") == name {
			entry = e
			named++
		}
	}
	if named > 1 {
		list := field(container, "env")
		list.Content = slices.DeleteFunc(list.Content, func(e *yaml.Node) bool {
			return e != entry &&
				value(e, "name") == name
		})
		w.warn(report.PlainValueReplaced, path, entry,
			"("+where+") was given several times; the last one counted, and the others are removed",
			"if one was the secret, it is in Git's history: change it")
	}
	return entry
}

// envFrom shows every key of a Secret as an environment variable.
type envFrom schema.EnvFrom

func (e envFrom) wire(w *wirer) {
	for _, c := range w.containers() {
		w.ask(c, strings.TrimSpace("envFrom "+e.Prefix), "")
		w.items.allKeys = append(w.items.allKeys, allKeys{w, c, e.Prefix})
		// An entry with another prefix defines other variables, so it stays beside this one.
		if slices.ContainsFunc(elements(c, "envFrom"), func(entry *yaml.Node) bool {
			return value(entry, "secretRef.name") == w.Secret.Name && value(entry, "prefix") == e.Prefix
		}) {
			continue
		}
		entry := mapping()
		if e.Prefix != "" {
			set(entry, "prefix", text(e.Prefix))
		}
		set(entry, "secretRef", mapping(text("name"), text(w.Secret.Name)))
		add(c, "envFrom", entry)
	}
}
