package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"escalate/app/wire"
)

const (
	// sweepSeconds times the budget of reads a second is how many escalations a sweep
	// looks at closer, at their Rooms and Tasks: sweeps come about that often.
	sweepSeconds = 15
	// sweepAtOnce is how many escalations a sweep looks at at the same time. Twilio
	// takes its time to answer, and a sweep is to be over before the next begins.
	sweepAtOnce = 8
)

// sweeper finishes what crashes and silence left undone.
type sweeper struct {
	scanner            *scanner
	ledger             *ledger
	tasks              *taskbook
	locks              *locks
	roster             *roster
	ender              *ender
	notices            *noticeboard
	rota               *rota
	atOnce             int
	maxCall, agentGone time.Duration
	now                func() time.Time
	meter              *meter
	log                *slog.Logger
}

// all is Service.Sweep.
func (w *sweeper) all(ctx context.Context) (err error) {
	defer func(began time.Time) { w.meter.swept(time.Since(began), err) }(time.Now())
	ctx = Background(ctx)
	all, err := w.scanner.all(ctx)
	if err != nil {
		return err
	}
	s := &sweeping{live: map[string]Escalation{}}
	var found []Escalation
	for _, d := range all {
		if !isCode(d.Name) {
			continue // a lock
		}
		e, err := w.ledger.decode(d)
		if err != nil {
			continue
		}
		if e = e.at(w.now()); e.live() {
			s.live[e.Code] = e
		}
		if e.live() || !e.Settled {
			found = append(found, e)
		}
	}
	w.meter.live(s.live)
	w.each(ctx, w.rota.choose(found, time.Now()), func(e Escalation) {
		next, err := w.one(ctx, e)
		if errors.Is(err, ErrUnknownCode) {
			err = nil
		}
		s.done(e, next.at(w.now()), err)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := w.sweepLocks(ctx, all, s.live); err != nil {
		s.errs = append(s.errs, fmt.Errorf("sweep locks: %w", err))
	}
	return errors.Join(s.errs...)
}

// sweeping is what a sweep has learned.
type sweeping struct {
	mu   sync.Mutex // guards what follows while escalations are looked at
	live map[string]Escalation
	errs []error
}

// done notes how an escalation is after the sweep has looked at it.
func (s *sweeping) done(was, is Escalation, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.errs = append(s.errs, fmt.Errorf("sweep escalation of Task %s: %w", was.Task, err))
	}
	if delete(s.live, was.Code); is.live() {
		s.live[is.Code] = is
	}
}

// each calls f for all, some at a time, until ctx ends.
func (w *sweeper) each(ctx context.Context, all []Escalation, f func(Escalation)) {
	if w.atOnce == 1 {
		for _, e := range all {
			if ctx.Err() == nil {
				f(e)
			}
		}
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, w.atOnce)
	for _, e := range all {
		if ctx.Err() != nil {
			return
		}
		slots <- struct{}{}
		wg.Go(func() {
			f(e)
			<-slots
		})
	}
}

// rota chooses whom a sweep looks at closer, when there are more than the budget
// allows: calls and ends first, but for a quarter that is for those who wait, and of
// each those who were not looked at for longest.
type rota struct {
	most int

	mu     sync.Mutex           // guards looked
	looked map[string]time.Time // by code
}

func (r *rota) choose(all []Escalation, now time.Time) []Escalation {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(all) > r.most {
		slices.SortStableFunc(all, func(a, b Escalation) int { return r.looked[a.Code].Compare(r.looked[b.Code]) })
		var first, waiting []Escalation
		for _, e := range all {
			if e.Status == Invited {
				waiting = append(waiting, e)
			} else {
				first = append(first, e)
			}
		}
		n := min(len(first), r.most-min(len(waiting), (r.most+3)/4))
		all = slices.Concat(first[:n], waiting, first[n:])
	}
	looked := make(map[string]time.Time, len(all))
	for i, e := range all {
		if looked[e.Code] = r.looked[e.Code]; i < r.most {
			looked[e.Code] = now
		}
	}
	r.looked = looked
	return all[:min(len(all), r.most)]
}

// one does one escalation, and returns the newest that it knows of it.
func (w *sweeper) one(ctx context.Context, e Escalation) (Escalation, error) {
	if e = e.at(w.now()); !e.live() {
		if e.Settled {
			return e, nil
		}
		// change stores what at derived.
		next, err := w.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) { return e.at(w.now()), nil })
		if err != nil || next.live() || next.Settled {
			return e, err
		}
		return w.ender.settle(ctx, next)
	}
	next, err := w.roster.reconcile(ctx, e)
	if err != nil || !next.live() {
		return e, err
	}
	e = next
	why := e.overdue(w.now(), w.maxCall, w.agentGone)
	if why == "" {
		var attrs attributes
		if why, attrs, err = w.taskOver(ctx, e); err != nil {
			return e, err
		}
		if orphan, err := w.orphaned(ctx, e, attrs); err != nil || orphan {
			return e, err
		}
	}
	if why == "" {
		return e, w.notices.tell(ctx, e)
	}
	w.log.InfoContext(ctx, "ending escalation", "task", e.Task, "why", why)
	version := e.Version
	// Somebody who came back meanwhile goes on; the next sweep looks again.
	return w.ender.finish(ctx, e.Code, func(e Escalation) bool { return e.Version == version })
}

// taskOver says why a Task's state ends its escalation; empty means it does not.
func (w *sweeper) taskOver(ctx context.Context, e Escalation) (why string, attrs attributes, err error) {
	t, attrs, err := w.tasks.fetch(ctx, e.Task)
	if errors.Is(err, ErrTaskNotFound) {
		return "Task gone", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	if over(t.Status) || t.Status == "wrapping" && !e.AgentPresent() {
		return "Task " + t.Status, nil, nil
	}
	return "", attrs, nil
}

// sweepLocks frees locks whose session is over or has lost its agent, and takes
// those that somebody in a Room ought to have. All that was listed may have
// changed since; it only saves looking again at what plainly agrees.
func (w *sweeper) sweepLocks(ctx context.Context, all []Document, live map[string]Escalation) error {
	var errs []error
	locks := map[string]lock{}
	for _, d := range all {
		var l lock
		if worker, ok := lockOf(d.Name); ok && json.Unmarshal(d.Data, &l) == nil {
			locks[worker] = l
		}
	}
	for _, d := range all {
		if worker, ok := lockOf(d.Name); ok {
			l := locks[worker]
			if l.Holder != "" && !l.underWay(w.now()) && !live[l.Holder].Participants.present(wire.RoleAgent, worker) {
				errs = append(errs, w.locks.release(ctx, worker, l.Holder))
			}
			continue
		}
		for _, p := range live[d.Name].Participants.agents() {
			if _, worker := splitIdentity(p.Identity); locks[worker].Holder != d.Name {
				errs = append(errs, w.sweepAgent(ctx, d.Name, p.Identity))
			}
		}
	}
	return errors.Join(errs...)
}

// sweepAgent looks again whether the agent is in the session, and takes the lock.
func (w *sweeper) sweepAgent(ctx context.Context, code, identity string) error {
	e, _, err := w.ledger.load(ctx, code)
	if errors.Is(err, ErrUnknownCode) {
		return nil
	}
	if err != nil {
		return err
	}
	if !e.at(w.now()).live() || !slices.ContainsFunc(e.Participants.agents(), func(p Presence) bool { return p.Identity == identity }) {
		return nil
	}
	return w.roster.keepLock(ctx, e, identity)
}
