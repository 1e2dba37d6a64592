package escalation

import "context"

// wrapUp tells the desktop whether a Task may be closed.
type wrapUp struct {
	tasks  *taskbook
	roster *roster
}

// check is Service.Task. Whether an agent is in the Room, Twilio Video decides, not
// our memory, so that a crashed browser does not hold a Task hostage.
func (u *wrapUp) check(ctx context.Context, a Agent, taskSID string) (TaskView, error) {
	_, attrs, err := u.tasks.fetch(ctx, taskSID)
	if err != nil {
		return TaskView{}, err
	}
	if _, err := u.tasks.assigned(ctx, a, taskSID); err != nil {
		return TaskView{}, err
	}
	e, ok, err := u.tasks.liveOf(ctx, taskSID, attrs)
	if err != nil {
		return TaskView{}, err
	}
	if !ok {
		return TaskView{MayWrapUp: true}, nil
	}
	if e.AgentPresent() {
		if e, err = u.roster.reconcile(ctx, e); err != nil {
			return TaskView{}, err
		}
	}
	if !e.live() {
		return TaskView{MayWrapUp: true}, nil
	}
	e.CustomerName = u.tasks.customerName(ctx, attrs, attrs.conversation())
	v := TaskView{MayWrapUp: !e.AgentPresent(), Escalation: &e}
	if !v.MayWrapUp {
		v.Reason = "The video call is still running. Leave the Video Room first, then wrap up."
	}
	return v, nil
}
