package sfu

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// patience is how long a test waits for something that ought to happen soon.
const patience = 15 * time.Second

// client is a Participant as twilio-video.js would be one: it numbers descriptions, applies its own
// offer only when it is answered, and yields on glare.
type client struct {
	t    testing.TB
	id   string
	pc   *webrtc.PeerConnection
	peer *Peer

	mu        sync.Mutex
	stable    int
	pending   *Description // our unanswered offer
	again     bool         // offer again when it is answered
	tracks    []Track
	senders   map[string]*sender
	got       []Description
	subs      []Subscription
	received  map[string]*received
	data      map[string]*dataReceived
	messages  []string
	failed    error
	closed    bool
	munge     func(string) string    // changes offers on their way
	holdReply func(Description) bool // true keeps a server offer unanswered
	wg        sync.WaitGroup
	stop      chan struct{}
}

// received counts what arrived of one Track.
type received struct {
	packets int
	gaps    int
	first   []byte
	firstAt time.Time
	last    uint16
	stream  string
	mime    string
	exts    int
	ssrc    webrtc.SSRC
	reports int
}

type dataReceived struct {
	texts    []string
	binaries int
	ordered  bool
	retrans  *uint16
	lifetime *uint16
}

func newClient(t testing.TB, id string) *client {
	t.Helper()
	var m webrtc.MediaEngine
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{
		URI: sdp.AudioLevelURI,
	}, webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetIPFilter(isLoopback)
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(&m), webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{
		t: t, id: id, pc: pc, stop: make(chan struct{}),
		senders:  map[string]*sender{},
		received: map[string]*received{},
		data:     map[string]*dataReceived{},
	}
	pc.OnTrack(c.onTrack)
	pc.OnDataChannel(c.onDataChannel)
	t.Cleanup(c.close)
	return c
}

func (c *client) close() {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.mu.Unlock()
	if was {
		return
	}
	close(c.stop)
	if err := c.pc.GracefulClose(); err != nil {
		c.t.Logf("close client: %v", err)
	}
	c.wg.Wait()
}

func (c *client) leave() {
	c.peer.Close()
	c.close()
}

// join makes the first offer. Tracks must have been added before.
func (c *client) join(r *Router) {
	c.t.Helper()
	c.joinWith(r, func(*PeerConfig) {})
}

func (c *client) joinWith(r *Router, change func(*PeerConfig)) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		if !slices.ContainsFunc(c.pc.GetTransceivers(), func(t *webrtc.RTPTransceiver) bool { return t.Kind() == k }) {
			if _, err := c.pc.AddTransceiverFromKind(k, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	offer := c.makeOffer(1)
	config := PeerConfig{
		ID: c.id, SubscribeAll: true,
		Send:       c.receive,
		Subscribed: func(s []Subscription) { c.mu.Lock(); c.subs = s; c.mu.Unlock() },
		Message: func(channel string, data []byte) {
			c.mu.Lock()
			c.messages = append(c.messages, channel+" "+string(data))
			c.mu.Unlock()
		},
		Failed: func(err error) { c.mu.Lock(); c.failed = err; c.mu.Unlock() },
	}
	change(&config)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p, answer, err := r.Join(ctx, config, offer, c.tracks)
	if err != nil {
		c.t.Fatalf("join %s: %v", c.id, err)
	}
	c.peer = p
	c.answered(answer)
}

func (c *client) makeOffer(revision int) Description {
	o, err := c.pc.CreateOffer(nil)
	if err != nil {
		c.t.Errorf("%s: create offer: %v", c.id, err)
	}
	c.pending = &Description{Type: TypeOffer, Revision: revision, SDP: o.SDP}
	d := *c.pending
	if c.munge != nil {
		d.SDP = c.munge(d.SDP)
	}
	return d
}

// answered applies our offer and the server's answer to it; mu is held.
func (c *client) answered(d Description) {
	if c.pending == nil || d.Revision != c.pending.Revision {
		c.t.Errorf("%s: answer %d was not asked for", c.id, d.Revision)
		return
	}
	c.apply(c.pc.SetLocalDescription, webrtc.SDPTypeOffer, c.pending.SDP)
	c.apply(c.pc.SetRemoteDescription, webrtc.SDPTypeAnswer, d.SDP)
	c.pending, c.stable = nil, d.Revision
	if c.again {
		c.again = false
		c.handle(c.makeOffer(c.stable + 1))
	}
}

func (c *client) apply(set func(webrtc.SessionDescription) error, typ webrtc.SDPType, sdp string) {
	if err := set(webrtc.SessionDescription{Type: typ, SDP: sdp}); err != nil && !c.closed {
		c.t.Errorf("%s: apply %s: %v\n%s", c.id, typ, err, sdp)
	}
}

// receive takes a description of the server, in the goroutine of its callbacks.
func (c *client) receive(d Description) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, d)
	if c.closed || d.Type == TypeOffer && c.holdReply != nil && c.holdReply(d) {
		return
	}
	c.take(d)
}

