package rsp

import (
	"errors"
	"slices"

	"escalate/server/localtwilio/store"
)

// leave ends a session. final, when it is not nil, is the last that its browser
// is told. A session that has ended already stays as it is.
func (r *room) leave(x *session, final any) {
	r.mu.Lock()
	removed := r.remove(x, final)
	r.mu.Unlock()
	if removed {
		r.settle(x)
	}
}

// remove takes a session out of the Room, with mu held; settle does the rest
// without. It returns false when it was out already.
func (r *room) remove(x *session, final any) bool {
	if x.state == stateDisconnected {
		return false
	}
	x.state = stateDisconnected
	x.revision++
	if x.expiry != nil {
		x.expiry.Stop()
	}
	r.members = slices.DeleteFunc(r.members, func(o *session) bool { return o == x })
	x.out.end(final)
	_, err := r.srv.cfg.Store.Participants.Leave(x.sid, x.seen.leaving(final))
	// Gone already when it is the store that ended the Participant.
	if err != nil && !errors.Is(err, store.ErrParticipantGone) {
		x.logged("disconnect participant", err)
	}
	r.announce(x, sidsOf(x.tracks.list))
	r.checkRecording()
	r.checkTranscription()
	x.log.Info("participant left", "participant", x.sid)
	return true
}

// settle gives back what a removed session had.
func (r *room) settle(x *session) {
	r.mu.Lock()
	l := x.link
	r.mu.Unlock()
	if l != nil {
		l.Close()
	}
	r.srv.forget(x)
	r.srv.release(r)
}

// lost is told that a connection broke. If it was the session's, the
// Participant is kept for the session timeout.
func (r *room) lost(x *session, c wire) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !x.out.detach(c) || x.state != stateConnected {
		return
	}
	r.setState(x, stateReconnecting)
	x.log.Info("participant reconnecting", "participant", x.sid)
	x.expiry = r.srv.sockets.AfterFunc(r.srv.cfg.SessionTimeout, func() { r.expire(x) })
}

// expire ends a session whose browser has not come back.
func (r *room) expire(x *session) {
	r.mu.Lock()
	// A sync may have got in between the timer and the lock.
	removed := x.state == stateReconnecting && r.remove(x, nil)
	r.mu.Unlock()
	if removed {
		r.settle(x)
	}
}

// setState changes what others see of a session that stays.
func (r *room) setState(x *session, state string) {
	x.state = state
	x.revision++
	_, err := r.srv.cfg.Store.Participants.SetStatus(x.sid, state)
	x.logged("set participant status", err)
	r.announce(x, nil)
}

// resume attaches a new connection to a session. It returns false when the
// session has ended.
func (r *room) resume(x *session, c wire) bool {
	x.inbound.Lock()
	defer x.inbound.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !x.present() {
		return false
	}
	if x.expiry != nil {
		x.expiry.Stop()
	}
	if x.state == stateReconnecting {
		r.setState(x, stateConnected)
	}
	x.tracks.told++ // the client ignores a revision that it knows
	x.out.resume(c, synced{
		head:         headOf("synced"),
		Session:      x.id,
		Participant:  x.self(),
		Participants: r.others(x),
		Published:    x.tracks.published(),
		Recording:    r.recording,
	})
	x.log.Info("participant is back", "participant", x.sid)
	return true
}
