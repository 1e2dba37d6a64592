package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"escalate/app/wire"
)

// JoinAsAgent lets an agent into the Room, which it makes when there is none.
// It answers ErrUnknownCode, ErrExpired, ErrEnded, ErrTaskNotYours,
// ErrForbidden, ErrTaskClosed, *BusyError or ErrUnavailable.
func (s *Service) JoinAsAgent(ctx context.Context, a Agent, code string) (Join, error) {
	e, err := s.find(ctx, code)
	if err != nil {
		return Join{}, err
	}
	mine, err := s.mayJoin(ctx, a, e)
	if err != nil {
		return Join{}, err
	}
	if err := s.stillOpen(ctx, e); err != nil {
		return Join{}, err
	}
	revision, err := s.acquire(ctx, a.Worker, e.Code, e.Task)
	if err != nil {
		return Join{}, err
	}
	j, err := s.admitAgent(ctx, a, mine, e, revision)
	if err != nil {
		s.backOut(ctx, a.Worker, e.Code)
		return Join{}, err
	}
	return j, nil
}

// mayJoin says whether the agent may go into the Room, and whether the Task is
// theirs.
func (s *Service) mayJoin(ctx context.Context, a Agent, e Escalation) (mine bool, err error) {
	if !workerForm().MatchString(a.Worker) {
		return false, ErrForbidden // the lock and the identity need a Worker
	}
	if mine, err = s.assigned(ctx, a, e.Task); err != nil {
		return false, err
	}
	t, _, err := s.task(ctx, e.Task)
	if err != nil {
		return false, err
	}
	if t.Status != "assigned" {
		return false, ErrTaskClosed
	}
	return mine, nil
}

// stillOpen answers the error of an escalation that nobody may come into, and
// ends one that has gone on for too long.
func (s *Service) stillOpen(ctx context.Context, e Escalation) error {
	if err := e.closed(); err != nil {
		return err
	}
	if e.tooLong(s.now(), s.c.MaxCall) {
		if _, err := s.finish(ctx, e.Code, nil); err != nil {
			return err
		}
		return ErrEnded
	}
	return nil
}

// admitAgent does the join once the lock is held, as of its revision.
func (s *Service) admitAgent(ctx context.Context, a Agent, mine bool, e Escalation, revision string) (Join, error) {
	identity, err := newIdentity(wire.RoleAgent, a.Worker)
	if err != nil {
		return Join{}, err
	}
	returning := false
	for try := range tries {
		room, err := s.ensureRoom(ctx, e)
		if err != nil {
			return Join{}, err
		}
		from := e.Room.SID
		e, err = s.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
			if e.Room.SID != from && e.Room.SID != room.SID && e.live() {
				return e, errOtherRoom
			}
			returning = e.met(wire.RoleAgent, a.Worker)
			who := e.Agent
			if mine || who.Worker == "" {
				who = a.ref()
			}
			return e.applyAgentJoin(who, room, identity, s.now())
		})
		if err == nil {
			break
		}
		if errors.Is(err, errOtherRoom) && try < tries-1 {
			continue
		}
		if errors.Is(err, ErrEnded) || errors.Is(err, ErrExpired) || errors.Is(err, ErrUnknownCode) {
			// It ended, or its Document went, while the Room was being made.
			if err := s.d.Rooms.Complete(ctx, room.SID); err != nil {
				s.c.Log.WarnContext(ctx, "unused Room stays until its time-out", "room", room.SID, "err", err)
			}
		}
		return Join{}, err
	}
	if err := s.confirm(ctx, a.Worker, e.Code, e.Task, revision); err != nil {
		s.undoJoin(ctx, e.Code, identity)
		return Join{}, err
	}
	return s.letIn(ctx, e, identity, returning)
}

// errOtherRoom says that a join was under way with the Room that there was, or
// with none, and by now there is another.
var errOtherRoom = fmt.Errorf("the escalation has another Room by now: %w", ErrUnavailable)

// backOut frees the lock of a join that failed, unless the agent is in from
// another browser.
func (s *Service) backOut(ctx context.Context, worker, code string) {
	// The caller's context may be what failed the join.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.release(ctx, worker, code); err != nil {
		s.c.Log.WarnContext(ctx, "agent stays locked until the next sweep", "worker", worker, "err", err)
	}
}

