package sfu

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

func TestAnswerIsICELiteWithCandidates(t *testing.T) {
	alice, _ := pair(t)
	sdp := alice.pc.RemoteDescription().SDP
	for _, want := range []string{"a=ice-lite", "a=candidate:", " 127.0.0.1 "} {
		if !strings.Contains(sdp, want) {
			t.Errorf("no %q in %s", want, sdp)
		}
	}
}

// The server's offer and the client's cross: the server insists, the client comes again.
func TestGlare(t *testing.T) {
	alice, bob := pair(t)
	held := make(chan Description, 1)
	bob.mu.Lock()
	bob.holdReply = func(d Description) bool {
		select {
		case held <- d:
		default:
		}
		return true
	}
	bob.mu.Unlock()
	alice.publish("MT1s", KindVideo)
	server := <-held

	bob.publish("MT2s", KindVideo) // its offer has the server's number
	bob.mu.Lock()
	if bob.pending == nil || bob.pending.Revision != server.Revision {
		t.Fatalf("pending %+v, server's is %d", bob.pending, server.Revision)
	}
	bob.holdReply = nil
	bob.take(server)
	bob.mu.Unlock()

	bob.flows("MT1s")
	alice.flows("MT2s")
}

// Changes made during an outstanding offer go into the next one together.
func TestOneOfferAtATime(t *testing.T) {
	alice, bob := pair(t)
	held := make(chan Description, 8)
	bob.mu.Lock()
	bob.holdReply = func(d Description) bool { held <- d; return true }
	bob.mu.Unlock()
	alice.publish("MT1s", KindVideo)
	first := <-held
	alice.publish("MT1t", KindVideo)
	alice.publish("MT1b", KindAudio)
	bob.subscribed("MT1a", "MT1v", "MT1s", "MT1t", "MT1b")
	if n := len(held); n != 0 {
		t.Fatalf("%d more offers before the first is answered", n)
	}
	bob.mu.Lock()
	bob.holdReply = nil
	bob.take(first)
	bob.mu.Unlock()
	bob.flows("MT1s", "MT1t", "MT1b")
}

func TestOutdatedDescriptionsAreDropped(t *testing.T) {
	alice, _ := pair(t)
	before := alice.peer.Current()
	for _, d := range []Description{
		{Type: TypeOffer, Revision: 1, SDP: "v=0"},
		{Type: TypeAnswer, Revision: 1, SDP: "v=0"},
		{Type: TypeAnswer, Revision: 999, SDP: "v=0"},
		{Type: TypeCreateOffer, Revision: 999},
	} {
		if err := alice.peer.Handle(d); err != nil {
			t.Errorf("%s %d: %v", d.Type, d.Revision, err)
		}
	}
	if after := alice.peer.Current(); after != before {
		t.Errorf("current went from %d to %d", before.Revision, after.Revision)
	}
	alice.flows("MT2v")
}

