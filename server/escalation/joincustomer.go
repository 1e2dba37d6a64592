package escalation

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"escalate/app/wire"
)

// customerJoiner lets customers in, as soon as an agent is there.
type customerJoiner struct {
	ledger *ledger
	ender  *ender
	rooms  Rooms
	keeper *roomKeeper
	door   *door
	pace   *pacer
	now    func() time.Time
	log    *slog.Logger
}

// join is Service.JoinOrWaitInRoom.
func (j *customerJoiner) join(ctx context.Context, code, consentWording string, alone func(Escalation) bool) (Join, error) {
	e, err := j.ledger.find(ctx, code)
	if err != nil {
		return Join{}, err
	}
	if err := j.door.stillOpen(ctx, e); err != nil {
		return Join{}, err
	}
	if e.Recording && consentWording == "" {
		return Join{}, ErrConsentRequired
	}
	if err := j.pace.customer(ctx, e.Code); err != nil {
		return Join{}, err
	}
	identity, err := newIdentity(wire.RoleCustomer, e.Code)
	if err != nil {
		return Join{}, err
	}
	next, returning, err := j.admit(ctx, e, identity, consentWording)
	if errors.Is(err, errNoAgent) {
		if e.Recording || e.Room.SID == "" || !alone(e) {
			return j.wait(ctx, e)
		}
		next, returning, err = j.admitAlone(ctx, e, identity)
	}
	if err != nil {
		return Join{}, err
	}
	if next.Recording {
		// A call without its recording is better than no call; but say so.
		if err := j.rooms.Record(ctx, next.Room.SID, true); err != nil {
			j.log.ErrorContext(ctx, "recording did not start", "room", next.Room.SID, "err", err)
		}
	}
	return j.door.letIn(ctx, next, identity, returning)
}

// admit writes the customer's presence, in a Room that goes on.
func (j *customerJoiner) admit(ctx context.Context, e Escalation, identity, wording string) (next Escalation, returning bool, err error) {
	for try := range tries {
		if e.AgentPresent() {
			if err := j.roomGoesOn(ctx, e); err != nil {
				return e, false, err
			}
		}
		room := e.Room.SID
		next, err = j.ledger.change(ctx, e.Code, func(now Escalation) (Escalation, error) {
			if now.live() && now.AgentPresent() && (now.Room.SID != room || !e.AgentPresent()) {
				e = now
				return now, errOtherRoom
			}
			returning = now.Participants.met(wire.RoleCustomer, now.Code)
			return now.applyCustomerJoin(identity, wording, j.now())
		})
		if !errors.Is(err, errOtherRoom) || try == tries-1 {
			break
		}
	}
	return next, returning, err
}

// admitAlone writes the customer's presence in a Room in which no agent is.
func (j *customerJoiner) admitAlone(ctx context.Context, e Escalation, identity string) (next Escalation, returning bool, err error) {
	for try := range tries {
		if err := j.roomGoesOn(ctx, e); err != nil {
			return e, false, err
		}
		room := e.Room.SID
		next, err = j.ledger.change(ctx, e.Code, func(now Escalation) (Escalation, error) {
			if now.live() && now.Room.SID != room {
				e = now
				return now, errOtherRoom
			}
			returning = now.Participants.met(wire.RoleCustomer, now.Code)
			return now.applyCustomerWait(identity, j.now())
		})
		if !errors.Is(err, errOtherRoom) || try == tries-1 {
			break
		}
	}
	return next, returning, err
}

// roomGoesOn returns ErrEnded when Twilio has ended the Room and nobody has
// told us yet: a token for it would only fail later, and say less.
func (j *customerJoiner) roomGoesOn(ctx context.Context, e Escalation) error {
	sid := e.Room.SID
	if on, err := j.keeper.inProgress(ctx, sid); err != nil || on {
		return err
	}
	// Unless the agent has made another Room meanwhile.
	e, err := j.ender.finish(ctx, e.Code, func(e Escalation) bool { return e.Room.SID == sid })
	if err != nil {
		return err
	}
	return e.closed()
}

// wait notes that the customer is waiting, for the agent to see.
func (j *customerJoiner) wait(ctx context.Context, e Escalation) (Join, error) {
	e, err := j.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		return e.applyProgress(Progress{Phase: wire.PhaseWaiting}, j.now())
	})
	if err != nil {
		return Join{}, err
	}
	return Join{Waiting: true, Escalation: e.at(j.now())}, nil
}
