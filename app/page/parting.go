package page

import (
	"context"
	"encoding/json"
	"time"

	"escalate/app/video"
	"escalate/app/wire"
)

// parting is how a Room was left.
type parting int

const (
	byChoice  parting = iota // by ours, or the server's for an escalation that is over
	completed                // the Room is over for everyone
	elsewhere                // the call goes on without us: in another tab, or by the other side's wish
	broken                   // the connection is lost
)

// partingOf tells from the SDK's reason how the Room was left. over says that
// the escalation is over, or is being ended by us; meant, that we wished to leave.
func partingOf(err *video.Error, over, meant bool) parting {
	switch {
	case err != nil && err.Reason == video.RoomCompleted:
		return completed
	case over, err == nil && meant:
		return byChoice
	case err == nil, err.Reason == video.DuplicateIdentity:
		return elsewhere
	}
	return broken
}

// seat is our place in the Room as the server knows it.
type seat struct {
	identity, key string // key shows that the identity is ours
	left          bool   // the server was told that we left
}

// leaveNote is what the server is told when we leave.
func (a *attempt) leaveNote() wire.Leave {
	l := wire.Leave{Identity: a.seat.identity, Key: a.seat.key}
	if st := a.stage.Call.State; st.RoomSID != "" {
		l.Call = &wire.CallReport{Reconnects: st.Reconnects, Quality: st.WorstQuality}
	}
	return l
}

// tellLeft reports the leaving at once; the Room itself would notice later.
func (a *attempt) tellLeft() {
	if a.seat.identity == "" || a.seat.left {
		return // told already, or never in
	}
	l, link := a.leaveNote(), a.side.link()
	a.seat.left = true
	a.screen.Act(func(ctx context.Context) error { return a.api.Leave(ctx, link, l) }, func(error) {
		// The server also hears it from the Room, only later.
	})
}

// vanish leaves while the page is on its way out: there is no time to wait.
func (a *attempt) vanish() {
	if !a.stage.Call.InRoom() {
		return
	}
	if b, err := json.Marshal(a.leaveNote()); err == nil {
		a.host.Beacon(wire.CodePath(a.side.link(), wire.ActionLeave), b)
	}
	a.stage.Call.Vanish()
}

// Coming back after a loss: six tries in about half a minute. The other side
// is given up after a minute, so more would come too late.
const maxTries = 6

// maxAway is how long coming back is tried where each try hangs.
const maxAway = time.Minute

// steadyAfter is how long a call must hold before tries count anew. Without
// it, a call that breaks at once would be tried for ever.
const steadyAfter = 30 * time.Second

// comeback counts the tries to get back into a call that was lost.
type comeback struct {
	tries int
	since time.Time // when the call was joined; zero before the first
	broke time.Time // when it was lost
}

// joined notes that a call has begun.
func (c *comeback) joined(now time.Time) { c.since = now }

// lost notes that it broke.
func (c *comeback) lost(now time.Time) {
	if now.Sub(c.since) > steadyAfter {
		c.tries = 0
	}
	c.broke = now
}

// next is the pause before one more try; ok is false when it is time to give up.
func (c *comeback) next(now time.Time) (pause time.Duration, ok bool) {
	c.tries++
	if c.tries > maxTries || now.Sub(c.broke) > maxAway {
		return 0, false
	}
	// The first pause is short because a server that restarts is often back at once.
	return min(500*time.Millisecond<<(c.tries-1), 10*time.Second), true
}