// take does the work of receive; mu is held.
func (c *client) take(d Description) {
	if d.Type == TypeAnswer {
		c.answered(d)
		return
	}
	if d.Revision <= c.stable {
		c.t.Errorf("%s: offer %d is not above %d", c.id, d.Revision, c.stable)
		return
	}
	again := c.pending != nil
	c.pending, c.again = nil, false // never applied, so that there is nothing to roll back
	c.apply(c.pc.SetRemoteDescription, webrtc.SDPTypeOffer, d.SDP)
	a, err := c.pc.CreateAnswer(nil)
	if err != nil {
		c.t.Errorf("%s: create answer: %v", c.id, err)
		return
	}
	c.apply(c.pc.SetLocalDescription, webrtc.SDPTypeAnswer, a.SDP)
	c.stable = d.Revision
	c.handle(Description{Type: TypeAnswer, Revision: d.Revision, SDP: a.SDP})
	if again {
		c.handle(c.makeOffer(c.stable + 1))
	}
}

func (c *client) handle(d Description) {
	if err := c.peer.Handle(d); err != nil && !c.closed {
		c.t.Errorf("%s: handle %s %d: %v", c.id, d.Type, d.Revision, err)
	}
}

// offer negotiates again.
func (c *client) offer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending != nil {
		c.again = true
		return
	}
	c.handle(c.makeOffer(c.stable + 1))
}

// publish adds a Track of made-up media, announces it and, when joined, offers it.
func (c *client) publish(sid, kind string) *sender {
	c.t.Helper()
	s := newSender(c, sid, kind)
	c.mu.Lock()
	c.senders[sid] = s
	c.tracks = append(c.tracks, Track{SID: sid, ID: s.id, Kind: kind, Enabled: true})
	c.mu.Unlock()
	c.announce()
	return s
}

// announce tells the server which Tracks there are, and negotiates.
func (c *client) announce() {
	if c.peer != nil {
		c.peer.SetTracks(c.tracks)
		c.offer()
	}
}

// unpublish takes a Track back.
func (c *client) unpublish(sid string) {
	c.t.Helper()
	c.mu.Lock()
	s := c.senders[sid]
	delete(c.senders, sid)
	c.tracks = slices.DeleteFunc(slices.Clone(c.tracks), func(t Track) bool { return t.SID == sid })
	c.mu.Unlock()
	s.close()
	if s.rtp != nil {
		if err := c.pc.RemoveTrack(s.rtp); err != nil {
			c.t.Fatal(err)
		}
	}
	c.announce()
}

func (c *client) onTrack(remote *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.wg.Add(2)
	rec := &received{stream: remote.StreamID(), mime: remote.Codec().MimeType, ssrc: remote.SSRC()}
	c.received[remote.ID()] = rec
	c.mu.Unlock()
	go func() {
		defer c.wg.Done()
		for {
			packets, _, err := r.ReadRTCP()
			if err != nil {
				return
			}
			for _, p := range packets {
				if sr, ok := p.(*rtcp.SenderReport); ok && sr.SSRC == uint32(remote.SSRC()) {
					c.mu.Lock()
					rec.reports++
					c.mu.Unlock()
				}
			}
		}
	}()
	defer c.wg.Done()
	for {
		p, _, err := remote.ReadRTP()
		if err != nil {
			return
		}
		c.mu.Lock()
		if rec.packets == 0 {
			rec.first, rec.firstAt = slices.Clone(p.Payload), time.Now()
		} else if p.SequenceNumber != rec.last+1 {
			rec.gaps++
		}
		rec.packets++
		rec.last = p.SequenceNumber
		rec.exts += len(p.Extensions)
		c.mu.Unlock()
	}
}

func (c *client) onDataChannel(dc *webrtc.DataChannel) {
	rec := &dataReceived{ordered: dc.Ordered(), retrans: dc.MaxRetransmits(), lifetime: dc.MaxPacketLifeTime()}
	c.mu.Lock()
	c.data[dc.Label()] = rec
	c.mu.Unlock()
	if strings.HasPrefix(dc.Label(), labelPrefix) {
		dc.OnOpen(func() {
			if err := dc.SendText(`{"type":"ready"}`); err != nil {
				c.t.Errorf("%s: send ready: %v", c.id, err)
			}
		})
	}
	dc.OnMessage(func(m webrtc.DataChannelMessage) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if m.IsString {
			rec.texts = append(rec.texts, string(m.Data))
		} else {
			rec.binaries++
		}
	})
}

// packets is how many packets of a Track have arrived.
func (c *client) packets(sid string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.received[sid]; r != nil {
		return r.packets
	}
	return 0
}

// flows waits until a Track's packets arrive, more than have arrived so far.
func (c *client) flows(sids ...string) {
	c.t.Helper()
	for _, sid := range sids {
		n := c.packets(sid) + 5
		eventually(c.t, fmt.Sprintf("media of %s at %s", sid, c.id), func() bool { return c.packets(sid) >= n })
	}
}

// subscribed waits until the list of subscriptions is exactly this.
func (c *client) subscribed(sids ...string) {
	c.t.Helper()
	slices.Sort(sids)
	eventually(c.t, fmt.Sprintf("%s subscribed to %v", c.id, sids), func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		var got []string
		for _, s := range c.subs {
			got = append(got, s.TrackSID)
		}
		slices.Sort(got)
		return slices.Equal(got, sids)
	})
}

// lines is how many m-lines the PeerConnection has.
func (c *client) lines() int { return strings.Count(c.pc.LocalDescription().SDP, "\nm=") }
