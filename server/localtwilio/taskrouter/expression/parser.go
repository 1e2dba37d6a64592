package expression

import (
	"slices"
	"strconv"
	"strings"
)

// maxDepth bounds parentheses within each other: a text must not be able to
// exhaust the stack. Nobody writes half as many.
const maxDepth = 100

type parser struct {
	scanner
	token token
	err   error // the first; nothing is read after it
}

func (p *parser) next() {
	if p.err != nil {
		return
	}
	p.token = p.scan()
	if p.token.kind == tokenBad {
		p.fail(p.token.text)
	}
}

// fail keeps the first error, and ends the text there.
func (p *parser) fail(problem string) {
	if p.err == nil {
		p.err = &SyntaxError{Text: p.text, Offset: p.token.offset, Problem: problem}
	}
	p.token = token{kind: tokenEnd, offset: len(p.text)}
}

func (p *parser) or(depth int) node {
	n := p.and(depth)
	for p.token.is("OR") {
		p.next()
		n = either{n, p.and(depth)}
	}
	return n
}

func (p *parser) and(depth int) node {
	n := p.condition(depth)
	for p.token.is("AND") {
		p.next()
		n = both{n, p.condition(depth)}
	}
	return n
}

func (p *parser) condition(depth int) node {
	if !p.token.sign("(") {
		return p.comparison()
	}
	if depth == maxDepth {
		p.fail("too many parentheses within each other")
		return nil
	}
	p.next()
	n := p.or(depth + 1)
	p.expect(")")
	return n
}

func (p *parser) expect(sign string) {
	if !p.token.sign(sign) {
		p.fail("expected " + sign)
		return
	}
	p.next()
}

func (p *parser) comparison() node {
	left := p.operand(true)
	c := comparison{operator: p.operator(), left: left}
	c.right = p.operand(true)
	return c
}

func (p *parser) operator() string {
	if p.token.is("NOT") {
		p.next()
		if !p.token.is("IN") {
			p.fail("expected IN after NOT")
			return ""
		}
		p.next()
		return "NOT IN"
	}
	name := strings.ToUpper(p.token.text)
	word := p.token.kind == tokenWord && slices.Contains([]string{"CONTAINS", "HAS", "IN"}, name)
	if _, known := operators[name]; !known || !word && p.token.kind != tokenSign {
		p.fail("expected an operator: ==, !=, <, <=, >, >=, CONTAINS, HAS, IN or NOT IN")
		return ""
	}
	p.next()
	return name
}

// operand reads a constant or a key; a list only where one may stand: lists hold scalars.
func (p *parser) operand(list bool) operand {
	t := p.token
	switch {
	case t.kind == tokenText:
		p.next()
		return constant{t.text}
	case t.kind == tokenNumber:
		p.next()
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			p.token = t
			p.fail("a number out of range")
		}
		return constant{n}
	case t.is("true"), t.is("false"):
		p.next()
		return constant{t.is("true")}
	case t.is("null"):
		p.next()
		return constant{nil}
	case t.sign("[") && list:
		p.next()
		return p.list()
	case t.kind == tokenWord && !reserved(t):
		return p.key()
	}
	p.fail("expected a value or a key")
	return constant{nil}
}

// reserved are the words that are no keys.
func reserved(t token) bool {
	return slices.ContainsFunc([]string{"AND", "OR", "NOT", "IN", "HAS", "CONTAINS"}, t.is)
}

func (p *parser) list() operand {
	l := list{}
	if p.token.sign("]") {
		p.next()
		return l
	}
	for {
		l = append(l, p.operand(false))
		if !p.token.sign(",") {
			break
		}
		p.next()
	}
	p.expect("]")
	return l
}

// key reads a name and what follows it: .name and [number].
func (p *parser) key() key {
	k := key{p.token.text}
	p.next()
	for {
		switch {
		case p.token.sign("."):
			p.next()
			if p.token.kind != tokenWord {
				p.fail("expected a name after the point")
				return k
			}
			k = append(k, p.token.text)
			p.next()
		case p.token.sign("["):
			p.next()
			n, err := strconv.Atoi(p.token.text)
			if p.token.kind != tokenNumber || err != nil {
				p.fail("expected a place in the list")
				return k
			}
			k = append(k, n)
			p.next()
			p.expect("]")
		default:
			return k
		}
	}
}
