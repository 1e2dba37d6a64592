package escalation

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// door is what a join does whoever joins: nobody gets into an escalation that is
// over, and whoever was written into the Document gets a token, or is taken out
// again.
type door struct {
	ledger  *ledger
	rooms   Rooms
	tokens  Tokens
	ender   *ender
	maxCall time.Duration
	longest time.Duration // of a token
	now     func() time.Time
	log     *slog.Logger
}

// errOtherRoom says that a join was under way with the Room that there was, or
// with none, and by now there is another.
var errOtherRoom = fmt.Errorf("the escalation has another Room by now: %w", ErrUnavailable)

// stillOpen returns the error of an escalation that nobody may come into, and
// ends one that has gone on for too long.
func (d *door) stillOpen(ctx context.Context, e Escalation) error {
	if err := e.closed(); err != nil {
		return err
	}
	if e.tooLong(d.now(), d.maxCall) {
		if _, err := d.ender.finish(ctx, e.Code, nil); err != nil {
			return err
		}
		return ErrEnded
	}
	return nil
}

// letIn makes the token for somebody who was admitted. A returning Participant's
// past is removed, else the others would look at a frozen picture until Twilio
// notices. When that fails the join is good all the same.
func (d *door) letIn(ctx context.Context, e Escalation, identity string, returning bool) (Join, error) {
	// The SID, not the name: when the Room is over, a name could make the
	// browser open another Room of that name, where nobody is.
	t, err := d.tokens.Mint(identity, e.Room.SID, d.tokenTTL(e))
	if err != nil {
		d.undo(ctx, e.Code, identity)
		return Join{}, fmt.Errorf("mint token: %w", err)
	}
	if returning {
		d.removeStale(ctx, e.Room.SID, identity)
	}
	return Join{Token: t, Room: e.Room.SID, Identity: identity, Escalation: e}, nil
}

// tokenTTL is how long a token must work: for reconnecting as long as the call
// may last, and no longer.
func (d *door) tokenTTL(e Escalation) time.Duration {
	from := e.OpenedAt
	if from.IsZero() {
		from = e.ValidUntil // the agent may come until then
	}
	left := from.Add(d.maxCall).Sub(d.now())
	return min(d.longest, max(left, time.Minute))
}

// undo takes back a presence that got no token.
func (d *door) undo(ctx context.Context, code, identity string) {
	// The caller's context may be what failed the join.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := d.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		return e.applyUndo(identity, d.now()), nil
	}); err != nil {
		d.log.WarnContext(ctx, "presence without a token stays until the next sweep", "err", err)
	}
}

// removeStale removes the Participants that are the same person under an
// earlier identity.
func (d *door) removeStale(ctx context.Context, roomSID, identity string) {
	all, err := d.rooms.Participants(ctx, roomSID)
	if err != nil {
		d.log.WarnContext(ctx, "stale Participants stay", "room", roomSID, "err", err)
		return
	}
	role, who := splitIdentity(identity)
	for _, p := range all {
		if r, w := splitIdentity(p.Identity); r != role || w != who || p.Identity == identity {
			continue
		}
		if err := d.rooms.Remove(ctx, roomSID, p.SID); err != nil {
			d.log.WarnContext(ctx, "stale Participant stays", "room", roomSID, "participant", p.SID, "err", err)
		}
	}
}
