package escalation

import (
	"sync"
	"time"
)

// reportEvery is how often the customer's progress is written at most.
const reportEvery = time.Second

// reports brings the customer's progress reports of each code into order: one
// is written at a time and at most one in every, and of those that wait only
// the newest.
type reports struct {
	every time.Duration

	mu     sync.Mutex
	topics map[string]*report // by code; guarded by mu, as is what they hold
}

type report struct {
	users  int
	newest int           // number of the newest that came
	turn   chan struct{} // holds one value while nobody writes
	next   time.Time     // when the next may be written
}

// do writes unless a newer report of the code comes while it waits for its
// turn. The caller is not asked whether it still waits: what a page reports
// while it is being closed counts too.
func (r *reports) do(code string, write func() error) error {
	if r.every <= 0 {
		return write()
	}
	r.mu.Lock()
	t := r.topics[code]
	if t == nil {
		t = &report{turn: make(chan struct{}, 1)}
		t.turn <- struct{}{}
		r.topics[code] = t
	}
	t.users++
	t.newest++
	mine := t.newest
	r.mu.Unlock()
	defer r.leave(t)

	<-t.turn
	defer func() { t.turn <- struct{}{} }()
	if stale, wait := r.look(t, mine); stale {
		return nil
	} else if wait > 0 {
		time.Sleep(wait)
		if stale, _ := r.look(t, mine); stale {
			return nil
		}
	}
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		t.next = time.Now().Add(r.every)
	}()
	return write()
}

// look says whether there is a newer report than mine, and how long to wait.
func (r *reports) look(t *report, mine int) (stale bool, wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return t.newest != mine, time.Until(t.next)
}

// leave forgets the topics that nobody needs any more.
func (r *reports) leave(t *report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.users--
	if len(r.topics) < 1024 {
		return
	}
	for code, t := range r.topics {
		if t.users == 0 && time.Until(t.next) <= 0 {
			delete(r.topics, code)
		}
	}
}
