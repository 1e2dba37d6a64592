package sfu

import (
	"net"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
)

func isLoopback(ip net.IP) bool { return ip.IsLoopback() }

func TestAudioAndVideoReachOthers(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob, carol := newClient(t, "PA1"), newClient(t, "PA2"), newClient(t, "PA3")
	alice.publish("MT1a", KindAudio)
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	bob.publish("MT2a", KindAudio)
	bob.publish("MT2v", KindVideo)
	bob.join(r)
	alice.flows("MT2a", "MT2v")
	bob.flows("MT1a", "MT1v")
	carol.join(r)
	carol.flows("MT1a", "MT1v", "MT2a", "MT2v")
	alice.subscribed("MT2a", "MT2v")
	carol.subscribed("MT1a", "MT1v", "MT2a", "MT2v")

	carol.mu.Lock()
	defer carol.mu.Unlock()
	a, v := carol.received["MT1a"], carol.received["MT1v"]
	if a.stream != "PA1" || v.stream != "PA1" {
		t.Errorf("streams %q and %q, want the publisher's SID for both", a.stream, v.stream)
	}
	if a.mime != webrtc.MimeTypeOpus || v.mime != webrtc.MimeTypeVP8 {
		t.Errorf("codecs %q and %q", a.mime, v.mime)
	}
	if !parsed(codec.VP8, v.first).Keyframe {
		t.Error("video does not begin with a keyframe")
	}
	if a.levels+v.levels != 0 {
		t.Errorf("%d header extensions of the publisher travelled", a.levels+v.levels)
	}
	if a.gaps+v.gaps != 0 {
		t.Errorf("%d gaps in sequence numbers", a.gaps+v.gaps)
	}
}

func TestReportsReachSubscribers(t *testing.T) {
	_, bob := pair(t)
	eventually(t, "sender reports for sound and picture", func() bool {
		bob.mu.Lock()
		defer bob.mu.Unlock()
		return bob.received["MT1a"].reports > 0 && bob.received["MT1v"].reports > 0
	})
}

// A Participant whose signaling is stuck holds up nobody, and can be closed.
func TestStuckCallbackHoldsUpNobody(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	stuck := newClient(t, "PA1")
	release := make(chan struct{})
	stuck.joinWith(r, func(c *PeerConfig) {
		c.Send = func(Description) { <-release }
		c.Subscribed = func([]Subscription) { <-release }
	})
	defer close(release)
	alice, bob := newClient(t, "PA2"), newClient(t, "PA3")
	alice.publish("MT2v", KindVideo)
	alice.join(r)
	bob.join(r)
	bob.flows("MT2v")
	alice.publish("MT2s", KindVideo)
	bob.flows("MT2s")
	stuck.peer.Close()
	bob.flows("MT2v")
}

func TestVideoCodecsOfARoom(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{VideoCodecs: []string{"H264"}})
	alice := newClient(t, "PA1")
	alice.join(r)
	for _, line := range strings.Split(alice.pc.RemoteDescription().SDP, "\r\n") {
		if strings.HasPrefix(line, "a=rtpmap:") && strings.Contains(line, "VP8") {
			t.Errorf("VP8 in a Room for H264: %s", line)
		}
	}
	if !strings.Contains(alice.pc.RemoteDescription().SDP, "H264/90000") {
		t.Error("no H264")
	}
}
