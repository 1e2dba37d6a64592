package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"escalate/app/wire"
)

// sweeper finishes what crashes and silence left undone.
type sweeper struct {
	docs               Documents
	ledger             *ledger
	tasks              *taskbook
	locks              *locks
	roster             *roster
	ender              *ender
	notices            *noticeboard
	maxCall, agentGone time.Duration
	now                func() time.Time
	log                *slog.Logger
}

// all is Service.Sweep.
func (w *sweeper) all(ctx context.Context) error {
	all, err := w.docs.List(ctx)
	if err != nil {
		return fmt.Errorf("list Documents: %w", err)
	}
	var errs []error
	live := map[string]Escalation{}
	for _, d := range all {
		if code, err := parseCode(d.Name); err != nil || code != d.Name {
			continue // a lock, or not ours
		}
		e, err := w.ledger.decode(d)
		if err != nil {
			continue
		}
		if e, err = w.one(ctx, e); err != nil && !errors.Is(err, ErrUnknownCode) {
			errs = append(errs, fmt.Errorf("sweep escalation of Task %s: %w", e.Task, err))
		}
		if e.at(w.now()).live() {
			live[e.Code] = e
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := w.sweepLocks(ctx, all, live); err != nil {
		errs = append(errs, fmt.Errorf("sweep locks: %w", err))
	}
	return errors.Join(errs...)
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
		if why, err = w.taskOver(ctx, e); err != nil {
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
func (w *sweeper) taskOver(ctx context.Context, e Escalation) (string, error) {
	t, _, err := w.tasks.fetch(ctx, e.Task)
	if errors.Is(err, ErrTaskNotFound) {
		return "Task gone", nil
	}
	if err != nil {
		return "", err
	}
	if over(t.Status) || t.Status == "wrapping" && !e.AgentPresent() {
		return "Task " + t.Status, nil
	}
	return "", nil
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
