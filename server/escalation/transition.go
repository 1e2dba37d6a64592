package escalation

import (
	"maps"
	"slices"
	"time"

	"escalate/app/wire"
)

// This file is the state machine: every change of an Escalation is one of the
// methods here. They are pure. Each takes the state by value, never changes
// what it was given, and returns the next state; a refused change returns the
// sentinel that the caller gets.
//
//	invited --agent joins--> open <--customer joins, either leaves--> in_call
//	   |                       +-------------- end -------------------+
//	   +--time passes--> expired               v
//	   +--end------------------------------> ended

// Bounds that keep the Document under Sync's 16 KiB, even if every character
// of every text takes six bytes in JSON.
const (
	maxParticipants = 16  // stays remembered
	maxConsents     = 2   // newest kept
	maxWording      = 300 // characters of a consent's wording
	maxComment      = wire.MaxComment
	maxRooms        = 4   // Rooms whose sequence is remembered
	maxName         = 100 // characters of an agent's name
)

// joinGrace is how long somebody with a fresh token is taken to be on the way
// although Twilio does not see them: loading, permission prompt, connecting.
const joinGrace = 45 * time.Second

// at is the state as it is at a time: a code expires by the clock, not by
// somebody writing so.
func (e Escalation) at(now time.Time) Escalation {
	if e.Status == Invited && !now.Before(e.ValidUntil) {
		e.Status = Expired
		e.EndedAt = e.ValidUntil
	}
	return e
}

// derive sets the Status from who is present.
func (e Escalation) derive() Escalation {
	if e.Status == Open || e.Status == InCall {
		e.Status = Open
		if e.AgentPresent() && e.CustomerPresent() {
			e.Status = InCall
		}
	}
	return e
}

// applyAgentJoin lets an agent into room under identity.
func (e Escalation) applyAgentJoin(a AgentRef, room RoomRef, identity string, now time.Time) (Escalation, error) {
	e = e.at(now)
	if err := e.closed(); err != nil {
		return e, err
	}
	if e.Participants.knows(identity) {
		return e, nil // written already, by a request whose answer got lost
	}
	if e.Status == Invited {
		e.Status = Open
		e.OpenedAt = now
	}
	e.Agent = a
	e.Room = room
	e = e.admit(identity, now)
	if e.Customer.Phase == wire.PhaseWaiting && e.Participants.connected(wire.RoleCustomer) {
		e.Customer = Progress{Phase: wire.PhaseInCall, At: now} // who waited in the Room
	}
	return e, nil
}

// applyRoom notes a Room that was made before anybody joined.
func (e Escalation) applyRoom(room RoomRef, now time.Time) (Escalation, error) {
	e = e.at(now)
	if err := e.closed(); err != nil {
		return e, err
	}
	e.Room = room
	return e, nil
}

// applyCustomerWait lets the customer under identity into a Room without an
// agent. Nobody is recorded who is alone, so a call that is to be recorded begins
// with the agent.
func (e Escalation) applyCustomerWait(identity string, now time.Time) (Escalation, error) {
	e = e.at(now)
	if err := e.closed(); err != nil {
		return e, err
	}
	switch {
	case e.Participants.knows(identity):
		return e, nil // as above
	case e.Recording || e.Room.SID == "":
		return e, errNoAgent
	case e.AgentPresent():
		return e.applyCustomerJoin(identity, "", now)
	}
	e.Customer = Progress{Phase: wire.PhaseWaiting, At: now}
	return e.admit(identity, now), nil
}

// applyCustomerJoin lets the customer in under identity. The agent must be
// there; consent is recorded when wording is not empty.
func (e Escalation) applyCustomerJoin(identity, wording string, now time.Time) (Escalation, error) {
	e = e.at(now)
	if err := e.closed(); err != nil {
		return e, err
	}
	if e.Recording && wording == "" {
		return e, ErrConsentRequired
	}
	if e.Participants.knows(identity) {
		return e, nil // as above
	}
	if !e.AgentPresent() {
		return e, errNoAgent
	}
	if wording != "" {
		e.Consent = append(slices.Clone(e.Consent), Consent{Who: identity, At: now, Wording: cut(wording, maxWording)})
		e.Consent = e.Consent[max(0, len(e.Consent)-maxConsents):]
	}
	e.Customer = Progress{Phase: wire.PhaseJoining, At: now}
	return e.admit(identity, now), nil
}

// admit adds a stay.
func (e Escalation) admit(identity string, now time.Time) Escalation {
	e.Participants = e.Participants.admit(identity, now)
	return e.derive()
}

