// Package expression is TaskRouter's SQL-like language, in which a TaskQueue
// names its Workers, and a Workflow the Tasks of a filter and the Workers of a
// target: https://www.twilio.com/docs/taskrouter/expression-syntax.
//
//	(skills HAS 'support') AND (languages HAS 'english')
//	task.language IN worker.languages OR worker.level >= 5.1
//
// A condition compares two operands: text in single or double quotes, a number,
// true, false, null, a list in square brackets, or a key such as object.list[2].
// What a document does not have is null. Scalars are compared by ==, = (the
// same), !=, <, <=, >, >= and CONTAINS; lists by HAS, IN and NOT IN. AND binds
// closer than OR; words are read in any case. As Twilio's page says, there are no
// hyphens, a scalar operator is false for a list, and a list's operator is false
// for two scalars.
package expression

import "fmt"

// Document is what keys are looked up in, as encoding/json decodes an object.
type Document map[string]any

// Expression is a condition that was parsed; the zero value matches nothing.
type Expression struct{ root node }

// SyntaxError says what is wrong with a text, and where.
type SyntaxError struct {
	Text    string
	Offset  int // in bytes
	Problem string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("expression %q, at character %d: %s", e.Text, e.Offset+1, e.Problem)
}

// Parse reads an expression. Its error is a *SyntaxError.
func Parse(text string) (Expression, error) {
	p := &parser{scanner: scanner{text: text}}
	p.next()
	root := p.or(0)
	if p.err == nil && p.token.kind != tokenEnd {
		p.fail("expected AND, OR or the end")
	}
	if p.err != nil {
		return Expression{}, p.err
	}
	return Expression{root}, nil
}

// Matches reports whether the condition is true of a document.
func (e Expression) Matches(d Document) bool { return e.root != nil && e.root.matches(d) }

// node is a condition.
type node interface{ matches(Document) bool }

type (
	both   struct{ a, b node }
	either struct{ a, b node }
	// comparison is two operands and the operator between.
	comparison struct {
		operator    string
		left, right operand
	}
)

func (n both) matches(d Document) bool   { return n.a.matches(d) && n.b.matches(d) }
func (n either) matches(d Document) bool { return n.a.matches(d) || n.b.matches(d) }

func (n comparison) matches(d Document) bool {
	return operators[n.operator](n.left.value(d), n.right.value(d))
}
