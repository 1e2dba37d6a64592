package sfu

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
	sdpedit "escalate/server/localtwilio/sfu/sdp"
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
	leaving   bool
	munge     func(string) string    // changes offers on their way
	holdReply func(Description) bool // true keeps a server offer unanswered
	fresh     bool                   // what is published gets an m-section of its own
	pace      time.Duration          // of the frames that are published, 0 for the usual
	wg        sync.WaitGroup
	stop      chan struct{}
}

// received counts what arrived of one Track.
type received struct {
	packets   int
	gaps      int
	first     []byte
	firstAt   time.Time
	last      uint16
	stream    string
	mime      string
	size      Dimensions    // of the last VP8 keyframe
	backwards int           // timestamps below the one before
	jumps     int           // picture ids that are not the next, or the same
	time      uint32        // last timestamp
	times     []uint32      // all timestamps, of audio
	picture   uint16        // last picture id
	types     map[uint8]int // packets by payload type
	levels    int           // packets with more than our own header extension
	ssrc      webrtc.SSRC
	reports   int
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
	return newClientOver(t, id, webrtc.NetworkTypeUDP4, func(*webrtc.MediaEngine) {})
}

func newClientOver(t testing.TB, id string, network webrtc.NetworkType, more func(*webrtc.MediaEngine), settings ...func(*webrtc.SettingEngine)) *client {
	t.Helper()
	var m webrtc.MediaEngine
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	more(&m)
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{
		URI: sdp.AudioLevelURI,
	}, webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{network})
	s.SetIPFilter(isLoopback)
	// pion gives a server up that has not answered seven checks in 1.4 seconds, after which it waits
	// for nothing. Browsers go on, which tells on a busy machine.
	s.SetICEMaxBindingRequests(1000)
	s.SetDTLSRetransmissionInterval(50 * time.Millisecond) // as browsers do
	for _, set := range settings {
		set(&s)
	}
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
	c.mu.Lock()
	c.leaving = true // what it says from now on may come too late, and the server's goodbye closes it
	c.mu.Unlock()
	c.peer.Close()
	c.close()
}

// forget lets go of what a client that has left holds in memory, which the test would keep till its end.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pc, c.peer, c.got, c.received, c.senders, c.data = nil, nil, nil, nil, nil, nil
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
	// pion would number its new sections here and keep the numbers when the offer comes to nothing
	// in glare, though the server's may be numbered alike. Browsers do not.
	for i, t := range c.pc.GetTransceivers() {
		if t.Mid() == "" {
			if err := t.SetMid(fmt.Sprintf("%s-%d", c.id, i)); err != nil {
				c.wrong("name section: %v", err)
			}
		}
	}
	o, err := c.pc.CreateOffer(nil)
	if err != nil {
		c.wrong("create offer: %v", err)
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
		c.wrong("answer %d was not asked for", d.Revision)
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
	if err := set(webrtc.SessionDescription{Type: typ, SDP: sdp}); err != nil {
		c.wrong("apply %s: %v\n%s", typ, err, sdp)
	}
}

// wrong fails the test, unless the client is on its way out; mu is held.
func (c *client) wrong(format string, args ...any) {
	if !c.closed && !c.leaving {
		c.t.Errorf(c.id+": "+format, args...)
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
		c.wrong("offer %d is not above %d", d.Revision, c.stable)
		return
	}
	again := c.pending != nil
	c.pending, c.again = nil, false // never applied, so that there is nothing to roll back
	// A browser takes sections up again that were inactive for a while; pion needs what the server does.
	offer := c.parse(d.SDP)
	inactive := offer.ReceiveInactive()
	c.apply(c.pc.SetRemoteDescription, webrtc.SDPTypeOffer, offer.String())
	a, err := c.pc.CreateAnswer(nil)
	if err != nil {
		c.wrong("create answer: %v", err)
		return
	}
	c.apply(c.pc.SetLocalDescription, webrtc.SDPTypeAnswer, a.SDP)
	c.stable = d.Revision
	answer := c.parse(a.SDP)
	answer.Deactivate(inactive)
	c.handle(Description{Type: TypeAnswer, Revision: d.Revision, SDP: answer.String()})
	if again {
		c.handle(c.makeOffer(c.stable + 1))
	}
}

func (c *client) parse(s string) *sdpedit.Description {
	d, err := sdpedit.Parse(s)
	if err != nil {
		c.wrong("%v in %s", err, s)
		return &sdpedit.Description{}
	}
	return d
}

func (c *client) handle(d Description) {
	if err := c.peer.Handle(d); err != nil {
		c.wrong("handle %s %d: %v", d.Type, d.Revision, err)
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

// offers counts what the server has offered so far.
func (c *client) offers() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.got {
		if d.Type == TypeOffer {
			n++
		}
	}
	return n
}

// answeredAll waits until no offer of the client is without an answer.
func (c *client) answeredAll() {
	c.t.Helper()
	eventually(c.t, "an answer for "+c.id, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.pending == nil && !c.again
	})
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
	rec := &received{types: map[uint8]int{}, stream: remote.StreamID(), mime: remote.Codec().MimeType, ssrc: remote.SSRC()}
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
		rec.look(p)
		rec.packets++
		rec.types[p.PayloadType]++
		rec.last = p.SequenceNumber
		if len(p.Extensions) > 1 {
			rec.levels++
		}
		c.mu.Unlock()
	}
}

