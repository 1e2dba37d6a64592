package sfu

import (
	"testing"
	"time"
)

// What a client publishes while its transport is still being made arrives like everything else.
func TestPublishWhileConnecting(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	bob := newClient(t, "PA2")
	bob.publish("MT2v", KindVideo)
	bob.join(r)
	for range 10 {
		alice := newClient(t, "PA1")
		alice.publish("MT1a", KindAudio)
		alice.publish("MT1v", KindVideo)
		alice.join(r)
		alice.publish("MT1s", KindVideo)
		bob.flows("MT1a", "MT1v", "MT1s")
		alice.leave()
		bob.subscribed()
	}
}

// The Tracks of one client take their subscribers a single negotiation, however far apart they arrive: here each
// waits for the other as long as it takes.
func TestTracksComeInOneOffer(t *testing.T) {
	e := startEngine(t)
	e.together = time.Hour
	for range 10 {
		r := e.NewRouter(RouterConfig{})
		alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
		bob.publish("MT2v", KindVideo)
		bob.join(r)
		alice.publish("MT1a", KindAudio)
		alice.publish("MT1v", KindVideo)
		alice.join(r)
		bob.flows("MT1a", "MT1v")
		if n := bob.offers(); n != 1 {
			t.Errorf("two Tracks took %d offers", n)
		}
		alice.leave()
		bob.leave()
	}
}

// A Track whose companion does not arrive is waited with for togetherPatience, and no longer.
func TestTrackDoesNotWaitForEver(t *testing.T) {
	e := startEngine(t)
	e.together = 0
	r := e.NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	bob.join(r)
	alice.publish("MT1a", KindAudio)
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	bob.flows("MT1a", "MT1v")
}

// While a publisher's encoder starts, the subscribers negotiate. The first keyframe is theirs then.
func TestSubscribersNegotiateBeforeTheFirstPacket(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	bob.publish("MT2v", KindVideo)
	bob.join(r)
	alice.publish("MT1a", KindAudio)
	video := alice.publish("MT1v", KindVideo)
	video.pause.Store(true)
	alice.join(r)
	bob.subscribed("MT1a", "MT1v")
	eventually(t, "an offer", func() bool { return bob.offers() > 0 })
	bob.flows("MT1a") // the answer has been taken
	video.pause.Store(false)
	bob.flows("MT1a", "MT1v")
	video.mu.Lock()
	defer video.mu.Unlock()
	if n := len(video.requests); n != 0 {
		t.Errorf("%d keyframes were asked of a Track that begins with one", n)
	}
}
