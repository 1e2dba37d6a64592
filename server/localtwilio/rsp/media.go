package rsp

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"escalate/server/localtwilio/recording"
	"escalate/server/localtwilio/sfu"
)

// mediaRoom forwards the media of one Room, and lets it be recorded; see sfu.Router.
type mediaRoom interface {
	recording.Media
	// Join takes a Participant's first offer and answers it.
	Join(ctx context.Context, c sfu.PeerConfig, offer sfu.Description, tracks []sfu.Track) (mediaPeer, sfu.Description, error)
	Close()
}

// mediaPeer is one Participant's end of the media, with everything that a session asks
// of it; see sfu.Peer. Its methods may be called from any goroutine. Whatever stands in
// for it has all of them: there is none that a Room could do without.
type mediaPeer interface {
	// What the Participant publishes, and how its connection is negotiated.
	SetTracks([]sfu.Track)
	Handle(sfu.Description) error
	HandleICE(candidates json.RawMessage)
	// Which Tracks it receives, and how.
	SetWanted(trackSIDs []string)
	SetProfile(sfu.Profile)
	Hint([]sfu.Hint)
	Prioritize(trackSID, priority string)
	ResetLayers(trackSID string, pause time.Duration)
	Quality() sfu.Quality
	// Media signaling.
	OpenChannel(name string) (label string, err error)
	SendChannel(name string, data []byte) error

	Close()
}

var (
	_ mediaPeer = (*sfu.Peer)(nil)
	_ mediaPeer = noMedia{}
	_ mediaRoom = sfuRoom{}
)

// openMedia opens the media of one Room. speaker is told the SID of the Participant who
// speaks the loudest, "" for nobody.
type openMedia func(codecs []string, speaker func(participantSID string)) mediaRoom

// mediaOf opens Rooms on an engine.
func mediaOf(e *sfu.Engine) openMedia {
	return func(codecs []string, speaker func(string)) mediaRoom {
		return sfuRoom{e.NewRouter(sfu.RouterConfig{Speaker: speaker, VideoCodecs: codecs})}
	}
}

// sfuRoom is an sfu.Router whose Join returns what this package calls a Peer.
type sfuRoom struct{ *sfu.Router }

// Join implements mediaRoom.
func (r sfuRoom) Join(ctx context.Context, c sfu.PeerConfig, offer sfu.Description, tracks []sfu.Track) (mediaPeer, sfu.Description, error) {
	p, answer, err := r.Router.Join(ctx, c, offer, tracks)
	if err != nil {
		// Not p: a nil *sfu.Peer in an interface is not nil.
		return nil, sfu.Description{}, err
	}
	return p, answer, nil
}

// errNoMedia says that no media of this Participant passes through here.
var errNoMedia = errors.New("no media passes through this server")

// noMedia is the mediaPeer of one whose media does not pass through this server: it is
// still joining, or browsers send to each other and steer among themselves.
type noMedia struct{}

func (noMedia) SetTracks([]sfu.Track)              {}
func (noMedia) Handle(sfu.Description) error       { return errNoMedia }
func (noMedia) HandleICE(json.RawMessage)          {}
func (noMedia) SetWanted([]string)                 {}
func (noMedia) SetProfile(sfu.Profile)             {}
func (noMedia) Hint([]sfu.Hint)                    {}
func (noMedia) Prioritize(string, string)          {}
func (noMedia) ResetLayers(string, time.Duration)  {}
func (noMedia) Quality() sfu.Quality               { return sfu.Quality{} }
func (noMedia) OpenChannel(string) (string, error) { return "", errNoMedia }
func (noMedia) SendChannel(string, []byte) error   { return errNoMedia }
func (noMedia) Close()                             {}
