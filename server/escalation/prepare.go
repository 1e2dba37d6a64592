package escalation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// preparer makes the Room of an escalation before anybody joins, for customers'
// pages that wait for the agent in the Room.
type preparer struct {
	ledger *ledger
	tasks  *taskbook
	rooms  Rooms
	keeper *roomKeeper
	now    func() time.Time
	log    *slog.Logger
}

// prepare makes the Room of a live escalation, if there is none, and names it on
// the Task.
func (p *preparer) prepare(ctx context.Context, e Escalation) (Escalation, error) {
	for try := range tries {
		// The Room must not end before the code does, as far as Twilio lets it.
		room, err := p.keeper.ensure(ctx, e, e.ValidUntil.Sub(p.now()))
		if err != nil {
			return e, err
		}
		from := e.Room.SID
		e, err = p.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
			if e.Room.SID != from && e.Room.SID != room.SID && e.live() {
				return e, errOtherRoom
			}
			return e.applyRoom(room, p.now())
		})
		switch {
		case err == nil:
			return e, p.name(ctx, e)
		case errors.Is(err, errOtherRoom) && try < tries-1:
			continue
		case errors.Is(err, ErrEnded), errors.Is(err, ErrExpired), errors.Is(err, ErrUnknownCode):
			if err := p.rooms.Complete(ctx, room.SID); err != nil {
				p.log.WarnContext(ctx, "unused Room stays until its time-out", "room", room.SID, "err", err)
			}
		}
		return e, err
	}
	return e, fmt.Errorf("make Room: too many writers: %w", ErrUnavailable)
}

// name writes the Room's SID into the Task's attributes. A Task that has no space
// for it goes without: the Room ends with the Task all the same.
func (p *preparer) name(ctx context.Context, e Escalation) error {
	err := p.tasks.nameRoom(ctx, e, func(attributes) bool { return true })
	if errors.Is(err, ErrTaskFull) {
		p.log.WarnContext(ctx, "Task has no space for the Room's SID", "task", e.Task)
		return nil
	}
	return err
}

// errNamed says that the Task names the Room already, or need not.
var errNamed = errors.New("named already")

// nameRoom writes the SID of an escalation's Room into its Task's attributes, where
// those ask for it and have another or none.
func (b *taskbook) nameRoom(ctx context.Context, e Escalation, asked func(attributes) bool) error {
	err := b.change(ctx, e.Task, func(a attributes, _ length) error {
		if a.text(attrRoomSID) == e.Room.SID || !asked(a) {
			return errNamed
		}
		return a.set(attrRoomSID, e.Room.SID)
	})
	if errors.Is(err, errNamed) {
		return nil
	}
	return err
}

// namesRoom says whether a Task's attributes name the Room of an escalation by SID,
// the present one or one before it.
func namesRoom(a attributes, e Escalation) bool {
	return a.text(attrRoomSID) != "" && a.text(attrRoom) == e.Room.Name
}
