package splice

// RandomFields returns random fields of a map, in every style of YAML.
func RandomFields(seed uint64) string {
	g := newGenerator(seed)
	g.blockMap(0, 4, false)
	return g.out.String()
}
