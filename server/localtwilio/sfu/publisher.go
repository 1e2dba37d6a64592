package sfu

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
)

// publisher is what one client sends: it receives media, compares it with the Tracks that the client announces,
// publishes what is both, and tells the client how much of it is of use. It belongs to the Peer's loop, but for
// what pion calls: onTrack and onDataChannel.
type publisher struct {
	peerBase
	owner       *Peer // in whose name it publishes; not looked into
	negotiation *negotiation
	receiver    layerReceiver

	tracks    []Track                 // as announced
	incoming  []*incoming             // media that arrived
	published map[string]*publication // by Track SID
	holding   bool                    // media waits for what was announced with it
	hints     map[string]layerHint    // by Track SID
	shaped    time.Time               // when the last REMB was made

	remb atomic.Pointer[rtcp.ReceiverEstimatedMaximumBitrate] // for the next report
}

func newPublisher(p *Peer) *publisher {
	return &publisher{
		peerBase: p.peerBase, owner: p, negotiation: p.negotiation,
		receiver:  layerReceiver{peerBase: p.peerBase, negotiation: p.negotiation},
		published: map[string]*publication{}, hints: map[string]layerHint{},
	}
}

// incoming is media that arrived, whether or not it has been announced. Exactly one of
// media and data is set.
type incoming struct {
	id    string // as announced in Track.ID
	media *upTrack
	data  *upData

	closing bool // its channel has closed
}

func (in *incoming) kind() string {
	switch {
	case in.data != nil:
		return KindData
	case in.media.video():
		return KindVideo
	}
	return KindAudio
}

// onTrack is called by pion, in a goroutine of its own, when an m-section with media has been
// negotiated and the transport is up.
//
// The Track is published before its first packet: while the publisher's encoder starts,
// the subscribers negotiate. Its codec is taken to be the one that we prefer, which browsers send.
func (p *publisher) onTrack(remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	if !p.running.enter() {
		return
	}
	defer p.running.leave()
	first := newLayer(0, remote, receiver, p.pc.WriteRTCP)
	expected := expectedCodec(receiver)
	in, stop := p.receive(first, expected)
	packet, err := begin(remote)
	if err == nil && !strings.EqualFold(expected.MimeType, mediaCodec(remote).MimeType) {
		p.log.Debug("another codec than expected", "expected", expected.MimeType, "codec", remote.Codec().MimeType)
		stop()
		in, stop = p.receive(first, mediaCodec(remote))
	}
	if err == nil {
		if f := p.config.Sending; f != nil {
			f(in.media.codec.MimeType)
		}
		p.running.run(func() { in.media.readReports(first) })
		counted := p.router.engine.tallies.receives(first)
		in.media.forward(first, packet)
		counted()
	} else {
		p.log.Debug("wait for media", "err", err)
	}
	first.close()
	stop()
}

// receive makes a Track known, and returns it with what ends it.
func (p *publisher) receive(first *layer, codec webrtc.RTPCodecCapability) (in *incoming, stop func()) {
	u := newUpTrack(first, codec, p.log)
	in = &incoming{id: first.remote.ID(), media: u}
	stopLayers := p.receiver.receiveLayers(u)
	p.loop.post(func() { p.arrived(in) })
	return in, func() {
		stopLayers()
		p.loop.post(func() { p.ended(in) })
	}
}

// expectedCodec is what a client that follows our answer's order sends.
func expectedCodec(receiver *webrtc.RTPReceiver) webrtc.RTPCodecCapability {
	for _, c := range receiver.GetParameters().Codecs {
		if !strings.EqualFold(c.MimeType, webrtc.MimeTypeRTX) {
			return unwrapped(c.RTPCodecCapability)
		}
	}
	return webrtc.RTPCodecCapability{} // replaced by the first packet's
}

// mediaCodec is the codec of what has arrived.
func mediaCodec(remote *webrtc.TrackRemote) webrtc.RTPCodecCapability {
	return unwrapped(remote.Codec().RTPCodecCapability)
}

// unwrapped is Opus for redundant audio, a wrapping that can come and go: upTrack.parse looks at
// each packet.
func unwrapped(c webrtc.RTPCodecCapability) webrtc.RTPCodecCapability {
	if strings.EqualFold(c.MimeType, codec.MimeRED) {
		return opus
	}
	return c
}

