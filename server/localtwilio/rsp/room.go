package rsp

import (
	"errors"
	"slices"
	"sync"

	"escalate/server/localtwilio/recording"
	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/transcription"
)

// room is a Room with Participants in it. It exists from the first session to
// the last; what outlives that is the store's.
//
// mu is held for bookkeeping and for the store's commits, which must happen in
// the order in which others are told. It is not held while media is negotiated
// or while anything is written to a connection: that only queues.
type room struct {
	srv   *Server
	sid   string
	name  string
	media exchange // what becomes of descriptions
	refs  int      // sessions that use it; guarded by Server.mu

	mu        sync.Mutex
	info      store.Room
	members   []*session // in order of arrival, joining ones included
	speaker   string     // Participant SID
	recording recordingState
	recorder  *recording.Room     // nil when nothing can be recorded, as where media does not pass through here
	listener  *transcription.Room // nil when nothing can be transcribed, likewise
}

// acquire returns the live Room for a stored one, as long as there are not too
// many of them. Every acquire needs a release.
func (s *Server) acquire(info store.Room) (*room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.present >= s.cfg.MaxParticipants {
		return nil, fail(codeTooManyPresent, nil)
	}
	r := s.rooms[info.SID]
	if r == nil {
		if len(s.rooms) >= s.cfg.MaxRooms { // crowded by now, or made over REST
			return nil, fail(codeTooManyRooms, nil)
		}
		r = &room{srv: s, sid: info.SID, name: info.UniqueName, info: info, recording: recordingState{Revision: 1}}
		if r.name == "" {
			r.name = r.sid
		}
		if info.PeerToPeer() {
			r.media = newRelay()
		} else {
			media := s.media(info.VideoCodecs, r.speaking)
			r.media = forwarding{mediaRoom: media, codecs: info.VideoCodecs}
			if s.cfg.Recordings != nil {
				r.recorder = s.cfg.Recordings.Room(r.sid, media)
			}
			if s.cfg.Transcriptions != nil {
				r.listener = s.cfg.Transcriptions.Room(r.sid, media, r.transcribed)
			}
		}
		s.rooms[info.SID] = r
	}
	r.refs++
	s.present++
	return r, nil
}

// crowded tells whether there are as many Rooms as there may be.
func (s *Server) crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.rooms) >= s.cfg.MaxRooms
}

// release closes the Room's media with its last session.
func (s *Server) release(r *room) {
	s.mu.Lock()
	r.refs--
	s.present--
	last := r.refs == 0
	if last {
		delete(s.rooms, r.sid)
	}
	s.mu.Unlock()
	if last {
		if r.recorder != nil {
			r.recorder.Close()
		}
		if r.listener != nil {
			r.listener.Close()
		}
		r.media.Close()
	}
}

// admit gives a session a Participant and its Tracks. A Participant of the same
// identity has to go: the newer one wins, as with Twilio.
func (r *room) admit(x *session, local *localState) error {
	r.mu.Lock()
	var displaced []*session
	for _, o := range slices.Clone(r.members) {
		if o.identity == x.identity && r.remove(o, errorOf(codeDuplicateIdentity)) {
			displaced = append(displaced, o)
		}
	}
	p, err := r.srv.cfg.Store.Participants.Add(r.sid, x.identity)
	if err == nil {
		x.sid = p.SID
		x.log = x.log.With("room", r.sid, "participant", x.sid)
		x.state, x.revision, x.tracks.told = stateJoining, 1, 1
		r.members = append(r.members, x)
		r.apply(x, local)
	}
	r.mu.Unlock()
	for _, o := range displaced {
		r.settle(o)
	}
	switch {
	case errors.Is(err, store.ErrRoomFull):
		return fail(codeRoomFull, err)
	case errors.Is(err, store.ErrRoomCompleted):
		return fail(codeRoomCompleted, err)
	case err != nil:
		return fail(codeRoomConnect, err)
	}
	return nil
}

// open makes an admitted session part of the Room: it gets connected, and the
// others learn of it. It returns false when the session has been ended in the
// meantime; the link is then the caller's to close.
func (r *room) open(x *session, l link, c wire, m connected) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if x.state != stateJoining {
		return false
	}
	x.state, x.link = stateConnected, l
	r.checkRecording()
	r.checkTranscription()
	r.checkSubscriptions()
	m.Participant = x.self()
	m.Participants = r.others(x)
	m.Published = x.tracks.published()
	m.Recording = r.recording
	x.out.begin(c, m)
	r.announce(x, nil)
	return true
}

// others lists the Participants that x sees.
func (r *room) others(x *session) []remoteState {
	list := make([]remoteState, 0, len(r.members))
	for _, o := range r.members {
		if o != x && o.present() && !r.hides(o) {
			list = append(list, o.remote())
		}
	}
	return list
}

// announce tells the others of x, and that Tracks of it are gone.
func (r *room) announce(x *session, gone []string) {
	entry, ok := r.entry(x)
	if !ok {
		return
	}
	for _, o := range r.members {
		if o != x {
			o.out.participant(entry, gone)
		}
	}
}

// apply takes a publisher's list of Tracks into the Room and the store. It
// returns whether the media has to know.
func (r *room) apply(x *session, local *localState) bool {
	if local == nil || local.Revision <= x.tracks.heard {
		return false
	}
	x.tracks.heard = local.Revision
	d := compare(x.tracks.list, local.Tracks, r.info.AudioOnly, r.allowance(x))
	for _, t := range d.added {
		if t.code == 0 {
			r.storeTrack(x, t)
		}
	}
	st := r.srv.cfg.Store
	for _, t := range d.removed {
		if t.code == 0 {
			x.logged("remove track", st.Tracks.Remove(t.sid))
		}
	}
	for _, t := range d.toggled {
		x.logged("enable track", st.Tracks.SetEnabled(t.sid, t.Enabled))
	}
	x.tracks.list = d.tracks
	if x.state == stateJoining {
		return d.changed // open tells all of it
	}
	if len(d.added)+len(d.removed) > 0 {
		x.tracks.told++
		list := x.tracks.published()
		x.out.send(news{head: headOf("update"), Published: &list})
	}
	if d.changed {
		x.revision++
		r.announce(x, sidsOf(d.removed))
		r.checkRecording()
		r.checkTranscription()
		r.checkSubscriptions()
	}
	return d.changed
}

// storeTrack gives a new Track its SID, or refuses it.
func (r *room) storeTrack(x *session, t *track) {
	kept, err := r.srv.cfg.Store.Tracks.Add(store.Track{
		RoomSID: r.sid, ParticipantSID: x.sid, Name: t.Name, Kind: t.Kind, Enabled: t.Enabled, Priority: t.Priority,
	})
	if err != nil {
		x.logged("add track", err)
		t.code = codeTrackInvalid
		return
	}
	t.sid = kept.SID
}

// logged notes an error of the store. The Room goes on without it: what
// Participants see of each other matters more than what REST lists.
func (x *session) logged(doing string, err error) {
	if err != nil {
		x.log.Error("store: "+doing, "err", err)
	}
}
