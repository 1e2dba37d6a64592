package escalation

import (
	"context"
	"time"

	"escalate/app/wire"
)

// orphaned ends a code that a crash left, or a click that failed while Twilio was away: its
// Document was made, and the Task names the code that was made when the agent clicked again,
// or has been told what became of that. Nobody was ever told of this one, so nobody has opened
// its page. attrs are the attributes of its Task, nil when the Task is gone.
//
// A code is left alone when its Task knows of no later one: others overwrite attributes too,
// and a customer may have its link.
func (w *sweeper) orphaned(ctx context.Context, e Escalation, attrs attributes) (bool, error) {
	if !untouched(e) || w.now().Sub(e.Created) < joinGrace+clocksApart || attrs.text(attrDocument) == e.Code {
		return false, nil
	}
	if last := lastReport(attrs); last.Code == e.Code || last.made().Before(e.Created.Truncate(time.Second)) {
		other, live, err := w.tasks.liveOf(ctx, e.Task, attrs)
		if err != nil || !live || other.Code == e.Code {
			return false, err
		}
	}
	w.log.InfoContext(ctx, "ending a code that nobody was told of", "task", e.Task)
	_, err := w.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		if untouched(e) {
			e, _ = e.applyEnd(w.now())
			e.Settled = true // its Task is another's to report to
		}
		return e, nil
	})
	return err == nil, err
}

// untouched says that nothing has happened since the code was made.
func untouched(e Escalation) bool {
	return e.Status == Invited && e.Room.SID == "" && len(e.Participants) == 0 && len(e.Invites) == 0 && e.Customer.Phase == wire.PhaseInvited
}
