package escalation

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Sync takes 20 writes a second of one Document and refuses the rest with
// error 54009 (HTTP 429). Within any second one process writes at most
// writesAtOnce and writesPerSecond more, so it never meets the limit alone. The
// customer's page, which anybody with the link can drive by hand, gets a part
// only: the agent and Twilio's callbacks must still get through.
const (
	writesPerSecond, writesAtOnce     = 10, 10
	customerPerSecond, customerAtOnce = 2, 5
	// longestTurn is the longest that anybody waits for a turn.
	longestTurn = 3 * time.Second
)

// budget spends turns by name. The process keeps them in memory and forgets
// them when they are full again.
type budget struct {
	perSecond rate.Limit
	atOnce    int

	mu sync.Mutex
	m  map[string]*rate.Limiter // guarded by mu
}

func newBudget(perSecond, atOnce int) *budget {
	return &budget{perSecond: rate.Limit(perSecond), atOnce: atOnce, m: map[string]*rate.Limiter{}}
}

// turn waits for a turn, and says whether it had to wait. When that would take
// too long it returns ErrUnavailable at once.
func (b *budget) turn(ctx context.Context, name string) (waited bool, err error) {
	r := b.of(name).Reserve()
	d := r.Delay()
	if d == 0 {
		return false, nil
	}
	if d > longestTurn {
		r.Cancel()
		return false, fmt.Errorf("too many changes at once: %w", ErrUnavailable)
	}
	return true, sleep(ctx, d)
}

func (b *budget) of(name string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.m[name]
	if l == nil {
		b.prune()
		l = rate.NewLimiter(b.perSecond, b.atOnce)
		b.m[name] = l
	}
	return l
}

// prune forgets names that have not been used for a while, once there are
// many; b.mu is held.
func (b *budget) prune() {
	if len(b.m) < 1024 {
		return
	}
	for name, l := range b.m {
		if l.Tokens() >= float64(b.atOnce) {
			delete(b.m, name)
		}
	}
}

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
	defer r.leave(code, t)

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
func (r *reports) leave(code string, t *report) {
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
