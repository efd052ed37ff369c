package layers

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// source makes random trees.
type source struct {
	*rand.Rand
	tree *tree
	// count gives every value, object and variable a name of its own.
	count int
}

var (
	secretNames = []string{"db", "app", "mail", "creds"}
	namespaces  = []string{"shop", "auth", "production"}
	prefixes    = []string{"p-", "app-", "db-", "prod-", "d", "creds-mail-"}
	suffixes    = []string{"-s", "-db", "-app", "-private", "b"}
	podKinds    = []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job",
		"CronJob", "Pod"}
	otherKinds = []string{"ServiceAccount", "Ingress", "Role", "Store"}
)

// generate returns the tree of a seed.
func generate(seed uint64) *tree {
	for round := uint64(0); ; round++ {
		s := &source{Rand: rand.New(rand.NewPCG(seed, round)), tree: &tree{}}
		s.shape()
		for _, l := range s.tree.Layers {
			s.transformations(l)
			s.objects(l)
		}
		under := [][]string{{transformers}, {transformers}, {generators}, {both},
			{transformers, generators, both, plain}}[s.IntN(5)]
		made := 0
		for _, l := range s.tree.Layers {
			if l.Component {
				continue // after what it is added to
			}
			made += s.specs(l, under)
			for _, dir := range l.Components {
				made += s.specs(s.tree.layer(dir), under)
			}
		}
		if made == 0 {
			continue
		}
		for _, l := range s.tree.Layers {
			s.references(l)
		}
		for _, l := range s.tree.Layers {
			s.usedBy(l)
			s.patches(l)
			s.names(l)
		}
		return s.tree
	}
}

// chance reports true in so many of a hundred cases.
func (s *source) chance(percent int) bool { return s.IntN(100) < percent }

func pick[T any](s *source, from []T) T { return from[s.IntN(len(from))] }

func (s *source) next() int { s.count++; return s.count }

// shape makes the layers: a chain, a diamond or siblings, and perhaps a component.
func (s *source) shape() {
	add := func(dir string, on ...string) *layer {
		l := &layer{Dir: dir, Resources: on}
		s.tree.Layers = append(s.tree.Layers, l)
		return l
	}
	component := func() []string {
		if !s.chance(25) {
			return nil
		}
		c := &layer{Dir: fmt.Sprintf("component%d", s.next()), Component: true, Label: "component"}
		s.tree.Layers = append(s.tree.Layers, c)
		return []string{c.Dir}
	}
	switch s.IntN(10) {
	case 0, 1:
		add("base")
		add("left", "base").Prefix = "left-"
		right := add("right", "base")
		right.Suffix = "-right"
		if s.chance(50) {
			right.Namespace = "right"
		}
		c := component()
		add("top", "left", "right").Components = c
	case 2:
		add("left")
		add("right")
		c := component()
		add("top", "left", "right").Components = c
	default:
		var below []string
		for i := range 1 + s.IntN(4) {
			c := component()
			dir := fmt.Sprintf("layer%d", i)
			add(dir, below...).Components = c
			below = []string{dir}
		}
	}
}

// transformations gives a layer a prefix, a suffix, a namespace and a label.
func (s *source) transformations(l *layer) {
	percent := 30
	if l.Component {
		percent = 10
	}
	if l.Prefix == "" && s.chance(percent) {
		l.Prefix = pick(s, prefixes)
	}
	if l.Suffix == "" && s.chance(percent/2) {
		l.Suffix = pick(s, suffixes)
	}
	if l.Namespace == "" && s.chance(percent) {
		l.Namespace = pick(s, namespaces)
	}
	if s.chance(20) {
		l.Label = l.Dir
	}
}

// objects gives a layer manifests.
func (s *source) objects(l *layer) {
	n := s.IntN(2)
	if len(l.Resources) == 0 && !l.Component {
		n = 1 + s.IntN(3)
	}
	namespace := ""
	if s.chance(8) {
		namespace = pick(s, namespaces)
	}
	for range n {
		kind := pick(s, podKinds)
		if s.chance(35) {
			kind = pick(s, otherKinds)
		}
		l.Objects = append(l.Objects, &object{Kind: kind, Name: fmt.Sprintf("o%d", s.next()), Namespace: namespace})
	}
}

