package rsp

import (
	"regexp"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

// renamed is a description with other codecs of the same names' lengths.
func renamed(from, to string) func(string) string {
	return func(sdp string) string { return strings.ReplaceAll(sdp, " "+from+"/", " "+to+"/") }
}

// only is a description in which of some codecs only one is left.
func only(codecs ...string) func(string) string {
	return func(sdp string) string {
		for _, c := range codecs {
			sdp = renamed(c, "NONE")(sdp)
		}
		return sdp
	}
}

// What is wrong with a first offer, and what the SFU says to it.
func TestOffersThatAreRefused(t *testing.T) {
	b := newMediaBench(t)
	if _, err := b.store.Rooms.Create(store.Room{UniqueName: "h264", VideoCodecs: []string{"H264"}}); err != nil {
		t.Fatal(err)
	}
	lacking := func(prefix string) func(string) string {
		return func(sdp string) string { return without(sdp, prefix) }
	}
	for _, ca := range []struct {
		name, room string
		change     func(string) string
		code       int
	}{
		{"no SDP", "daily", func(string) string { return "hello" }, 53403},
		{"cut off", "daily", func(sdp string) string { return sdp[:len(sdp)/3] }, 53403},
		{"no ICE", "daily", lacking("a=ice-"), 53403},
		{"no ICE password", "daily", lacking("a=ice-pwd"), 53403},
		{"no fingerprint", "daily", lacking("a=fingerprint"), 53403},
		{"no mids", "daily", lacking("a=mid"), 53403},
		{"no audio codec in common", "daily", only("opus"), 53404},
		{"no video codec in common", "daily", only("VP8", "H264"), 53404},
		{"no video codec that the Room allows", "h264", only("H264"), 53404},
	} {
		t.Run(ca.name, func(t *testing.T) {
			defer func(outer *testing.T) { b.t = outer }(b.t)
			b.t = t
			c := b.newCaller()
			c.hello(c.connectBody("alice", ca.room, ca.change))
			c.expectError(ca.code)
		})
	}
	// One codec is enough, and one who comes without a camera needs none for it.
	for name, change := range map[string]func(string) string{
		"VP8 alone":  only("H264"),
		"H264 alone": only("VP8"),
		"no video": func(sdp string) string {
			return strings.Replace(only("VP8", "H264")(sdp), "m=video 9 ", "m=video 0 ", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func(outer *testing.T) { b.t = outer }(b.t)
			b.t = t
			c := b.newCaller()
			c.hello(c.connectBody("alice", "daily", change))
			c.expect("connected")
		})
	}
}

// The same of an offer later on, which ends the session.
func TestLaterDescriptionsThatAreRefused(t *testing.T) {
	for _, ca := range []struct {
		name   string
		kind   string
		change func(string) string
		code   int
	}{
		{"no SDP", sfu.TypeOffer, func(string) string { return "hello" }, 53403},
		{"no ICE", sfu.TypeOffer, func(sdp string) string { return without(sdp, "a=ice-") }, 53403},
		{"no codec in common", sfu.TypeOffer, only("VP8", "H264"), 53404},
	} {
		t.Run(ca.name, func(t *testing.T) {
			b := newMediaBench(t)
			c, r := b.call("alice", "daily")
			c.say(sfu.Description{Type: ca.kind, Revision: 2, SDP: ca.change(c.pc.LocalDescription().SDP)})
			c.expectError(ca.code)
			b.inStore(r.SID, r.Participant.SID, store.Disconnected)
		})
	}
}

// A browser whose media has ended while its signalling goes on is told so.
func TestMediaConnectionEnds(t *testing.T) {
	b := newMediaBench(t)
	c, r := b.call("alice", "daily")
	c.send()
	c.hangUp()
	c.expectError(53405)
	b.inStore(r.SID, r.Participant.SID, store.Disconnected)
}

// A browser that has another certificate than it says is told that DTLS is the reason, and not
// the network.
func TestMediaConnectionIsNotSecured(t *testing.T) {
	b := newMediaBench(t)
	c := b.newCaller()
	c.hello(c.connectBody("alice", "daily", func(sdp string) string {
		return regexp.MustCompile(`(?m)^(a=fingerprint:sha-256) .*?(\r?)$`).ReplaceAllString(sdp, "$1 "+strings.Repeat(":AB", 32)[1:]+"$2")
	}))
	r := c.expect("connected")
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: r.PeerConnections[0].Description.SDP}); err != nil {
		t.Fatal(err)
	}
	c.expectError(53407)
	b.inStore(r.SID, r.Participant.SID, store.Disconnected)
}