// applyUndo takes back a stay that came to nothing, so that whoever it
// superseded is the newest again.
func (e Escalation) applyUndo(identity string, now time.Time) Escalation {
	e = e.applyLeft(identity, now)
	e.Participants = slices.DeleteFunc(slices.Clone(e.Participants), func(p Presence) bool { return p.Identity == identity })
	return e
}

// applyConnected notes that Twilio sees a Participant, since a time that is
// never taken to be before the token; zero means since the token. Unknown
// identities are none of ours and change nothing.
func (e Escalation) applyConnected(identity, sid string, since time.Time) Escalation {
	return e.editPresence(identity, func(p *Presence) {
		p.SID = sid
		p.Left = time.Time{}
		if p.Connected.IsZero() {
			p.Connected = p.Joined
			if since.After(p.Joined) {
				p.Connected = since
			}
		}
	})
}

// applyLeft notes that a Participant is gone.
func (e Escalation) applyLeft(identity string, now time.Time) Escalation {
	return e.editPresence(identity, func(p *Presence) {
		if p.Left.IsZero() {
			p.Left = now
		}
	})
}

func (e Escalation) editPresence(identity string, f func(*Presence)) Escalation {
	i := e.Participants.index(identity)
	if i < 0 || !e.live() {
		return e
	}
	e.Participants = slices.Clone(e.Participants)
	f(&e.Participants[i])
	if role, _ := splitIdentity(identity); role == wire.RoleCustomer {
		if at := e.Participants[i].Connected; !at.IsZero() {
			e = e.customerCame(at)
		}
		switch p := e.Participants[i]; {
		case !e.CustomerPresent() && (e.Customer.Phase == wire.PhaseJoining || e.Customer.Phase == wire.PhaseInCall),
			// Who waits in the Room has left it; who waits outside did so after this stay.
			!e.CustomerPresent() && e.Customer.Phase == wire.PhaseWaiting && !p.Connected.IsZero() && !e.Customer.At.After(p.Joined):
			e.Customer = Progress{Phase: wire.PhaseLeft, At: p.Left}
		case p.Left.IsZero() && !p.Connected.IsZero() && e.Customer.Phase == wire.PhaseWaiting && e.AgentPresent():
			e.Customer = Progress{Phase: wire.PhaseInCall, At: p.Connected}
		case p.Left.IsZero() && !p.Connected.IsZero() && e.Customer.Phase == wire.PhaseJoining:
			e.Customer = Progress{Phase: wire.PhaseInCall, At: p.Connected}
		}
	}
	return e.derive()
}

// applySeen makes the presences agree with those whom Twilio sees in the Room.
// Whoever got a token less than joinGrace ago may still be on the way, and
// whoever left less than that ago may still be seen. Whoever is superseded does
// not count, seen or not.
func (e Escalation) applySeen(seen []Participant, now time.Time) Escalation {
	for _, p := range e.Participants {
		i := slices.IndexFunc(seen, func(s Participant) bool { return s.Identity == p.Identity })
		switch {
		case i >= 0 && e.Participants.superseded(p.Identity):
		case i >= 0 && (p.Left.IsZero() || now.Sub(p.Left) >= joinGrace):
			e = e.applyConnected(p.Identity, seen[i].SID, seen[i].Started)
		case i < 0 && p.Left.IsZero() && now.Sub(p.Joined) >= joinGrace:
			e = e.applyLeft(p.Identity, now)
		}
	}
	return e
}

// applyCallback takes a status callback in. Twilio delivers them in any order
// and sometimes twice: a stay follows its own newest one only.
func (e Escalation) applyCallback(c Callback, now time.Time) Escalation {
	e = e.at(now)
	if !e.live() {
		return e
	}
	switch c.Event {
	case eventRoomEnded:
		// An earlier Room of the same name may end after its successor began.
		if e.Room.SID == "" || c.RoomSID != e.Room.SID {
			return e
		}
		e, _ = e.applyEnd(now)
		return e.noteSequence(c)
	case eventConnected, eventDisconnected:
	default:
		return e
	}
	i := e.Participants.index(c.Identity)
	if i < 0 || c.Sequence <= e.Participants[i].Sequence && e.Participants[i].Sequence > 0 {
		return e
	}
	if p := e.Participants[i]; c.Event == eventDisconnected && p.SID != "" && p.SID != c.ParticipantSID {
		return e // an earlier connection of the same identity
	}
	if c.Event == eventConnected && e.Participants.superseded(c.Identity) {
		return e // and out again
	}
	if c.Event == eventConnected {
		// The browser itself may have reported the leaving already, and a
		// callback from before must not bring the Participant back. A
		// Participant SID never comes back at all.
		if p := e.Participants[i]; !p.Left.IsZero() && (p.SID == c.ParticipantSID || !c.At.After(p.Left)) {
			return e
		}
		e = e.applyConnected(c.Identity, c.ParticipantSID, now)
	} else {
		e = e.applyLeft(c.Identity, now)
	}
	e.Participants = slices.Clone(e.Participants)
	e.Participants[i].Sequence = c.Sequence
	if e.Participants[i].SID == "" {
		e.Participants[i].SID = c.ParticipantSID
	}
	return e.noteSequence(c)
}

