package page

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

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

// later runs f on the UI after a while, unless the page is gone.
func (s *session) later(d time.Duration, f func()) {
	ctx := s.ctx
	go func() {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-ctx.Done():
		case <-t.C:
			ctx.Dispatch(func(app.Context) { f() })
		}
	}()
}
