package sopstest

import (
	"math"
	"reflect"

	"github.com/getsops/sops/v3"
)

// Same reports whether two values of trees are equal, with NaN equal to itself.
func Same(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	case sops.TreeBranches:
		b, ok := b.(sops.TreeBranches)
		return ok && len(a) == len(b) && every(len(a), func(i int) bool { return Same(a[i], b[i]) })
	case sops.TreeBranch:
		b, ok := b.(sops.TreeBranch)
		return ok && len(a) == len(b) && every(len(a), func(i int) bool {
			return Same(a[i].Key, b[i].Key) && Same(a[i].Value, b[i].Value)
		})
	case []any:
		b, ok := b.([]any)
		return ok && len(a) == len(b) && every(len(a), func(i int) bool { return Same(a[i], b[i]) })
	}
	return reflect.DeepEqual(a, b)
}

func every(n int, holds func(int) bool) bool {
	for i := range n {
		if !holds(i) {
			return false
		}
	}
	return true
}
