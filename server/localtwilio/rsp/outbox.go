package rsp

import (
	"slices"
	"sync"

	"escalate/server/localtwilio/sfu"
)

// wire is a connection to a browser; see conn.
type wire interface {
	// send queues a message.
	send(m any)
	// bad says that a message could not be read.
	bad(error)
	// admit says that the browser has shown a good token.
	admit()
	// finish leaves the browser a moment to close by itself.
	finish()
	// drop ends the connection at once.
	drop()
}

// outbox is the way to one session's browser. It knows the connection of the
// moment, if there is one, and remembers what a browser that comes back must be
// told again. Its lock is the innermost one: nothing waits while it is held.
type outbox struct {
	mu         sync.Mutex
	conn       wire             // nil before connected, and while reconnecting
	open       bool             // connected has been sent
	last       []peerConnection // what was last sent of each that is open
	held       []peerConnection // said before connected was sent
	subscribed subscribedState
	withheld   map[string]bool // Tracks that are gone, though the media has not said so yet
	final      any             // the message that ended the session, if it had any
	ended      bool
}

// send tells the browser, unless it is away: then its sync answers everything.
func (o *outbox) send(m any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.push(m)
}

// push is send with the lock held.
func (o *outbox) push(m any) {
	if o.open && o.conn != nil {
		o.conn.send(m)
	}
}

// describe tells the browser of one of its peer connections.
func (o *outbox) describe(pc peerConnection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.ended:
	case !o.open:
		o.held = append(o.held, pc)
	default:
		o.pushConnection(pc)
	}
}

func (o *outbox) pushConnection(pc peerConnection) {
	o.remember(pc)
	o.push(news{head: headOf("update"), PeerConnections: []peerConnection{pc}})
}

// remember keeps what a browser that comes back is told again of a peer
// connection: its latest description and candidates. A closed one is not told
// of, which closes it.
func (o *outbox) remember(pc peerConnection) {
	i := slices.IndexFunc(o.last, func(l peerConnection) bool { return l.ID == pc.ID })
	if pc.Description != nil && pc.Description.Type == sfu.TypeClose {
		if i >= 0 {
			o.last = slices.Delete(o.last, i, i+1)
		}
		return
	}
	if i < 0 {
		o.last = append(o.last, pc)
		return
	}
	if pc.Description != nil {
		o.last[i].Description = pc.Description
	}
	if pc.ICE != nil {
		o.last[i].ICE = pc.ICE
	}
}

// heard notes that the browser has spoken of a peer connection: it has done what
// create-offer asked, which would make it offer again if it was repeated.
func (o *outbox) heard(pc peerConnection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, l := range o.last {
		if l.ID == pc.ID && pc.Description != nil && l.Description != nil && l.Description.Type == sfu.TypeCreateOffer {
			o.last[i].Description = nil
		}
	}
}

// forget drops a peer connection that the browser has closed.
func (o *outbox) forget(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = slices.DeleteFunc(o.last, func(l peerConnection) bool { return l.ID == id })
}

// subscribe takes the media's list of what the browser receives.
func (o *outbox) subscribe(list []sfu.Subscription) {
	o.mu.Lock()
	defer o.mu.Unlock()
	tracks := make([]subscribedTrack, 0, len(list))
	still := map[string]bool{}
	for _, s := range list {
		if o.withheld[s.TrackSID] {
			still[s.TrackSID] = true
			continue
		}
		tracks = append(tracks, subscribedTrack{SID: s.TrackSID, ID: s.ID})
	}
	o.withheld = still
	if o.replace(tracks) {
		now := o.subscribed
		o.push(news{head: headOf("update"), Subscribed: &now})
	}
}

// replace sets the list and counts its revision when it differs.
func (o *outbox) replace(tracks []subscribedTrack) bool {
	if slices.Equal(tracks, o.subscribed.Tracks) {
		return false
	}
	o.subscribed = subscribedState{Revision: o.subscribed.Revision + 1, Tracks: tracks}
	return true
}

// participant tells of another Participant. Tracks that are gone leave the list
// of subscriptions in the same message: the client wants that no later than the
// Participant's entry.
func (o *outbox) participant(p remoteState, gone []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := news{head: headOf("update"), Participants: []remoteState{p}}
	if len(gone) > 0 {
		if o.withheld == nil {
			o.withheld = map[string]bool{}
		}
		tracks := slices.Clone(o.subscribed.Tracks)
		for _, sid := range gone {
			o.withheld[sid] = true
			tracks = slices.DeleteFunc(tracks, func(t subscribedTrack) bool { return t.SID == sid })
		}
		if o.replace(tracks) {
			now := o.subscribed
			m.Subscribed = &now
		}
	}
	o.push(m)
}

// begin sends connected over its first connection, and what was held back.
func (o *outbox) begin(c wire, m connected) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.conn, o.open, o.last = c, true, slices.Clone(m.PeerConnections)
	o.subscribed.Revision++ // the client ignores revision 0
	m.Subscribed = subscribedState{Revision: o.subscribed.Revision, Tracks: orEmpty(o.subscribed.Tracks)}
	o.push(m)
	for _, pc := range o.held {
		o.pushConnection(pc)
	}
	o.held = nil
}

// resume sends synced over a new connection and drops the old one, which may be
// half dead without knowing it.
func (o *outbox) resume(c wire, m synced) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.conn != nil && o.conn != c {
		o.conn.drop()
	}
	o.conn = c
	o.subscribed.Revision++ // the client ignores a revision that it knows
	m.Subscribed = subscribedState{Revision: o.subscribed.Revision, Tracks: orEmpty(o.subscribed.Tracks)}
	m.PeerConnections = append([]peerConnection{}, o.last...) // never null: none is news as well
	o.push(m)
}

// detach forgets a connection that broke. It returns false when that is no
// longer, or not yet, the session's.
func (o *outbox) detach(c wire) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.conn != c {
		return false
	}
	o.conn = nil
	return true
}

// end sends the last message, if there is one, and nothing after it. It remembers
// the message when the browser was not there to be told.
func (o *outbox) end(final any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.final = final
	if final != nil && o.open && o.conn != nil {
		o.conn.send(final)
		o.conn.finish()
		o.final = nil // told
	}
	o.conn, o.open, o.ended = nil, false, true
	o.held = nil
}

// untold is the last message when the browser has not had it.
func (o *outbox) untold() any {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.final
}

func orEmpty(t []subscribedTrack) []subscribedTrack {
	if t == nil {
		return []subscribedTrack{}
	}
	return t
}
