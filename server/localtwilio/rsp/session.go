package rsp

import (
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

// The states of a Participant. joining is not known to anybody else.
const (
	stateJoining      = "joining"
	stateConnected    = "connected"
	stateReconnecting = "reconnecting"
	stateDisconnected = "disconnected"
)

// session is one Participant's stay in a Room, over one connection or several
// in turn.
type session struct {
	id       string // what a browser shows to come back; a secret
	room     *room
	sid      string // PA…
	identity string
	log      *slog.Logger
	out      *outbox
	seen     seen

	// inbound keeps what two connections of one session say in order, while one
	// replaces the other. Taken before every other lock.
	inbound sync.Mutex

	// The rest is guarded by room.mu.
	state      string
	revision   int  // of the state that others see
	shown      bool // to the others of a large Room
	tracks     publishing
	link       link // nil until connected
	signals    signals
	quality    *levels      // of the network, nil before the first report
	subscribes []store.Rule // SubscribeRules, nil until set
	expiry     *time.Timer
}

// self is the Participant's entry for its own browser.
func (x *session) self() selfState {
	return selfState{SID: x.sid, Identity: x.identity, State: x.state, Revision: x.revision}
}

// remote is the Participant's entry for the others.
func (x *session) remote() remoteState {
	return remoteState{selfState: x.self(), Tracks: visible(x.tracks.list)}
}

// media is the session's end of the media. room.mu is held.
func (x *session) media() mediaPeer {
	if x.link == nil {
		return noMedia{}
	}
	return x.link.media()
}

// present tells whether others see the Participant.
func (x *session) present() bool {
	return x.state == stateConnected || x.state == stateReconnecting
}

// update applies what changed at the browser. Descriptions are handed over
// without any lock that others need.
func (x *session) update(m *update) {
	x.inbound.Lock()
	defer x.inbound.Unlock()
	r := x.room
	r.mu.Lock()
	if !x.present() {
		r.mu.Unlock()
		return
	}
	changed := r.apply(x, m.Participant)
	tracks, l := forwarded(x.tracks.list), x.link
	r.mu.Unlock()

	// Before the descriptions: a removed Track whose m-section is being reused
	// would be taken for the new one otherwise.
	if changed {
		l.SetTracks(tracks)
	}
	setProfile(l.media(), m.BandwidthProfile)
	for _, pc := range m.PeerConnections {
		if err := l.take(pc); err != nil {
			note := x.log.Warn
			if errors.Is(err, sfu.ErrClosed) { // it has hung up, and says so in a moment
				note = x.log.Info
			}
			note("description refused", "type", pc.Description.Type, "revision", pc.Description.Revision, "err", err)
			r.leave(x, errorOf(mediaCode(err)))
			return
		}
	}
}

// peerConfig connects the media's callbacks to the session. They arrive one
// at a time, the first ones before Join has returned. pc is the browser's id of
// the peer connection.
func (x *session) peerConfig(pc string, subscribeAll bool) sfu.PeerConfig {
	return sfu.PeerConfig{
		ID:           x.sid,
		SubscribeAll: subscribeAll,
		Send: func(d sfu.Description) {
			x.out.describe(peerConnection{ID: pc, Description: &d})
		},
		Subscribed:   x.out.subscribe,
		Message:      x.signaled,
		SwitchedOff:  x.switched,
		LayersWanted: x.layersWanted,
		Sending:      x.seen.sends,
		Failed: func(err error) {
			x.log.Info("media lost", "err", err)
			x.room.leave(x, errorOf(lossCode(err)))
		},
	}
}

// signaled replies to a message on a media signaling channel.
func (x *session) signaled(channel string, data []byte) {
	s, err := decodeSignal(data)
	if err != nil {
		x.log.Warn("unreadable media signal", "channel", channel, "err", err)
		return
	}
	r := x.room
	r.mu.Lock()
	var answer any
	switch {
	case s.Type == "ready" && channel == activeSpeaker:
		if r.speaker != "" {
			answer = speakerOf(r.speaker)
		}
	case s.Type == networkQuality && channel == networkQuality:
		answer = r.measure(x, s.qualityReport)
	default:
		answer = x.steer(channel, s)
	}
	p := x.media()
	r.mu.Unlock()
	if answer != nil {
		x.signal(p, channel, answer)
	}
}

// signal sends on a media signaling channel.
func (x *session) signal(p mediaPeer, channel string, m any) {
	b, err := json.Marshal(m)
	if err == nil {
		err = p.SendChannel(channel, b)
	}
	if err != nil {
		x.log.Debug("media signal not sent", "channel", channel, "err", err)
	}
}
