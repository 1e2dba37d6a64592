package rsp

import (
	"encoding/json"
	"fmt"

	"escalate/server/localtwilio/sfu"
)

// Limits of what a browser may send. They are far above what twilio-video.js
// sends in a full Room, and keep one frame from costing more than its size.
const (
	maxToken       = 16 << 10
	maxSDP         = 256 << 10
	maxID          = 256
	maxNameBytes   = 4 << 10 // longer than valid, so that a long name gets its own code
	maxTracks      = 128
	maxConnections = 16
	maxRules       = 100
	maxSignals     = 32
	maxRevision    = 1 << 53 // what a JavaScript number counts to
)

// message is one of ice, connect, update, syncing and disconnect.
type message interface{ check() error }

// ice asks for the STUN and TURN servers.
type ice struct {
	Token string `json:"token"`
}

// connect asks to join a Room.
type connect struct {
	Token           string                     `json:"token"`
	Name            string                     `json:"name"` // null: the token's Room
	Participant     *localState                `json:"participant"`
	PeerConnections []peerConnection           `json:"peer_connections"`
	MediaSignaling  map[string]json.RawMessage `json:"media_signaling"`
	Subscribe       struct {
		Rules []subscribeRule `json:"rules"`
	} `json:"subscribe"`
	BandwidthProfile *bandwidthProfile `json:"bandwidth_profile"`
	Publisher        json.RawMessage   `json:"publisher"`
}

// update says what changed at the browser; any part may be missing.
type update struct {
	Session          string            `json:"session"`
	Participant      *localState       `json:"participant"`
	PeerConnections  []peerConnection  `json:"peer_connections"`
	BandwidthProfile *bandwidthProfile `json:"bandwidth_profile"`
}

// syncing resumes a session over a new connection, with an update's content.
type syncing struct {
	Token string `json:"token"`
	update
}

// disconnect leaves the Room.
type disconnect struct {
	Session string `json:"session"`
}

// localState is a browser's own Participant: the complete list of its Tracks.
// Only a Revision greater than the last one means anything.
type localState struct {
	Revision int          `json:"revision"`
	Tracks   []trackState `json:"tracks"`
}

// trackState is a Track as its publisher describes it.
type trackState struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"` // audio, video, data
	Name     string `json:"name"`
	Enabled  bool   `json:"enabled"`
	Priority string `json:"priority"` // low, standard, high
}

// peerConnection is news of one RTCPeerConnection, in either direction.
type peerConnection struct {
	ID          string           `json:"id"`
	Description *sfu.Description `json:"description,omitempty"`
	ICE         json.RawMessage  `json:"ice,omitempty"`
}

// subscribeRule is one rule of what to receive. The client knows two lists:
// include all, and exclude all.
type subscribeRule struct {
	Type string `json:"type"` // include, exclude
	All  bool   `json:"all"`
}

// decodeMessage reads the body of a hello or msg. A type that is not known
// returns nil without an error.
func decodeMessage(b []byte) (message, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("decode message: %w: %w", errMalformed, err)
	}
	var m message
	switch head.Type {
	case "ice":
		m = &ice{}
	case "connect":
		m = &connect{}
	case "update":
		m = &update{}
	case "sync":
		m = &syncing{}
	case "disconnect":
		m = &disconnect{}
	case "":
		return nil, fmt.Errorf("decode message: %w: no type", errMalformed)
	default:
		return nil, nil
	}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("decode %s: %w: %w", head.Type, errMalformed, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("decode %s: %w", head.Type, err)
	}
	return m, nil
}

func (m *ice) check() error { return atMost("token", len(m.Token), maxToken) }

func (m *connect) check() error {
	return first(
		atMost("token", len(m.Token), maxToken),
		atMost("name", len(m.Name), maxNameBytes),
		count("subscribe rules", len(m.Subscribe.Rules), maxRules),
		count("media signaling", len(m.MediaSignaling), maxSignals),
		m.Participant.check(),
		checkConnections(m.PeerConnections),
	)
}

func (m *update) check() error {
	return first(
		atMost("session", len(m.Session), maxID),
		m.Participant.check(),
		checkConnections(m.PeerConnections),
	)
}

func (m *syncing) check() error {
	return first(atMost("token", len(m.Token), maxToken), m.update.check())
}

func (m *disconnect) check() error { return atMost("session", len(m.Session), maxID) }

func (l *localState) check() error {
	if l == nil {
		return nil
	}
	if err := first(
		count("tracks", len(l.Tracks), maxTracks),
		checkRevision(l.Revision),
	); err != nil {
		return err
	}
	seen := make(map[string]bool, len(l.Tracks))
	for _, t := range l.Tracks {
		if seen[t.ID] {
			return fmt.Errorf("%w: track id %.40q twice", errMalformed, t.ID)
		}
		seen[t.ID] = true
		if err := t.check(); err != nil {
			return err
		}
	}
	return nil
}

func (t trackState) check() error {
	switch t.Kind {
	case "audio", "video", "data":
	default:
		return fmt.Errorf("%w: track kind %.40q", errMalformed, t.Kind)
	}
	switch t.Priority {
	case "", "low", "standard", "high":
	default:
		return fmt.Errorf("%w: track priority %.40q", errMalformed, t.Priority)
	}
	if t.ID == "" {
		return fmt.Errorf("%w: track without id", errMalformed)
	}
	return first(
		atMost("track id", len(t.ID), maxID),
		atMost("track name", len(t.Name), maxNameBytes),
	)
}

func checkConnections(list []peerConnection) error {
	if err := count("peer connections", len(list), maxConnections); err != nil {
		return err
	}
	for _, pc := range list {
		if pc.ID == "" {
			return fmt.Errorf("%w: peer connection without id", errMalformed)
		}
		if err := atMost("peer connection id", len(pc.ID), maxID); err != nil {
			return err
		}
		d := pc.Description
		if d == nil {
			continue
		}
		switch d.Type {
		case "offer", "answer", "pranswer", "create-offer", "close":
		default:
			return fmt.Errorf("%w: description type %.40q", errMalformed, d.Type)
		}
		if err := first(
			atMost("sdp", len(d.SDP), maxSDP),
			checkRevision(d.Revision),
		); err != nil {
			return err
		}
	}
	return nil
}

func checkRevision(n int) error {
	if n < 0 || n > maxRevision {
		return fmt.Errorf("%w: revision %d", errMalformed, n)
	}
	return nil
}

func atMost(what string, n, limit int) error {
	if n > limit {
		return fmt.Errorf("%s of %d bytes: %w", what, n, errTooLong)
	}
	return nil
}

func count(what string, n, limit int) error {
	if n > limit {
		return fmt.Errorf("%d %s: %w", n, what, errTooMany)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
