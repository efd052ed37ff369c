package layers

import "reflect"

// shrink returns a smaller tree with a verdict of the same kind and class: it takes out one element of a list, or one
// text or flag, after another, as long as the verdict stays.
func (b *builder) shrink(t *tree) (*tree, verdict) {
	v := b.judge(t)
	for budget := 400; budget > 0; {
		smaller := false
		for i := 0; budget > 0; i++ {
			candidate := t.copy()
			if !cut(reflect.ValueOf(candidate), &[]int{i}[0]) {
				break
			}
			if len(candidate.Layers) == 0 || candidate.top().Component || candidate.top().Dir != t.top().Dir {
				continue
			}
			budget--
			if next := b.judge(candidate); next.Kind == v.Kind && next.Class == v.Class {
				t, v, smaller = candidate, next, true
				i--
			}
		}
		if !smaller {
			break
		}
	}
	return t, v
}

// cut makes the n-th cut that is possible in a value, and reports whether there are so many. It counts n down to find
// it.
func cut(v reflect.Value, n *int) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && cut(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			if cutField(v.Type().Field(i).Name, v.Field(i), n) {
				return true
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if *n == 0 {
				v.Set(reflect.AppendSlice(v.Slice(0, i), v.Slice(i+1, v.Len())))
				return true
			}
			*n--
		}
		for i := range v.Len() {
			if cut(v.Index(i), n) {
				return true
			}
		}
	}
	return false
}

// cutField cuts a field of a struct. Texts and flags that a tree can do without become empty.
func cutField(name string, v reflect.Value, n *int) bool {
	switch v.Kind() {
	case reflect.String, reflect.Bool:
		switch name {
		case "Prefix", "Suffix", "Namespace", "Label", "Behavior", "FromFile", "NoHash", "JSON":
			if v.IsZero() {
				return false
			}
			if *n == 0 {
				v.SetZero()
				return true
			}
			*n--
		}
		return false
	case reflect.Map:
		return false
	}
	return cut(v, n)
}