// begin waits for the packet that tells the codec, and returns it.
//
// The first to arrive can be a retransmission, left from before an m-section was paused or sent to
// probe for bandwidth. It has no codec of its own.
func begin(remote *webrtc.TrackRemote) (packet []byte, err error) {
	buf := make([]byte, maxPacket)
	for {
		n, _, err := remote.Read(buf)
		if err != nil && !errors.Is(err, webrtc.ErrCodecNotFound) {
			return nil, err
		}
		if remote.PayloadType() != 0 {
			return buf[:n], nil
		}
	}
}

// hangUpPatience is how long after its data channels a client that hangs up may take to end the rest: two packets, or
// the disconnect that is read meanwhile.
const hangUpPatience = 2 * time.Second

// onDataChannel is called by pion when the client opens a channel.
func (p *publisher) onDataChannel(dc *webrtc.DataChannel) {
	in := &incoming{id: dc.Label(), data: newUpData(dc, p.log)}
	dc.OnClose(func() {
		p.loop.post(func() { in.closing = true })
		// A client that hangs up ends SCTP first, and one that takes a Track back says so in its list.
		time.AfterFunc(hangUpPatience, func() { p.loop.post(func() { p.ended(in) }) })
	})
	p.loop.post(func() { p.arrived(in) })
}

// togetherPatience is how long a Track waits for those that were announced and negotiated with it.
// They arrive within a millisecond of each other as a rule, and together they take their subscribers
// one negotiation instead of two.
const togetherPatience = 100 * time.Millisecond

func (p *publisher) arrived(in *incoming) {
	p.incoming = append(p.incoming, in)
	if in.media != nil && p.awaits() && !p.holding {
		p.holding = true
		time.AfterFunc(p.router.engine.together, func() {
			p.loop.post(func() {
				p.holding = false
				p.match()
			})
		})
	}
	p.match()
}

// awaits reports whether an announced Track has been negotiated but has not arrived yet.
func (p *publisher) awaits() bool {
	negotiated := p.negotiation.negotiated()
	return slices.ContainsFunc(p.tracks, func(t Track) bool {
		return t.Kind != KindData && negotiated[t.ID] && p.find(t) == nil
	})
}

// ended is told that media does not arrive any more. When all of the connection has ended, so has the Participant's
// stay, which Failed says: their Tracks go with them, and not before, lest the others see somebody who has
// taken their Tracks back.
func (p *publisher) ended(in *incoming) {
	if p.pc.SignalingState() == webrtc.SignalingStateClosed { // pion closes so, before the media, when DTLS has ended
		return
	}
	p.incoming = slices.DeleteFunc(p.incoming, func(x *incoming) bool { return x == in })
	p.match()
}

func (p *publisher) setTracks(tracks []Track) {
	p.tracks = tracks
	p.match()
}

// rematch reads the ids again: an m-section can be given to another Track while its
// packets flow on, and pion then only changes the id.
func (p *publisher) rematch() {
	for _, in := range p.incoming {
		if in.media != nil {
			in.id = in.media.layers[0].remote.ID()
		}
	}
	p.match()
}

// match compares what is announced with what has arrived, and publishes and unpublishes the
// difference.
func (p *publisher) match() {
	wanted := map[string]*incoming{}
	for _, t := range p.tracks {
		in := p.find(t)
		if in == nil || t.SID == "" {
			continue
		}
		// What closes goes on being the Track that it was; one that takes its place has a channel of its own.
		if pub := p.published[t.SID]; in.closing && (pub == nil || pub.data != in.data) {
			continue
		}
		wanted[t.SID] = in
		if pub := p.published[t.SID]; pub != nil {
			pub.enabled.Store(t.Enabled)
			pub.rank.Store(t.Priority)
		}
	}
	for sid, pub := range p.published {
		if in := wanted[sid]; in == nil || in.media != pub.media || in.data != pub.data {
			delete(p.published, sid)
			p.router.unpublish(pub)
		}
	}
	var pubs []*publication
	held := p.holding && p.awaits()
	for _, t := range p.tracks {
		in := wanted[t.SID]
		if in == nil || p.published[t.SID] != nil || held && in.media != nil {
			continue
		}
		pub := &publication{owner: p.owner, sid: t.SID, kind: t.Kind, media: in.media, data: in.data}
		pub.enabled.Store(t.Enabled)
		pub.rank.Store(t.Priority)
		p.published[t.SID] = pub
		pubs = append(pubs, pub)
	}
	if len(pubs) > 0 {
		p.router.publish(pubs)
	}
}

// find returns the latest media of a Track: when an m-section is used again, the old one may
// not have ended yet.
func (p *publisher) find(t Track) *incoming {
	for _, in := range slices.Backward(p.incoming) {
		if in.id == t.ID && in.kind() == t.Kind {
			return in
		}
	}
	return nil
}
