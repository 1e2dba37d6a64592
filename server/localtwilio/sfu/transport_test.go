package sfu

import (
	"net"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

func TestMediaOverTCP(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice := newClient(t, "PA1")
	alice.publish("MT1v", KindVideo)
	alice.publish("MT1a", KindAudio)
	alice.join(r)
	bob := newClientOver(t, "PA2", webrtc.NetworkTypeTCP4, func(*webrtc.MediaEngine) {})
	bob.publish("MT2v", KindVideo)
	bob.join(r)
	bob.flows("MT1v", "MT1a")
	alice.flows("MT2v")
	pair, err := bob.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair.Remote.Protocol != webrtc.ICEProtocolTCP {
		t.Fatalf("goes through %v, %v", pair, err)
	}
	udp, tcp := alice.peer.router.engine.Addr().(*net.UDPAddr).Port, int(pair.Remote.Port)
	if udp != tcp {
		t.Errorf("TCP port %d, UDP port %d", tcp, udp)
	}
}

func TestCandidatesAreThoseListenedOn(t *testing.T) {
	alice, _ := pair(t)
	for _, l := range strings.Split(alice.pc.RemoteDescription().SDP, "\r\n") {
		if strings.HasPrefix(l, attrCandidate) && !strings.Contains(l, " 127.0.0.1 ") {
			t.Errorf("nobody listens on %s", l)
		}
	}
}
