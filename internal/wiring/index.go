package wiring

// Index is what refers to which Secret, among resources that are no longer edited. Asking it costs what the answer
// is long, not what the list of resources is.
type Index struct {
	items  *Items
	byName map[string][]*item
	refs   map[string][]located
}

// located is a reference to a Secret, without its name.
type located struct {
	namespace string
	anywhere  bool
	meaning   meaning
}

// in reports whether it may mean a Secret of a namespace.
func (l located) in(namespace string) bool {
	return l.anywhere || l.namespace == namespace || l.meaning == elsewhere
}

// Index reads, once, every reference of every resource to the Secrets of some names, or to any Secret if none is
// given.
func (it *Items) Index(names ...string) *Index {
	x := &Index{items: it, byName: map[string][]*item{}, refs: map[string][]located{}}
	asked := map[string]bool{}
	for _, name := range names {
		asked[name] = true
	}
	named := func(name string) bool { return len(asked) == 0 || asked[name] }
	for _, i := range it.items {
		it.references(i, i.node.YNode(), named, func(r ref) {
			name := r.name()
			x.refs[name] = append(x.refs[name], r.located())
			if known := x.byName[name]; len(known) == 0 || known[len(known)-1] != i {
				x.byName[name] = append(known, i)
			}
		})
	}
	return x
}

func (r ref) located() located { return located{r.namespace, r.anywhere, r.meaning} }

// References is how many fields name a Secret in order to read it. A Role that grants access to it does not, nor
// does what writes a Secret.
func (x *Index) References(namespace, name string) int {
	count := 0
	for _, l := range x.refs[name] {
		if l.in(namespace) && (l.meaning == reference || l.meaning == elsewhere) {
			count++
		}
	}
	return count
}
