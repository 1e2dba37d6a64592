package rsp

import (
	"encoding/json"
	"fmt"
)

// Names of the media signaling channels. The client asks for those it could
// use, and does without those that are not granted.
const (
	activeSpeaker  = "active_speaker"
	networkQuality = "network_quality"
	renderHints    = "render_hints"
	trackPriority  = "track_priority"
	trackSwitchOff = "track_switch_off"
	publisherHints = "publisher_hints"
	transcriptions = "extension_transcriptions"
)

// grantable lists the channels that are opened for a client that asks.
var grantable = []string{activeSpeaker, networkQuality, renderHints, trackPriority, trackSwitchOff, publisherHints, transcriptions}

const (
	maxSignal = 64 << 10 // bytes of one message; the client's have a few hundred
	maxHints  = 256
)

// signals is what a session's media signaling has come to. Guarded by room.mu.
type signals struct {
	channels    map[string]channel // that are open, by name
	switchedOff []string           // SIDs of the Tracks that are switched off
	hinted      int                // id of the last publisher_hints
}

// granted tells whether a channel is open.
func (s *signals) granted(name string) bool {
	_, ok := s.channels[name]
	return ok
}

// signal is what a browser says on a media signaling channel: a "ready" once on
// each, then what the channel is for.
type signal struct {
	Type string `json:"type"`

	// of network_quality
	qualityReport

	// of render_hints
	Subscriber hints `json:"subscriber"`

	// of publisher_hints, as the answer to ours
	Hints []hintResult `json:"hints"`

	// of track_priority, and of client_reset on publisher_hints
	Track     string `json:"track"`
	Subscribe string `json:"subscribe"` // low, standard, high
}

// hints are a subscriber's wishes for video Tracks, numbered by ID.
type hints struct {
	ID    int    `json:"id"`
	Hints []hint `json:"hints"`
}

type hint struct {
	Track            string      `json:"track"`
	Enabled          *bool       `json:"enabled"`
	RenderDimensions *dimensions `json:"render_dimensions"`
}

// decodeSignal reads a message of a media signaling channel.
func decodeSignal(b []byte) (signal, error) {
	if err := atMost("signal", len(b), maxSignal); err != nil {
		return signal{}, fmt.Errorf("decode signal: %w", err)
	}
	var s signal
	if err := json.Unmarshal(b, &s); err != nil {
		return signal{}, fmt.Errorf("decode signal: %w: %w", errMalformed, err)
	}
	if err := count("hints", len(s.Subscriber.Hints)+len(s.Hints), maxHints); err != nil {
		return signal{}, fmt.Errorf("decode signal: %w", err)
	}
	return s, nil
}

// speakerSignal tells who speaks; Participant is null for nobody.
type speakerSignal struct {
	Type        string  `json:"type"`
	Participant *string `json:"participant"`
}

func speakerOf(participantSID string) speakerSignal {
	s := speakerSignal{Type: activeSpeaker}
	if participantSID != "" {
		s.Participant = &participantSID
	}
	return s
}

// hintsSignal answers render_hints by its ID; an unanswered one is repeated.
type hintsSignal struct {
	Type       string    `json:"type"`
	Subscriber hintsDone `json:"subscriber"`
}

type hintsDone struct {
	ID    int        `json:"id"`
	Hints []hintDone `json:"hints"`
}

type hintDone struct {
	Track  string `json:"track"`
	Result string `json:"result"`
}

func hintsAnswer(h hints) hintsSignal {
	a := hintsSignal{Type: renderHints, Subscriber: hintsDone{ID: h.ID, Hints: make([]hintDone, 0, len(h.Hints))}}
	for _, x := range h.Hints {
		a.Subscriber.Hints = append(a.Subscriber.Hints, hintDone{Track: x.Track, Result: "OK"})
	}
	return a
}

// speaking is told by the media who is the loudest.
func (r *room) speaking(participantSID string) {
	r.mu.Lock()
	r.speaker = participantSID
	r.mu.Unlock()
	r.tell(activeSpeaker, speakerOf(participantSID))
}

// tell sends on a media signaling channel to all who have it.
func (r *room) tell(channel string, m any) {
	type to struct {
		x *session
		p mediaPeer
	}
	var listeners []to
	r.mu.Lock()
	for _, x := range r.members {
		if x.signals.granted(channel) {
			listeners = append(listeners, to{x, x.media()})
		}
	}
	r.mu.Unlock()
	for _, l := range listeners {
		l.x.signal(l.p, channel, m)
	}
}
