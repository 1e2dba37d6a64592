package escalation

import (
	"context"
	"errors"
	"fmt"
)

// Sweep finishes what a crash or a silent browser left: codes whose time
// passed, calls whose agent, Room or Task is gone, ends that were not settled,
// locks that do not agree with who is in a call.
// Call it every 15 seconds or so; several replicas may do so at once. It goes
// on after trouble with one escalation and answers all of it.
func (s *Service) Sweep(ctx context.Context) error {
	all, err := s.d.Documents.List(ctx)
	if err != nil {
		return fmt.Errorf("list Documents: %w", err)
	}
	var errs []error
	live := map[string]Escalation{}
	for _, d := range all {
		if code, err := parseCode(d.Name); err != nil || code != d.Name {
			continue // a lock, or not ours
		}
		e, err := s.decode(d)
		if err != nil {
			continue
		}
		if e, err = s.sweep(ctx, e); err != nil && !errors.Is(err, ErrUnknownCode) {
			errs = append(errs, fmt.Errorf("sweep escalation of Task %s: %w", e.Task, err))
		}
		if e.at(s.now()).live() {
			live[e.Code] = e
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := s.sweepLocks(ctx, all, live); err != nil {
		errs = append(errs, fmt.Errorf("sweep locks: %w", err))
	}
	return errors.Join(errs...)
}

// sweep does one escalation, and answers the newest that it knows of it.
func (s *Service) sweep(ctx context.Context, e Escalation) (Escalation, error) {
	if e = e.at(s.now()); !e.live() {
		if e.Settled {
			return e, nil
		}
		// change stores what at derived.
		next, err := s.change(ctx, e.Code, func(e Escalation) (Escalation, error) { return e.at(s.now()), nil })
		if err != nil || next.live() || next.Settled {
			return e, err
		}
		return s.settle(ctx, next)
	}
	next, err := s.reconcile(ctx, e)
	if err != nil || !next.live() {
		return e, err
	}
	e = next
	why := e.overdue(s.now(), s.c.MaxCall, s.c.AgentGone)
	if why == "" {
		if why, err = s.taskOver(ctx, e); err != nil {
			return e, err
		}
	}
	if why == "" {
		return e, nil
	}
	s.c.Log.InfoContext(ctx, "ending escalation", "task", e.Task, "why", why)
	version := e.Version
	// Somebody who came back meanwhile goes on; the next sweep looks again.
	return s.finish(ctx, e.Code, func(e Escalation) bool { return e.Version == version })
}

// taskOver says why a Task's state ends its escalation; empty means it does not.
func (s *Service) taskOver(ctx context.Context, e Escalation) (string, error) {
	t, _, err := s.task(ctx, e.Task)
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