// look follows a stream.
func (r *received) look(p *rtp.Packet) {
	if f := parsed(codec.VP8, p.Payload); f.Width != 0 {
		r.size = Dimensions{Width: int(f.Width), Height: int(f.Height)}
	}
	if strings.EqualFold(r.mime, webrtc.MimeTypeOpus) {
		r.times = append(r.times, p.Timestamp)
		return
	}
	var d codecs.VP8Packet
	if _, err := d.Unmarshal(p.Payload); err != nil || d.I == 0 {
		return
	}
	if r.packets > 0 {
		if int32(p.Timestamp-r.time) < 0 {
			r.backwards++
		}
		if next := (r.picture + 1) & 0x7fff; d.PictureID != r.picture && d.PictureID != next {
			r.jumps++
		}
	}
	r.time, r.picture = p.Timestamp, d.PictureID
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

// explain says, when the test has failed, how far a Track that is waited for has come.
func (c *client) explain(sid string) {
	if !c.t.Failed() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t.Logf("%s: connection %s, ICE %s, revision %d, offer pending %t, %d subscriptions, media of %s %t, failed: %v", c.id,
		c.pc.ConnectionState(), c.pc.ICEConnectionState(), c.stable, c.pending != nil, len(c.subs), sid, c.received[sid] != nil, c.failed)
	c.t.Logf("%s: candidate pairs %s", c.id, pairs(c.pc))
	for _, peer := range c.peer.router.members() {
		state := make(chan string, 1)
		peer.loop.post(func() {
			s := fmt.Sprintf("candidate pairs %s\nserver's end of %s: connection %s, ICE %s, %s, connected %t, failed %t, %d Tracks announced, %d incoming, %d published",
				pairs(peer.pc), peer.config.ID, peer.pc.ConnectionState(), peer.pc.ICEConnectionState(), peer.negotiation.progress(), peer.connected, peer.failed, len(peer.publisher.tracks), len(peer.publisher.incoming), len(peer.publisher.published))
			for _, in := range peer.publisher.incoming {
				if in.media != nil {
					for _, l := range in.media.layers {
						s += fmt.Sprintf("\n  %s, layer %d: SSRC %d, %d bytes, keyframe kept %t", in.id, l.index, l.remote.SSRC(), l.bytes.Load(), l.kept.Load())
					}
				}
			}
			for _, sub := range peer.subscriber.subs {
				if sub.down != nil {
					sub.down.mu.Lock()
					s += fmt.Sprintf("\n  %s: offered in %d, bound %t, ready %t, off %t, waiting %t, %d packets", sub.pub.sid, sub.revision,
						sub.down.out.writer != nil, sub.down.choice.ready, sub.down.choice.off, sub.down.choice.waiting, sub.down.packets)
					sub.down.mu.Unlock()
				}
			}
			state <- s
		})
		select {
		case s := <-state:
			c.t.Log(s)
		case <-time.After(5 * time.Second):
			buf := make([]byte, 1<<22)
			c.t.Fatalf("server's end of %s does not answer:\n%s", peer.config.ID, buf[:runtime.Stack(buf, true)])
		}
	}
}

// progress says how far the negotiation has come; the loop's.
func (n *negotiation) progress() string {
	return fmt.Sprintf("stable %d, outstanding %d, dirty %t", n.stable, n.outstanding, n.dirty)
}

// pairs says what has become of the connectivity checks.
func pairs(pc *webrtc.PeerConnection) string {
	s := ""
	for _, stats := range pc.GetStats() {
		if p, ok := stats.(webrtc.ICECandidatePairStats); ok {
			s += fmt.Sprintf("%s nominated %t: %d checks sent, %d answered, %d received, %d answered; ",
				p.State, p.Nominated, p.RequestsSent, p.ResponsesReceived, p.RequestsReceived, p.ResponsesSent)
		}
	}
	return s
}

// members lists who is in the Room.
func (r *Router) members() []*Peer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.peers))
}

// flows waits until packets of Tracks arrive, more than have arrived so far.
func (c *client) flows(sids ...string) {
	c.t.Helper()
	c.flowing(sids...)()
}

// flowing counts from now on what flows waits for.
func (c *client) flowing(sids ...string) (wait func()) {
	enough := map[string]int{}
	for _, sid := range sids {
		enough[sid] = c.packets(sid) + 5
	}
	return func() {
		c.t.Helper()
		for sid, n := range enough {
			c.await(sid, n)
		}
	}
}

func (c *client) await(sid string, packets int) {
	c.t.Helper()
	if !c.t.Failed() { // or it is about something else
		defer c.explain(sid)
	}
	eventually(c.t, fmt.Sprintf("media of %s at %s", sid, c.id), func() bool { return c.packets(sid) >= packets })
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
