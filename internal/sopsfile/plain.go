package sopsfile

import "slices"

// Plain is a value that an encrypted document has in the clear.
type Plain struct {
	Path         Path
	Text         []byte
	Line, Column int // 0 where they are not known
}

// LeftPlain returns the values that an encrypted document has in the clear, of those at a path of one of its branches
// and below. Empty values do not count.
func (d *Document) LeftPlain(branch int, path Path) []Plain {
	var found []Plain
	path = withoutMerges(path)
	for _, at := range d.plain {
		seen := withoutMerges(at.Path)
		if at.Branch != branch || len(seen) < len(path) || !slices.Equal(seen[:len(path)], path) {
			continue
		}
		p := Plain{Path: seen}
		if place := placeAt(d.source().Tree.Branches[branch], at.Path); place != nil {
			p.Text, _ = ScalarText(*place)
		}
		p.Line, p.Column = d.Place(branch, at.Path)
		found = append(found, p)
	}
	return found
}

// SignsPlain reports whether the MAC of an encrypted document covers the values that it has in the clear.
func (d *Document) SignsPlain() bool { return !d.source().Tree.Metadata.MACOnlyEncrypted }

// withoutMerges returns where a value is once merge keys are applied. A value that another one hides counts for it: it
// is safer to take both for plain.
func withoutMerges(path Path) Path {
	if !slices.Contains(path, any(mergeKey)) {
		return path
	}
	var out Path
	for i, step := range path {
		_, isIndex := step.(int)
		if step != mergeKey && !(isIndex && i > 0 && path[i-1] == mergeKey) {
			out = append(out, step)
		}
	}
	return out
}
