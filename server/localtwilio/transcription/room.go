package transcription

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"escalate/server/localtwilio/store"
)

// Room is a Room whose Tracks may be transcribed.
type Room struct {
	srv   *Server
	sid   string
	media Media
	hear  func(Line)

	mu            sync.Mutex
	closed        bool
	transcription store.Transcription // zero where the Room has none
	sources       []Source
	tracks        map[string]*track // those transcribed, by SID
	sequences     map[string]int    // lines so far, by Track SID
}

// Room prepares to transcribe a Room; its caller has to Close it. What is said is told
// to hear, from goroutines of this package, one line at a time for each Track.
func (s *Server) Room(roomSID string, media Media, hear func(Line)) *Room {
	r := &Room{srv: s, sid: roomSID, media: media, hear: hear, tracks: map[string]*track{}, sequences: map[string]int{}}
	s.mu.Lock()
	if s.closed {
		r.closed = true
	} else {
		s.rooms[roomSID] = r
	}
	s.mu.Unlock()
	// After that, so that no change is missed in between.
	x, err := s.store.Transcriptions.Get(roomSID)
	switch {
	case err == nil:
		r.follow(x)
	case !errors.Is(err, store.ErrNotFound):
		s.log.Error("find the transcription of a room", "room", roomSID, "err", err)
	}
	return r
}

// Set says which audio Tracks are published; the list is complete each time. A Track
// that is not in it any more has ended: what was said on it is told still.
func (r *Room) Set(sources []Source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sources = sources
	r.apply()
}

// follow takes what the Transcription has become.
func (r *Room) follow(x store.Transcription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !maps.Equal(x.Configuration, r.transcription.Configuration) {
		r.abort() // others are begun, as is configured now
	}
	r.transcription = x
	r.apply()
}

// Close ends the Room's transcription, without waiting for it.
func (r *Room) Close() {
	r.mu.Lock()
	r.closed = true
	r.abort()
	r.mu.Unlock()
	r.srv.mu.Lock()
	if r.srv.rooms[r.sid] == r { // it may have been opened anew
		delete(r.srv.rooms, r.sid)
	}
	r.srv.mu.Unlock()
}

// apply begins and ends the transcription of Tracks; mu is held.
func (r *Room) apply() {
	if r.closed || r.transcription.Status != store.TranscriptionStartedStatus {
		r.abort()
		return
	}
	for sid, x := range r.tracks {
		if !slices.Contains(r.sources, x.source) {
			delete(r.tracks, sid)
			x.tap.Close()
		}
	}
	for _, source := range r.sources {
		if r.tracks[source.TrackSID] != nil || !r.srv.enter() {
			continue
		}
		x := newTrack(r, source, r.transcription.Configuration)
		r.tracks[source.TrackSID] = x
		go func() {
			defer r.srv.wg.Done()
			x.run()
		}()
	}
}

// abort ends the transcription of all Tracks at once; mu is held.
func (r *Room) abort() {
	for _, x := range r.tracks {
		x.cancel()
		x.tap.Close()
	}
	clear(r.tracks)
}

// said tells what was said on a Track.
func (r *Room) said(l Line) {
	r.mu.Lock()
	r.sequences[l.TrackSID]++
	l.Sequence = r.sequences[l.TrackSID]
	r.mu.Unlock()
	l.At = r.srv.store.Now()
	r.hear(l)
}

// fail gives the Room's Transcription up.
func (r *Room) fail(x *track, err error) {
	r.srv.log.Warn("transcription failed", "room", r.sid, "track", x.source.TrackSID, "err", err)
	if err := r.srv.store.Transcriptions.Fail(r.sid); err != nil && !errors.Is(err, store.ErrClosed) {
		r.srv.log.Error("enter that a transcription has failed", "room", r.sid, "err", err)
	}
}
