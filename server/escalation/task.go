package escalation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"escalate/server/sids"
)

// Names in the Task's attributes. The first two are what the rest of a Flex
// installation looks for.
const (
	attrDocument      = "syncDocument" // the code
	attrRoom          = "videoRoom"    // the Room's unique name
	attrRoomSID       = "videoRoomSid" // the Room's SID, where it is made before anybody joins
	attrEscalation    = "escalation"   // what became of it
	attrConversations = "conversations"
)

// taskbook reads Tasks and writes their attributes.
type taskbook struct {
	tasks  Tasks
	chat   Chat
	ledger *ledger
	pace   *pacer
	now    func() time.Time
	log    *slog.Logger
}

// fetch fetches a Task by a SID as somebody gave it.
func (b *taskbook) fetch(ctx context.Context, sid string) (Task, attributes, error) {
	if !sids.Is("WT", sid) {
		return Task{}, nil, ErrTaskNotFound
	}
	t, err := b.tasks.Fetch(ctx, sid)
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
func (b *taskbook) assigned(ctx context.Context, a Agent, taskSID string) (bool, error) {
	if sids.Is("WK", a.Worker) {
		ok, err := b.tasks.AssignedTo(ctx, taskSID, a.Worker)
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

// change reads a Task's attributes, lets f edit them and writes them back
// if nobody else has written meanwhile, else starts over. f is told how to
// measure what it may make of them; what Twilio refuses as too long is made
// again by a stricter measure. It returns ErrTaskFull when that cannot help.
func (b *taskbook) change(ctx context.Context, sid string, f func(attributes, length) error) error {
	measures := lengths
	var refused json.RawMessage
	for try := 0; try < tries && len(measures) > 0; {
		t, a, err := b.fetch(ctx, sid)
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
			err = b.tasks.UpdateAttributes(ctx, sid, t.Revision, raw)
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
		if err := b.pace.pause(ctx, try); err != nil {
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

// liveOf returns the live escalation that a Task's attributes name, if any.
func (b *taskbook) liveOf(ctx context.Context, taskSID string, a attributes) (Escalation, bool, error) {
	code, err := parseCode(a.text(attrDocument))
	if err != nil {
		return Escalation{}, false, nil //nolint:nilerr // whoever wrote that, it names no escalation
	}
	e, _, err := b.ledger.load(ctx, code)
	if errors.Is(err, ErrUnknownCode) {
		return Escalation{}, false, nil
	}
	if err != nil {
		return Escalation{}, false, err
	}
	e = e.at(b.now())
	// Attributes get copied from Task to Task; the Document knows whose it is.
	return e, e.live() && e.Task == taskSID, nil
}