// specs gives a layer SecretSpecs and returns how many Secrets they have.
func (s *source) specs(l *layer, under []string) int {
	known := map[string]bool{} // here and below
	late := map[string]bool{}  // made by transformers that run after this component
	single := true             // so that behavior has one Secret to be about
	for _, lower := range s.tree.below(l) {
		single = single && len(lower.Resources) < 2
		for _, sp := range lower.Specs {
			for _, one := range sp.Secrets {
				known[one.Name] = true
				late[one.Name] = late[one.Name] || sp.Under == transformers && lower == s.tree.parent(l)
			}
		}
	}
	made, here := 0, map[string]bool{}
	for _, n := range s.Perm(3)[:min(1, s.IntN(3))+s.IntN(8)/7] {
		sp := &spec{Name: []string{"shop", "secrets", l.Dir}[n], Under: pick(s, under)}
		if len(l.Objects) > 0 && l.Objects[0].Namespace != "" && l.Namespace == "" {
			sp.Namespace = l.Objects[0].Namespace
		}
		for range 1 + s.IntN(2) {
			one := &secret{Name: pick(s, secretNames), FromFile: s.chance(20), NoHash: s.chance(6)}
			if known[one.Name] {
				if here[one.Name] || late[one.Name] || !single || !s.chance(20) || sp.Under == transformers && !s.chance(10) {
					continue
				}
				one.Behavior = pick(s, []string{"merge", "replace"})
			} else if s.chance(5) {
				one.Behavior = "create"
			}
			known[one.Name], here[one.Name] = true, true
			one.Data = map[string]string{"user": fmt.Sprintf("user-%d", s.next()),
				"password": fmt.Sprintf("password-%d", s.next())}
			if one.Behavior == "merge" && s.chance(50) {
				delete(one.Data, "user")
			}
			sp.Secrets = append(sp.Secrets, one)
		}
		if len(sp.Secrets) > 0 {
			l.Specs = append(l.Specs, sp)
		}
		if sp.Under != plain {
			made += len(sp.Secrets)
		}
	}
	return made
}

// secretFor returns the name of a Secret that an object of a layer may refer to: one of any layer below or above.
func (s *source) secretFor(l *layer) string {
	var names []string
	for _, other := range s.tree.related(l) {
		for _, sp := range other.Specs {
			for _, one := range sp.Secrets {
				names = append(names, one.Name)
			}
		}
	}
	if len(names) == 0 || s.chance(3) {
		return "outside"
	}
	return pick(s, names)
}

// ref returns a reference for an object of a kind.
func (s *source) ref(l *layer, kind string) *ref {
	return &ref{Via: pick(s, vias(kind)), ID: fmt.Sprintf("R%d", s.next()), Secret: s.secretFor(l),
		Key: pick(s, []string{"user", "password"})}
}

// references gives the objects of a layer references by hand.
func (s *source) references(l *layer) {
	for _, o := range l.Objects {
		for range s.IntN(4) {
			o.Refs = append(o.Refs, s.ref(l, o.Kind))
		}
	}
}

// visible returns the objects of a layer and of those below.
func (s *source) visible(l *layer, kinds []string) []*object {
	var all []*object
	for _, lower := range s.tree.below(l) {
		for _, o := range lower.Objects {
			if slices.Contains(kinds, o.Kind) {
				all = append(all, o)
			}
		}
	}
	return all
}

