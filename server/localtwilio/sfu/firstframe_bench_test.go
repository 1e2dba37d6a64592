package sfu

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkFirstFrame says where the time goes between a late joiner's offer and its first
// picture: until the offer is answered, until ICE and DTLS are up, and until the keyframe is there.
func BenchmarkFirstFrame(b *testing.B) {
	r := startEngine(b).NewRouter(RouterConfig{})
	alice := newClient(b, "PA0")
	alice.publish("MT0v", KindVideo)
	alice.join(r)
	var answered, connected, seen time.Duration
	n := 0
	for b.Loop() {
		n++
		b.StopTimer()
		c := newClient(b, fmt.Sprintf("PA%d", n))
		b.StartTimer()
		began := time.Now()
		c.join(r)
		answered += time.Since(began)
		eventually(b, "a connection", func() bool { return c.pc.ConnectionState().String() == "connected" })
		connected += time.Since(began)
		eventually(b, "a picture", func() bool { return c.packets("MT0v") > 0 })
		c.mu.Lock()
		seen += c.received["MT0v"].firstAt.Sub(began)
		c.mu.Unlock()
		b.StopTimer()
		c.leave()
		b.StartTimer()
	}
	for unit, d := range map[string]time.Duration{"ms-answered": answered, "ms-connected": connected, "ms-seen": seen} {
		b.ReportMetric(float64(d.Milliseconds())/float64(n), unit)
	}
}
