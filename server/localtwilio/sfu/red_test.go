package sfu

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
)

// Redundant audio reaches those who know it as it is, and others as plain audio.
func TestRedundantAudio(t *testing.T) {
	const payload = 63
	red := func(m *webrtc.MediaEngine) {
		if err := m.RegisterCodec(webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: codec.MimeRED, ClockRate: 48000, Channels: 2, SDPFmtpLine: "111/111"},
			PayloadType:        payload,
		}, webrtc.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	r := startEngine(t).NewRouter(RouterConfig{})
	alice := newClientOver(t, "PA1", webrtc.NetworkTypeUDP4, red)
	s := alice.publish("MT1a", KindAudio)
	s.pause.Store(true)
	alice.join(r)
	knows := newClientOver(t, "PA2", webrtc.NetworkTypeUDP4, red)
	knows.join(r)
	plain := newClient(t, "PA3")
	plain.join(r)
	alice.wg.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for n := uint16(0); ; n++ {
			select {
			case <-alice.stop:
				return
			case <-tick.C:
			}
			b := s.track.bound.Load()
			if b == nil {
				continue
			}
			h := &rtp.Header{Version: 2, PayloadType: payload, SSRC: uint32((*b).SSRC()), SequenceNumber: n, Timestamp: uint32(n) * 480}
			if _, err := (*b).WriteStream().WriteRTP(h, []byte("\xef\x00\x00\x03\x6foldnew")); err != nil {
				return
			}
		}
	})
	knows.flows("MT1a")
	plain.flows("MT1a")
	for _, tt := range []struct {
		c    *client
		want string
		red  bool
	}{{knows, "\xef\x00\x00\x03\x6foldnew", true}, {plain, "new", false}} {
		tt.c.mu.Lock()
		rec := tt.c.received["MT1a"]
		if got := rec.types[payload] > 0; got != tt.red || string(rec.first) != tt.want {
			t.Errorf("%s: %v packets by payload type, first %q", tt.c.id, rec.types, rec.first)
		}
		tt.c.mu.Unlock()
	}
}
