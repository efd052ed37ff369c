package apply

import (
	"cmp"
	"maps"
	"slices"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/secrecy"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// clearValues looks for values in the clear that are secret: in a SecretSpec that is not encrypted, in templates, which
// are in the clear in any SecretSpec, and in sources with encrypted: false. A check fails on them, for it is what
// stands before a commit. A render with keys only warns, since a SecretSpec is tried before it is encrypted.
type clearValues struct {
	run       *run
	set       *sources.Set
	encrypted bool // the SecretSpec is a SOPS document
	sources   []schema.Source
}

// check looks at the values of one Secret.
func (c clearValues) check(p *plan, registries []map[string][]byte) {
	data := p.field.Child("data")
	for _, key := range slices.Sorted(maps.Keys(p.spec.Data)) {
		value := p.spec.Data[key]
		if value.Template != "" && !value.Public {
			c.report(report.Key(data, key), value, secrecy.ReasonTemplate(p.spec.Type, key, value.Template))
		}
		c.partly(report.Key(data, key), value.From, value.Key, p.spec.Type, key)
		if !c.stands(value) {
			continue
		}
		if text, f := c.set.Value(data, value); f == nil {
			c.report(report.Key(data, key), value, secrecy.Reason(p.spec.Type, key, text))
		}
	}
	c.dataFrom(p)
	if p.manifest != nil {
		c.set.CheckManifest(c.run.Collector, p.field.Child("from"), p.spec.From, p.manifest, reasonFor(p.spec.Type, ""))
	}
	for i, registry := range p.spec.Registries {
		given := registry.Values()
		for _, field := range slices.Sorted(maps.Keys(given)) {
			c.partly(p.field.Child("registries").Index(i).Child(field), given[field].From, given[field].Key, "", field)
			if c.stands(given[field]) {
				reason := secrecy.Reason("", field, registries[i][field])
				c.report(p.field.Child("registries").Index(i).Child(field), given[field], reason)
			}
		}
	}
}

// dataFrom looks at the values that a Secret has from sources in the clear.
func (c clearValues) dataFrom(p *plan) {
	for i, from := range p.spec.DataFrom {
		at := p.field.Child("dataFrom").Index(i)
		c.partly(at, from.From, from.Key, p.spec.Type, "")
		if !c.isClear(from.From) {
			continue
		}
		var ignored report.Collector
		for _, scalar := range c.set.Scalars(&ignored, at, from) {
			if reason := secrecy.Reason(p.spec.Type, scalar.Key, scalar.Value); reason != "" {
				c.report(at, schema.Value{From: from.From}, "has a key "+scalar.Key+" that "+reason)
			}
		}
	}
}

// partly looks at what encrypted sources leave in the clear. The key is that of the Secret, or "" if it is the source's.
func (c clearValues) partly(at *report.Path, source, sourceKey, secretType, key string) {
	c.set.CheckPlain(c.run.Collector, at, source, sourceKey, reasonFor(secretType, key))
}

// reasonFor tells why a value is secret, by its name in a source or a key of the Secret, or "" where that is the same.
func reasonFor(secretType, key string) func(name string, value []byte) string {
	return func(name string, value []byte) string {
		return cmp.Or(secrecy.Reason(secretType, cmp.Or(key, name), value), secrecy.Reason("", name, value))
	}
}

// stands reports whether a value stands in the clear, and nothing states that it may.
func (c clearValues) stands(value schema.Value) bool {
	if value.Value != nil {
		return !c.encrypted && !value.Public
	}
	return value.From != "" && c.isClear(value.From)
}

// isClear reports whether a source is a document in the clear that is not stated to be public.
func (c clearValues) isClear(name string) bool {
	return slices.ContainsFunc(c.sources, func(s schema.Source) bool {
		return s.Name == name && !s.IsEncrypted() && !s.Public
	})
}

func (c clearValues) report(at *report.Path, value schema.Value, reason string) {
	if reason == "" {
		return
	}
	where, fix := "it "+reason+", and stands in the clear", "encrypt the SecretSpec with `secretwright encrypt`"
	switch {
	case value.From != "":
		fix = "encrypt the source with `sops encrypt -i` and remove encrypted: false"
	case value.Template != "":
		fix = "make what is secret a key of its own, use it as {{ .key }}, and encrypt it"
	}
	f := report.New(report.SecretInTheClear, where, fix+"; if it is meant to be read, say public: true").In(at)
	if value.From != "" {
		f = f.From(c.set.Name(value.From))
	}
	if !c.run.settings.Keyless {
		f = f.WithSeverity(report.Warning)
	}
	c.run.Add(f)
}
