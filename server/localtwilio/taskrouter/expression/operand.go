package expression

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// operand is one side of a comparison.
type operand interface{ value(Document) any }

type (
	constant struct{ v any } // a string, float64, bool or nil
	list     []operand
	key      []any // names, and ints into lists
)

func (c constant) value(Document) any { return c.v }

func (l list) value(d Document) any {
	all := make([]any, len(l))
	for i, o := range l {
		all[i] = o.value(d)
	}
	return all
}

func (k key) value(d Document) any {
	v := any(map[string]any(d))
	for _, part := range k {
		switch p := part.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// operators are all there are, by their names in capitals.
var operators = map[string]func(a, b any) bool{
	"==": equal, "=": equal,
	"!=":       func(a, b any) bool { return scalar(a) && scalar(b) && a != b },
	"<":        func(a, b any) bool { n, ok := compare(a, b); return ok && n < 0 },
	"<=":       func(a, b any) bool { n, ok := compare(a, b); return ok && n <= 0 },
	">":        func(a, b any) bool { n, ok := compare(a, b); return ok && n > 0 },
	">=":       func(a, b any) bool { n, ok := compare(a, b); return ok && n >= 0 },
	"CONTAINS": contains,
	"HAS":      has,
	"IN":       func(a, b any) bool { return has(b, a) },
	"NOT IN": func(a, b any) bool {
		_, isList := b.([]any)
		return isList && scalar(a) && !has(b, a)
	},
}

// scalar reports whether v is neither a list nor an object.
func scalar(v any) bool {
	switch v.(type) {
	case nil, string, float64, bool:
		return true
	}
	return false
}

func equal(a, b any) bool { return scalar(a) && scalar(b) && a == b }

// compare orders two numbers or two strings; not ok for anything else.
func compare(a, b any) (n int, ok bool) {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return cmp.Compare(a, b), ok
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	}
	return 0, false
}

func contains(a, b any) bool {
	x, ok := text(a)
	y, also := text(b)
	return ok && also && strings.Contains(x, y)
}

// text is a string, or a number as it is written.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

func has(a, b any) bool {
	l, _ := a.([]any)
	return scalar(b) && slices.ContainsFunc(l, func(v any) bool { return equal(v, b) })
}
