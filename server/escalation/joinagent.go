package escalation

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"escalate/app/wire"
	"escalate/server/sids"
)

// agentJoiner lets agents in. The order is lock, Room, Document, lock again:
// see lock.go.
type agentJoiner struct {
	ledger  *ledger
	tasks   *taskbook
	locks   *locks
	rooms   Rooms
	keeper  *roomKeeper
	door    *door
	notices *noticeboard
	now     func() time.Time
	log     *slog.Logger
}

// join is Service.JoinAsAgent.
func (j *agentJoiner) join(ctx context.Context, a Agent, code string) (Join, error) {
	e, err := j.ledger.find(ctx, code)
	if err != nil {
		return Join{}, err
	}
	mine, attrs, err := j.mayJoin(ctx, a, e)
	if err != nil {
		return Join{}, err
	}
	if err := j.door.stillOpen(ctx, e); err != nil {
		return Join{}, err
	}
	revision, err := j.locks.acquire(ctx, a.Worker, e.Code, e.Task)
	if err != nil {
		return Join{}, err
	}
	in, err := j.admit(ctx, a, mine, e, revision)
	if err != nil {
		j.backOut(ctx, a.Worker, e.Code)
		return Join{}, err
	}
	j.nameRoom(ctx, in.Escalation, attrs)
	j.notices.tellLater(ctx, in.Escalation)
	return in, nil
}

// mayJoin says whether the agent may go into the Room, and whether the Task is
// theirs, of which it returns the attributes.
func (j *agentJoiner) mayJoin(ctx context.Context, a Agent, e Escalation) (mine bool, attrs attributes, err error) {
	if !sids.Is("WK", a.Worker) {
		return false, nil, ErrForbidden // the lock and the identity need a Worker
	}
	if mine, err = j.tasks.assigned(ctx, a, e.Task); err != nil {
		return false, nil, err
	}
	t, attrs, err := j.tasks.fetch(ctx, e.Task)
	if err != nil {
		return false, nil, err
	}
	if t.Status != "assigned" {
		return false, nil, ErrTaskClosed
	}
	return mine, attrs, nil
}

// nameRoom has a Task that names the Room by SID name the present one, after another
// was made. attrs are its attributes as they were before the join.
func (j *agentJoiner) nameRoom(ctx context.Context, e Escalation, attrs attributes) {
	if !namesRoom(attrs, e) || attrs.text(attrRoomSID) == e.Room.SID {
		return
	}
	// The agent is in: the next join tries it again.
	if err := j.tasks.nameRoom(ctx, e, func(a attributes) bool { return namesRoom(a, e) }); err != nil {
		j.log.WarnContext(ctx, "Task names a Room that is over", "task", e.Task, "room", e.Room.SID, "err", err)
	}
}

// admit does the join once the lock is held, as of its revision.
func (j *agentJoiner) admit(ctx context.Context, a Agent, mine bool, e Escalation, revision string) (Join, error) {
	identity, err := newIdentity(wire.RoleAgent, a.Worker)
	if err != nil {
		return Join{}, err
	}
	returning := false
	for try := range tries {
		room, err := j.keeper.ensure(ctx, e, 0)
		if err != nil {
			return Join{}, err
		}
		from := e.Room.SID
		e, err = j.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
			if e.Room.SID != from && e.Room.SID != room.SID && e.live() {
				return e, errOtherRoom
			}
			returning = e.Participants.met(wire.RoleAgent, a.Worker)
			who := e.Agent
			if mine || who.Worker == "" {
				who = a.ref()
			}
			return e.applyAgentJoin(who, room, identity, j.now())
		})
		if err == nil {
			break
		}
		if errors.Is(err, errOtherRoom) && try < tries-1 {
			continue
		}
		if errors.Is(err, ErrEnded) || errors.Is(err, ErrExpired) || errors.Is(err, ErrUnknownCode) {
			// It ended, or its Document went, while the Room was being made.
			if err := j.rooms.Complete(ctx, room.SID); err != nil {
				j.log.WarnContext(ctx, "unused Room stays until its time-out", "room", room.SID, "err", err)
			}
		}
		return Join{}, err
	}
	if err := j.locks.confirm(ctx, a.Worker, e.Code, e.Task, revision); err != nil {
		j.door.undo(ctx, e.Code, identity)
		return Join{}, err
	}
	return j.door.letIn(ctx, e, identity, returning)
}

// backOut frees the lock of a join that failed, unless the agent is in from
// another browser.
func (j *agentJoiner) backOut(ctx context.Context, worker, code string) {
	// The caller's context may be what failed the join.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := j.locks.release(ctx, worker, code); err != nil {
		j.log.WarnContext(ctx, "agent stays locked until the next sweep", "worker", worker, "err", err)
	}
}
