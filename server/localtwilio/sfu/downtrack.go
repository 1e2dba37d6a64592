package sfu

import (
	"math/rand/v2"
	"strings"
	"sync"

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

	mu      sync.Mutex // everything below
	writer  webrtc.TrackLocalWriter
	ssrc    uint32
	payload uint8
	ready   bool // answered and connected, so that a keyframe can arrive
	off     bool // switched off
	waiting bool // for a keyframe
	number  numbering
	packets uint32 // sent so far
	octets  uint32 // of payload sent so far
}

func newDownTrack(id, stream string, codec webrtc.RTPCodecCapability, write func([]rtcp.Packet) error) *DownTrack {
	return &DownTrack{
		id: id, stream: stream, codec: codec, rtcp: write,
		keyframe: keyframeTestFor(codec.MimeType),
		waiting:  true,
		// A random beginning, as RFC 3550 section 5.1 wants it.
		number: numbering{next: int64(rand.Uint32N(1 << 15))},
	}
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

// start says that packets can reach the subscriber from now on. It reports whether a
// keyframe is wanted.
func (d *DownTrack) start() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ready {
		return false
	}
	d.ready = true
	return d.keyframe != nil && !d.off
}

// switchOff pauses or resumes. It reports whether a keyframe is wanted.
func (d *DownTrack) switchOff(off bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off == off {
		return false
	}
	d.off, d.waiting = off, true
	return d.keyframe != nil && d.ready && !off
}

// written is what became of a packet.
type written int

const (
	sent         written = iota
	skipped              // not wanted now
	wantKeyframe         // cannot begin without one
	began                // sent as the first, or the first after a pause
)

// write forwards one packet with extended sequence number seq.
func (d *DownTrack) write(h rtp.Header, payload []byte, seq int64) (written, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.writer == nil || !d.ready || d.off {
		return skipped, nil
	}
	result := sent
	if d.waiting {
		if d.keyframe != nil && !d.keyframe(payload) {
			return wantKeyframe, nil
		}
		result, d.waiting = began, false
		d.number.rebase(seq)
	}
	n, ok := d.number.translate(seq)
	if !ok {
		return skipped, nil
	}
	h.SSRC, h.PayloadType, h.SequenceNumber = d.ssrc, d.payload, n
	h.Extension, h.ExtensionProfile, h.Extensions = false, 0, nil
	h.CSRC, h.Padding, h.PaddingSize = nil, false, 0
	d.packets++
	d.octets += uint32(len(payload))
	_, err := d.writer.WriteRTP(&h, payload)
	return result, err
}

// report tells the subscriber which moment of the publisher's clock a timestamp stands for, so that
// sound and picture are played together (RFC 3550 section 6.4.1). The publisher's own words are
// passed on, since the time of arrival here differs between sound and picture by what
// encoding and pacing took. It reports whether the subscriber gets this Track at all.
func (d *DownTrack) report(ntp uint64, timestamp uint32) (bool, error) {
	d.mu.Lock()
	if d.packets == 0 || d.writer == nil || d.off {
		d.mu.Unlock()
		return false, nil
	}
	sr := &rtcp.SenderReport{
		SSRC: d.ssrc, NTPTime: ntp, RTPTime: timestamp, PacketCount: d.packets, OctetCount: d.octets,
	}
	d.mu.Unlock()
	return true, d.rtcp([]rtcp.Packet{sr})
}

// numbering translates extended sequence numbers of a source to gapless ones of a sink.
type numbering struct {
	offset int64 // outgoing minus incoming
	first  int64 // incoming number of the first packet since the last rebase
	next   int64 // one more than the highest outgoing number so far
}

// rebase makes seq the successor of what has been sent so far.
func (n *numbering) rebase(seq int64) { n.offset, n.first = n.next-seq, seq }

// translate refuses what is older than the last rebase: its number has been used.
func (n *numbering) translate(seq int64) (uint16, bool) {
	if seq < n.first {
		return 0, false
	}
	out := seq + n.offset
	n.next = max(n.next, out+1)
	return uint16(out), true
}
