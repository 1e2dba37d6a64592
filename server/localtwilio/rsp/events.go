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
		r.evict(e.Participant.SID)
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

// evict ends the session of a Participant that the store has disconnected. When
// that is because the Room was completed, its browser is told so.
func (r *room) evict(participantSID string) {
	r.mu.Lock()
	var found *session
	for _, x := range r.members {
		if x.sid == participantSID {
			found = x
		}
	}
	r.mu.Unlock()
	if found == nil {
		return
	}
	status := statusRemoved
	if info, err := r.srv.cfg.Store.Room(r.sid); err == nil && info.Status == statusCompleted {
		status = statusCompleted
	}
	r.leave(found, disconnectedOf(status))
}
