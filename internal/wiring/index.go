package wiring

// Index is what refers to which Secret, among resources that are no longer edited. Asking it costs what the answer is long,
// not what the list of resources is.
type Index struct {
	items  *Items
	byName map[string][]*item
	refs   map[string][]located
}

// located is a reference to a Secret, without its name.
type located struct {
	namespace string
	anywhere  bool
}

// Index reads every reference of every resource, once.
func (it *Items) Index() *Index {
	x := &Index{items: it, byName: map[string][]*item{}, refs: map[string][]located{}}
	for _, i := range it.items {
		for _, path := range it.paths(i) {
			i.references(i.node.YNode(), path, func(r ref) {
				name := r.name()
				x.refs[name] = append(x.refs[name], located{r.namespace, r.anywhere})
				if known := x.byName[name]; len(known) == 0 || known[len(known)-1] != i {
					x.byName[name] = append(known, i)
				}
			})
		}
	}
	return x
}

// References is how many fields name a Secret.
func (x *Index) References(namespace, name string) int {
	count := 0
	for _, r := range x.refs[name] {
		if r.anywhere || r.namespace == namespace {
			count++
		}
	}
	return count
}
