package rsp

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu"
)

// newMediaBench is a bench whose media goes through the SFU.
func newMediaBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	e, err := sfu.Start(sfu.Config{})
	if err != nil {
		t.Fatal(err)
	}
	// Before the bench's, so that it is closed after: Rooms are closed with their Participants.
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close engine: %v", err)
		}
	})
	return newBenchOn(t, mediaOf(e), change...)
}

// caller is a browser with media: a microphone and a camera, from which nothing comes.
type caller struct {
	*browser
	pc       *webrtc.PeerConnection
	identity string
	both     chan struct{} // closed when both ends have DTLS; nil unless it calls
}

// newCaller opens both of a caller's connections; nothing is sent on either.
func (b *bench) newCaller() *caller {
	b.t.Helper()
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.t.Fatal(err)
	}
	c := &caller{browser: b.dial(), pc: pc}
	b.t.Cleanup(c.hangUp)
	addTracks(b.t, pc)
	return c
}

// addTracks makes a PeerConnection send what offers speak of.
func addTracks(t testing.TB, pc *webrtc.PeerConnection) {
	t.Helper()
	for _, k := range []struct{ id, mime string }{{"mic", webrtc.MimeTypeOpus}, {"cam", webrtc.MimeTypeVP8}} {
		track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: k.mime}, k.id, "-")
		if err == nil {
			_, err = pc.AddTrack(track)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// send sends sound until the server reports on it: from then on both ends have DTLS.
func (c *caller) send() {
	c.t.Helper()
	mic := c.pc.GetSenders()[0]
	track := mic.Track().(*webrtc.TrackLocalStaticRTP)
	reported := make(chan error, 1)
	go func() {
		_, _, err := mic.ReadRTCP()
		reported <- err
	}()
	var n uint16
	waitFor(c.t, func() string {
		select {
		case err := <-reported:
			if err != nil {
				c.t.Fatalf("read reports: %v", err)
			}
			return ""
		default:
		}
		n++
		packet := &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: n, Timestamp: 960 * uint32(n)}, Payload: []byte{1, 2, 3}}
		if err := track.WriteRTP(packet); err != nil {
			c.t.Fatalf("send sound: %v", err)
		}
		return "a report on what is sent"
	})
}

func (c *caller) hangUp() { _ = c.pc.GracefulClose() } // it may have been closed by then

// connectBody is what c says to join a Room, with its offer as change makes it.
func (c *caller) connectBody(identity, room string, change func(sdp string) string) string {
	c.t.Helper()
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.pc.SetLocalDescription(offer); err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprintf(`{"type":"connect","version":2,"token":%s,"name":%s,"participant":%s,"peer_connections":[{"id":"pc","description":{"type":"offer","revision":1,"sdp":%s}}]}`,
		quote(identity), quote(room), participantBody(1, audio("mic", "mic"), video("cam", "cam")), quote(change(offer.SDP)))
}

// call joins, and is connected when it returns.
func (b *bench) call(identity, room string) (*caller, reply) {
	b.t.Helper()
	c := b.newCaller()
	r := c.ring(identity, room)
	c.up()
	return c, r
}

// ring joins; its media connects while up is not called yet.
func (c *caller) ring(identity, room string) reply {
	c.t.Helper()
	c.identity, c.both = identity, make(chan struct{})
	channel, err := c.pc.CreateDataChannel("both", nil) // opens when both ends have DTLS
	if err != nil {
		c.t.Fatal(err)
	}
	channel.OnOpen(func() { close(c.both) })
	c.hello(c.connectBody(identity, room, func(sdp string) string { return sdp }))
	r := c.await("connected", func(r reply) bool { return r.Type == "connected" || r.Type == "error" })
	if r.Type == "error" {
		c.t.Fatalf("%s: error %d", identity, r.Code)
	}
	d := r.PeerConnections[0].Description
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: d.SDP}); err != nil {
		c.t.Fatal(err)
	}
	return r
}

// up waits until the caller and the server are connected.
func (c *caller) up() {
	c.t.Helper()
	waitFor(c.t, func() string {
		select {
		case <-c.both:
			return ""
		default:
			return c.identity + "'s media is " + c.pc.ConnectionState().String()
		}
	})
}

// say sends an update of c's peer connection.
func (c *caller) say(d sfu.Description) {
	c.t.Helper()
	b, err := json.Marshal(update{PeerConnections: []peerConnection{{ID: "pc", Description: &d}}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.msg(`{"type":"update",` + string(b[1:]))
}
