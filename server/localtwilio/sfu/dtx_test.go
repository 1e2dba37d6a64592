package sfu

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// opusFmtp returns the format parameters of Opus in a description.
func opusFmtp(sdp string) []string {
	payload := ""
	for l := range strings.Lines(sdp) {
		if f, ok := strings.CutPrefix(l, "a=rtpmap:"); ok && strings.Contains(f, " opus/") {
			payload, _, _ = strings.Cut(f, " ")
		}
		if f, ok := strings.CutPrefix(l, "a=fmtp:"+payload+" "); ok && payload != "" {
			return strings.Split(strings.TrimSpace(f), ";")
		}
	}
	return nil
}

// withDTX asks for discontinuous transmission, as twilio-video.js does.
func withDTX(sdp string) string {
	return strings.ReplaceAll(sdp, "minptime=10;useinbandfec=1", "minptime=10;useinbandfec=1;usedtx=1")
}

// Silence is a packet now and then (RFC 7587 section 3.1.3): timestamps jump over it and sequence
// numbers do not. Both arrive like that, and nobody takes the pauses for losses.
func TestSilenceIsNoLoss(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.munge, bob.munge = withDTX, withDTX
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "mic", "-")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alice.pc.AddTrack(track); err != nil {
		t.Fatal(err)
	}
	alice.tracks = []Track{{SID: "MT1a", ID: "mic", Kind: KindAudio, Enabled: true}}
	alice.join(r)
	bob.join(r)
	for _, c := range []*client{alice, bob} {
		if f := opusFmtp(c.pc.RemoteDescription().SDP); !slices.Contains(f, "usedtx=1") {
			t.Errorf("%s asked for DTX and is answered %q", c.id, f)
		}
	}

	// A tenth of a second of speech, then four of silence, with one packet in it.
	spoken := func(tick int) bool { return tick%25 < 5 || tick%25 == 15 }
	alice.wg.Go(func() {
		clock := time.NewTicker(20 * time.Millisecond)
		defer clock.Stop()
		for tick, n := 0, uint16(65500); ; tick++ {
			select {
			case <-alice.stop:
				return
			case <-clock.C:
			}
			if !spoken(tick) {
				continue
			}
			n++
			payload := binary.BigEndian.AppendUint32(nil, uint32(tick))
			// Nobody reads what has not been negotiated yet.
			_ = track.WriteRTP(&rtp.Packet{
				Header:  rtp.Header{Version: 2, SequenceNumber: n, Timestamp: uint32(tick) * 960},
				Payload: payload,
			})
		}
	})
	var got []uint32
	var first, gaps int
	eventually(t, "60 packets of alice's", func() bool {
		bob.mu.Lock()
		defer bob.mu.Unlock()
		if rec := bob.received["MT1a"]; rec != nil && rec.packets > 0 {
			got, first, gaps = slices.Clone(rec.times), int(binary.BigEndian.Uint32(rec.first)), rec.gaps
		}
		return len(got) >= 60
	})
	if gaps != 0 {
		t.Errorf("%d gaps in the sequence numbers", gaps)
	}
	last := first
	for i, at := range got {
		tick := first
		if i > 0 {
			for tick = last + 1; !spoken(tick); tick++ {
			}
		}
		last = tick
		if want := got[0] + uint32(tick-first)*960; at != want {
			t.Fatalf("packet %d has timestamp %d, want %d, which is %d ms after the first", i, at, want, (tick-first)*20)
		}
	}
	eventually(t, "reports from both sides", func() bool {
		return alice.peer.Quality().Audio.Send.Active && bob.peer.Quality().Audio.Recv.Active
	})
	if up, down := alice.peer.Quality().Audio.Send.Loss, bob.peer.Quality().Audio.Recv.Loss; up != 0 || down != 0 {
		t.Errorf("pauses count as losses: %.0f%% up, %.0f%% down", 100*up, 100*down)
	}
	if f := opusFmtp(bob.pc.RemoteDescription().SDP); !slices.Contains(f, "usedtx=1") {
		t.Errorf("bob asked for DTX and is offered %q", f)
	}
}
