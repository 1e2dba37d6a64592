package rsp

import (
	"context"
	"encoding/json"

	"escalate/server/localtwilio/sfu"
)

// engine opens Rooms for media.
type engine interface {
	// open answers the topology of one Room. speaker is told the SID of the
	// Participant who speaks the loudest, "" for nobody.
	open(codecs []string, speaker func(participantSID string)) topology
}

// topology is how the media of one Room flows through the SFU.
type topology interface {
	// Join takes a Participant's first offer and answers it.
	Join(ctx context.Context, c sfu.PeerConfig, offer sfu.Description, tracks []sfu.Track) (peer, sfu.Description, error)
	Close()
}

// peer is one Participant's place in a topology; see sfu.Peer.
type peer interface {
	SetTracks([]sfu.Track)
	Handle(sfu.Description) error
	HandleICE(candidates json.RawMessage)
	OpenChannel(name string) (label string, err error)
	SendChannel(name string, data []byte) error
	Close()
}

type sfuEngine struct{ *sfu.Engine }

func (e sfuEngine) open(codecs []string, speaker func(string)) topology {
	return sfuRoom{e.NewRouter(sfu.RouterConfig{Speaker: speaker, VideoCodecs: codecs})}
}

type sfuRoom struct{ *sfu.Router }

func (r sfuRoom) Join(ctx context.Context, c sfu.PeerConfig, offer sfu.Description, tracks []sfu.Track) (peer, sfu.Description, error) {
	p, answer, err := r.Router.Join(ctx, c, offer, tracks)
	if err != nil {
		// Not p: a nil *sfu.Peer in an interface is not nil.
		return nil, sfu.Description{}, err
	}
	return p, answer, nil
}

func toSFU(d description) sfu.Description {
	return sfu.Description{Type: d.Type, Revision: d.Revision, SDP: d.SDP}
}

func fromSFU(d sfu.Description) description {
	return description{Type: d.Type, Revision: d.Revision, SDP: d.SDP}
}
