package sfu

import (
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// DownTrack is one outgoing copy of a Track, for one subscriber. It has an SSRC and
// a payload type of its own, begins (and resumes) on a keyframe, and numbers its packets
// without gaps over whatever it leaves out. It is a webrtc.TrackLocal.
type DownTrack struct {
	id, stream string
	codec      webrtc.RTPCodecCapability
	keyframe   keyframeTest // nil: any packet will do to begin
	rtcp       func([]rtcp.Packet) error

	want     atomic.Int64 // bits per second that the subscriber can take and make use of
	rendered atomic.Int64 // width<<32 | height, 0 when unknown, -1 when not rendered

	mu      sync.Mutex // everything below
	writer  webrtc.TrackLocalWriter
	ssrc    uint32
	payload uint8
	red     uint8 // payload type of redundant audio, 0 when the subscriber does not know it
	ready   bool  // answered and connected, so that a keyframe can arrive
	off     bool  // switched off
	waiting bool  // for a keyframe
	target  int   // index of the layer that is wanted
	current int   // index of the layer that is sent, unless waiting
	number  numbering
	clock   timeline
	vp8     *vp8Numbers // nil for other codecs
	packets uint32      // sent so far
	octets  uint32      // of payload sent so far
	header  rtp.Header  // of the packet at hand; here so that it is not made anew for each
	buf     []byte      // for a payload that is rewritten
}

func newDownTrack(id, stream string, codec webrtc.RTPCodecCapability, write func([]rtcp.Packet) error) *DownTrack {
	d := &DownTrack{
		id: id, stream: stream, codec: codec, rtcp: write,
		keyframe: keyframeTestFor(codec.MimeType),
		waiting:  true,
		// A random beginning, as RFC 3550 section 5.1 wants it.
		number: numbering{next: int64(rand.Uint32N(1 << 15))},
		clock:  timeline{rate: codec.ClockRate},
	}
	if strings.EqualFold(codec.MimeType, webrtc.MimeTypeVP8) {
		d.vp8, d.buf = &vp8Numbers{}, make([]byte, maxPacket)
	}
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
		d.writer, d.ssrc, d.payload = c.WriteStream(), uint32(c.SSRC()), uint8(params.PayloadType)
		d.red = redPayload(c.CodecParameters())
	} else {
		// An error would make pion refuse the whole answer; a subscriber that lacks the
		// codec just sees nothing of this Track.
		params.RTPCodecCapability = d.codec
	}
	return params, nil
}

// Unbind is called by pion when the m-section ends.
func (d *DownTrack) Unbind(webrtc.TrackLocalContext) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writer = nil
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

// start says that packets can reach the subscriber from now on. It answers the index of the
// layer of which a keyframe is wanted, if one is.
func (d *DownTrack) start() (layer int, wanted bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ready {
		return 0, false
	}
	d.ready = true
	return d.target, d.keyframe != nil && !d.off
}

// choose sets the layer to send, or pauses. Until the layer's next keyframe the one before it
// goes on. It reports whether a keyframe of it is wanted.
func (d *DownTrack) choose(target int, off bool) (wanted bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off == off && (off || d.target == target) {
		d.target = target
		return false
	}
	if d.off != off {
		d.waiting = true
	}
	d.off, d.target = off, target
	return d.keyframe != nil && d.ready && !off && (d.waiting || d.current != target)
}

// chosen answers the layer that is wanted, and whether the Track is on.
func (d *DownTrack) chosen() (layer int, on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.target, !d.off
}

// blank reports whether nothing has been sent yet.
func (d *DownTrack) blank() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.packets == 0
}

// outgoing is the SSRC, 0 before the subscriber has answered.
func (d *DownTrack) outgoing() uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ssrc
}

// render notes how large the subscriber draws the Track, if at all.
func (d *DownTrack) render(s Dimensions, looks bool) {
	if !looks {
		d.rendered.Store(-1)
		return
	}
	d.rendered.Store(int64(s.Width)<<32 | int64(s.Height))
}

