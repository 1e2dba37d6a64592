package rsp

import (
	"context"

	"escalate/server/localtwilio/sfu"
)

// exchange is what a Room does with the descriptions of its Participants: either
// the server answers them, and media goes through it (forwarding), or it passes
// them on, and browsers send media to each other (relay).
type exchange interface {
	// join gives an admitted session its link, and returns the state of its browser's peer
	// connections, for connected. What it sends to the session's browser before it has
	// returned is told after connected.
	join(ctx context.Context, x *session, m *connect, tracks []sfu.Track) (link, []peerConnection, error)
	Close()
}

// link is the server's end of one session's peer connections. Its methods may be
// called from any goroutine; all but media with none of this package's locks held.
type link interface {
	// SetTracks replaces the list of Tracks that the session publishes.
	SetTracks([]sfu.Track)
	// take gets what the browser says of one of its peer connections. An error
	// ends the session.
	take(peerConnection) error
	// media is the session's end of the media; noMedia where browsers send to each other.
	media() mediaPeer
	// Close ends the session's media and takes its Tracks from the others.
	Close()
}

// forwarding is the exchange of a Room whose media goes through the SFU. Each
// browser has one peer connection, the one that it made its first offer for.
type forwarding struct {
	mediaRoom
	codecs []string // of video, that may be published
}

func (f forwarding) join(ctx context.Context, x *session, m *connect, tracks []sfu.Track) (link, []peerConnection, error) {
	first := m.PeerConnections[0]
	if err := checkCodecs(first.Description.SDP, f.codecs); err != nil {
		return nil, nil, err
	}
	p, answer, err := f.Join(ctx, x.peerConfig(first.ID, subscribesAll(m)), *first.Description, tracks)
	if err != nil {
		return nil, nil, err
	}
	return forwardingLink{mediaPeer: p, pc: first.ID, codecs: f.codecs}, []peerConnection{{ID: first.ID, Description: &answer}}, nil
}

type forwardingLink struct {
	mediaPeer
	pc     string // the browser's id of its peer connection
	codecs []string
}

func (l forwardingLink) media() mediaPeer { return l.mediaPeer }

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
		if err := l.Handle(*d); err != nil {
			return err
		}
	}
	if len(pc.ICE) > 0 {
		l.HandleICE(pc.ICE)
	}
	return nil
}
