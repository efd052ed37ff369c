package apply

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// choose reports whether every key that picks an element of a list by a decrypted value, as users.[name=bob].token,
// finds one. Each such key is a guess at a value, so which of them found nothing must not be told, as with templates
// that fail; and nothing else is made of values before all have been tried.
func (r *run) choose(set *sources.Set, plans []*plan) bool {
	if r.settings.Explain {
		return true // each is told where it is used
	}
	var fields []*field.Path
	all := true
	var others []func()
	try := func(at *report.Path, from, key string, other func()) {
		if !set.Chooses(from, key) {
			others = append(others, other)
			return
		}
		fields = append(fields, at)
		all = set.HasKey(from, key) && all
	}
	for _, p := range plans {
		eachFrom(p, func(at *report.Path, given schema.Value) {
			try(at, given.From, given.Key, func() {
				_, finding := set.Value(at, given)
				r.Add(finding)
			})
		}, func(at *report.Path, from schema.DataFrom) {
			try(at, from.From, from.Key, func() { set.Scalars(r.Collector, at, from) })
		})
	}
	if !all {
		r.templates.Unchosen(fields)
		for _, other := range others { // which do not depend on what was picked
			other()
		}
	}
	return all
}

// eachFrom calls value and dataFrom with all that a Secret takes from sources, in the order in which it is made.
func eachFrom(p *plan, value func(*report.Path, schema.Value), dataFrom func(*report.Path, schema.DataFrom)) {
	for i, from := range p.spec.DataFrom {
		dataFrom(p.field.Child("dataFrom").Index(i), from)
	}
	for _, key := range slices.Sorted(maps.Keys(p.spec.Data)) {
		if p.spec.Data[key].From != "" {
			value(report.Key(p.field.Child("data"), key), p.spec.Data[key])
		}
	}
	for i, registry := range p.spec.Registries {
		given := registry.Values()
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if given[name].From != "" {
				value(p.field.Child("registries").Index(i).Child(name), given[name])
			}
		}
	}
}