// rendering answers what render was told.
func (d *DownTrack) rendering() (s Dimensions, looks bool) {
	r := d.rendered.Load()
	if r < 0 {
		return Dimensions{}, false
	}
	return Dimensions{Width: int(r >> 32), Height: int(uint32(r))}, true
}

// written is what became of a packet.
type written int

const (
	sent         written = iota
	skipped              // not wanted now
	early                // wanted, but nothing can be sent yet
	wantKeyframe         // cannot begin without one
	began                // sent as the first, or the first after a pause or of another layer
)

// write forwards one packet of a layer with extended sequence number seq.
func (d *DownTrack) write(l *layer, in *rtp.Header, payload []byte, seq int64) (written, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.writer == nil || !d.ready || d.off {
		if d.packets == 0 && !d.ready && !d.off {
			return early, nil
		}
		return skipped, nil
	}
	result := sent
	if d.waiting || l.index != d.current {
		if l.index != d.target {
			return skipped, nil
		}
		if d.keyframe != nil && !d.keyframe(payload) {
			return wantKeyframe, nil
		}
		result, d.waiting, d.current = began, false, l.index
		d.number.rebase(seq)
		d.clock.enter(l, in.Timestamp)
		if p, ok := parseVP8(payload); ok && d.vp8 != nil {
			d.vp8.rebase(p)
		}
	}
	n, ok := d.number.translate(seq)
	if !ok {
		return skipped, nil
	}
	if d.vp8 != nil {
		payload = d.vp8.apply(payload, d.buf)
	}
	payloadType := d.payload
	if l.red != 0 && in.PayloadType == l.red {
		if d.red != 0 {
			payloadType = d.red
		} else {
			payload = redPrimary(payload)
		}
	}
	d.header = rtp.Header{
		Version: 2, Marker: in.Marker, SSRC: d.ssrc, PayloadType: payloadType,
		SequenceNumber: n, Timestamp: d.clock.translate(l, in.Timestamp),
	}
	return result, d.send(payload)
}

// send writes d.header and counts; mu is held.
func (d *DownTrack) send(payload []byte) error {
	d.packets++
	d.octets += uint32(len(payload))
	_, err := d.writer.WriteRTP(&d.header, payload)
	return err
}

// canPad reports whether pad has a chance.
func (d *DownTrack) canPad() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.writer != nil && d.ready && d.packets > 0
}

// pad sends a packet of nothing but padding, which a receiver counts and drops (RFC 3550 section
// 5.1). It does so only between two frames: inside of one it would take the place of a part.
func (d *DownTrack) pad() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.writer == nil || !d.ready || d.packets == 0 || !d.header.Marker && !d.header.Padding && !d.off {
		return false
	}
	d.header = rtp.Header{
		Version: 2, Padding: true, SSRC: d.ssrc, PayloadType: d.payload,
		SequenceNumber: d.number.insert(), Timestamp: d.clock.last,
	}
	return d.send(padding[:]) == nil
}

// padding is the largest there is. It is given as payload because pion/srtp writes none by itself.
var padding = [probePacket]byte{probePacket - 1: probePacket}

// report tells the subscriber which moment of the publisher's clock a timestamp stands for, so that
// sound and picture are played together (RFC 3550 section 6.4.1). The publisher's own words are
// passed on, since the time of arrival here differs between sound and picture by what
// encoding and pacing took. It reports whether the subscriber gets this layer at all.
func (d *DownTrack) report(l *layer, ntp uint64, timestamp uint32) (bool, error) {
	d.mu.Lock()
	if d.packets == 0 || d.writer == nil || d.off || d.waiting || l.index != d.current {
		d.mu.Unlock()
		return false, nil
	}
	sr := &rtcp.SenderReport{
		SSRC: d.ssrc, NTPTime: ntp, RTPTime: timestamp + d.clock.offset, PacketCount: d.packets, OctetCount: d.octets,
	}
	d.mu.Unlock()
	return true, d.rtcp([]rtcp.Packet{sr})
}
