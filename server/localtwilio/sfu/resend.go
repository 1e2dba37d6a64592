package sfu

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
)

// resender is an interceptor that keeps what was sent and sends it again when the client says that it
// is missing (RFC 4585 section 6.2.1), as retransmission format where the client knows that (RFC
// 4588). pion has one too. It measures the round trip by sender reports, of which ours have the
// publisher's clock (DownTrack.report): when that is slow, a retransmission that got lost was not
// repeated for just as long. And its pools, emptied by each garbage collection, took a tenth of the
// CPU time of forwarding.
type resender struct {
	interceptor.NoOp
	quality *linkQuality

	mu      sync.Mutex
	streams map[uint32]*resendStream // by SSRC; guarded by mu
}

func newResender(q *linkQuality) *resender {
	return &resender{quality: q, streams: map[uint32]*resendStream{}}
}

// resendStream is one outgoing stream.
type resendStream struct {
	next     interceptor.RTPWriter
	ssrc     uint32
	rtx      uint32 // SSRC of the retransmission format, 0 without
	rtxType  uint8
	mu       sync.Mutex // everything below
	kept     []keptPacket
	debt     int        // for what was sent again, in halves of a packet
	rtxCount uint16     // sequence number of the next retransmission
	header   rtp.Header // of the retransmission at hand
	buf      []byte     // and its payload
}

// keptPacket is one packet as it was sent.
type keptPacket struct {
	header  rtp.Header
	payload []byte // reused for the next packet in this place; nil when there was none yet
	again   time.Time
}

// BindLocalStream keeps the packets of one outgoing stream, when the client can ask for them.
func (r *resender) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
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
func (r *resender) UnbindLocalStream(info *interceptor.StreamInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.streams, info.SSRC)
}

// BindRTCPReader looks for what the client is missing.
func (r *resender) BindRTCPReader(next interceptor.RTCPReader) interceptor.RTCPReader {
	return lookingFor(next, r.resend)
}

// resend sends again what is listed. That is no more than a socket takes at once, so whoever reads
// the list does it.
func (r *resender) resend(nack *rtcp.TransportLayerNack, now time.Time) {
	r.mu.Lock()
	s := r.streams[nack.MediaSSRC]
	r.mu.Unlock()
	if s == nil {
		return
	}
	pause := r.quality.roundTrip(now) + resendPause
	for _, pair := range nack.Nacks {
		pair.Range(func(number uint16) bool {
			// An error says that the transport is gone, which others notice.
			return s.again(number, pause, now) == nil
		})
	}
}

func (s *resendStream) write(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
	if h.SSRC == s.ssrc {
		s.keep(h, payload)
	}
	return s.next.Write(h, payload, a)
}

func (s *resendStream) keep(h *rtp.Header, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.debt = max(s.debt-1, 0)
	k := &s.kept[h.SequenceNumber%resendable]
	if k.payload != nil && int16(h.SequenceNumber-k.header.SequenceNumber) < 0 {
		return // so late that its place is taken
	}
	k.header, k.again = *h, time.Time{}
	k.payload = append(k.payload[:0], payload...)
}

// again sends one packet again, if it is still there and was not just sent.
func (s *resendStream) again(number uint16, pause time.Duration, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := &s.kept[number%resendable]
	if k.payload == nil || k.header.SequenceNumber != number || now.Sub(k.again) < pause || s.debt+2 > maxDebt {
		return nil
	}
	k.again = now
	s.debt += 2
	s.header = k.header
	if s.rtx == 0 || s.rtxType == 0 {
		s.buf = append(s.buf[:0], k.payload...)
	} else {
		s.header.SSRC, s.header.PayloadType, s.header.SequenceNumber = s.rtx, s.rtxType, s.rtxCount
		s.rtxCount++
		s.buf = append(binary.BigEndian.AppendUint16(s.buf[:0], number), k.payload...)
	}
	_, err := s.next.Write(&s.header, s.buf, interceptor.Attributes{})
	return err
}
