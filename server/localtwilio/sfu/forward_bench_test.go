package sfu

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
	"escalate/server/localtwilio/sfu/nack"
)

// BenchmarkForwardSimulcast is all that is done here for a packet of VP8 with three layers: it is parsed, looked
// through for losses, copied to each subscriber of its layer with numbers of its own, kept for being sent again, and
// numbered for feedback. Encryption and the socket, which are pion's and the kernel's, are left out, and so is the
// publisher's side of pion.
func BenchmarkForwardSimulcast(b *testing.B) {
	for _, subscribers := range []int{3, 30} {
		b.Run(fmt.Sprintf("subscribers=%d", subscribers), func(b *testing.B) {
			u := newUpTrack(nil, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, nil)
			u.layers = u.layers[:0]
			streams := make([]stream, 3)
			for i := range streams {
				l := &layer{index: i, keys: nack.NewKeyframeRequests(func() {})}
				l.missing = nack.NewGenerator(func([]uint16) {}, l.keys.Request)
				u.layers = append(u.layers, l)
				streams[i] = newStream(b, u, l)
				defer l.close()
			}
			for i := range subscribers {
				m := newMonitor()
				info := &interceptor.StreamInfo{
					SSRC: 42, SSRCRetransmission: 43, PayloadTypeRetransmission: 97, MimeType: webrtc.MimeTypeVP8,
					RTCPFeedback: []interceptor.RTCPFeedback{{Type: "nack"}}, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: 3}},
				}
				d := newDownTrack("MT1", "PA1", u.codec, wire{keyframe: m.responder.Keyframe})
				d.out = outlet{writer: outgoing{m.responder.BindLocalStream(info, m.BindLocalStream(info, nowhere))}, ssrc: 42, payload: 96}
				d.choose(i%3, false)
				d.start()
				u.sinks.attach(d)
			}
			for range 2 * gopLimit { // the Track's beginning is past
				for i := range streams {
					streams[i].arrives()
				}
			}
			b.ReportAllocs()
			before, n := cpuTime(b), 0
			for b.Loop() {
				streams[n%3].arrives()
				n++
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(n)/float64(subscribers/3), "cpu-ns/copy")
		})
	}
}

// nowhere is where the network would be.
var nowhere = interceptor.RTPWriterFunc(func(_ *rtp.Header, b []byte, _ interceptor.Attributes) (int, error) { return len(b), nil })

// outgoing is a stream through interceptors.
type outgoing struct{ interceptor.RTPWriter }

func (o outgoing) WriteRTP(h *rtp.Header, b []byte) (int, error) { return o.RTPWriter.Write(h, b, nil) }
func (o outgoing) Write(b []byte) (int, error)                   { return len(b), nil }

// stream is a layer as it arrives, four packets a frame.
type stream struct {
	u    *upTrack
	l    *layer
	f    forwarding
	n    int
	raw  []byte
	head int // where the VP8 payload begins
}

func newStream(b *testing.B, u *upTrack, l *layer) stream {
	b.Helper()
	payload := append(vp8(1, 1, true), make([]byte, 1100)...)
	raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SSRC: uint32(7000 + l.index)}, Payload: payload}).Marshal()
	if err != nil {
		b.Fatal(err)
	}
	return stream{u: u, l: l, f: forwarding{now: time.Now, codec: codec.VP8}, raw: raw, head: len(raw) - len(payload)}
}

func (s *stream) arrives() {
	s.n++
	frame := s.n / 4
	begins, delta := byte(0), byte(1)
	if s.n%4 == 0 {
		begins = 0x10
	}
	if frame%150 == 1 {
		delta = 0
	}
	timestamp := uint32(frame) * 3000
	s.raw[2], s.raw[3] = byte(s.n>>8), byte(s.n)
	s.raw[4], s.raw[5], s.raw[6], s.raw[7] = byte(timestamp>>24), byte(timestamp>>16), byte(timestamp>>8), byte(timestamp)
	p := s.raw[s.head:]
	p[0] = 0x80 | begins
	p[2], p[3], p[4], p[5] = 0x80|byte(frame>>8), byte(frame), byte(frame), delta
	s.u.pass(s.l, &s.f, s.raw)
}
