package sfu

import (
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/bwe"
	"escalate/server/localtwilio/sfu/codec"
)

// DownTrack is one outgoing copy of a Track, for one subscriber. It has an SSRC and
// a payload type of its own, begins (and resumes) on a keyframe, and numbers its packets
// without gaps over whatever it leaves out. It is a webrtc.TrackLocal.
type DownTrack struct {
	id, stream string
	codec      webrtc.RTPCodecCapability
	wire       wire
	use        use

	awaits atomic.Int32 // what selection.awaited returned last, for who forwards

	mu       sync.Mutex // everything below, and the order in which packets leave
	out      outlet
	choice   selection
	rewriter rewriter
	replayed struct { // what has been given from a gopCache
		layer *layer
		upTo  int64 // packet.order
	}
	packets int64      // sent so far
	octets  int64      // of payload sent so far
	header  rtp.Header // of the packet at hand; here so that it is not made anew for each
}

// wire is where a DownTrack's words beside its packets go.
type wire struct {
	rtcp     func([]rtcp.Packet) error
	keyframe func(ssrc uint32, number uint16) // told with which packet a keyframe begins
}

// outlet is what the subscriber has answered.
type outlet struct {
	writer  webrtc.TrackLocalWriter // nil before, and after the end of the m-section
	ssrc    uint32
	payload uint8
	red     uint8 // payload type of redundant audio, 0 when the subscriber does not know it
}

func newDownTrack(id, stream string, c webrtc.RTPCodecCapability, w wire) *DownTrack {
	kind := codec.Of(c.MimeType)
	d := &DownTrack{
		id: id, stream: stream, codec: c, wire: w,
		choice: selection{keyframes: kind.Keyframes(), waiting: true},
		// A random beginning, as RFC 3550 section 5.1 wants it.
		rewriter: newRewriter(uint16(rand.Uint32N(1<<15)), c.ClockRate, kind == codec.VP8),
	}
	d.changed()
	return d
}

// ID is the second word of a=msid.
func (d *DownTrack) ID() string { return d.id }

// RID is empty: one encoding only.
func (d *DownTrack) RID() string { return "" }

// StreamID is the first word of a=msid. All Tracks of a publisher share it, which keeps
// their lips in sync.
func (d *DownTrack) StreamID() string { return d.stream }

// Kind is audio or video.
func (d *DownTrack) Kind() webrtc.RTPCodecType {
	if strings.HasPrefix(strings.ToLower(d.codec.MimeType), "audio/") {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}

// Bind is called by pion when the subscriber has answered.
func (d *DownTrack) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	params, ok := matchCodec(d.codec, c.CodecParameters())
	d.mu.Lock()
	defer d.mu.Unlock()
	if ok {
		d.out = outlet{
			writer: c.WriteStream(), ssrc: uint32(c.SSRC()), payload: uint8(params.PayloadType), red: redPayload(c.CodecParameters()),
		}
	} else {
		// An error would make pion refuse the whole answer; a subscriber that lacks the
		// codec just sees nothing of this Track.
		params.RTPCodecCapability = d.codec
	}
	d.changed()
	return params, nil
}

// Unbind is called by pion when the m-section ends.
func (d *DownTrack) Unbind(webrtc.TrackLocalContext) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out.writer = nil
	d.changed()
	return nil
}

// matchCodec finds the subscriber's payload type for a codec, exactly if possible.
func matchCodec(want webrtc.RTPCodecCapability, have []webrtc.RTPCodecParameters) (webrtc.RTPCodecParameters, bool) {
	var near webrtc.RTPCodecParameters
	found := false
	for _, c := range have {
		if !strings.EqualFold(c.MimeType, want.MimeType) {
			continue
		}
		if c.SDPFmtpLine == want.SDPFmtpLine {
			return c, true
		}
		if !found {
			near, found = c, true
		}
	}
	return near, found
}

// start says that packets can reach the subscriber from now on. It returns the index of the
// layer of which a keyframe is wanted, if one is.
func (d *DownTrack) start() (layer int, wanted bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.changed()
	return d.choice.start()
}

// choose sets the layer to send, or pauses. It reports whether a keyframe is wanted for that.
func (d *DownTrack) choose(target int, off bool) (wanted bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.changed()
	return d.choice.choose(target, off)
}

// changed notes for who forwards whether a keyframe is awaited; mu is held.
func (d *DownTrack) changed() {
	awaited := d.choice.awaited(d.packets == 0)
	if d.choice.ready && d.out.writer == nil {
		awaited = awaitsNone
	}
	d.awaits.Store(awaited)
}

// awaitsKeyframe reports whether packets of a layer should be kept for it. It takes no lock.
func (d *DownTrack) awaitsKeyframe(layer int) bool {
	a := d.awaits.Load()
	return a == awaitsAny || a == int32(layer)
}

// chosen returns the layer that is wanted, and whether the Track is on.
func (d *DownTrack) chosen() (layer int, on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.choice.target, !d.choice.off
}

