package escalation

import (
	"context"
	"errors"
	"slices"
	"time"

	"escalate/app/wire"
)

// Progress notes the customer's latest step, which the page reports: Phase and
// Detail as in package wire. It answers ErrUnknownCode, ErrBadProgress or
// ErrUnavailable; a report after the end is ignored.
//
// One report a second of a code is written. Of those that come quicker the
// newest is written when its turn comes, and the others answer nil unwritten.
func (s *Service) Progress(ctx context.Context, code string, p Progress) error {
	if !p.known() {
		return ErrBadProgress
	}
	code, err := parseCode(code)
	if err != nil {
		return err
	}
	return s.reports.do(code, func() error {
		// The page that reported it may be gone by now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_, err := s.change(ctx, code, func(e Escalation) (Escalation, error) {
			return e.applyProgress(p, s.now())
		})
		return err
	})
}

// Leave notes that a Participant has left and removes it from the Room. The
// identity, which only its bearer knows, is the proof; an unknown one changes
// nothing. When it was an agent's last stay their lock is free again.
func (s *Service) Leave(ctx context.Context, code, identity string) error {
	code, err := parseCode(code)
	if err != nil {
		return err
	}
	known := false
	e, err := s.change(ctx, code, func(e Escalation) (Escalation, error) {
		known = e.knows(identity)
		return e.applyLeft(identity, s.now()), nil
	})
	if err != nil || !known {
		return err
	}
	s.expel(ctx, e, identity)
	role, who := splitIdentity(identity)
	if role == wire.RoleAgent && !e.present(wire.RoleAgent, who) {
		return s.release(ctx, who, e.Code)
	}
	return nil
}

// expel removes a Participant who has left. Twilio would notice by itself, but
// later; so trouble is only noted.
func (s *Service) expel(ctx context.Context, e Escalation, identity string) {
	if !e.live() || e.Room.SID == "" {
		return // ending completes the Room, which removes everybody
	}
	i := slices.IndexFunc(e.Participants, func(p Presence) bool { return p.Identity == identity })
	sid := e.Participants[i].SID
	if sid == "" {
		all, err := s.d.Rooms.Participants(ctx, e.Room.SID)
		if err != nil {
			s.c.Log.WarnContext(ctx, "Participant stays until Twilio notices", "room", e.Room.SID, "err", err)
			return
		}
		j := slices.IndexFunc(all, func(p Participant) bool { return p.Identity == identity })
		if j < 0 {
			return
		}
		sid = all[j].SID
	}
	if err := s.d.Rooms.Remove(ctx, e.Room.SID, sid); err != nil {
		s.c.Log.WarnContext(ctx, "Participant stays until Twilio notices", "room", e.Room.SID, "participant", sid, "err", err)
	}
}

// Rate stores the customer's verdict, 1 to 5 with an optional comment, in the
// Document and in the Task's attributes, and returns what is kept: the first
// verdict stands, and a second changes nothing. identity is the customer's, whose
// key the caller has seen; it counts if Twilio, where its callbacks arrive, saw
// that Participant in the Room: anybody with the code can have a token made. It may come after the end, while the Document
// lives. It returns ErrUnknownCode, ErrBadRating, ErrNotInCall, ErrExpired or
// ErrUnavailable.
func (s *Service) Rate(ctx context.Context, code, identity string, score int, comment string) (Rating, error) {
	code, err := parseCode(code)
	if err != nil {
		return Rating{}, err
	}
	if _, err := s.customers.turn(ctx, code); err != nil {
		return Rating{}, err
	}
	first := false
	e, err := s.change(ctx, code, func(e Escalation) (Escalation, error) {
		first = e.Rating == nil
		next, err := e.applyRating(Rating{Score: score, Comment: comment}, s.now())
		if err == nil && first && !e.cameIn(identity) {
			return e, ErrNotInCall
		}
		return next, err
	})
	if err != nil {
		return Rating{}, err
	}
	switch {
	case !first:
	case e.Status == Ended:
		s.settleOrLog(ctx, e)
	default:
		if err := s.report(ctx, e); err != nil {
			// It is in the Document, and goes to the Task when the call ends.
			s.c.Log.WarnContext(ctx, "rating is not on the Task yet", "task", e.Task, "err", err)
		}
	}
	return *e.Rating, nil
}

// callbackWindow is how old a status callback may be. Twilio's signature says
// who made it, not when; what is older than this may be somebody's recording,
// and the sweeper has asked Twilio itself long since.
const callbackWindow = 15 * time.Minute

// Callback takes a status callback of Twilio Video in. Those about Rooms and
// Participants that are not ours, and those that are late or come twice,
// change nothing.
func (s *Service) Callback(ctx context.Context, c Callback) error {
	switch c.Event {
	case eventRoomEnded, eventConnected, eventDisconnected:
	default:
		return nil // nothing to note, and Sync counts writes
	}
	code, err := parseCode(c.RoomName)
	if err != nil {
		return nil
	}
	if age := s.now().Sub(c.At); age > callbackWindow {
		s.c.Log.DebugContext(ctx, "status callback is too old", "event", c.Event, "room", c.RoomSID, "age", age)
		return nil
	}
	was := Escalation{}
	e, err := s.change(ctx, code, func(e Escalation) (Escalation, error) {
		was = e
		return e.applyCallback(c, s.now()), nil
	})
	switch {
	case errors.Is(err, ErrUnknownCode):
		return nil
	case err != nil:
		return err
	case e.Status == Ended && !e.Settled:
		s.settleOrLog(ctx, e)
	default:
		s.releaseGone(ctx, was, e)
		s.holdBack(ctx, was, e)
		if c.Event == eventConnected {
			s.turnAway(ctx, e, c.RoomSID, Participant{SID: c.ParticipantSID, Identity: c.Identity})
		}
	}
	return nil
}

// turnAway removes a Participant who is in the Room with a token that was
// replaced since. Should that fail, the next sweep does it again.
func (s *Service) turnAway(ctx context.Context, e Escalation, roomSID string, p Participant) {
	if !e.live() || !e.superseded(p.Identity) {
		return
	}
	s.c.Log.InfoContext(ctx, "somebody came back with a token that was replaced", "task", e.Task, "room", roomSID, "participant", p.SID)
	if err := s.d.Rooms.Remove(ctx, roomSID, p.SID); err != nil {
		s.c.Log.WarnContext(ctx, "superseded Participant stays until the next sweep", "room", roomSID, "participant", p.SID, "err", err)
	}
}
