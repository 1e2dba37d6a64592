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
	for _, d := range all {
		if !codeForm.MatchString(d.Name) {
			continue // a lock, or not ours
		}
		e, err := decode(d)
		if err != nil {
			continue
		}
		if err := s.sweep(ctx, e); err != nil && !errors.Is(err, ErrUnknownCode) {
			errs = append(errs, fmt.Errorf("sweep escalation of Task %s: %w", e.Task, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := s.sweepLocks(ctx, all); err != nil {
		errs = append(errs, fmt.Errorf("sweep locks: %w", err))
	}
	return errors.Join(errs...)
}

// sweep does one escalation.
func (s *Service) sweep(ctx context.Context, e Escalation) error {
	if e = e.at(s.now()); !e.live() {
		if e.Settled {
			return nil
		}
		// change stores what at derived.
		e, err := s.change(ctx, e.Code, func(e Escalation) (Escalation, error) { return e.at(s.now()), nil })
		if err != nil || e.live() || e.Settled {
			return err
		}
		_, err = s.settle(ctx, e)
		return err
	}
	e, err := s.reconcile(ctx, e)
	if err != nil || !e.live() {
		return err
	}
	why := e.overdue(s.now(), s.c.MaxCall, s.c.AgentGone)
	if why == "" {
		if why, err = s.taskOver(ctx, e); err != nil {
			return err
		}
	}
	if why == "" {
		return nil
	}
	s.c.Log.InfoContext(ctx, "ending escalation", "task", e.Task, "why", why)
	version := e.Version
	// Somebody who came back meanwhile goes on; the next sweep looks again.
	_, err = s.finish(ctx, e.Code, func(e Escalation) bool { return e.Version == version })
	return err
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