// outgoing returns the SSRC, 0 before the subscriber has answered.
func (d *DownTrack) outgoing() uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.out.ssrc
}

// write forwards one packet of a layer. When the subscriber begins with it, those follow it that came before it
// but have higher numbers.
func (d *DownTrack) write(l *layer, p *packet) (written, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.replayed.layer == l && p.order <= d.replayed.upTo {
		return skipped, nil // given already
	}
	w, err := d.pass(l, p)
	if w == began && err == nil {
		var kept []packet
		if kept, d.replayed.upTo = l.after(p.number); len(kept) > 0 {
			err = d.passAll(l, kept)
		}
		d.replayed.layer = l
	}
	return w, err
}

// replay gives a subscriber who has got nothing yet all that is kept of a layer from its first keyframe on, and
// reports whether there was any. Holding mu meanwhile, it lets none of the layer's packets overtake.
func (d *DownTrack) replay(l *layer) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.packets != 0 {
		return false, nil
	}
	kept, upTo := l.opening()
	if len(kept) == 0 {
		return false, nil
	}
	w, err := d.pass(l, &kept[0])
	if w != began {
		return false, err
	}
	d.replayed.layer, d.replayed.upTo = l, upTo
	if err == nil {
		err = d.passAll(l, kept[1:])
	}
	return true, err
}

func (d *DownTrack) passAll(l *layer, list []packet) error {
	for i := range list {
		if _, err := d.pass(l, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// pass sends a packet if it is wanted; mu is held.
func (d *DownTrack) pass(l *layer, p *packet) (written, error) {
	if d.out.writer == nil || !d.choice.ready {
		if d.packets == 0 && !d.choice.ready && !d.choice.off {
			return early, nil
		}
		return skipped, nil
	}
	result := d.choice.admit(l.index, p.frame.Keyframe)
	switch result {
	case skipped, wantKeyframe:
		return result, nil
	case began:
		d.rewriter.begin(&l.clock, p)
		d.changed()
	}
	payload, payloadType := p.plain, d.out.payload
	if p.redundant && d.out.red != 0 {
		payload, payloadType = p.payload, d.out.red
	}
	number, timestamp, payload, ok := d.rewriter.rewrite(p, payload)
	if !ok {
		return skipped, nil
	}
	h := &d.header // field by field: writing it whole takes as long as rewriting the payload
	h.Version, h.Padding, h.Marker, h.PayloadType = 2, false, p.marker, payloadType
	h.SSRC, h.SequenceNumber, h.Timestamp = d.out.ssrc, number, timestamp
	err := d.send(payload)
	if p.frame.Keyframe && d.wire.keyframe != nil {
		d.wire.keyframe(d.out.ssrc, number)
	}
	return result, err
}

// send writes d.header and counts; mu is held.
func (d *DownTrack) send(payload []byte) error {
	d.packets++
	d.octets += int64(len(payload))
	_, err := d.out.writer.WriteRTP(&d.header, payload)
	return err
}

// canPad reports whether pad has a chance.
func (d *DownTrack) canPad() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.out.writer != nil && d.choice.ready && d.packets > 0
}

// pad sends a packet of nothing but padding, which a receiver counts and drops (RFC 3550 section
// 5.1). It does so only between two frames: inside of one it would take the place of a part.
func (d *DownTrack) pad() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	between := d.header.Marker || d.header.Padding || d.choice.off
	if d.out.writer == nil || !d.choice.ready || d.packets == 0 || !between {
		return false
	}
	d.header = rtp.Header{
		Version: 2, Padding: true, SSRC: d.out.ssrc, PayloadType: d.out.payload,
		SequenceNumber: d.rewriter.number.Insert(), Timestamp: d.rewriter.clock.Last(),
	}
	return d.send(padding[:]) == nil
}

// padding is the largest there is. It is given as payload because pion/srtp writes none by itself.
var padding = [bwe.PaddingSize]byte{bwe.PaddingSize - 1: bwe.PaddingSize}

// report tells the subscriber which moment of the publisher's clock a timestamp stands for, so that
// sound and picture are played together (RFC 3550 section 6.4.1). The publisher's own words are
// passed on, since the time of arrival here differs between sound and picture by what
// encoding and pacing took. It reports whether the subscriber gets this layer at all.
func (d *DownTrack) report(l *layer, ntp uint64, timestamp uint32) (bool, error) {
	d.mu.Lock()
	if d.packets == 0 || d.out.writer == nil || !d.choice.sending(l.index) {
		d.mu.Unlock()
		return false, nil
	}
	sr := &rtcp.SenderReport{
		SSRC: d.out.ssrc, NTPTime: ntp, RTPTime: timestamp + d.rewriter.clock.Offset(),
		PacketCount: uint32(d.packets), OctetCount: uint32(d.octets), // modulo 2^32, as RFC 3550 has it
	}
	d.mu.Unlock()
	return true, d.wire.rtcp([]rtcp.Packet{sr})
}
