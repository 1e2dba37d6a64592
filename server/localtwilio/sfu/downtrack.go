package sfu

import (
	"math/rand/v2"
	"strings"
	"sync"

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

	mu      sync.Mutex // everything below
	writer  webrtc.TrackLocalWriter
	ssrc    uint32
	payload uint8
	ready   bool // answered and connected, so that a keyframe can arrive
	off     bool // switched off
	waiting bool // for a keyframe
	number  numbering
}

func newDownTrack(id, stream string, codec webrtc.RTPCodecCapability) *DownTrack {
	return &DownTrack{
		id: id, stream: stream, codec: codec,
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

// write forwards one packet with extended sequence number seq, and reports whether it
// could not because a keyframe is missing. h must belong to the caller; it is changed.
func (d *DownTrack) write(h rtp.Header, payload []byte, seq int64) (wantKeyframe bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.writer == nil || !d.ready || d.off {
		return false, nil
	}
	if d.waiting {
		if d.keyframe != nil && !d.keyframe(payload) {
			return true, nil
		}
		d.waiting = false
		d.number.rebase(seq)
	}
	n, ok := d.number.translate(seq)
	if !ok {
		return false, nil
	}
	h.SSRC, h.PayloadType, h.SequenceNumber = d.ssrc, d.payload, n
	h.Extension, h.ExtensionProfile, h.Extensions = false, 0, nil
	h.CSRC, h.Padding, h.PaddingSize = nil, false, 0
	_, err = d.writer.WriteRTP(&h, payload)
	return false, err
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
