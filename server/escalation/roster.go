package escalation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"escalate/app/wire"
)

// roster keeps the three records of who is in a call in agreement: the
// Document's presences, the Participants of Twilio's Room and the agents' locks.
// It learns from pages, from status callbacks and by asking.
type roster struct {
	ledger *ledger
	rooms  Rooms
	keeper *roomKeeper
	locks  *locks
	ender  *ender
	now    func() time.Time
	log    *slog.Logger
}

// callbackWindow is how old a status callback may be. Twilio's signature says
// who made it, not when; what is older than this may be somebody's recording,
// and the sweeper has asked Twilio itself long since.
const callbackWindow = 15 * time.Minute

// leave is Service.Leave.
func (r *roster) leave(ctx context.Context, code, identity string) error {
	code, err := parseCode(code)
	if err != nil {
		return err
	}
	known := false
	e, err := r.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		known = e.Participants.knows(identity)
		return e.applyLeft(identity, r.now()), nil
	})
	if err != nil || !known {
		return err
	}
	r.expel(ctx, e, identity)
	role, who := splitIdentity(identity)
	if role == wire.RoleAgent && !e.Participants.present(wire.RoleAgent, who) {
		return r.locks.release(ctx, who, e.Code)
	}
	return nil
}

// expel removes a Participant who has left. Twilio would notice by itself, but
// later; so trouble is only noted.
func (r *roster) expel(ctx context.Context, e Escalation, identity string) {
	if !e.live() || e.Room.SID == "" {
		return // ending completes the Room, which removes everybody
	}
	i := e.Participants.index(identity)
	sid := e.Participants[i].SID
	if sid == "" {
		all, err := r.rooms.Participants(ctx, e.Room.SID)
		if err != nil {
			r.log.WarnContext(ctx, "Participant stays until Twilio notices", "room", e.Room.SID, "err", err)
			return
		}
		j := slices.IndexFunc(all, func(p Participant) bool { return p.Identity == identity })
		if j < 0 {
			return
		}
		sid = all[j].SID
	}
	if err := r.rooms.Remove(ctx, e.Room.SID, sid); err != nil {
		r.log.WarnContext(ctx, "Participant stays until Twilio notices", "room", e.Room.SID, "participant", sid, "err", err)
	}
}

// callback is Service.Callback.
func (r *roster) callback(ctx context.Context, c Callback) error {
	switch c.Event {
	case eventRoomEnded, eventConnected, eventDisconnected:
	default:
		return nil // nothing to note, and Sync counts writes
	}
	code, err := parseCode(c.RoomName)
	if err != nil {
		return nil //nolint:nilerr // a Room with another name is none of ours
	}
	if age := r.now().Sub(c.At); age > callbackWindow {
		r.log.DebugContext(ctx, "status callback is too old", "event", c.Event, "room", c.RoomSID, "age", age)
		return nil
	}
	was := Escalation{}
	e, err := r.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		was = e
		return e.applyCallback(c, r.now()), nil
	})
	switch {
	case errors.Is(err, ErrUnknownCode):
		return nil
	case err != nil:
		return err
	case e.Status == Ended && !e.Settled:
		r.ender.settleOrLog(ctx, e)
	default:
		r.releaseGone(ctx, was, e)
		r.holdBack(ctx, was, e)
		if c.Event == eventConnected {
			r.turnAway(ctx, e, c.RoomSID, Participant{SID: c.ParticipantSID, Identity: c.Identity})
		}
	}
	return nil
}

// turnAway removes a Participant who is in the Room with a token that was
// replaced since. Should that fail, the next sweep does it again.
func (r *roster) turnAway(ctx context.Context, e Escalation, roomSID string, p Participant) {
	if !e.live() || !e.Participants.superseded(p.Identity) {
		return
	}
	r.log.InfoContext(ctx, "somebody came back with a token that was replaced", "task", e.Task, "room", roomSID, "participant", p.SID)
	if err := r.rooms.Remove(ctx, roomSID, p.SID); err != nil {
		r.log.WarnContext(ctx, "superseded Participant stays until the next sweep", "room", roomSID, "participant", p.SID, "err", err)
	}
}

// reconcile asks Twilio who is in the Room and makes the Document agree. When
// the Room is over, so is the escalation.
func (r *roster) reconcile(ctx context.Context, e Escalation) (Escalation, error) {
	if e.Room.SID == "" || !e.live() {
		return e, nil
	}
	sid := e.Room.SID
	on, err := r.keeper.inProgress(ctx, sid)
	if err != nil {
		return e, err
	}
	if !on {
		return r.ender.finish(ctx, e.Code, func(e Escalation) bool { return e.Room.SID == sid })
	}
	seen, err := r.rooms.Participants(ctx, sid)
	if err != nil {
		return e, fmt.Errorf("list Participants of %s: %w", sid, err)
	}
	was := e
	e, err = r.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		was = e
		if !e.live() || e.Room.SID != sid {
			return e, nil
		}
		return e.applySeen(seen, r.now()), nil
	})
	if err == nil {
		r.releaseGone(ctx, was, e)
		r.holdBack(ctx, was, e)
		for _, p := range seen {
			r.turnAway(ctx, e, sid, p)
		}
	}
	return e, err
}

// releaseGone frees the locks of agents who were there before and no longer are.
func (r *roster) releaseGone(ctx context.Context, was, is Escalation) {
	for _, worker := range was.workers() {
		if !was.Participants.present(wire.RoleAgent, worker) || is.Participants.present(wire.RoleAgent, worker) {
			continue
		}
		if err := r.locks.release(ctx, worker, is.Code); err != nil {
			r.log.WarnContext(ctx, "agent stays locked until the next sweep", "worker", worker, "err", err)
		}
	}
}

// holdBack makes sure of the locks of agents who were gone and are seen in the
// Room again, because their browser came back from wherever it was.
func (r *roster) holdBack(ctx context.Context, was, is Escalation) {
	for _, p := range is.Participants.agents() {
		if _, worker := splitIdentity(p.Identity); was.Participants.present(wire.RoleAgent, worker) {
			continue
		}
		if err := r.keepLock(ctx, is, p.Identity); err != nil {
			r.log.WarnContext(ctx, "agent is back without the lock until the next sweep", "err", err)
		}
	}
}

// keepLock takes the lock for an agent who is in the Room. One who is in
// another session by now has to leave this one.
func (r *roster) keepLock(ctx context.Context, e Escalation, identity string) error {
	_, worker := splitIdentity(identity)
	err := r.locks.keep(ctx, worker, e.Code, e.Task)
	var busy *BusyError
	if errors.As(err, &busy) {
		r.log.InfoContext(ctx, "agent came back while in another session", "worker", worker, "task", e.Task)
		return r.leave(ctx, e.Code, identity)
	}
	return err
}
