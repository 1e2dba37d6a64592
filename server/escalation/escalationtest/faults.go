package escalationtest

import (
	"context"
	"sync"
)

// Faults makes calls fail, and counts them. All ports of one double share it.
type Faults struct {
	mu    sync.Mutex // guards all below
	fail  func(op, key string) error
	lose  func(op, key string) error
	calls map[string]int
}

// Fail asks f before every call; an error of f is the call's error, and the
// call has no effect. op is port and method, such as "documents.update"; key
// is the name or SID. A nil f ends it.
func (x *Faults) Fail(f func(op, key string) error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fail = f
}

// Lose asks f after every call that changes something and succeeded; an error of
// f is returned although the change was made. f must not call back. A nil f ends it.
func (x *Faults) Lose(f func(op, key string) error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lose = f
}

// Calls counts the calls of an op so far.
func (x *Faults) Calls(op string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.calls[op]
}

// enter is the beginning of every call. Its caller holds no lock: a function
// given to Fail may call back.
func (x *Faults) enter(ctx context.Context, op, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x.mu.Lock()
	x.calls[op]++
	f := x.fail
	x.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(op, key)
}

// leave is the end of every call that changed something.
func (x *Faults) leave(op, key string) error {
	x.mu.Lock()
	f := x.lose
	x.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(op, key)
}
