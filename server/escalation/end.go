package escalation

import (
	"context"
	"errors"
	"fmt"
)

// End ends the call for everyone: the Room is completed, the agent free, the
// receipt on the Task. Ending twice is not an error. It answers ErrUnknownCode,
// ErrTaskNotYours, ErrForbidden or ErrUnavailable.
func (s *Service) End(ctx context.Context, a Agent, code string) (Escalation, error) {
	e, err := s.find(ctx, code)
	if err != nil {
		return e, err
	}
	// Whoever runs the call may end it, even when the Task has moved on to
	// somebody else meanwhile.
	if a.Worker == "" || a.Worker != e.Agent.Worker {
		if _, err := s.assigned(ctx, a, e.Task); err != nil {
			return Escalation{}, err
		}
	}
	if !e.live() && e.Settled {
		return e, nil
	}
	return s.finish(ctx, e.Code, nil)
}

// finish ends an escalation that is still live and for which cond, if given,
// holds, and does what follows from that. Trouble with what follows is only
// logged: the next sweep does it again.
func (s *Service) finish(ctx context.Context, code string, cond func(Escalation) bool) (Escalation, error) {
	e, err := s.change(ctx, code, func(e Escalation) (Escalation, error) {
		e = e.at(s.now())
		if cond == nil || cond(e) {
			e, _ = e.applyEnd(s.now())
		}
		return e, nil
	})
	if err != nil || e.live() || e.Settled {
		return e, err
	}
	return s.settleOrLog(ctx, e), nil
}

// settleOrLog settles and answers the newest state.
func (s *Service) settleOrLog(ctx context.Context, e Escalation) Escalation {
	next, err := s.settle(ctx, e)
	if err != nil {
		s.c.Log.WarnContext(ctx, "escalation is over but not settled yet", "task", e.Task, "room", e.Room.SID, "err", err)
		return e
	}
	return next
}

// settle does what follows from the end; every part may be done twice. Only
// what may succeed later keeps it unsettled.
func (s *Service) settle(ctx context.Context, e Escalation) (Escalation, error) {
	var errs []error
	if err := s.completeRoom(ctx, e); err != nil {
		errs = append(errs, err)
	}
	for _, worker := range e.workers() {
		if err := s.release(ctx, worker, e.Code); err != nil {
			errs = append(errs, err)
		}
	}
	switch err := s.report(ctx, e); {
	case err == nil, errors.Is(err, ErrTaskNotFound): // TaskRouter deletes completed Tasks
	case errors.Is(err, ErrUnavailable), ctx.Err() != nil:
		errs = append(errs, err)
	default:
		// Twilio will refuse it again next time.
		s.c.Log.ErrorContext(ctx, "receipt is not on the Task", "task", e.Task, "err", err)
	}
	if err := errors.Join(errs...); err != nil {
		return e, err
	}
	version := e.Version
	next, err := s.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		// A rating that came meanwhile still has to go to the Task.
		if e.Version == version {
			e.Settled = true
		}
		return e, nil
	})
	if errors.Is(err, ErrUnknownCode) {
		return e, nil // the Document's time has passed, and all is done
	}
	return next, err
}

// completeRoom ends the Room, also one that a crash kept out of the Document.
func (s *Service) completeRoom(ctx context.Context, e Escalation) error {
	sid := e.Room.SID
	if sid == "" {
		r, err := s.d.Rooms.Fetch(ctx, e.Room.Name)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("fetch Room by name: %w", err)
		}
		sid = r.SID
	}
	if err := s.d.Rooms.Complete(ctx, sid); err != nil {
		return fmt.Errorf("complete Room %s: %w", sid, err)
	}
	return nil
}

// reconcile asks Twilio who is in the Room and makes the Document agree. When
// the Room is over, so is the escalation.
func (s *Service) reconcile(ctx context.Context, e Escalation) (Escalation, error) {
	if e.Room.SID == "" || !e.live() {
		return e, nil
	}
	sid := e.Room.SID
	r, err := s.d.Rooms.Fetch(ctx, sid)
	if errors.Is(err, ErrNotFound) || err == nil && !r.InProgress {
		return s.finish(ctx, e.Code, func(e Escalation) bool { return e.Room.SID == sid })
	}
	if err != nil {
		return e, fmt.Errorf("fetch Room %s: %w", sid, err)
	}
	seen, err := s.d.Rooms.Participants(ctx, sid)
	if err != nil {
		return e, fmt.Errorf("list Participants of %s: %w", sid, err)
	}
	was := e
	e, err = s.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		was = e
		if !e.live() || e.Room.SID != sid {
			return e, nil
		}
		return e.applySeen(seen, s.now()), nil
	})
	if err == nil {
		s.releaseGone(ctx, was, e)
		s.holdBack(ctx, was, e)
		for _, p := range seen {
			s.turnAway(ctx, e, sid, p)
		}
	}
	return e, err
}
