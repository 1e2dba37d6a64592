package rsp

import (
	"escalate/server/localtwilio/store"
)

// storeEvent follows what others do to Rooms, over REST or by a timeout. It also
// hears of this server's own doings, which are then found done already.
func (s *Server) storeEvent(e store.Event) {
	s.mu.Lock()
	r := s.rooms[e.Room.SID]
	s.mu.Unlock()
	if r == nil {
		return
	}
	switch e.Kind {
	case store.RoomEnded:
		r.complete()
	case store.ParticipantDisconnected:
		r.evict(e)
	case store.SubscribeRulesChanged:
		r.subscribe(e.Participant)
	case store.RecordingChanged:
		r.mu.Lock()
		r.info = e.Room
		r.checkRecording()
		r.mu.Unlock()
	}
}

// complete ends every session, with the client's error 53118.
func (r *room) complete() {
	r.mu.Lock()
	members := append([]*session(nil), r.members...)
	r.mu.Unlock()
	for _, x := range members {
		r.leave(x, disconnectedOf(statusCompleted))
	}
}

// evict ends the session of a Participant that the store has disconnected. Its
// browser is told so when that is because the Room was completed, or because its
// time was up.
func (r *room) evict(e store.Event) {
	r.mu.Lock()
	var found *session
	for _, x := range r.members {
		if x.sid == e.Participant.SID {
			found = x
		}
	}
	r.mu.Unlock()
	if found == nil {
		return
	}
	info, err := r.srv.cfg.Store.Room(r.sid)
	switch {
	case err == nil && info.Status == statusCompleted:
		r.leave(found, disconnectedOf(statusCompleted))
	case e.Room.Overstayed(e.Participant):
		r.leave(found, errorOf(codeSessionLength))
	default:
		r.leave(found, disconnectedOf(statusRemoved))
	}
}
