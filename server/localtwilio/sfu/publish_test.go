package sfu

import (
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/sfu/codec"
)

// pair is two clients in a Room that see each other's camera and microphone.
func pair(t testing.TB) (alice, bob *client) {
	t.Helper()
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob = newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1a", KindAudio)
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	bob.publish("MT2a", KindAudio)
	bob.publish("MT2v", KindVideo)
	bob.join(r)
	alice.flows("MT2a", "MT2v")
	bob.flows("MT1a", "MT1v")
	return alice, bob
}

func TestScreenIsASecondVideo(t *testing.T) {
	alice, bob := pair(t)
	alice.publish("MT1s", KindVideo)
	bob.flows("MT1a", "MT1v", "MT1s")
	alice.unpublish("MT1s")
	bob.subscribed("MT1a", "MT1v")
	bob.flows("MT1a", "MT1v")
}

func TestPublishAfterJoining(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.join(r)
	bob.join(r)
	alice.publish("MT1a", KindAudio)
	alice.publish("MT1v", KindVideo)
	bob.publish("MT2v", KindVideo)
	bob.flows("MT1a", "MT1v")
	alice.flows("MT2v")
}

func TestUnpublishAndPublishAgainReusesLines(t *testing.T) {
	alice, bob := pair(t)
	sids := []string{"MT1w", "MT1x", "MT1y", "MT1z"}
	last, lines := "MT1v", 0
	for i, sid := range sids {
		alice.unpublish(last)
		bob.subscribed("MT1a")
		alice.publish(sid, KindVideo)
		bob.subscribed("MT1a", sid)
		bob.flows(sid, "MT1a")
		alice.flows("MT2v")
		last = sid
		if i == 0 {
			lines = alice.lines()
		}
	}
	if n := alice.lines(); n > lines+1 {
		t.Errorf("alice has %d m-lines after %d rounds, had %d after the first", n, len(sids), lines)
	}
	if n := bob.lines(); n > lines+1 {
		t.Errorf("bob has %d m-lines, alice had %d after the first round", n, lines)
	}
}

func TestMediaBeforeAnnouncement(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1v", KindVideo)
	tracks := alice.tracks
	alice.tracks = nil
	alice.join(r)
	bob.join(r)
	eventually(t, "media at the server", func() bool {
		arrived := make(chan int, 1)
		alice.peer.loop.post(func() { arrived <- len(alice.peer.publisher.incoming) })
		return <-arrived == 1
	})
	if n := len(bob.peer.Subscriptions()); n != 0 {
		t.Fatalf("%d subscriptions to what is not announced", n)
	}
	alice.peer.SetTracks(tracks)
	bob.flows("MT1v")
}

func TestLateJoinerStartsWithAKeyframeSoon(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice := newClient(t, "PA1")
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	early := newClient(t, "PA2")
	early.join(r)
	early.flows("MT1v")

	late := newClient(t, "PA3")
	began := time.Now()
	late.join(r)
	late.flows("MT1v")
	late.mu.Lock()
	defer late.mu.Unlock()
	rec := late.received["MT1v"]
	if !parsed(codec.VP8, rec.first).Keyframe {
		t.Error("first packet is not of a keyframe")
	}
	if took := rec.firstAt.Sub(began); took > 2*time.Second {
		t.Errorf("first picture after %s", took)
	}
}

func TestMutedTrackFlowsOn(t *testing.T) {
	alice, bob := pair(t)
	alice.mu.Lock()
	tracks := append([]Track(nil), alice.tracks...)
	alice.mu.Unlock()
	for i := range tracks {
		tracks[i].Enabled = false
	}
	alice.peer.SetTracks(tracks)
	bob.flows("MT1a", "MT1v")
	bob.subscribed("MT1a", "MT1v")
}

func TestSwitchedOffTrackResumesWithoutGap(t *testing.T) {
	_, bob := pair(t)
	bob.peer.SwitchOff([]string{"MT1v"})
	eventually(t, "video paused", func() bool {
		n := bob.packets("MT1v")
		bob.flows("MT1a")
		return bob.packets("MT1v") == n
	})
	bob.peer.SwitchOff(nil)
	bob.flows("MT1v")
	bob.mu.Lock()
	defer bob.mu.Unlock()
	if g := bob.received["MT1v"].gaps; g != 0 {
		t.Errorf("%d gaps in sequence numbers", g)
	}
}

