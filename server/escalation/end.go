package escalation

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// ender ends escalations, and does what follows from that: the Room, the
// agents' locks, and the Task.
type ender struct {
	ledger   *ledger
	tasks    *taskbook
	keeper   *roomKeeper
	locks    *locks
	reporter *reporter
	now      func() time.Time
	log      *slog.Logger
}

// end is Service.End.
func (n *ender) end(ctx context.Context, a Agent, code string) (Escalation, error) {
	e, err := n.ledger.find(ctx, code)
	if err != nil {
		return e, err
	}
	// Whoever runs the call may end it, even when the Task has moved on to
	// somebody else meanwhile.
	if a.Worker == "" || a.Worker != e.Agent.Worker {
		if _, err := n.tasks.assigned(ctx, a, e.Task); err != nil {
			return Escalation{}, err
		}
	}
	if !e.live() && e.Settled {
		return e, nil
	}
	return n.finish(ctx, e.Code, nil)
}

// finish ends an escalation that is still live and for which cond, if given,
// holds, and does what follows from that. Trouble with what follows is only
// logged: the next sweep does it again.
func (n *ender) finish(ctx context.Context, code string, cond func(Escalation) bool) (Escalation, error) {
	e, err := n.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		e = e.at(n.now())
		if cond == nil || cond(e) {
			e, _ = e.applyEnd(n.now())
		}
		return e, nil
	})
	if err != nil || e.live() || e.Settled {
		return e, err
	}
	return n.settleOrLog(ctx, e), nil
}

// settleOrLog settles and returns the newest state.
func (n *ender) settleOrLog(ctx context.Context, e Escalation) Escalation {
	next, err := n.settle(ctx, e)
	if err != nil {
		n.log.WarnContext(ctx, "escalation is over but not settled yet", "task", e.Task, "room", e.Room.SID, "err", err)
		return e
	}
	return next
}

// settle does what follows from the end; every part may be done twice. Only
// what may succeed later keeps it unsettled.
func (n *ender) settle(ctx context.Context, e Escalation) (Escalation, error) {
	var errs []error
	if err := n.keeper.complete(ctx, e); err != nil {
		errs = append(errs, err)
	}
	for _, worker := range e.workers() {
		if err := n.locks.release(ctx, worker, e.Code); err != nil {
			errs = append(errs, err)
		}
	}
	switch err := n.reporter.report(ctx, e); {
	case err == nil, errors.Is(err, ErrTaskNotFound): // TaskRouter deletes completed Tasks
	case errors.Is(err, ErrUnavailable), ctx.Err() != nil:
		errs = append(errs, err)
	default:
		// Twilio will refuse it again next time.
		n.log.ErrorContext(ctx, "receipt is not on the Task", "task", e.Task, "err", err)
	}
	if err := errors.Join(errs...); err != nil {
		return e, err
	}
	version := e.Version
	next, err := n.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
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
