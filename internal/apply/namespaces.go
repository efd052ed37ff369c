package apply

import (
	"fmt"
	"slices"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// destine decides which namespaces a Secret goes to: the kustomization's own; else the one that is declared; else where
// its usedBy are; else where it is referred to by hand; else where a Role grants access to it; else where a former run
// put it. A Secret must not spread by a name's chance: references by hand in several namespaces are an error.
func (r *run) destine(spec *schema.SecretSpec, p *plan, index *wiring.Index, former []wiring.Emitted) {
	want := spec.NamespaceOf(p.spec)
	if r.layer != nil && r.layer.Namespace != "" {
		want = r.layer.Namespace
	}
	users := r.userNamespaces(p, want)
	byHand := r.namespacesByHand(p, index.Namespaces, former)
	if len(byHand) == 0 {
		byHand = r.namespacesByHand(p, index.Granted, former)
	}
	switch {
	case want != "":
		p.names[want] = ""
	case len(users) > 0:
		r.together(p, users)
	case len(byHand) > 1:
		r.Error(report.SeveralNamespaces, p.field, fmt.Sprintf("the Secret %s is referred to in %s", p.spec.Name,
			report.Namespaces(byHand)), "say where it goes with namespace, or, if it goes to all of them, name its users in usedBy")
	case len(byHand) == 1:
		p.names[byHand[0]] = ""
	case r.layer != nil && (r.layer.Components || !r.layer.Known):
		p.names[r.items.GivenNamespace()] = ""
	case r.layer != nil:
		p.names[""] = ""
	case len(former) > 0:
		for _, e := range former {
			p.names[e.Namespace] = ""
		}
	default:
		p.names[""] = ""
	}
}

// together takes the namespaces of the usedBy. In a build of kustomize, what has no namespace may still get any.
func (r *run) together(p *plan, users []string) {
	if r.layer != nil && len(users) > 1 && slices.Contains(users, "") {
		r.Error(report.SeveralNamespaces, p.field, fmt.Sprintf("the Secret %s is used in %s", p.spec.Name,
			report.Namespaces(users)), "say where it goes with namespace, or give all its users a namespace")
		return
	}
	for _, namespace := range users {
		p.names[namespace] = ""
	}
}

// userNamespaces are the namespaces of what the targets of a Secret selected, and reports those that contradict the one
// that is wanted. What has no namespace yet contradicts none, nor does what reads Secrets of other namespaces than its
// own.
func (r *run) userNamespaces(p *plan, want string) []string {
	var namespaces []string
	for _, u := range p.uses {
		if r.items.ClusterScoped(u.item) || r.items.LooksElsewhere(u.item) {
			continue
		}
		namespace := r.items.Namespace(u.item)
		if want != "" && namespace != "" && namespace != want {
			r.Error(report.OtherNamespace, u.field, fmt.Sprintf("%s is in another namespace than the Secret's, %s",
				r.items.Describe(u.item), want),
				"leave the namespace out, so that the Secret goes where its users are, or narrow the target with namespace")
		}
		if !slices.Contains(namespaces, namespace) {
			namespaces = append(namespaces, namespace)
		}
	}
	slices.Sort(namespaces)
	return namespaces
}

// namespacesByHand are the namespaces in which something refers to a Secret by its plain name, or by the name of a
// former run, and no other Secret of that name is there. What refers to a name is told by where.
func (r *run) namespacesByHand(p *plan, where func(name string) []string, former []wiring.Emitted) []string {
	namespaces := where(p.spec.Name)
	for _, e := range former {
		for _, namespace := range where(e.Name) {
			if !slices.Contains(namespaces, namespace) {
				namespaces = append(namespaces, namespace)
			}
		}
	}
	if len(namespaces) > 1 {
		namespaces = slices.DeleteFunc(namespaces, func(namespace string) bool {
			return slices.ContainsFunc(r.items.Called(namespace, p.spec.Name), func(i int) bool {
				return !slices.ContainsFunc(former, func(e wiring.Emitted) bool { return e.Index == i })
			})
		})
	}
	slices.Sort(namespaces)
	return namespaces
}
