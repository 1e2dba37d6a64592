package sfu

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
)

// BenchmarkDownTrack is the cost of one more subscriber, per packet and without encryption.
func BenchmarkDownTrack(b *testing.B) {
	for _, sinks := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("sinks=%d", sinks), func(b *testing.B) {
			var downs []*DownTrack
			for range sinks {
				d, _ := newTaped(webrtc.MimeTypeVP8)
				d.out.writer = sink{}
				d.start()
				downs = append(downs, d)
			}
			payload := append([]byte{0x10, 0x00}, make([]byte, 1100)...)
			raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2}, Payload: payload}).Marshal()
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(raw) * sinks))
			b.ReportAllocs()
			defer reportCPU(b, cpuTime(b))
			var in rtp.Packet
			var p packet
			l := &layer{}
			for b.Loop() {
				in = rtp.Packet{}
				if err := in.Unmarshal(raw); err != nil {
					b.Fatal(err)
				}
				p.number, p.order, p.payload, p.plain = p.number+1, p.order+1, in.Payload, in.Payload
				codec.VP8.Parse(p.payload, &p.frame)
				for _, d := range downs {
					if _, err := d.write(l, &p); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

type sink struct{}

func (sink) WriteRTP(*rtp.Header, []byte) (int, error) { return 0, nil }
func (sink) Write([]byte) (int, error)                 { return 0, nil }

// BenchmarkForward is the whole way, SRTP and UDP included: one publisher sends as fast as its
// subscribers get it.
func BenchmarkForward(b *testing.B) {
	for _, n := range []int{1, 4} {
		b.Run(fmt.Sprintf("subscribers=%d", n), func(b *testing.B) {
			r := startEngine(b).NewRouter(RouterConfig{})
			alice := newClient(b, "PA0")
			s := alice.publish("MT0a", KindAudio)
			alice.join(r)
			var subs []*client
			for i := range n {
				c := newClient(b, fmt.Sprintf("PA%d", i+1))
				c.join(r)
				c.flows("MT0a")
				subs = append(subs, c)
			}
			s.close() // from here on only the benchmark sends
			const window = 50
			payload := make([]byte, 1000)
			sent := subs[0].packets("MT0a")
			b.SetBytes(int64(len(payload) * n))
			for b.Loop() {
				if err := s.track.WriteSample(sample(payload)); err != nil {
					b.Fatal(err)
				}
				if sent++; sent%window == 0 {
					for _, c := range subs {
						eventually(b, "packets", func() bool { return c.packets("MT0a") > sent-window })
					}
				}
			}
		})
	}
}

// reportCPU states the CPU time of each operation, which a busy machine changes less than the time on the wall.
func reportCPU(b *testing.B, before time.Duration) {
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
}
