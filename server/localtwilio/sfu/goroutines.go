package sfu

import "sync"

// goroutines counts what Close has to wait for. Unlike a bare WaitGroup it may be
// added to from anywhere, because it refuses once it is closed.
type goroutines struct {
	mu     sync.Mutex
	closed bool // guarded by mu
	wg     sync.WaitGroup
}

// enter counts the calling goroutine in, unless closed. It must call leave.
func (g *goroutines) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.wg.Add(1)
	return true
}

func (g *goroutines) leave() { g.wg.Done() }

// run starts f, unless closed.
func (g *goroutines) run(f func()) bool {
	if !g.enter() {
		return false
	}
	go func() {
		defer g.leave()
		f()
	}()
	return true
}

// refuse lets no more in.
func (g *goroutines) refuse() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// wait blocks until all that entered have left; call refuse first.
func (g *goroutines) wait() { g.wg.Wait() }
