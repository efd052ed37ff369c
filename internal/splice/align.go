package splice

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// match says which element of the list that was read became which of the edited one; -1 is none.
type match struct{ before, after int }

// The weights of what speaks for two elements to be the same one.
const (
	sameMeaning = 16
	sameName    = 8
	sameShape   = 2
	sameKind    = 1
)

// maxTable bounds the comparison of elements, each with each.
const maxTable = 4 << 20

// align matches the elements of two lists, in order, such that as many as can be are the same, and the rest alike.
// Each element of after is in one match; so is each of before.
func align(m yamlnode.Meanings, before, after []*yaml.Node) []match {
	head, tail := 0, 0
	for head < len(before) && head < len(after) && m.Equal(before[head], after[head]) {
		head++
	}
	for tail < min(len(before), len(after))-head &&
		m.Equal(before[len(before)-1-tail], after[len(after)-1-tail]) {
		tail++
	}
	var matches []match
	for i := range head {
		matches = append(matches, match{i, i})
	}
	for _, middle := range table(m, before[head:len(before)-tail], after[head:len(after)-tail]) {
		if middle.before >= 0 {
			middle.before += head
		}
		if middle.after >= 0 {
			middle.after += head
		}
		matches = append(matches, middle)
	}
	for i := range tail {
		matches = append(matches, match{len(before) - tail + i, len(after) - tail + i})
	}
	return matches
}

// table finds the matches with the largest sum of weights.
func table(m yamlnode.Meanings, before, after []*yaml.Node) []match {
	rows, columns := len(before), len(after)
	if rows*columns > maxTable {
		return inOrder(rows, columns)
	}
	width := columns + 1
	best := make([]int32, (rows+1)*width) // of the elements from row and column on
	weights := make([]int32, rows*columns)
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			w := weight(m, before[i], after[j])
			weights[i*columns+j] = w
			best[i*width+j] = max(best[(i+1)*width+j], best[i*width+j+1], best[(i+1)*width+j+1]+w)
		}
	}
	var matches []match
	i, j := 0, 0
	for i < rows && j < columns {
		w := weights[i*columns+j]
		switch best[i*width+j] {
		case best[(i+1)*width+j+1] + w:
			matches = append(matches, match{i, j})
			i, j = i+1, j+1
		case best[i*width+j+1]:
			matches = append(matches, match{-1, j})
			j++
		default:
			matches = append(matches, match{i, -1})
			i++
		}
	}
	for ; i < rows; i++ {
		matches = append(matches, match{i, -1})
	}
	for ; j < columns; j++ {
		matches = append(matches, match{-1, j})
	}
	return matches
}

// inOrder matches the elements by their number.
func inOrder(rows, columns int) []match {
	var matches []match
	for i := range max(rows, columns) {
		one := match{i, i}
		if i >= rows {
			one.before = -1
		}
		if i >= columns {
			one.after = -1
		}
		matches = append(matches, one)
	}
	return matches
}

func weight(m yamlnode.Meanings, a, b *yaml.Node) int32 {
	if m.Equal(a, b) {
		return sameMeaning
	}
	a, b = yamlnode.Resolved(a), yamlnode.Resolved(b)
	if a.Kind != b.Kind || a.Kind != yaml.MappingNode {
		return sameKind
	}
	if name, other := nameOf(a), nameOf(b); name != "" && name == other {
		return sameName
	}
	if sameKeys(m, a, b) {
		return sameShape
	}
	return sameKind
}

// nameOf returns what tells an element of a list in a Kubernetes object from the others, or "".
func nameOf(node *yaml.Node) string {
	for _, key := range []string{"mountPath", "name"} {
		if value := yamlnode.Field(node, key); value != nil && value.Value != "" {
			return key + "=" + value.Value
		}
	}
	return ""
}

// sameKeys reports whether two maps have the same keys.
func sameKeys(m yamlnode.Meanings, a, b *yaml.Node) bool {
	p, q := m.Pairs(a), m.Pairs(b)
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if m.Of(p[i].Key) != m.Of(q[i].Key) {
			return false
		}
	}
	return true
}
