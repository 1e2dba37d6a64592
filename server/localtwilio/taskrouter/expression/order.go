package expression

// Order is what a Workflow's target orders its Workers by, such as
// "worker.level DESC, worker.name"; the zero value orders nothing.
type Order []term

type term struct {
	key        key
	descending bool
}

// ParseOrder reads an order: keys with ASC (the default) or DESC, between commas.
// Its error is a *SyntaxError.
func ParseOrder(text string) (Order, error) {
	p := &parser{scanner: scanner{text: text}}
	p.next()
	var o Order
	for {
		if p.token.kind != tokenWord || reserved(p.token) {
			p.fail("expected a key")
			break
		}
		t := term{key: p.key()}
		if p.token.is("ASC") || p.token.is("DESC") {
			t.descending = p.token.is("DESC")
			p.next()
		}
		o = append(o, t)
		if !p.token.sign(",") {
			break
		}
		p.next()
	}
	if p.err == nil && p.token.kind != tokenEnd {
		p.fail("expected ASC, DESC, a comma or the end")
	}
	if p.err != nil {
		return nil, p.err
	}
	return o, nil
}

// Compare orders two documents. Numbers come before text, and what cannot be
// ordered comes last, whether ascending or descending.
func (o Order) Compare(a, b Document) int {
	for _, t := range o {
		x, y := t.key.value(a), t.key.value(b)
		if n := rank(x) - rank(y); n != 0 {
			return n
		}
		n, _ := compare(x, y)
		if t.descending {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

func rank(v any) int {
	switch v.(type) {
	case float64:
		return 0
	case string:
		return 1
	}
	return 2
}
