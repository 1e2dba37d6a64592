package escalation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"escalate/app/name"
	"escalate/app/wire"
	"escalate/server/joincode"
)

// starter makes join codes for Tasks.
type starter struct {
	docs       Documents
	ledger     *ledger
	tasks      *taskbook
	poster     *poster
	codeLength int
	codeTTL    time.Duration
	record     bool // what is recorded is asked for consent
	now        func() time.Time
	log        *slog.Logger
}

// escalate is Service.Escalate.
func (s *starter) escalate(ctx context.Context, a Agent, taskSID string, in Invite) (e Escalation, resumed bool, err error) {
	t, attrs, err := s.tasks.fetch(ctx, taskSID)
	if err != nil {
		return e, false, err
	}
	mine, err := s.tasks.assigned(ctx, a, taskSID)
	if err != nil {
		return e, false, err
	}
	if t.Status != "assigned" {
		return e, false, ErrTaskClosed
	}
	conversation := attrs.conversation()
	if conversation == "" {
		return e, false, ErrTaskNotChat
	}
	e, resumed, err = s.tasks.liveOf(ctx, taskSID, attrs)
	if err != nil {
		return e, false, err
	}
	me := a.ref()
	if resumed {
		e, err = s.takeOver(ctx, e, me, mine)
	} else {
		e, resumed, err = s.begin(ctx, me, taskSID, conversation)
	}
	if err != nil {
		return e, resumed, err
	}
	if in.Send {
		var sent bool
		if sent, err = s.poster.post(ctx, e, resumed, a, in); sent && resumed {
			s.ledger.meter.step(stepInvitedAgain)
		} else if sent {
			s.ledger.meter.step(stepInvited)
		}
	}
	if err == nil {
		e.CustomerName = s.tasks.customerName(ctx, attrs, conversation)
	}
	return e, resumed, err
}

// ref is the agent as the Document keeps them.
func (a Agent) ref() AgentRef {
	return AgentRef{Worker: a.Worker, Identity: a.Identity, Name: name.Clean(a.Name, maxName)}
}

// takeOver makes the present agent the one whom the customer reads about,
// when the Task was transferred since the code was made.
func (s *starter) takeOver(ctx context.Context, e Escalation, me AgentRef, mine bool) (Escalation, error) {
	if !mine || e.Agent == me {
		return e, nil
	}
	return s.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		if !e.AgentPresent() {
			e.Agent = me
		}
		return e, nil
	})
}

// begin makes a new Document and names it in the Task's attributes. When
// another replica did so at the same time, the one in the attributes counts,
// and is returned with resumed true.
func (s *starter) begin(ctx context.Context, me AgentRef, taskSID, conversation string) (e Escalation, resumed bool, err error) {
	if e, err = s.create(ctx, me, taskSID, conversation); err != nil {
		return e, false, err
	}
	var other Escalation
	err = s.tasks.change(ctx, taskSID, func(attrs attributes, l length) error {
		var err error
		if other, resumed, err = s.tasks.liveOf(ctx, taskSID, attrs); err != nil {
			return err
		}
		if other.Status == Expired {
			// So that a replica whose clock is behind lets nobody into it.
			if other, resumed, err = s.retire(ctx, other, taskSID); err != nil {
				return err
			}
		}
		if resumed && other.Code != e.Code {
			return errLost
		}
		resumed = false            // perhaps our own, whose first writing went unanswered
		delete(attrs, attrRoomSID) // that of an earlier call
		if err := attrs.set(attrDocument, e.Code); err != nil {
			return err
		}
		if err := attrs.set(attrRoom, e.Room.Name); err != nil || attrs.fit(l) {
			return err
		}
		// A new call is worth more than what is there of an earlier one, of which
		// the measures stay.
		return attrs.forget(attrEscalation, reported)
	})
	if err == nil {
		return e, false, nil
	}
	s.discard(ctx, e.Code)
	if errors.Is(err, errLost) {
		return other, true, nil
	}
	return Escalation{}, false, err
}

// discard ends an escalation that nobody will ever hear of: now, not at its time.
func (s *starter) discard(ctx context.Context, code string) {
	// The caller's context may be what failed it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := s.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		e, _ = e.applyEnd(s.now())
		e.Settled = true
		return e, nil
	}); err != nil && !errors.Is(err, ErrUnknownCode) {
		s.log.WarnContext(ctx, "unused join code stays until it expires", "err", err)
	}
}

// retire stores that an escalation has expired. When somebody has joined it
// meanwhile it returns that, and true.
func (s *starter) retire(ctx context.Context, e Escalation, taskSID string) (Escalation, bool, error) {
	if e.Task != taskSID {
		return e, false, nil
	}
	e, err := s.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) { return e.at(s.now()), nil })
	if errors.Is(err, ErrUnknownCode) {
		return e, false, nil
	}
	return e, err == nil && e.live(), err
}

// errLost says that another replica escalated the same Task first.
var errLost = errors.New("escalated already")

// create makes the Document of a new escalation, under a code nobody has.
func (s *starter) create(ctx context.Context, me AgentRef, taskSID, conversation string) (Escalation, error) {
	for range tries {
		code, err := joincode.New(s.codeLength)
		if err != nil {
			return Escalation{}, err
		}
		now := s.now()
		e := Escalation{
			Version:      1,
			Code:         code,
			Status:       Invited,
			Task:         taskSID,
			Conversation: conversation,
			Agent:        me,
			Room:         RoomRef{Name: code},
			Created:      now,
			ValidUntil:   now.Add(s.codeTTL),
			Recording:    s.record,
			Customer:     Progress{Phase: wire.PhaseInvited, At: now},
		}
		data, err := encode(e)
		if err != nil {
			return e, err
		}
		_, err = s.docs.Create(ctx, code, data, s.ledger.ttl(e))
		if err == nil {
			s.ledger.meter.step(stepEscalated)
			return e, nil
		}
		if !errors.Is(err, ErrNameTaken) {
			s.discard(ctx, code) // made perhaps, and the answer lost
			return e, fmt.Errorf("make escalation: %w", err)
		}
	}
	return Escalation{}, fmt.Errorf("make escalation: every code is taken: %w", ErrUnavailable)
}

// recordable says whether Twilio records Rooms of the type.
func recordable(roomType string) bool { return roomType == "group" || roomType == "group-small" }
