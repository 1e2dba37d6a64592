package sfu

import (
	"escalate/server/localtwilio/sfu/codec"
	"escalate/server/localtwilio/sfu/rtpseq"
)

// rewriter makes one stream of what is sent of a Track, whatever is left out of it and whichever layers it comes
// from: sequence numbers without gaps, timestamps on one clock, and VP8's own numbers. It is guarded by
// DownTrack.mu.
type rewriter struct {
	number rtpseq.Numbering
	clock  rtpseq.Timeline
	vp8    *codec.VP8Numbers // nil for other codecs
	buf    []byte            // for a payload that is rewritten
}

func newRewriter(first uint16, clockRate uint32, vp8 bool) rewriter {
	r := rewriter{number: rtpseq.NewNumbering(first), clock: rtpseq.NewTimeline(clockRate)}
	if vp8 {
		r.vp8, r.buf = &codec.VP8Numbers{}, make([]byte, maxPacket)
	}
	return r
}

// begin makes a packet the successor of what has been sent so far.
func (r *rewriter) begin(source *rtpseq.Clock, p *packet) {
	r.number.Rebase(p.number)
	r.clock.Enter(source, p.timestamp, p.arrived)
	if r.vp8 != nil {
		r.vp8.Rebase(&p.frame)
	}
}

// rewrite returns what a packet is sent with. It refuses one that is older than the last begin.
func (r *rewriter) rewrite(p *packet, payload []byte) (number uint16, timestamp uint32, out []byte, ok bool) {
	if number, ok = r.number.Translate(p.number); !ok {
		return 0, 0, nil, false
	}
	if r.vp8 != nil {
		payload = r.vp8.Apply(&p.frame, payload, r.buf)
	}
	return number, r.clock.Translate(p.timestamp, p.arrived), payload, true
}
