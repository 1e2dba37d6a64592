package sfu

import (
	"context"
	"math"
	"sync"
)

// mailbox is an unbounded queue of work for one goroutine. Posting never blocks,
// so that whoever posts cannot be held up by a slow receiver, and may hold a
// lock while posting.
type mailbox struct {
	wake chan struct{} // holds one token while there is work

	mu     sync.Mutex
	work   []func() // guarded by mu
	closed bool     // guarded by mu
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// post reports whether the work was taken; after close it is not.
func (m *mailbox) post(f func()) bool { return m.postUnder(math.MaxInt, f) }

// postUnder is post for work that a client can cause at will: it is not taken when limit pieces
// are queued already.
func (m *mailbox) postUnder(limit int, f func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || len(m.work) >= limit {
		return false
	}
	m.work = append(m.work, f)
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return true
}

// take empties the queue.
func (m *mailbox) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.work
	m.work = nil
	return w
}

// close refuses further work and forgets what is queued.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.work = true, nil
}

// next removes the oldest piece of work.
func (m *mailbox) next() (func(), bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.work) == 0 {
		return nil, false
	}
	f := m.work[0]
	m.work = m.work[1:]
	return f, true
}

// call posts f for the goroutine whose mailbox it is, and waits for it, unless done is closed first.
func (m *mailbox) call(ctx context.Context, done <-chan struct{}, f func() error) error {
	result := make(chan error, 1)
	if !m.post(func() { result <- f() }) {
		return ErrClosed
	}
	select {
	case err := <-result:
		return err
	case <-done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deliver is a goroutine that does the work one piece at a time, until done is closed.
func (m *mailbox) deliver(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-m.wake:
		}
		for f, ok := m.next(); ok; f, ok = m.next() {
			f()
		}
	}
}
