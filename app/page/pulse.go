package page

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/video"
	"escalate/app/words"
)

// pulseEvery is how often the media are measured during a call: often enough
// that the ring around a speaker follows the talk, rarely enough for a phone.
const pulseEvery = 500 * time.Millisecond

// pulse measures a Room until it is over. The page is drawn anew only when a
// measurement changes what it shows.
func (s *session) pulse(ctx context.Context, room video.Room) {
	n := s.joined
	page := s.ctx
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
			page.Dispatch(func(c app.Context) {
				if n == s.joined && s.room == room && !s.measure(was, now) {
					c.PreventUpdate()
				}
			})
		}
	}()
}

// measure takes a measurement in and says whether anything looks different.
func (s *session) measure(before, now video.Stats) (changed bool) {
	old := s.state
	s.state = s.state.Measured(before, now)
	me := s.state.Local.SID
	changed = old.CauseOf(me) != s.state.CauseOf(me) || old.Speaking(me) != s.state.Speaking(me)
	if stalled := s.state.Stalled(); stalled != old.Stalled() {
		changed = true
		if stalled {
			s.say(words.Stalled.In(s.lang))
		}
	}
	for _, p := range s.state.Participants {
		changed = changed || old.Speaking(p.SID) != s.state.Speaking(p.SID)
	}
	return changed
}
