package rsp

import (
	"context"
	"crypto/rand"
	"sync"

	"escalate/server/localtwilio/sfu"
)

// relay is the exchange of a peer-to-peer Room: every two browsers have a peer
// connection between them, and what one says of it is passed on to the other as
// it came, but for the streams of its Tracks (withStreams). Who receives what is
// not negotiated: everybody is subscribed to everything, under the publishers'
// own ids.
//
// mu is taken before an outbox's lock, and after no other.
type relay struct {
	mu    sync.Mutex
	peers []*relayPeer // in order of arrival
}

// relayPeer is one browser's place among the others. All of it is guarded by
// relay.mu.
type relayPeer struct {
	relay  *relay
	out    *outbox
	spare  *peerConnection // its first offer, until somebody else is there to have it
	tracks []sfu.Track
	pairs  map[string]*pair // by id of the peer connection
	closed bool
}

func newRelay() *relay { return &relay{} }

// join implements exchange. The newcomer's first offer goes to whoever was there
// first; for each further one it is asked to make another.
func (r *relay) join(_ context.Context, x *session, m *connect, tracks []sfu.Track) (link, []peerConnection, error) {
	first := m.PeerConnections[0]
	p := &relayPeer{relay: r, out: x.out, spare: &first, tracks: tracks, pairs: map[string]*pair{}}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.peers {
		r.connect(p, o)
	}
	r.peers = append(r.peers, p)
	r.subscribe()
	// The id alone: the peer connection is known, and there is no answer yet.
	return p, []peerConnection{{ID: first.ID}}, nil
}

// Close implements exchange; the links are closed by their owners.
func (r *relay) Close() {}

// connect begins the peer connection between a newcomer and one who is there.
func (r *relay) connect(newcomer, there *relayPeer) {
	if there.spare != nil {
		// It would stay unconnected for ever, and hide from its client, which
		// reports the best of all states, that others have failed.
		there.out.describe(closing(there.spare.ID, there.spare.Description.Revision+1))
		there.spare = nil
	}
	pc := peerConnection{ID: rand.Text()}
	if s := newcomer.spare; s != nil && there.pairs[s.ID] == nil {
		pc, newcomer.spare = *s, nil
	}
	c := &pair{id: pc.ID, one: newcomer, other: there}
	newcomer.pairs[c.id], there.pairs[c.id] = c, c
	if pc.Description == nil {
		newcomer.out.describe(peerConnection{ID: c.id, Description: &sfu.Description{Type: sfu.TypeCreateOffer, Revision: 1}})
		return
	}
	c.pass(newcomer, pc)
}

// subscribe tells everybody of the Tracks of all others.
func (r *relay) subscribe() {
	for _, p := range r.peers {
		list := []sfu.Subscription{}
		for _, o := range r.peers {
			if o == p {
				continue
			}
			for _, t := range o.tracks {
				list = append(list, sfu.Subscription{TrackSID: t.SID, ID: t.ID})
			}
		}
		p.out.subscribe(list)
	}
}

// SetTracks implements link.
func (p *relayPeer) SetTracks(tracks []sfu.Track) {
	r := p.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	p.tracks = tracks
	r.subscribe()
}

// media implements link: media does not pass through here.
func (p *relayPeer) media() mediaPeer { return noMedia{} }

// take implements link. What is said of a peer connection that nobody is at the
// other end of, or no longer, is forgotten.
func (p *relayPeer) take(pc peerConnection) error {
	r := p.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := p.pairs[pc.ID]; c != nil {
		p.out.heard(pc)
		c.pass(p, pc)
	}
	return nil
}

// Close implements link: the others' ends of its peer connections are closed.
func (p *relayPeer) Close() {
	r := p.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	for _, c := range p.pairs {
		c.end(p)
	}
	for i, o := range r.peers {
		if o == p {
			r.peers = append(r.peers[:i:i], r.peers[i+1:]...)
			break
		}
	}
	r.subscribe()
}
