package rsp

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu"
)

// FuzzDescription gives the SFU any text for a browser's first offer and for what
// it says next, as signalling does: it is answered, or refused as unusable.
func FuzzDescription(f *testing.F) {
	engine, err := sfu.Start(sfu.Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = engine.Close() })
	whole := pionOffer(f)
	f.Add(whole, whole, sfu.TypeOffer)
	f.Add(whole, whole, sfu.TypeAnswer)
	f.Add("v=0", "", sfu.TypeOffer)
	f.Add(without(whole, "a=ice-"), whole, sfu.TypeOffer)
	f.Add(without(whole, "a=fingerprint"), whole, sfu.TypeOffer)
	f.Add(without(whole, "a=rtpmap"), without(whole, "a=mid"), sfu.TypeOffer)
	f.Fuzz(func(t *testing.T, first, next, kind string) {
		if len(first)+len(next) > maxSDP {
			return
		}
		room := mediaOf(engine)(nil, func(string) {})
		defer room.Close()
		ctx, cancel := context.WithTimeout(context.Background(), joinTimeout)
		defer cancel()
		tracks := []sfu.Track{{SID: "MT1", ID: "mic", Kind: "audio"}, {SID: "MT2", ID: "cam", Kind: "video"}}
		p, answer, err := room.Join(ctx, sfu.PeerConfig{
			ID: "PA1", SubscribeAll: true,
			Send: func(sfu.Description) {}, Subscribed: func([]sfu.Subscription) {}, Message: func(string, []byte) {}, Failed: func(error) {},
		}, sfu.Description{Type: sfu.TypeOffer, Revision: 1, SDP: first}, tracks)
		if err != nil {
			if ctx.Err() != nil {
				t.Fatalf("not answered in time: %q", first)
			}
			return
		}
		defer p.Close()
		if answer.SDP == "" || answer.Revision != 1 {
			t.Fatalf("answered with %+v", answer)
		}
		if err := p.Handle(sfu.Description{Type: kind, Revision: 2, SDP: next}); err != nil && errors.Is(err, sfu.ErrClosed) {
			t.Fatalf("closed by a description: %v", err)
		}
	})
}

// pionOffer is the description of one who sends a microphone and a camera.
func pionOffer(t testing.TB) string {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	addTracks(t, pc)
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP
}

// without is a description that lacks the lines that begin so.
func without(sdp, prefix string) string {
	kept := []string{}
	for line := range strings.SplitSeq(sdp, "\r\n") {
		if !strings.HasPrefix(line, prefix) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\r\n")
}
