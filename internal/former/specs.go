package former

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// Specs are the SecretSpecs that a run knows of, whether it applies them or not: what those of a name declare.
type Specs map[string][]schema.ManifestName

// Read reads what the SecretSpecs among the resources declare.
func Read(nodes ...*yaml.RNode) Specs {
	specs := Specs{}
	for _, node := range nodes {
		if schema.IsSecretSpec(node) {
			specs[node.GetName()] = append(specs[node.GetName()], schema.DeclaredSecrets(node)...)
		}
	}
	return specs
}

// GaveUp reports whether the SecretSpec that a Secret was made for is known and does not declare it any more, or only
// for another namespace. Where the SecretSpec takes Secrets whose names are not in it, the Secret may be one of them.
func (s Specs) GaveUp(e wiring.Emitted) bool {
	declares, isKnown := s[e.SpecName]
	return isKnown && !slices.ContainsFunc(declares, func(d schema.ManifestName) bool {
		return (d.Name == e.Secret || d.Name == "") && goesTo(d, e)
	})
}

// Elsewhere reports whether a SecretSpec of another name declares a Secret.
func (s Specs) Elsewhere(spec string, e wiring.Emitted) bool {
	for name, declares := range s {
		if name != spec && slices.ContainsFunc(declares, func(d schema.ManifestName) bool {
			return d.Name == e.Secret && goesTo(d, e)
		}) {
			return true
		}
	}
	return false
}

// goesTo reports whether a declared Secret may go to the namespace of one that was made.
func goesTo(d schema.ManifestName, e wiring.Emitted) bool {
	return d.Namespace == "" || d.Namespace == e.Namespace
}

// Of returns those Secrets of an earlier run that are a SecretSpec's: those with its mark, and those that another one
// gave up and that it declares. Another SecretSpec of the same name, in a copy of the package, has its own: in this
// run, or in another namespace.
func (s Specs) Of(spec *schema.SecretSpec, made []wiring.Emitted) []wiring.Emitted {
	return slices.DeleteFunc(slices.Clone(made), func(e wiring.Emitted) bool {
		i := slices.IndexFunc(spec.Secrets, func(s schema.Secret) bool { return s.Name == e.Secret })
		if e.SpecName != spec.Metadata.Name && (i < 0 || !s.GaveUp(e)) {
			return true
		}
		want := spec.Metadata.Namespace
		if i >= 0 {
			want = spec.NamespaceOf(spec.Secrets[i])
		}
		return want != "" && e.Namespace != want
	})
}

// Strangers returns the Secrets of a name in a namespace that an earlier run made for SecretSpecs that are not known.
func (s Specs) Strangers(secret, namespace string, made []wiring.Emitted) (found []wiring.Emitted) {
	for _, e := range made {
		if _, isKnown := s[e.SpecName]; !isKnown && e.Secret == secret && e.Namespace == namespace {
			found = append(found, e)
		}
	}
	return found
}

// Orphaned reports whether the SecretSpec that a Secret was made for gave it up, or is not known.
func (s Specs) Orphaned(e wiring.Emitted) bool {
	_, isKnown := s[e.SpecName]
	return !isKnown || s.GaveUp(e)
}

// IsFree reports whether a reference in a namespace, by the name of a Secret of an earlier run in another one, can mean
// nothing else: no Secret has or had that name there, but for the one that has it now, and it is not the plain name.
func IsFree(items *wiring.Items, e wiring.Emitted, namespace, now string, made []wiring.Emitted) bool {
	wasThere := slices.ContainsFunc(made, func(m wiring.Emitted) bool {
		return m.Namespace == namespace && m.Name == e.Name
	})
	return e.Name != e.Secret && !wasThere && (now == e.Name || items.Find(namespace, e.Name) < 0)
}

// In returns the Secret of a name in the SecretSpec that an earlier run made in a namespace, or nil.
func In(namespace, secret string, made []wiring.Emitted) *wiring.Emitted {
	for i := range made {
		if made[i].Secret == secret && made[i].Namespace == namespace {
			return &made[i]
		}
	}
	return nil
}
