// Package sizes is counted by a test.
package sizes

type Struct struct {
	a, b int
	c    string
	Interface
}

func (Struct) One()   {}
func (*Struct) Two()  {}
func (s *Struct) on() {}

func free() {}

type Generic[T any] struct{ v T }

func (g *Generic[T]) Get() T { return g.v }

type Interface interface {
	Two()
	One()
}

// Reasoned has a reason.
//
//layers:size a table has a column for each
type Reasoned struct{ only int }
