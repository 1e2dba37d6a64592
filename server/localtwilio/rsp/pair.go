package rsp

import "escalate/server/localtwilio/sfu"

// pair is a peer connection between two browsers, which number its descriptions
// with one counter. Guarded by the relay's mu.
type pair struct {
	id         string
	one, other *relayPeer
	offered    int        // number of the last offer that was passed on
	offerer    *relayPeer // who made it
	answered   bool       // it has had its answer
}

// peerOf is who is at the other end.
func (c *pair) peerOf(p *relayPeer) *relayPeer {
	if p == c.one {
		return c.other
	}
	return c.one
}

// pass hands on to the other end what one says, with streams for its Tracks.
// Candidates go as they are: the lists are cumulative, and belong to whichever
// description has their ufrag.
func (c *pair) pass(from *relayPeer, pc peerConnection) {
	to := c.peerOf(from)
	if d := pc.Description; d != nil {
		if d.Type == sfu.TypeClose {
			c.end(from)
			return
		}
		pc.Description = nil
		if c.admit(from, *d) {
			passed := *d
			passed.SDP = withStreams(d.SDP)
			pc.Description = &passed
		}
	}
	if pc.Description != nil || len(pc.ICE) > 0 {
		to.out.describe(pc)
	}
}

// admit tells whether a description is to be passed on. When both ends offer at
// once, both would yield to the other's offer and wait for ever; so the first
// offer of a number wins, and the other end, which answers it, offers again with
// the next number.
func (c *pair) admit(from *relayPeer, d sfu.Description) bool {
	switch d.Type {
	case sfu.TypeOffer:
		if d.Revision <= c.offered {
			return false
		}
		c.offered, c.offerer, c.answered = d.Revision, from, false
		return true
	case sfu.TypeAnswer, typePranswer:
		if d.Revision != c.offered || from == c.offerer || c.answered {
			return false // a sync repeats it, or its offer has lost
		}
		c.answered = d.Type == sfu.TypeAnswer
		return true
	}
	return false // create-offer is the server's to say
}

// end closes the other end's peer connection, and forgets the pair.
func (c *pair) end(from *relayPeer) {
	delete(c.one.pairs, c.id)
	delete(c.other.pairs, c.id)
	c.peerOf(from).out.describe(closing(c.id, c.offered+1))
	from.out.forget(c.id)
}

const typePranswer = "pranswer"

// closing is the last that is said of a peer connection.
func closing(id string, revision int) peerConnection {
	return peerConnection{ID: id, Description: &sfu.Description{Type: sfu.TypeClose, Revision: revision}}
}