func TestLeavingTakesTracksAway(t *testing.T) {
	alice, bob := pair(t)
	alice.leave()
	bob.subscribed()
	if err := alice.peer.Handle(Description{Type: TypeOffer, Revision: 99}); err == nil {
		t.Error("a closed Peer takes descriptions")
	}
}

func TestNoSubscriptionsUnlessWanted(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob, carol := newClient(t, "PA1"), newClient(t, "PA2"), newClient(t, "PA3")
	alice.publish("MT1a", KindAudio)
	alice.join(r)
	bob.joinWith(r, func(c *PeerConfig) { c.SubscribeAll = false })
	carol.join(r)
	carol.flows("MT1a")
	if n := len(bob.peer.Subscriptions()); n != 0 {
		t.Errorf("%d subscriptions", n)
	}
}

// Chromium uses an m-section again with the SSRCs it had, and retransmissions of what it sent
// before can arrive ahead of the new media.
func TestRetransmissionsBeforeMedia(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	video := alice.publish("MT1v", KindVideo)
	alice.joinWith(r, func(c *PeerConfig) { c.Send = nil }) // what follows is negotiated by hand
	bob.join(r)
	bob.flows("MT1v")
	transceivers := len(alice.peer.pc.GetTransceivers())

	sending := alice.pc.LocalDescription().SDP
	video.pause.Store(true)
	alice.handle(Description{Type: TypeOffer, Revision: 2, SDP: withoutMedia(sending)})
	bob.subscribed()
	var n uint16
	resend := func() {
		for range 20 {
			n++
			if err := video.resend(n); err != nil {
				t.Fatal(err)
			}
		}
	}
	resend()
	alice.handle(Description{Type: TypeOffer, Revision: 3, SDP: sending})
	resend()
	video.pause.Store(false)
	bob.subscribed("MT1v")
	bob.flows("MT1v")
	if n := len(alice.peer.pc.GetTransceivers()); n != transceivers {
		t.Errorf("%d transceivers, had %d", n, transceivers)
	}
}

// withoutMedia is a description in which nothing is sent any more.
func withoutMedia(sdp string) string {
	lines := slices.DeleteFunc(strings.Split(sdp, "\r\n"), func(l string) bool {
		return strings.HasPrefix(l, "a=ssrc") || strings.HasPrefix(l, "a=msid:")
	})
	return strings.ReplaceAll(strings.Join(lines, "\r\n"), "a=sendrecv", "a=recvonly")
}

// A section that the client says twice to be inactive can be used again: pion would have closed it
// for good.
func TestInactiveLineIsUsedAgain(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.munge = func(sdp string) string { return strings.ReplaceAll(sdp, "a=recvonly", "a=inactive") }
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	bob.join(r)
	bob.flows("MT1v")
	alice.unpublish("MT1v")
	bob.subscribed()
	alice.answeredAll()
	alice.offer()
	alice.answeredAll()
	lines := alice.lines()
	alice.publish("MT1w", KindVideo)
	bob.flows("MT1w")
	if n := alice.lines(); n != lines {
		t.Errorf("alice has %d m-lines, had %d: nothing was used again", n, lines)
	}
}

// A client that hangs up ends its connection before its signalling is read. Its Tracks are then not taken
// from the others one by one: they go with the Participant.
func TestTracksStayUntilAParticipantWhoHangsUpIsClosed(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1a", KindAudio)
	alice.publish("MT1v", KindVideo)
	alice.publish("MT1d", KindData)
	alice.join(r)
	bob.join(r)
	bob.flows("MT1a", "MT1v")
	bob.subscribed("MT1a", "MT1d", "MT1v")
	alice.mu.Lock()
	alice.leaving = true
	alice.mu.Unlock()
	if err := alice.pc.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server notices", func() bool {
		alice.mu.Lock()
		defer alice.mu.Unlock()
		return alice.failed != nil
	})
	// Until every goroutine that read from alice has ended and said so.
	alice.peer.running.refuse()
	eventually(t, "nobody reads from alice", func() bool {
		heard := make(chan int, 1)
		alice.peer.loop.post(func() {
			n := 0
			for _, in := range alice.peer.publisher.incoming {
				if in.media != nil {
					if _, _, err := in.media.layers[0].remote.Read(make([]byte, maxPacket)); err == nil {
						n++
					}
				}
			}
			heard <- n
		})
		return <-heard == 0
	})
	settled := make(chan struct{})
	bob.peer.loop.post(func() { close(settled) })
	<-settled
	bob.subscribed("MT1a", "MT1d", "MT1v")
	alice.peer.Close()
	bob.subscribed()
}