// ensureRoom answers the Room of an escalation, and makes it when it is not there.
func (s *Service) ensureRoom(ctx context.Context, e Escalation) (RoomRef, error) {
	ref := func(r Room) RoomRef { return RoomRef{Name: e.Room.Name, SID: r.SID} }
	if e.Room.SID != "" {
		r, err := s.d.Rooms.Fetch(ctx, e.Room.SID)
		switch {
		case err == nil && r.InProgress:
			return ref(r), nil
		case err != nil && !errors.Is(err, ErrNotFound):
			return RoomRef{}, fmt.Errorf("fetch Room %s: %w", e.Room.SID, err)
		}
	}
	for try := range 3 {
		r, err := s.d.Rooms.Create(ctx, s.roomOptions(e))
		if err == nil {
			return ref(r), nil
		}
		if !errors.Is(err, ErrNameTaken) {
			return RoomRef{}, fmt.Errorf("create Room: %w", err)
		}
		// Another click, another replica or a crash was here before: the code
		// is ours alone, so is the Room of that name.
		r, err = s.d.Rooms.Fetch(ctx, e.Room.Name)
		if err == nil && r.InProgress {
			return ref(r), nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return RoomRef{}, fmt.Errorf("fetch Room by name: %w", err)
		}
		if err := s.pause(ctx, try); err != nil { // it ended in between
			return RoomRef{}, err
		}
	}
	return RoomRef{}, fmt.Errorf("create Room: its name is neither there nor free: %w", ErrUnavailable)
}

// Twilio's limits for a Room.
const (
	// maxInRoom leaves space for a supervisor and for Participants whose
	// browser is gone without a word; the call itself has two.
	maxInRoom = 8
	// A "go" Room takes two, a small group four; they refuse to be made for more.
	maxInGoRoom, maxInSmallRoom = 2, 4
	// MaxParticipantDuration is 600 to 86 400 s.
	minStay, maxStay = 10 * time.Minute, 24 * time.Hour
)

func (s *Service) roomOptions(e Escalation) RoomOptions {
	o := RoomOptions{
		UniqueName:             e.Room.Name,
		Type:                   s.c.RoomType,
		Paused:                 e.Recording,
		EmptyTimeout:           minutes(s.c.EmptyRoom),
		UnusedTimeout:          minutes(s.c.UnusedRoom),
		MaxParticipants:        maxInRoom,
		MaxParticipantDuration: min(max(s.c.MaxCall, minStay), maxStay),
		StatusCallback:         s.c.CallbackURL,
	}
	switch s.c.RoomType {
	case "go":
		o.MaxParticipants = maxInGoRoom
	case "group-small":
		o.MaxParticipants = maxInSmallRoom
	}
	return o
}

// minutes holds a Room's time-out within what Twilio takes: 1 to 60 whole minutes.
func minutes(d time.Duration) time.Duration {
	return min(max(d.Round(time.Minute), time.Minute), time.Hour)
}

// JoinAsCustomer lets the customer in, or says to wait for the agent. When the
// call is recorded, consentWording is the text that the customer agreed to. It
// answers ErrUnknownCode, ErrExpired, ErrEnded, ErrConsentRequired or
// ErrUnavailable.
func (s *Service) JoinAsCustomer(ctx context.Context, code, consentWording string) (Join, error) {
	e, err := s.find(ctx, code)
	if err != nil {
		return Join{}, err
	}
	if err := s.stillOpen(ctx, e); err != nil {
		return Join{}, err
	}
	if e.Recording && consentWording == "" {
		return Join{}, ErrConsentRequired
	}
	if _, err := s.customers.turn(ctx, e.Code); err != nil {
		return Join{}, err
	}
	identity, err := newIdentity(wire.RoleCustomer, e.Code)
	if err != nil {
		return Join{}, err
	}
	next, returning, err := s.admitCustomer(ctx, e, identity, consentWording)
	if errors.Is(err, errNoAgent) {
		return s.wait(ctx, e)
	}
	if err != nil {
		return Join{}, err
	}
	if next.Recording {
		// A call without its recording is better than no call; but say so.
		if err := s.d.Rooms.Record(ctx, next.Room.SID, true); err != nil {
			s.c.Log.ErrorContext(ctx, "recording did not start", "room", next.Room.SID, "err", err)
		}
	}
	return s.letIn(ctx, next, identity, returning)
}

