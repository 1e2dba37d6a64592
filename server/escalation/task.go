package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Names in the Task's attributes. The first two are what the rest of a Flex
// installation looks for.
const (
	attrDocument      = "syncDocument" // the code
	attrRoom          = "videoRoom"    // the Room's unique name
	attrEscalation    = "escalation"   // what became of it
	attrConversations = "conversations"
)

// attributes is a Task's attributes with every value left as it came.
type attributes map[string]json.RawMessage

// parseAttributes reads a JSON object; no text at all is an empty one.
func parseAttributes(raw json.RawMessage) (attributes, error) {
	a := attributes{}
	if len(raw) == 0 {
		return a, nil
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	if a == nil { // "null"
		a = attributes{}
	}
	return a, nil
}

// text answers a string attribute, or empty.
func (a attributes) text(key string) string {
	var s string
	if json.Unmarshal(a[key], &s) != nil {
		return ""
	}
	return s
}

// set sets one value and leaves the others alone.
func (a attributes) set(key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode attribute %q: %w", key, err)
	}
	a[key] = raw
	return nil
}

// merge sets fields of an object and leaves its other fields alone. Whatever
// is there instead of an object is replaced.
func (a attributes) merge(key string, fields map[string]any) error {
	inner, err := parseAttributes(a[key])
	if err != nil {
		inner = attributes{}
	}
	for k, v := range fields {
		if err := inner.set(k, v); err != nil {
			return err
		}
	}
	return a.set(key, inner)
}

// conversation is the SID of the Task's Conversation, or empty. channelSid is
// what Flex called it before Conversations.
func (a attributes) conversation() string {
	for _, key := range []string{"conversationSid", "channelSid"} {
		if sid := a.text(key); conversationForm().MatchString(sid) {
			return sid
		}
	}
	return ""
}

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
// if nobody else has written meanwhile, else starts over.
func (s *Service) changeTask(ctx context.Context, sid string, f func(attributes) error) error {
	for try := range tries {
		t, a, err := s.task(ctx, sid)
		if err != nil {
			return err
		}
		if err := f(a); err != nil {
			return err
		}
		raw, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("encode attributes: %w", err)
		}
		err = s.d.Tasks.UpdateAttributes(ctx, sid, t.Revision, raw)
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrNotFound) {
			return ErrTaskNotFound
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("update attributes of Task %s: %w", sid, err)
		}
		if err := s.pause(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("update attributes of Task %s: too many writers: %w", sid, ErrUnavailable)
}

// report writes what became of an escalation to its Task, unless somebody has
// written there what became of it later.
func (s *Service) report(ctx context.Context, e Escalation) error {
	err := s.changeTask(ctx, e.Task, func(a attributes) error {
		var there struct {
			Code    string `json:"code"`
			Version int    `json:"version"`
		}
		if json.Unmarshal(a[attrEscalation], &there) == nil && there.Code == e.Code && there.Version > e.Version {
			return errNewer
		}
		fields := map[string]any{
			"code":    e.Code,
			"version": e.Version,
			"status":  e.Status,
			"agent":   e.Agent.Worker,
			"roomSid": e.Room.SID,
			"created": e.Created.UTC().Format(time.RFC3339),
		}
		if !e.EndedAt.IsZero() {
			fields["ended"] = e.EndedAt.UTC().Format(time.RFC3339)
		}
		measures := map[string]any{}
		if e.Receipt != nil {
			fields["seconds"] = e.Receipt.Seconds
			fields["reconnects"] = e.Receipt.Reconnects
			if q := e.Receipt.Quality; q != nil {
				fields["quality"] = *q
			}
			measures[s.c.SecondsMeasure] = e.Receipt.Seconds
			measures[s.c.ReconnectsMeasure] = e.Receipt.Reconnects
		}
		if e.Rating != nil {
			fields["score"] = e.Rating.Score
			fields["comment"] = e.Rating.Comment
			measures[s.c.CSATMeasure] = e.Rating.Score
		}
		// Numbers, as Insights sums and averages them. Of the Task's other
		// measures nothing is touched.
		delete(measures, NoMeasure)
		if len(measures) > 0 {
			if err := a.merge(attrConversations, measures); err != nil {
				return err
			}
		}
		return a.merge(attrEscalation, fields)
	})
	if errors.Is(err, errNewer) {
		return nil
	}
	return err
}

// errNewer says that the Task has newer news already.
var errNewer = errors.New("the Task has been told more")

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
