package rsp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// joinTimeout bounds the negotiation of the first offer; the client waits 15 s
// for its media before it gives up.
const joinTimeout = 10 * time.Second

// ending is the error of a session that was over before it began.
type ending struct{ final any }

func (e *ending) Error() string { return fmt.Sprintf("session ended: %+v", e.final) }

// join carries out a connect. Errors are a *failure or an *ending.
func (s *Server) join(c wire, region string, m *connect) (*session, error) {
	claims, err := s.verify(m.Token)
	if err != nil {
		return nil, err
	}
	c.admit()
	if err := checkIdentity(claims.Identity); err != nil {
		return nil, err
	}
	if !offers(m) {
		return nil, fail(codeInvalidMessage, errors.New("connect without an offer"))
	}
	info, err := s.resolve(m.Name, claims.Room)
	if err != nil {
		return nil, err
	}
	x := &session{
		id:       rand.Text(),
		identity: claims.Identity,
		log:      s.log,
		out:      &outbox{},
	}
	x.seen.describes(m.Publisher)
	if x.room, err = s.acquire(info); err != nil {
		return nil, err
	}
	if err := x.room.admit(x, m.Participant); err != nil {
		s.release(x.room)
		return nil, err
	}
	if err := s.negotiate(c, region, x, m); err != nil {
		return nil, err
	}
	x.log.Info("participant joined", "participant", x.sid, "room", x.room.sid)
	return x, nil
}

// negotiate answers the first offer of an admitted session and opens it. When
// it fails, the session has ended.
func (s *Server) negotiate(c wire, region string, x *session, m *connect) error {
	r := x.room
	ctx, cancel := context.WithTimeout(s.sockets.Context(), joinTimeout)
	defer cancel()
	r.mu.Lock()
	tracks, info := forwarded(x.tracks.list), r.info
	r.mu.Unlock()
	if !info.PeerToPeer() && !subscribesAll(m) {
		_, err := s.cfg.Store.Participants.SetSubscribeRules(x.sid, store.ExcludeAll)
		x.logged("set subscribe rules", err)
	}
	l, connections, err := r.media.join(ctx, x, m, tracks)
	if err != nil {
		r.leave(x, nil)
		return fail(mediaCode(err), err)
	}
	setProfile(l.media(), m.BandwidthProfile)
	channels := map[string]channel{}
	if !info.PeerToPeer() {
		channels = s.openChannels(x, l.media(), m)
	}
	r.mu.Lock()
	x.signals.channels = channels
	r.mu.Unlock()
	s.remember(x)
	opened := r.open(x, l, c, connected{
		head:            headOf("connected"),
		Session:         x.id,
		SID:             r.sid,
		Name:            r.name,
		Options:         s.options(info, region),
		PeerConnections: connections,
		MediaSignaling:  channels,
	})
	if !opened {
		l.Close()
		s.drop(x)
		if final := x.out.untold(); final != nil {
			return &ending{final}
		}
		return fail(codeRoomConnect, errors.New("ended while joining"))
	}
	return nil
}

// openChannels opens the media signaling that a client asked for and that is
// granted.
func (s *Server) openChannels(x *session, p mediaPeer, m *connect) map[string]channel {
	channels := map[string]channel{}
	for _, name := range grantable {
		if _, wanted := m.MediaSignaling[name]; !wanted {
			continue
		}
		label, err := p.OpenChannel(name)
		if err != nil {
			// The client does without it, as with one that is not granted.
			x.log.Warn("media signaling not opened", "channel", name, "err", err)
			continue
		}
		channels[name] = channel{Transport: transport{Type: "data-channel", Label: label}}
	}
	return channels
}

// noiseCancellation names the noise cancellation that Participants may use. The
// client takes any vendor's for good out of a Track that it publishes in a Room that
// does not name it, and adds its other vendor by itself (twilio-video.js,
// lib/signaling/v2/room.js and lib/room.js).
const noiseCancellation = "krisp"

// options are what a Participant is told of its session. Media that goes from
// browser to browser is in no region, and Twilio cancels no noise in it.
func (s *Server) options(r store.Room, signalingRegion string) options {
	o := options{
		SessionTimeout:  s.cfg.SessionTimeout.Seconds(),
		SignalingRegion: signalingRegion,
		MediaRegion:     r.MediaRegion,
		AudioProcessors: []string{noiseCancellation},
	}
	switch {
	case r.PeerToPeer():
		o.MediaRegion, o.AudioProcessors = "", []string{}
	case r.MediaRegion == "" || r.MediaRegion == "gll": // "the nearest"
		o.MediaRegion = localRegion
	}
	return o
}

// subscribesAll is what automaticSubscription asked for: by default, everything.
func subscribesAll(m *connect) bool {
	all := true
	for _, r := range m.Subscribe.Rules {
		if r.All {
			all = r.Type != "exclude"
		}
	}
	return all
}

// resolve finds the Room that a token's holder wants to join, by name or SID, and
// makes it when there is none of that name.
func (s *Server) resolve(name, grant string) (store.Room, error) {
	if name == "" {
		name = grant
	}
	info, err := s.find(name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		if grant != "" && grant != name {
			return store.Room{}, fail(codeTokenGrants, fmt.Errorf("token is for Room %q, not %q", grant, name))
		}
		info, err = s.create(name)
		if err != nil {
			return store.Room{}, err
		}
	case err != nil:
		return store.Room{}, fail(codeRoomConnect, err)
	case grant != "" && grant != info.SID && grant != info.UniqueName:
		return store.Room{}, fail(codeTokenGrants, fmt.Errorf("token is for Room %q, not %q", grant, name))
	}
	if info.Status == statusCompleted {
		return store.Room{}, fail(codeRoomCompleted, nil)
	}
	return info, nil
}

func (s *Server) find(name string) (store.Room, error) {
	if name == "" {
		return store.Room{}, store.ErrNotFound
	}
	return s.cfg.Store.Rooms.Get(name)
}

// create makes a Room by connecting to it, as an account does that allows it.
func (s *Server) create(name string) (store.Room, error) {
	if sids.Is("RM", name) {
		return store.Room{}, fail(codeRoomNotFound, nil)
	}
	if sids.Looks(name) { // it could not be told from what has that SID
		return store.Room{}, fail(codeRoomNameInvalid, nil)
	}
	if code := checkText(name, codeRoomNameTooLong, codeRoomNameChars); code != 0 {
		return store.Room{}, fail(code, nil)
	}
	if s.crowded() {
		return store.Room{}, fail(codeTooManyRooms, nil)
	}
	info, err := s.cfg.Store.Rooms.Create(store.Room{UniqueName: name, AdHoc: true})
	if errors.Is(err, store.ErrNameTaken) {
		// Somebody else was faster; join them.
		info, err = s.cfg.Store.Rooms.Get(name)
	}
	if err != nil {
		return store.Room{}, fail(codeRoomCreate, err)
	}
	return info, nil
}

// offers tells whether a connect comes with the offer that it has to.
func offers(m *connect) bool {
	if len(m.PeerConnections) == 0 {
		return false
	}
	d := m.PeerConnections[0].Description
	return d != nil && d.Type == sfu.TypeOffer
}

func checkIdentity(identity string) error {
	if identity == "" {
		return fail(codeIdentityInvalid, nil)
	}
	if code := checkText(identity, codeIdentityTooLong, codeIdentityChars); code != 0 {
		return fail(code, nil)
	}
	return nil
}
