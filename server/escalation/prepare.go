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

// errNamed says that the Task names the Room already.
var errNamed = errors.New("named already")

// name writes the Room's SID into the Task's attributes. A Task that has no space
// for it goes without: the Room ends with the Task all the same.
func (p *preparer) name(ctx context.Context, e Escalation) error {
	err := p.tasks.change(ctx, e.Task, func(attrs attributes, _ length) error {
		if attrs.text(attrRoomSID) == e.Room.SID {
			return errNamed
		}
		return attrs.set(attrRoomSID, e.Room.SID)
	})
	switch {
	case errors.Is(err, errNamed):
		return nil
	case errors.Is(err, ErrTaskFull):
		p.log.WarnContext(ctx, "Task has no space for the Room's SID", "task", e.Task)
		return nil
	}
	return err
}