func TestUnusableOffer(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	tests := []struct {
		name  string
		offer Description
	}{
		{"empty", Description{Type: TypeOffer, Revision: 1}},
		{"not SDP", Description{Type: TypeOffer, Revision: 1, SDP: "hello"}},
		{"answer", Description{Type: TypeAnswer, Revision: 1, SDP: "v=0\r\n"}},
		{"no media", Description{Type: TypeOffer, Revision: 1, SDP: "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := r.Join(context.Background(), PeerConfig{ID: "PA1"}, tt.offer, nil); !errors.Is(err, ErrDescription) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A bad offer in mid-call leaves the connection as it was.
func TestUnusableLaterOffer(t *testing.T) {
	alice, bob := pair(t)
	err := alice.peer.Handle(Description{Type: TypeOffer, Revision: alice.stable + 1, SDP: "hello"})
	if !errors.Is(err, ErrDescription) {
		t.Fatalf("got %v", err)
	}
	alice.publish("MT1s", KindVideo)
	bob.flows("MT1s")
}

func TestICERestart(t *testing.T) {
	alice, bob := pair(t)
	for range 2 {
		ufrag := iceUfrag(t, alice.pc.RemoteDescription().SDP)
		alice.mu.Lock()
		o, err := alice.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
		if err != nil {
			t.Fatal(err)
		}
		alice.pending = &Description{Type: TypeOffer, Revision: alice.stable + 1, SDP: o.SDP}
		alice.handle(*alice.pending)
		alice.mu.Unlock()
		eventually(t, "answer with new credentials", func() bool {
			alice.mu.Lock()
			defer alice.mu.Unlock()
			return alice.pending == nil && iceUfrag(t, alice.pc.RemoteDescription().SDP) != ufrag
		})
		alice.flows("MT2a", "MT2v")
		bob.flows("MT1a", "MT1v")
	}
}

func iceUfrag(t *testing.T, sdp string) string {
	t.Helper()
	_, rest, ok := strings.Cut(sdp, "a=ice-ufrag:")
	if !ok {
		t.Fatalf("no ufrag in %s", sdp)
	}
	u, _, _ := strings.Cut(rest, "\r\n")
	return u
}

func TestLeavesNothingBehind(t *testing.T) {
	e := startEngine(t) // checks for goroutines when the test ends
	r := e.NewRouter(RouterConfig{Speaker: func(string) {}})
	stay := newClient(t, "PA0")
	stay.publish("MT0v", KindVideo)
	stay.join(r)
	for range 5 {
		c := newClient(t, "PA1")
		c.publish("MT1v", KindVideo)
		c.publish("MT1a", KindAudio)
		c.publish("MT1d", KindData)
		c.join(r)
		c.flows("MT0v")
		stay.flows("MT1v")
		c.leave()
		c.peer.Close() // again
		stay.subscribed()
	}
	stay.close()
	r.Close()
	r.Close()
	if _, _, err := r.Join(context.Background(), PeerConfig{ID: "PA2"}, Description{Type: TypeOffer}, nil); err == nil {
		t.Error("joined a closed Router")
	}
}

// A callback may close its own Peer.
func TestCloseFromCallback(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	closed := make(chan struct{})
	alice.joinWith(r, func(c *PeerConfig) {
		c.Subscribed = func([]Subscription) {
			alice.mu.Lock() // Join has returned
			alice.closed = true
			alice.mu.Unlock()
			alice.peer.Close()
			close(closed)
		}
	})
	bob.publish("MT2a", KindAudio)
	bob.join(r)
	<-closed
	alice.closed = false // for the client's own end
}

// A description of a client that has hung up is nobody's fault.
func TestDescriptionAfterHangingUp(t *testing.T) {
	alice, _ := pair(t)
	alice.mu.Lock()
	alice.leaving = true
	alice.mu.Unlock()
	if err := alice.pc.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server notices", func() bool {
		return alice.peer.pc.SignalingState() == webrtc.SignalingStateClosed
	})
	last := alice.peer.Current()
	err := alice.peer.Handle(Description{Type: TypeOffer, Revision: last.Revision + 5, SDP: alice.pc.LocalDescription().SDP})
	if err != nil && !errors.Is(err, ErrClosed) || errors.Is(err, ErrDescription) {
		t.Errorf("%v", err)
	}
}

// Nor is it anybody's fault when the client hangs up between its offer and our answer.
func TestHangingUpBeforeTheAnswer(t *testing.T) {
	alice, _ := pair(t)
	alice.mu.Lock()
	alice.leaving = true
	offer, err := alice.pc.CreateOffer(nil)
	alice.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	p := alice.peer
	err = p.loop.call(t.Context(), p.done, func() error {
		if err := p.pc.SetRemoteDescription(offer); err != nil {
			t.Error(err)
		}
		answer, err := p.pc.CreateAnswer(nil)
		if err != nil {
			t.Error(err)
		}
		if err := p.pc.Close(); err != nil { // as at the client's close_notify
			t.Error(err)
		}
		_, err = p.negotiation.setLocal(answer)
		return err
	})
	if !errors.Is(err, ErrClosed) || errors.Is(err, ErrDescription) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
