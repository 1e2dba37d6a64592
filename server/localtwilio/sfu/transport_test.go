package sfu

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"
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
		if strings.HasPrefix(l, "a=candidate:") && !strings.Contains(l, " 127.0.0.1 ") {
			t.Errorf("nobody listens on %s", l)
		}
	}
}

// Media take a way as soon as the client has shown that there is one; it nominates later.
func TestFirstPairIsTaken(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice := newClientOver(t, "PA1", webrtc.NetworkTypeUDP4, func(*webrtc.MediaEngine) {}, func(s *webrtc.SettingEngine) {
		s.SetHostAcceptanceMinWait(time.Hour)
		s.SetPrflxAcceptanceMinWait(time.Hour)
	})
	alice.publish("MT1a", KindAudio)
	alice.join(r)
	eventually(t, "ICE", func() bool { return alice.peer.pc.ICEConnectionState() == webrtc.ICEConnectionStateConnected })
	if s := alice.pc.ICEConnectionState(); s == webrtc.ICEConnectionStateConnected {
		t.Error("the client has nominated a pair")
	}
}

func TestFirstPairOfEachGeneration(t *testing.T) {
	first := firstPair()
	for i, step := range []struct {
		name string // of the user
		want bool
	}{{"a:x", true}, {"a:x", false}, {"b:y", true}, {"b:y", false}} {
		check := stun.MustBuild(stun.BindingRequest, stun.NewUsername(step.name))
		if got := first(check, nil, nil, nil); got != step.want {
			t.Errorf("check %d: %t", i, got)
		}
	}
	if first(stun.MustBuild(stun.BindingRequest), nil, nil, nil) {
		t.Error("a check of nobody is taken")
	}
}

// A client whose certificate is not the one that its offer speaks of gets through to the server,
// and no further.
func TestDTLSFails(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	mallory := newClient(t, "PA1")
	mallory.munge = otherFingerprint
	mallory.publish("MT1a", KindAudio)
	mallory.join(r)
	eventually(t, "the end of DTLS", func() bool {
		mallory.mu.Lock()
		defer mallory.mu.Unlock()
		return mallory.failed != nil
	})
	mallory.mu.Lock()
	defer mallory.mu.Unlock()
	if !errors.Is(mallory.failed, ErrDTLS) || !errors.Is(mallory.failed, ErrTransport) {
		t.Errorf("failed: %v", mallory.failed)
	}
}

// otherFingerprint changes what an offer says of the certificate.
func otherFingerprint(sdp string) string {
	const key = "a=fingerprint:sha-256 "
	before, after, _ := strings.Cut(sdp, key)
	digit := "0"
	if after[0] == '0' {
		digit = "1"
	}
	return strings.ReplaceAll(before+key+after, key+after[:1], key+digit)
}

func TestCulprit(t *testing.T) {
	for _, tt := range []struct {
		ice     webrtc.ICEConnectionState
		secured bool
		want    error
	}{
		{webrtc.ICEConnectionStateConnected, false, ErrDTLS},
		{webrtc.ICEConnectionStateClosed, false, ErrDTLS}, // pion, which has closed all by now
		{webrtc.ICEConnectionStateFailed, false, ErrTransport},
		{webrtc.ICEConnectionStateFailed, true, ErrTransport},
		{webrtc.ICEConnectionStateClosed, true, ErrTransport}, // the client hung up
	} {
		if got := culprit(tt.ice, tt.secured); got != tt.want {
			t.Errorf("ICE %s, DTLS was up %t: %v, want %v", tt.ice, tt.secured, got, tt.want)
		}
	}
}
