package escalationtest

import (
	"iter"
	"math/rand/v2"
)

// Schedule runs actors one at a time, each from one of its calls to Yield to
// the next, in an order drawn from a seed: the same seed and the same actors
// make the same order. It is for one goroutine.
type Schedule struct {
	// Rand is the source of everything that is drawn.
	Rand    *rand.Rand
	actors  []*actor
	running *actor
}

type actor struct {
	name  string
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

// killed is what ends an actor in the middle of a call.
type killed struct{}

// NewSchedule makes a Schedule of no actors.
func NewSchedule(seed uint64) *Schedule {
	return &Schedule{Rand: rand.New(rand.NewPCG(seed, 0))}
}

// Go adds an actor. An actor may add others.
func (s *Schedule) Go(name string, f func()) {
	a := &actor{name: name}
	a.next, a.stop = iter.Pull(func(yield func(struct{}) bool) {
		a.yield = yield
		defer func() {
			if r := recover(); r != nil && r != any(killed{}) {
				panic(r)
			}
		}()
		f()
	})
	s.actors = append(s.actors, a)
}

// Yield lets others run before the running actor goes on. Outside of actors it
// does nothing.
func (s *Schedule) Yield() {
	if a := s.running; a != nil && !a.yield(struct{}{}) {
		panic(killed{})
	}
}

// Running is the name of the running actor, or empty.
func (s *Schedule) Running() string {
	if s.running == nil {
		return ""
	}
	return s.running.name
}

// Step runs an actor until it yields or ends; false when there are none left.
func (s *Schedule) Step() bool {
	if len(s.actors) == 0 {
		return false
	}
	i := s.Rand.IntN(len(s.actors))
	a := s.actors[i]
	s.running = a
	_, more := a.next()
	s.running = nil
	if !more {
		s.remove(i)
	}
	return true
}

// Crash ends an actor where it stands: it makes no more calls, as a process
// that was killed. It returns the name, empty when there is no actor.
func (s *Schedule) Crash() string {
	if len(s.actors) == 0 {
		return ""
	}
	i := s.Rand.IntN(len(s.actors))
	a := s.actors[i]
	a.stop()
	s.remove(i)
	return a.name
}

// Stop ends all actors.
func (s *Schedule) Stop() {
	for len(s.actors) > 0 {
		s.actors[0].stop()
		s.remove(0)
	}
}

func (s *Schedule) remove(i int) { s.actors = append(s.actors[:i], s.actors[i+1:]...) }
