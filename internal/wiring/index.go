package wiring

import (
	"slices"

	"github.com/secretwright/secretwright/internal/references"
)

// Index is what refers to which Secret, among resources that are no longer edited. Asking it costs what the answer
// is long, not what the list of resources is.
type Index struct {
	items  *Items
	byName map[string][]*item
	refs   map[string][]located
	// asked are the keys that pods ask for, by the name of the Secret, of the resources somebody wanted to know of.
	asked map[*item]map[string][]askedKey
	// placed and pods are likewise what such a resource refers to, by field, and what its containers read.
	placed map[*item]map[string][]placed
	pods   map[*item]map[string][]Reader
}

// located is a reference to a Secret, without its name.
type located struct {
	namespace string
	anywhere  bool
	meaning   references.Meaning
}

// in reports whether it may mean a Secret of a namespace.
func (l located) in(namespace string) bool {
	return l.anywhere || l.namespace == namespace || l.meaning == references.ReadsElsewhere
}

// Index reads, once, every reference of every resource to the Secrets of some names, or to any Secret if none is
// given.
func (it *Items) Index(names ...string) *Index {
	x := &Index{items: it, byName: map[string][]*item{}, refs: map[string][]located{},
		asked: map[*item]map[string][]askedKey{}, placed: map[*item]map[string][]placed{},
		pods: map[*item]map[string][]Reader{}}
	asked := map[string]bool{}
	for _, name := range names {
		asked[name] = true
	}
	named := func(name string) bool { return len(asked) == 0 || asked[name] }
	for _, i := range it.items {
		it.finder.References(&i.Resource, i.Node.YNode(), named, func(r references.Ref) {
			name := r.Name()
			x.refs[name] = append(x.refs[name], locate(r))
			if known := x.byName[name]; len(known) == 0 || known[len(known)-1] != i {
				x.byName[name] = append(known, i)
			}
		})
	}
	return x
}

func locate(r references.Ref) located { return located{r.Namespace, r.Anywhere, r.Meaning} }

// Namespaces returns the namespaces of the resources that read a Secret of a name in their own namespace.
func (x *Index) Namespaces(name string) []string { return x.namespaces(name, references.Reads) }

// Granted returns the namespaces of the Roles that grant access to a Secret of a name.
func (x *Index) Granted(name string) []string { return x.namespaces(name, references.Grants) }

func (x *Index) namespaces(name string, m references.Meaning) []string {
	var namespaces []string
	for _, l := range x.refs[name] {
		if l.meaning == m && !l.anywhere && !slices.Contains(namespaces, l.namespace) {
			namespaces = append(namespaces, l.namespace)
		}
	}
	slices.Sort(namespaces)
	return namespaces
}

// Nowhere returns the resources that read a Secret of a name, and do not say in which namespace.
func (x *Index) Nowhere(name string) []string {
	return x.readersOf(name, func(r references.Ref) bool { return r.Anywhere })
}

// In returns the resources that read a Secret of a name in a namespace.
func (x *Index) In(namespace, name string) []string {
	return x.readersOf(name, func(r references.Ref) bool { return !r.Anywhere && r.Namespace == namespace })
}

// readersOf are the resources with a reference to a Secret of a name that is asked for, each once.
func (x *Index) readersOf(name string, asked func(references.Ref) bool) []string {
	var resources []string
	for _, i := range x.byName[name] {
		x.items.finder.References(&i.Resource, i.Node.YNode(), func(n string) bool { return n == name },
			func(r references.Ref) {
				if r.Meaning == references.Reads && asked(r) && !slices.Contains(resources, i.String()) {
					resources = append(resources, i.String())
				}
			})
	}
	return resources
}

// References is how many fields name a Secret in order to read it. A Role that grants access to it does not, nor
// does what writes a Secret.
func (x *Index) References(namespace, name string) int {
	count := 0
	for _, l := range x.refs[name] {
		if l.in(namespace) && (l.meaning == references.Reads || l.meaning == references.ReadsElsewhere) {
			count++
		}
	}
	return count
}