// usedBy has the SecretSpecs of a layer ask for references.
func (s *source) usedBy(l *layer) {
	for _, sp := range l.Specs {
		for _, one := range sp.Secrets {
			objects := s.visible(l, podKinds)
			if sp.Under == generators || sp.Under == plain || len(objects) == 0 || !s.chance(40) {
				continue
			}
			for range 1 + s.IntN(2) {
				o := pick(s, objects)
				key := "password"
				if _, ok := one.Data["user"]; ok && s.chance(50) {
					key = "user"
				}
				via := pick(s, []string{"env", "envFrom", "volume", "initEnv"})
				if via == "envFrom" && s.fromBy(o, one.Name) {
					via = "env" // one envFrom for a Secret is all that a container has
				}
				r := &ref{Via: via, ID: fmt.Sprintf("U%d", s.next()), Secret: one.Name, Key: key}
				one.UsedBy = append(one.UsedBy, &use{Kind: o.Kind, Name: o.Name, Ref: r})
			}
		}
	}
}

// fromBy reports whether an object has an envFrom of a Secret, by hand or by a usedBy.
func (s *source) fromBy(o *object, name string) bool {
	for _, r := range o.Refs {
		if r.Via == "envFrom" && r.Secret == name {
			return true
		}
	}
	for _, l := range s.tree.Layers {
		for _, sp := range l.Specs {
			for _, one := range sp.Secrets {
				for _, u := range one.UsedBy {
					if u.Name == o.Name && u.Ref.Via == "envFrom" && one.Name == name {
						return true
					}
				}
			}
		}
		for _, p := range l.Patches {
			if p.Name == o.Name && p.Ref.Via == "envFrom" && p.Ref.Secret == name {
				return true
			}
		}
	}
	return false
}

// patches gives a layer patches of the objects there are by then.
func (s *source) patches(l *layer) {
	objects := s.visible(l, append(slices.Clone(podKinds), otherKinds...))
	if len(objects) == 0 {
		return
	}
	for range s.IntN(3) * s.IntN(2) {
		o := pick(s, objects)
		p := &patch{Kind: o.Kind, Name: o.Name, Do: "add", JSON: s.chance(50) || o.Kind == "Role", Ref: s.ref(l, o.Kind)}
		if len(o.Refs) > 0 && s.chance(50) {
			old := pick(s, o.Refs)
			changed := *old
			switch old.Via {
			case "env", "initEnv", "volume", "store":
				changed.Secret = s.secretFor(l)
				p.Do, p.JSON, p.Ref = "change", false, &changed
				if s.chance(40) && old.Via != "store" {
					p.Do, changed.Secret = "remove", old.Secret
				}
			case "pull", "secrets", "projected":
				if old.Via == "pull" {
					p.Do, p.JSON, p.Ref = "remove", false, &changed
				}
			}
		}
		if p.Ref.Via == "envFrom" && s.fromBy(o, p.Ref.Secret) {
			continue
		}
		// A patch that merges lists by name does not find what is in a field that kustomize does not follow: it has its final
		// name by then.
		if !p.JSON && (p.Ref.Via == "secrets" || p.Ref.Via == "pull" && o.Kind == "ReplicationController") {
			continue
		}
		l.Patches = append(l.Patches, p)
	}
}

// names gives a layer replacements and vars, which take the name of a Secret that is there by then.
func (s *source) names(l *layer) {
	objects := s.visible(l, podKinds)
	var names, later []string
	for _, lower := range s.tree.below(l) {
		for _, sp := range lower.Specs {
			for _, one := range sp.Secrets {
				names = append(names, one.Name)
				if lower != l && lower != s.tree.parent(l) || sp.Under != transformers {
					later = append(later, one.Name) // kustomize replaces before it calls a layer's transformers
				}
			}
		}
	}
	if len(objects) == 0 {
		return
	}
	o := pick(s, objects)
	if len(later) > 0 && s.chance(12) {
		r := &replacement{Secret: pick(s, later), Kind: o.Kind, Name: o.Name, ID: fmt.Sprintf("N%d", s.next())}
		o.Refs = append(o.Refs, &ref{Via: "env", ID: r.ID, Secret: "replaced", Key: "password"})
		l.Replacements = append(l.Replacements, r)
	}
	if len(names) > 0 && !l.Component && s.chance(6) {
		v := &variable{Name: fmt.Sprintf("V%d", s.next()), Secret: pick(s, names)}
		o.Refs = append(o.Refs, &ref{Via: "var", ID: v.Name})
		l.Vars = append(l.Vars, v)
	}
}
