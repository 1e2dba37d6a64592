package stage

import (
	"context"
	"time"

	"escalate/app/video"
)

// pulseEvery is how often the media are measured during a call: often enough
// that the ring around a speaker follows the talk, rarely enough for a phone.
const pulseEvery = 500 * time.Millisecond

// pulse measures a Room until it is over. The page is drawn anew only when a
// measurement changes what it shows.
func (c *Call) pulse(ctx context.Context, room video.Room) {
	n, screen := c.joined, c.screen
	go func() {
		t := time.NewTicker(pulseEvery)
		defer t.Stop()
		var before video.Stats
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			now, err := room.Stats(ctx)
			if err != nil {
				continue // between two connections there is nothing to measure
			}
			was := before
			before = now
			screen.DoQuietly(func() (seen bool) { return n != c.joined || c.room != room || c.measure(was, now) })
		}
	}()
}

// measure takes a measurement in and says whether anything looks different.
func (c *Call) measure(before, now video.Stats) (changed bool) {
	old := c.State
	c.State = c.State.Measured(before, now)
	c.audience.measured(old, c.State)
	me := c.State.Local.SID
	changed = old.CauseOf(me) != c.State.CauseOf(me) || old.Speaking(me) != c.State.Speaking(me) ||
		old.Stalled() != c.State.Stalled()
	for _, p := range c.State.Participants {
		changed = changed || old.Speaking(p.SID) != c.State.Speaking(p.SID)
	}
	return changed
}
