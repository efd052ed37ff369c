package references

import "slices"

// Finder finds the fields that name Secrets.
type Finder struct {
	// rowsOf are the rows of the tables, by group and kind.
	rowsOf map[[2]string]*fields
	// configMaps are the ConfigMaps, by namespace and name.
	configMaps map[[2]string]bool
}

// NewFinder returns a Finder that knows of no ConfigMap.
func NewFinder() *Finder {
	return &Finder{rowsOf: map[[2]string]*fields{}, configMaps: map[[2]string]bool{}}
}

// AddConfigMap says that there is a ConfigMap of a name, so that a name which could be either's is not taken for a
// Secret's.
func (f *Finder) AddConfigMap(namespace, name string) {
	f.configMaps[[2]string{namespace, name}] = true
}

// rows are those of the tables for the resource, or nil.
func (f *Finder) rows(r *Resource) *fields {
	key := [2]string{r.Group(), r.Kind}
	known, ok := f.rowsOf[key]
	if !ok {
		known = rows(key[0], key[1])
		f.rowsOf[key] = known
	}
	return known
}

func rows(group, kind string) *fields {
	var tree *fields
	for _, table := range tables {
		for _, row := range table {
			if row.group != group || !slices.Contains(row.kinds, kind) {
				continue
			}
			if tree == nil {
				tree = &fields{}
			}
			for _, path := range row.paths {
				tree.add(path, max(row.meaning, Reads))
			}
		}
	}
	return tree
}