// admitCustomer writes the customer's presence, in a Room that goes on.
func (s *Service) admitCustomer(ctx context.Context, e Escalation, identity, wording string) (next Escalation, returning bool, err error) {
	for try := range tries {
		if e.AgentPresent() {
			if err := s.roomGoesOn(ctx, e); err != nil {
				return e, false, err
			}
		}
		room := e.Room.SID
		next, err = s.change(ctx, e.Code, func(now Escalation) (Escalation, error) {
			if now.live() && now.AgentPresent() && (now.Room.SID != room || !e.AgentPresent()) {
				e = now
				return now, errOtherRoom
			}
			returning = now.met(wire.RoleCustomer, now.Code)
			return now.applyCustomerJoin(identity, wording, s.now())
		})
		if !errors.Is(err, errOtherRoom) || try == tries-1 {
			break
		}
	}
	return next, returning, err
}

// roomGoesOn answers ErrEnded when Twilio has ended the Room and nobody has
// told us yet: a token for it would only fail later, and say less.
func (s *Service) roomGoesOn(ctx context.Context, e Escalation) error {
	sid := e.Room.SID
	r, err := s.d.Rooms.Fetch(ctx, sid)
	if err == nil && r.InProgress {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("fetch Room %s: %w", sid, err)
	}
	// Unless the agent has made another Room meanwhile.
	e, err = s.finish(ctx, e.Code, func(e Escalation) bool { return e.Room.SID == sid })
	if err != nil {
		return err
	}
	return e.closed()
}

// wait notes that the customer is waiting, for the agent to see.
func (s *Service) wait(ctx context.Context, e Escalation) (Join, error) {
	e, err := s.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		return e.applyProgress(Progress{Phase: wire.PhaseWaiting}, s.now())
	})
	if err != nil {
		return Join{}, err
	}
	return Join{Waiting: true, Escalation: e.at(s.now())}, nil
}

// letIn makes the token for somebody who was admitted. A returning Participant's
// past is removed, else the others would look at a frozen picture until Twilio
// notices. When that fails the join is good all the same.
func (s *Service) letIn(ctx context.Context, e Escalation, identity string, returning bool) (Join, error) {
	// The SID, not the name: when the Room is over, a name could make the
	// browser open another Room of that name, where nobody is.
	t, err := s.d.Tokens.Mint(identity, e.Room.SID, s.tokenTTL(e))
	if err != nil {
		s.undoJoin(ctx, e.Code, identity)
		return Join{}, fmt.Errorf("mint token: %w", err)
	}
	if returning {
		s.removeStale(ctx, e.Room.SID, identity)
	}
	return Join{Token: t, Room: e.Room.SID, Identity: identity, Escalation: e}, nil
}

// tokenTTL is how long a token must work: for reconnecting as long as the call
// may last, and no longer.
func (s *Service) tokenTTL(e Escalation) time.Duration {
	left := e.OpenedAt.Add(s.c.MaxCall).Sub(s.now())
	return min(s.c.TokenTTL, max(left, time.Minute))
}

// undoJoin takes back a presence that got no token.
func (s *Service) undoJoin(ctx context.Context, code, identity string) {
	// The caller's context may be what failed the join.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := s.change(ctx, code, func(e Escalation) (Escalation, error) {
		return e.applyUndo(identity, s.now()), nil
	}); err != nil {
		s.c.Log.WarnContext(ctx, "presence without a token stays until the next sweep", "err", err)
	}
}

// removeStale removes the Participants that are the same person under an
// earlier identity.
func (s *Service) removeStale(ctx context.Context, roomSID, identity string) {
	all, err := s.d.Rooms.Participants(ctx, roomSID)
	if err != nil {
		s.c.Log.WarnContext(ctx, "stale Participants stay", "room", roomSID, "err", err)
		return
	}
	role, who := splitIdentity(identity)
	for _, p := range all {
		if r, w := splitIdentity(p.Identity); r != role || w != who || p.Identity == identity {
			continue
		}
		if err := s.d.Rooms.Remove(ctx, roomSID, p.SID); err != nil {
			s.c.Log.WarnContext(ctx, "stale Participant stays", "room", roomSID, "participant", p.SID, "err", err)
		}
	}
}
