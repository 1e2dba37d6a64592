package recording

import (
	"sync"
	"time"

	"escalate/server/localtwilio/sfu"
)

// Room is a Room whose Tracks may be recorded.
type Room struct {
	srv   *Server
	sid   string
	media Media

	mu     sync.Mutex
	closed bool                // guarded by mu
	taps   map[string]*sfu.Tap // guarded by mu; by Track SID
	clocks map[string]*clock   // guarded by mu; by Participant SID
}

// Room prepares to record a Room; its caller has to Close it. Nothing is
// recorded before Set.
func (s *Server) Room(roomSID string, media Media) *Room {
	r := &Room{srv: s, sid: roomSID, media: media, taps: map[string]*sfu.Tap{}, clocks: map[string]*clock{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		r.closed = true
		return r
	}
	s.rooms[r] = true
	return r
}

// Set says which Tracks are recorded from now on; the list is complete each
// time. A Track that was recorded before and comes again gets another
// Recording. Set does not wait for files.
func (r *Room) Set(sources []Source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	wanted := make(map[string]bool, len(sources))
	for _, x := range sources {
		wanted[x.TrackSID] = true
	}
	for sid, tap := range r.taps {
		if !wanted[sid] {
			delete(r.taps, sid)
			tap.Close()
		}
	}
	for _, x := range sources {
		if r.taps[x.TrackSID] != nil || !r.srv.enter() {
			continue
		}
		if r.clocks[x.ParticipantSID] == nil {
			r.clocks[x.ParticipantSID] = &clock{}
		}
		tap := r.media.Tap(x.TrackSID)
		r.taps[x.TrackSID] = tap
		w := newWriter(r.srv, r.sid, x, tap, r.clocks[x.ParticipantSID])
		go func() {
			defer r.srv.wg.Done()
			defer tap.Close()
			w.run()
		}()
	}
}

// Close ends the Room's recordings. The files are complete somewhat later; the
// store says when.
func (r *Room) Close() {
	r.mu.Lock()
	for _, tap := range r.taps {
		tap.Close()
	}
	r.closed = true
	clear(r.taps)
	r.mu.Unlock()
	r.srv.mu.Lock()
	delete(r.srv.rooms, r)
	r.srv.mu.Unlock()
}

// clock relates a Participant's clock, as its sender reports have it, to ours. Sound and
// picture of one Participant share it, so that they stay together.
type clock struct {
	mu    sync.Mutex
	known bool
	shift time.Duration // ours minus theirs; guarded by mu
}

// observe takes in that a report written at theirs arrived at ours. The report that
// travelled the fastest is the best.
func (c *clock) observe(theirs, ours time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := ours.Sub(theirs); !c.known || d < c.shift {
		c.known, c.shift = true, d
	}
}

func (c *clock) ours(theirs time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return theirs.Add(c.shift), c.known
}
