package rsp

import (
	"escalate/server/localtwilio/store"
)

// storeEvent follows what others do to Rooms, over REST or by a timeout. It also
// hears of this server's own doings, which are then found done already.
func (s *Server) storeEvent(e store.Event) {
	switch c := e.Change.(type) {
	case *store.RoomEnded:
		if r := s.openRoom(c.Room.SID); r != nil {
			r.complete()
		}
	case *store.ParticipantDisconnected:
		if r := s.openRoom(c.Room.SID); r != nil {
			r.evict(c)
		}
	case *store.SubscribeRulesChanged:
		if r := s.openRoom(c.Participant.RoomSID); r != nil {
			r.subscribe(c.Participant)
		}
	case *store.RecordingRulesChanged:
		if r := s.openRoom(c.Room.SID); r != nil {
			r.mu.Lock()
			r.info = c.Room
			r.checkRecording()
			r.mu.Unlock()
		}
	}
}

// openRoom returns the Room of a SID in which somebody is, else nil.
func (s *Server) openRoom(sid string) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[sid]
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
func (r *room) evict(c *store.ParticipantDisconnected) {
	r.mu.Lock()
	var found *session
	for _, x := range r.members {
		if x.sid == c.Participant.SID {
			found = x
		}
	}
	r.mu.Unlock()
	if found == nil {
		return
	}
	info, err := r.srv.cfg.Store.Rooms.Get(r.sid)
	switch {
	case err == nil && info.Status == statusCompleted:
		r.leave(found, disconnectedOf(statusCompleted))
	case c.Room.Overstayed(c.Participant):
		r.leave(found, errorOf(codeSessionLength))
	default:
		r.leave(found, disconnectedOf(statusRemoved))
	}
}
