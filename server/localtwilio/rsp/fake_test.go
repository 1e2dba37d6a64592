package rsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"escalate/server/localtwilio/sfu"
)

// fakeMedia opens Rooms without media: offers whose SDP begins with "bad" are
// refused, those that begin with "trouble" are more than it can answer, others are answered, and everything published is subscribed to as soon as it
// is announced, by the announced SID.
type fakeMedia struct {
	mu    sync.Mutex
	rooms []*fakeRoom
}

func (f *fakeMedia) open(_ []string, speaker func(string)) mediaRoom {
	r := &fakeRoom{speaker: speaker}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rooms = append(f.rooms, r)
	return r
}

// last is the Room that was opened last.
func (f *fakeMedia) last() *fakeRoom {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rooms[len(f.rooms)-1]
}

type fakeRoom struct {
	speaker func(string)

	mu     sync.Mutex
	peers  []*fakePeer
	closed bool
}

func (r *fakeRoom) Join(_ context.Context, c sfu.PeerConfig, offer sfu.Description, tracks []sfu.Track) (mediaPeer, sfu.Description, error) {
	if err := faultOf(offer); err != nil {
		return nil, sfu.Description{}, err
	}
	p := &fakePeer{room: r, cfg: c, tracks: tracks, sent: map[string][]string{}}
	r.mu.Lock()
	r.peers = append(r.peers, p)
	r.mu.Unlock()
	r.publish()
	return p, sfu.Description{Type: sfu.TypeAnswer, Revision: offer.Revision, SDP: "answer"}, nil
}

func (r *fakeRoom) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

func (r *fakeRoom) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// peer finds a Participant's peer.
func (r *fakeRoom) peer(sid string) *fakePeer {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.peers {
		if p.cfg.ID == sid {
			return p
		}
	}
	return nil
}

// publish tells everybody's subscriptions.
func (r *fakeRoom) publish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.peers {
		list := []sfu.Subscription{}
		for _, o := range r.peers {
			if o == p || !p.cfg.SubscribeAll {
				continue
			}
			for _, t := range o.tracks {
				list = append(list, sfu.Subscription{TrackSID: t.SID, ID: t.SID})
			}
		}
		p.cfg.Subscribed(list)
	}
}

// faultOf is what goes wrong with a description.
func faultOf(d sfu.Description) error {
	switch {
	case strings.HasPrefix(d.SDP, "bad"):
		return fmt.Errorf("fake: %w", sfu.ErrDescription)
	case strings.HasPrefix(d.SDP, "trouble"):
		return errors.New("no answer can be made")
	case strings.HasPrefix(d.SDP, "closing"):
		return fmt.Errorf("fake: %w", sfu.ErrClosed)
	}
	return nil
}

type fakePeer struct {
	room *fakeRoom
	cfg  sfu.PeerConfig

	mu      sync.Mutex
	tracks  []sfu.Track
	handled []sfu.Description
	sent    map[string][]string // by channel
	wanted  []string            // as last set; nil until then
	asked   []string            // how it wants to receive
	closed  bool
}

// Tap copies nothing: no test records what is not sent.
func (r *fakeRoom) Tap(string) *sfu.Tap { return nil }

func (p *fakePeer) SetWanted(sids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = append([]string{}, sids...)
}

func (p *fakePeer) wants() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wanted
}

func (p *fakePeer) SetTracks(t []sfu.Track) {
	p.room.mu.Lock()
	p.tracks = t
	p.room.mu.Unlock()
	p.room.publish()
}

func (p *fakePeer) Handle(d sfu.Description) error {
	if err := faultOf(d); err != nil {
		return err
	}
	p.mu.Lock()
	p.handled = append(p.handled, d)
	p.mu.Unlock()
	if d.Type == sfu.TypeOffer {
		p.cfg.Send(sfu.Description{Type: sfu.TypeAnswer, Revision: d.Revision, SDP: "answer"})
	}
	return nil
}

func (p *fakePeer) HandleICE(json.RawMessage) {}

func (p *fakePeer) Quality() sfu.Quality { return sfu.Quality{} }

func (p *fakePeer) SetProfile(f sfu.Profile) { p.ask("profile " + f.Mode) }
func (p *fakePeer) Prioritize(trackSID, priority string) {
	p.ask("priority " + trackSID + " " + priority)
}
func (p *fakePeer) ResetLayers(trackSID string, pause time.Duration) {
	p.ask("reset " + trackSID + " after " + pause.String())
}
func (p *fakePeer) Hint(list []sfu.Hint) {
	for _, h := range list {
		p.ask(fmt.Sprint("hint ", h.TrackSID, " ", *h.Enabled, " ", *h.Rendered))
	}
}

func (p *fakePeer) ask(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, what)
}

func (p *fakePeer) OpenChannel(name string) (string, error) { return "label-" + name, nil }

func (p *fakePeer) SendChannel(name string, data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent[name] = append(p.sent[name], string(data))
	return nil
}

func (p *fakePeer) lastSent(channel string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sent[channel]; len(s) > 0 {
		return s[len(s)-1]
	}
	return ""
}

func (p *fakePeer) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.room.mu.Lock()
	p.tracks = nil
	for i, o := range p.room.peers {
		if o == p {
			p.room.peers = append(p.room.peers[:i:i], p.room.peers[i+1:]...)
			break
		}
	}
	p.room.mu.Unlock()
	p.room.publish()
}
