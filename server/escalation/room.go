package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// roomKeeper makes Rooms and ends them: one for each escalation, of its name.
type roomKeeper struct {
	rooms Rooms
	pace  *pacer
	like  RoomOptions // what all Rooms have in common
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

// roomOptions are what all Rooms of c have in common.
func (c Config) roomOptions() RoomOptions {
	o := RoomOptions{
		Type:                   c.RoomType,
		EmptyTimeout:           minutes(c.EmptyRoom),
		UnusedTimeout:          minutes(c.UnusedRoom),
		MaxParticipants:        maxInRoom,
		MaxParticipantDuration: min(max(c.MaxCall, minStay), maxStay),
		StatusCallback:         c.CallbackURL,
	}
	switch c.RoomType {
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

// complete ends the Room, also one that a crash kept out of the Document.
func (k *roomKeeper) complete(ctx context.Context, e Escalation) error {
	sid := e.Room.SID
	if sid == "" {
		r, err := k.rooms.Fetch(ctx, e.Room.Name)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("fetch Room by name: %w", err)
		}
		sid = r.SID
	}
	if err := k.rooms.Complete(ctx, sid); err != nil {
		return fmt.Errorf("complete Room %s: %w", sid, err)
	}
	return nil
}

// ensure returns the Room of an escalation, and makes it when it is not there. One
// that is made lasts for at least wait without anybody in it, up to Twilio's hour,
// and lets a customer wait in it for as long before the call.
func (k *roomKeeper) ensure(ctx context.Context, e Escalation, wait time.Duration) (RoomRef, error) {
	ref := func(r Room) RoomRef { return RoomRef{Name: e.Room.Name, SID: r.SID} }
	if e.Room.SID != "" {
		if on, err := k.inProgress(ctx, e.Room.SID); err != nil || on {
			return e.Room, err
		}
	}
	for try := range 3 {
		r, err := k.rooms.Create(ctx, k.options(e, wait))
		if err == nil {
			return ref(r), nil
		}
		if !errors.Is(err, ErrNameTaken) {
			return RoomRef{}, fmt.Errorf("create Room: %w", err)
		}
		// Another click, another replica or a crash was here before: the code
		// is ours alone, so is the Room of that name.
		r, err = k.rooms.Fetch(ctx, e.Room.Name)
		if err == nil && r.InProgress {
			return ref(r), nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return RoomRef{}, fmt.Errorf("fetch Room by name: %w", err)
		}
		if err := k.pace.pause(ctx, try); err != nil { // it ended in between
			return RoomRef{}, err
		}
	}
	return RoomRef{}, fmt.Errorf("create Room: its name is neither there nor free: %w", ErrUnavailable)
}

// options are those of the Room of an escalation.
func (k *roomKeeper) options(e Escalation, wait time.Duration) RoomOptions {
	o := k.like
	o.UniqueName, o.Paused = e.Room.Name, e.Recording
	if wait > 0 {
		// Who waits there is a Participant already, before the call begins.
		o.MaxParticipantDuration = min(o.MaxParticipantDuration+wait, maxStay)
		wait = minutes(wait.Truncate(time.Minute) + time.Minute) // rounded up
		o.EmptyTimeout, o.UnusedTimeout = max(o.EmptyTimeout, wait), max(o.UnusedTimeout, wait)
	}
	return o
}

// inProgress says whether the Room of the SID goes on: Twilio ends Rooms by
// itself, and forgets those that are long over.
func (k *roomKeeper) inProgress(ctx context.Context, sid string) (bool, error) {
	r, err := k.rooms.Fetch(ctx, sid)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, fmt.Errorf("fetch Room %s: %w", sid, err)
	}
	return err == nil && r.InProgress, nil
}
