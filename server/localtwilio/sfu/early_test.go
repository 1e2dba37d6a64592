package sfu

import "testing"

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

// The Tracks of one client take their subscribers a single negotiation, unless a machine is so busy that
// togetherPatience lies between them.
func TestTracksComeInOneOffer(t *testing.T) {
	e := startEngine(t)
	const calls = 10
	apart := 0
	for range calls {
		r := e.NewRouter(RouterConfig{})
		alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
		bob.publish("MT2v", KindVideo)
		bob.join(r)
		alice.publish("MT1a", KindAudio)
		alice.publish("MT1v", KindVideo)
		alice.join(r)
		bob.flows("MT1a", "MT1v")
		if bob.offers() > 1 {
			apart++
		}
		alice.leave()
		bob.leave()
	}
	if apart > calls/3 {
		t.Errorf("in %d of %d calls two Tracks took more than one offer", apart, calls)
	}
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
