package rsp

import (
	"context"

	"escalate/server/localtwilio/sfu"
)

// exchange is what a Room does with the descriptions of its Participants: either
// the server answers them, and media goes through it (forwarding), or it passes
// them on, and browsers send media to each other (relay).
type exchange interface {
	// join gives an admitted session its place. What it sends to the session's
	// browser before it has returned is told after connected.
	join(ctx context.Context, x *session, m *connect, tracks []sfu.Track) (place, error)
	Close()
}

// place is what join answers.
type place struct {
	link link
	peer peer // nil in a Room without media signaling
	// connections is the state of the browser's peer connections, for connected.
	connections []peerConnection
}

// link is the server's end of one session's peer connections. Its methods may be
// called from any goroutine, but with none of this package's locks held.
type link interface {
	// SetTracks replaces the list of Tracks that the session publishes.
	SetTracks([]sfu.Track)
	// take gets what the browser says of one of its peer connections. An error
	// ends the session.
	take(peerConnection) error
	// Close ends the session's media and takes its Tracks from the others.
	Close()
}

// exchange opens what the type of a Room asks for.
func (s *Server) exchange(r *room) exchange {
	if r.info.PeerToPeer() {
		return newRelay()
	}
	return forwarding{topology: s.media.open(r.info.VideoCodecs, r.speaking), codecs: r.info.VideoCodecs}
}

// forwarding is the exchange of a Room whose media goes through the SFU. Each
// browser has one peer connection, the one that it made its first offer for.
type forwarding struct {
	topology
	codecs []string // of video, that may be published
}

func (f forwarding) join(ctx context.Context, x *session, m *connect, tracks []sfu.Track) (place, error) {
	first := m.PeerConnections[0]
	if err := checkCodecs(first.Description.SDP, f.codecs); err != nil {
		return place{}, err
	}
	p, answer, err := f.Join(ctx, x.peerConfig(first.ID, subscribesAll(m)), toSFU(*first.Description), tracks)
	if err != nil {
		return place{}, err
	}
	d := fromSFU(answer)
	return place{
		link:        forwardingLink{peer: p, pc: first.ID, codecs: f.codecs},
		peer:        p,
		connections: []peerConnection{{ID: first.ID, Description: &d}},
	}, nil
}

type forwardingLink struct {
	peer
	pc     string // the browser's id of its peer connection
	codecs []string
}

func (l forwardingLink) take(pc peerConnection) error {
	if pc.ID != l.pc {
		return nil
	}
	if d := pc.Description; d != nil {
		if d.Type == sfu.TypeOffer {
			if err := checkCodecs(d.SDP, l.codecs); err != nil {
				return err
			}
		}
		if err := l.Handle(toSFU(*pc.Description)); err != nil {
			return err
		}
	}
	if len(pc.ICE) > 0 {
		l.HandleICE(pc.ICE)
	}
	return nil
}