// noteSequence remembers the newest SequenceNumber of the callback's Room.
func (e Escalation) noteSequence(c Callback) Escalation {
	if c.Sequence <= e.LastSequence[c.RoomSID] {
		return e
	}
	m := maps.Clone(e.LastSequence)
	if m == nil {
		m = map[string]int{}
	}
	if len(m) >= maxRooms {
		maps.DeleteFunc(m, func(sid string, _ int) bool { return sid != e.Room.SID })
	}
	m[c.RoomSID] = c.Sequence
	e.LastSequence = m
	return e
}

// Events of status callbacks that move the state machine.
const (
	eventRoomEnded    = "room-ended"
	eventConnected    = "participant-connected"
	eventDisconnected = "participant-disconnected"
)

// known says whether p is something that a page reports.
func (p Progress) known() bool { return wire.Progress{Phase: p.Phase, Detail: p.Detail}.Reportable() }

// applyProgress notes the customer's step.
func (e Escalation) applyProgress(p Progress, now time.Time) (Escalation, error) {
	if !p.known() {
		return e, ErrBadProgress
	}
	e = e.at(now)
	if !e.live() || e.Customer.Phase == p.Phase && e.Customer.Detail == p.Detail {
		return e, nil // late reports are common, and no news
	}
	e.Customer = Progress{Phase: p.Phase, Detail: p.Detail, At: now}
	if p.Phase == wire.PhaseInCall && e.Participants.met(wire.RoleCustomer, e.Code) {
		e = e.customerCame(now) // Twilio's callback may never come
	}
	return e, nil
}

// customerCame notes that a customer is, or was, in the call.
func (e Escalation) customerCame(at time.Time) Escalation {
	if e.CustomerCame.IsZero() {
		e.CustomerCame = at
	}
	return e
}

// Check returns ErrBadRating for a score or a comment that nobody may give.
func (r Rating) Check() error {
	if r.Score < 1 || r.Score > 5 || runes(r.Comment) > maxComment {
		return ErrBadRating
	}
	return nil
}

// applyRating stores the customer's verdict, also after the end. The first one
// stands: a second changes nothing.
func (e Escalation) applyRating(r Rating, now time.Time) (Escalation, error) {
	if err := r.Check(); err != nil {
		return e, err
	}
	e = e.at(now)
	switch {
	case e.Rating != nil:
		return e, nil
	case e.Status == Expired:
		return e, ErrExpired
	case !e.CustomerWasIn():
		return e, ErrNotInCall
	}
	r.At = now
	e.Rating = &r
	e.Settled = false
	return e, nil
}

// applyEnd ends the escalation and sums it up; ending twice changes nothing.
// changed says whether this call ended it.
func (e Escalation) applyEnd(now time.Time) (next Escalation, changed bool) {
	if !e.live() {
		return e, false
	}
	e.Participants = e.Participants.end(now)
	e.Status = Ended
	e.EndedAt = now
	r := e.Participants.receipt()
	e.Receipt = &r
	e.Settled = false
	return e, true
}

// applyLine keeps how a stay went, and sums up anew what has ended.
func (e Escalation) applyLine(identity string, l Line) (next Escalation, changed bool) {
	i := e.Participants.index(identity)
	if i < 0 || e.Participants[i].Line != nil {
		return e, false
	}
	e.Participants = slices.Clone(e.Participants)
	e.Participants[i].Line = &l
	if role, _ := splitIdentity(identity); role == wire.RoleCustomer {
		e = e.customerCame(e.Participants[i].Joined) // nobody measures a call from outside
	}
	if e.Status == Ended && e.Receipt != nil {
		r := e.Participants.receipt()
		e.Receipt = &r
		e.Settled = false
	}
	return e, true
}
