package escalation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Names in the Task's attributes. The first two are what the rest of a Flex
// installation looks for.
const (
	attrDocument      = "syncDocument" // the code
	attrRoom          = "videoRoom"    // the Room's unique name
	attrEscalation    = "escalation"   // what became of it
	attrConversations = "conversations"
)

// task fetches a Task by a SID as somebody gave it.
func (s *Service) task(ctx context.Context, sid string) (Task, attributes, error) {
	if !taskForm().MatchString(sid) {
		return Task{}, nil, ErrTaskNotFound
	}
	t, err := s.d.Tasks.Fetch(ctx, sid)
	if errors.Is(err, ErrNotFound) {
		return t, nil, ErrTaskNotFound
	}
	if err != nil {
		return t, nil, fmt.Errorf("fetch Task %s: %w", sid, err)
	}
	a, err := parseAttributes(t.Attributes)
	if err != nil {
		return t, nil, fmt.Errorf("fetch Task %s: %w", sid, err)
	}
	return t, a, nil
}

// assigned says whether the agent has the Task; nil error with false is a
// supervisor looking after somebody else's.
func (s *Service) assigned(ctx context.Context, a Agent, taskSID string) (bool, error) {
	if workerForm().MatchString(a.Worker) {
		ok, err := s.d.Tasks.AssignedTo(ctx, taskSID, a.Worker)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, fmt.Errorf("look up Reservation of Task %s: %w", taskSID, err)
		}
		if ok {
			return true, nil
		}
	}
	switch {
	case a.Supervisor:
		return false, nil
	case a.Worker == "":
		return false, ErrForbidden
	}
	return false, ErrTaskNotYours
}

// changeTask reads a Task's attributes, lets f edit them and writes them back
// if nobody else has written meanwhile, else starts over. f is told how to
// measure what it may make of them; what Twilio refuses as too long is made
// again by a stricter measure. It returns ErrTaskFull when that cannot help.
func (s *Service) changeTask(ctx context.Context, sid string, f func(attributes, length) error) error {
	measures := lengths
	var refused json.RawMessage
	for try := 0; try < tries && len(measures) > 0; {
		t, a, err := s.task(ctx, sid)
		if err != nil {
			return err
		}
		if err := f(a, measures[0]); err != nil {
			return err
		}
		raw, err := a.encode(measures[0])
		if err != nil {
			return err
		}
		err = ErrTooLarge // what its documents rule out, Twilio need not be asked
		if lengths[0](raw) <= maxAttributes && !bytes.Equal(raw, refused) {
			err = s.d.Tasks.UpdateAttributes(ctx, sid, t.Revision, raw)
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrNotFound):
			return ErrTaskNotFound
		case errors.Is(err, ErrTooLarge):
			refused, measures = raw, measures[1:]
			continue
		case !errors.Is(err, ErrConflict):
			return fmt.Errorf("update attributes of Task %s: %w", sid, err)
		}
		if err := s.pause(ctx, try); err != nil {
			return err
		}
		try++
	}
	if len(measures) == 0 {
		return fmt.Errorf("update attributes of Task %s: %w", sid, ErrTaskFull)
	}
	return fmt.Errorf("update attributes of Task %s: too many writers: %w", sid, ErrUnavailable)
}

// over says whether a Task's assignment status is past talking.
func over(status string) bool { return slices.Contains([]string{"completed", "canceled"}, status) }

// Task says whether a Task may be wrapped up or completed: not while an agent
// is in its Room. Whether one is, Twilio Video decides, not our memory, so that
// a crashed browser does not hold a Task hostage.
func (s *Service) Task(ctx context.Context, a Agent, taskSID string) (TaskView, error) {
	_, attrs, err := s.task(ctx, taskSID)
	if err != nil {
		return TaskView{}, err
	}
	if _, err := s.assigned(ctx, a, taskSID); err != nil {
		return TaskView{}, err
	}
	e, ok, err := s.liveOf(ctx, taskSID, attrs)
	if err != nil {
		return TaskView{}, err
	}
	if !ok {
		return TaskView{MayWrapUp: true}, nil
	}
	if e.AgentPresent() {
		if e, err = s.reconcile(ctx, e); err != nil {
			return TaskView{}, err
		}
	}
	if !e.live() {
		return TaskView{MayWrapUp: true}, nil
	}
	e.CustomerName = s.customerName(ctx, attrs, attrs.conversation())
	v := TaskView{MayWrapUp: !e.AgentPresent(), Escalation: &e}
	if !v.MayWrapUp {
		v.Reason = "The video call is still running. Leave the Video Room first, then wrap up."
	}
	return v, nil
}

// liveOf answers the live escalation that a Task's attributes name, if any.
func (s *Service) liveOf(ctx context.Context, taskSID string, a attributes) (Escalation, bool, error) {
	code, err := parseCode(a.text(attrDocument))
	if err != nil {
		return Escalation{}, false, nil
	}
	e, _, err := s.load(ctx, code)
	if errors.Is(err, ErrUnknownCode) {
		return Escalation{}, false, nil
	}
	if err != nil {
		return Escalation{}, false, err
	}
	e = e.at(s.now())
	// Attributes get copied from Task to Task; the Document knows whose it is.
	return e, e.live() && e.Task == taskSID, nil
}
