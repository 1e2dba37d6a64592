package measure

import (
	"cmp"
	"slices"
)

// Median is the lower middle one, and zero of none.
func Median[T cmp.Ordered](all []T) T {
	if len(all) == 0 {
		var zero T
		return zero
	}
	all = slices.Sorted(slices.Values(all))
	return all[(len(all)-1)/2]
}

// Quotient is a/b, and 0 where there is none.
func Quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
