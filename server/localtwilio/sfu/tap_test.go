package sfu

import (
	"testing"
	"time"
)

// item waits for the next of a Tap's packets.
func item(t *testing.T, tap *Tap) TapItem {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case i, ok := <-tap.Items():
			if !ok {
				t.Fatal("the Tap is closed")
			}
			if i.Packet != nil {
				return i
			}
		case <-deadline:
			t.Fatalf("nothing arrived at the Tap in %s", patience)
		}
	}
}

// ended waits until a Tap is closed.
func ended(t *testing.T, tap *Tap) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case _, ok := <-tap.Items():
			if !ok {
				return
			}
		case <-deadline:
			t.Fatalf("the Tap is open after %s", patience)
		}
	}
}

func TestTap(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	early := r.Tap("MT1v") // before there is anything
	alice := newClient(t, "PA1")
	alice.publish("MT1a", KindAudio)
	video := alice.publish("MT1v", KindVideo)
	alice.join(r)
	if i := item(t, early); i.MimeType != "video/VP8" || i.At.IsZero() || len(i.Packet.Payload) == 0 || i.Packet.Extension {
		t.Errorf("item %+v", i)
	}
	eventually(t, "a request for a keyframe", func() bool {
		video.mu.Lock()
		defer video.mu.Unlock()
		return len(video.requests) > 0
	})
	late := r.Tap("MT1a")
	first := item(t, late)
	// What was handed out stays as it is while more arrives.
	kept := string(first.Packet.Payload)
	for range 20 {
		if n := item(t, late).Packet.SequenceNumber; n == first.Packet.SequenceNumber {
			t.Error("a packet came twice")
		}
	}
	if string(first.Packet.Payload) != kept {
		t.Error("a packet's memory was used again")
	}
	eventually(t, "a sender report", func() bool {
		select {
		case i := <-late.Items():
			return i.Report != nil && i.Report.SSRC == first.Packet.SSRC
		default:
			return false
		}
	})
	late.Close()
	late.Close()
	ended(t, late)

	// The Track goes and comes again; the Tap stays.
	alice.unpublish("MT1v")
	before := item(t, early).Packet.SSRC
	alice.publish("MT1v", KindVideo)
	eventually(t, "the new media at the Tap", func() bool { return item(t, early).Packet.SSRC != before })
	r.Close()
	ended(t, early)
	ended(t, r.Tap("MT1v"))
}

// A reader that does not read loses packets, and holds up nobody.
func TestTapNeverHoldsUp(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	bob.join(r)
	bob.flows("MT1v")
	tap := r.Tap("MT1v")
	defer tap.Close()
	for range tapQueue + 1 { // as full as can be
		tap.offer(TapItem{})
	}
	bob.flows("MT1v")
	if tap.Dropped() == 0 {
		t.Error("nothing was dropped from a queue that is full")
	}
}

func TestWanted(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1a", KindAudio)
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	bob.join(r)
	bob.flows("MT1a", "MT1v")
	bob.peer.SetWanted([]string{"MT1a", "MT1s"})
	bob.subscribed("MT1a")
	alice.publish("MT1s", KindVideo) // wanted before it came
	alice.publish("MT1x", KindVideo) // not wanted
	bob.flows("MT1s", "MT1a")
	bob.subscribed("MT1a", "MT1s")
	bob.peer.SetWanted([]string{"MT1v", "MT1x"})
	bob.flows("MT1v", "MT1x")
	bob.subscribed("MT1v", "MT1x")
	bob.peer.SetWanted(nil)
	bob.subscribed()

	// One who joined without wanting anything may come to want.
	carol := newClient(t, "PA3")
	carol.joinWith(r, func(c *PeerConfig) { c.SubscribeAll = false })
	carol.subscribed()
	carol.peer.SetWanted([]string{"MT1v"})
	carol.flows("MT1v")
	carol.subscribed("MT1v")
}
