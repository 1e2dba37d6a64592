package nack

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	// resendable is how many packets of a Track are kept for a subscriber that lost one, a power of
	// two; at 3 Mbit/s these are a second and a half, many round trips. They are most of what a
	// Room takes of memory.
	resendable = 512
	// resendPause, on top of the round trip, is how long a packet is not sent a second time: until
	// then it may well be on its way.
	resendPause = 5 * time.Millisecond
	// maxDebt, in halves of a packet, bounds what can be asked for: all that is kept at first, then
	// one packet for every two that are sent. Without it a machine that is too busy to deliver in
	// time gets busier by every packet that is asked for again.
	maxDebt = 2 * resendable
	// givingUp is how often a stream is given up at the most: a keyframe needs a round trip and a while.
	givingUp = time.Second
)

// Responder is an interceptor that keeps what was sent and sends it again when the client says that it
// is missing (RFC 4585 section 6.2.1), as retransmission format where the client knows that (RFC
// 4588). pion has one too. It measures the round trip by sender reports, of which ours have the
// publisher's clock: when that is slow, a retransmission that got lost was not
// repeated for just as long. And its pools, emptied by each garbage collection, took a tenth of the
// CPU time of forwarding.
type Responder struct {
	interceptor.NoOp
	roundTrip func(now time.Time) time.Duration // to the client and back, 0 when unknown
	giveUp    func(ssrc uint32)                 // called when a packet will not be sent again

	mu      sync.Mutex
	streams map[uint32]*resendStream // by SSRC; guarded by mu
}

// NewResponder makes one that asks roundTrip for how long a packet takes to the client and back, and calls giveUp
// when a stream lacks what will not be sent again. giveUp must not block.
func NewResponder(roundTrip func(now time.Time) time.Duration, giveUp func(ssrc uint32)) *Responder {
	return &Responder{roundTrip: roundTrip, giveUp: giveUp, streams: map[uint32]*resendStream{}}
}

// resendStream is one outgoing stream.
type resendStream struct {
	next    interceptor.RTPWriter
	ssrc    uint32
	rtx     uint32 // SSRC of the retransmission format, 0 without
	rtxType uint8

	mu       sync.Mutex // everything below, and the order of what is written to next
	kept     []keptPacket
	started  bool
	newest   uint16     // number sent last
	key      uint16     // number that the newest keyframe begins with
	keyed    bool       // it is among what is kept
	gaveUp   time.Time  // the last time
	debt     int        // for what was sent again, in halves of a packet
	rtxCount uint16     // sequence number of the next retransmission
	header   rtp.Header // of the retransmission at hand
	buf      []byte     // and its payload
}

// keptPacket is one packet as it was sent.
type keptPacket struct {
	payload     []byte // reused for the next packet in this place; nil when there was none yet
	again       time.Time
	timestamp   uint32
	number      uint16
	payloadType uint8
	marker      bool
	padding     bool
}

// BindLocalStream keeps the packets of one outgoing stream, when the client can ask for them.
func (r *Responder) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	if !slices.Contains(info.RTCPFeedback, interceptor.RTCPFeedback{Type: "nack"}) {
		return w
	}
	s := &resendStream{
		next: w, ssrc: info.SSRC, rtx: info.SSRCRetransmission, rtxType: info.PayloadTypeRetransmission,
		kept: make([]keptPacket, resendable),
		// A random beginning, as RFC 3550 section 5.1 wants it.
		rtxCount: uint16(rand.Uint32N(1 << 15)),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams[info.SSRC] = s
	return interceptor.RTPWriterFunc(s.write)
}

// UnbindLocalStream forgets a stream.
func (r *Responder) UnbindLocalStream(info *interceptor.StreamInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.streams, info.SSRC)
}

// Resend sends again what is listed. That is no more than a socket takes at once, so whoever reads
// the list does it.
func (r *Responder) Resend(nack *rtcp.TransportLayerNack, now time.Time) {
	s := r.stream(nack.MediaSSRC)
	if s == nil {
		return
	}
	pause := r.roundTrip(now) + resendPause
	lost := false
	for _, pair := range nack.Nacks {
		pair.Range(func(number uint16) bool {
			given, err := s.again(number, pause, now)
			lost = lost || given
			// An error says that the transport is gone, which others notice.
			return err == nil
		})
	}
	if lost && s.mayGiveUp(now) {
		r.giveUp(s.ssrc)
	}
}

// mayGiveUp reports whether that has not been done lately.
func (s *resendStream) mayGiveUp(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.gaveUp) < givingUp {
		return false
	}
	s.gaveUp = now
	return true
}

func (s *resendStream) write(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.SSRC == s.ssrc {
		s.keep(h, payload)
	}
	return s.next.Write(h, payload, a)
}

// keep takes a copy of a packet; mu is held.
func (s *resendStream) keep(h *rtp.Header, payload []byte) {
	s.debt = max(s.debt-1, 0)
	k := &s.kept[h.SequenceNumber%resendable]
	if k.payload != nil && int16(h.SequenceNumber-k.number) < 0 {
		return // so late that its place is taken
	}
	s.follow(h.SequenceNumber)
	k.number, k.timestamp, k.payloadType, k.marker, k.padding = h.SequenceNumber, h.Timestamp, h.PayloadType, h.Marker, h.Padding
	k.again = time.Time{}
	k.payload = append(k.payload[:0], payload...)
}

// follow notes how far the stream has come; mu is held.
func (s *resendStream) follow(number uint16) {
	if s.started && int16(number-s.newest) <= 0 {
		return // late
	}
	s.newest, s.started = number, true
	if s.keyed && number-s.key >= resendable {
		s.keyed = false
	}
}

// Keyframe says that a keyframe begins with the packet of a number, which has just been sent.
func (r *Responder) Keyframe(ssrc uint32, number uint16) {
	s := r.stream(ssrc)
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if number != s.newest {
		return // late
	}
	s.key, s.keyed = number, true
	// What was sent again before it does not count in full, or nothing would be left for the keyframe.
	s.debt = min(s.debt, maxDebt/2)
}

func (r *Responder) stream(ssrc uint32) *resendStream {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.streams[ssrc]
}

// again sends one packet again, if it is still there, was not just sent, and is of use: one from before a
// keyframe is not, and on a link that has just become narrow, for which a smaller picture begins with one,
// it would take that one's place. It reports whether the packet is given up.
func (s *resendStream) again(number uint16, pause time.Duration, now time.Time) (lost bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := &s.kept[number%resendable]
	switch {
	case s.keyed && int16(number-s.key) < 0, int16(s.newest-number) < 0:
		return false, nil
	case k.payload == nil || k.number != number:
		return true, nil
	case now.Sub(k.again) < pause:
		return false, nil
	case s.debt+2 > maxDebt:
		return true, nil
	}
	k.again = now
	s.debt += 2
	s.header = rtp.Header{
		Version: 2, Padding: k.padding, Marker: k.marker, PayloadType: k.payloadType,
		SequenceNumber: k.number, Timestamp: k.timestamp, SSRC: s.ssrc,
	}
	if s.rtx == 0 || s.rtxType == 0 {
		s.buf = append(s.buf[:0], k.payload...)
	} else {
		s.header.SSRC, s.header.PayloadType, s.header.SequenceNumber = s.rtx, s.rtxType, s.rtxCount
		s.rtxCount++
		s.buf = append(binary.BigEndian.AppendUint16(s.buf[:0], number), k.payload...)
	}
	_, err = s.next.Write(&s.header, s.buf, interceptor.Attributes{})
	return false, err
}
