//go:build e2e

package rsp

import (
	"fmt"
	"testing"
	"time"

	"escalate/server/localtwilio/sfu"
)

// joinWith connects with further options of twilio-video.js, as a JavaScript object.
func (p *page) joinWith(identity, room, options string) {
	p.s.t.Helper()
	p.is(fmt.Sprintf("join(%s, %s, %s)", jsString(p.s.token(identity, "", time.Now())), jsString(room), options), "connected")
}

// camera publishes a moving picture of 1280x720. The fake camera is open at a smaller size.
const camera = `(() => {
	const canvas = document.createElement("canvas");
	canvas.width = 1280; canvas.height = 720;
	const context = canvas.getContext("2d");
	let n = 0;
	setInterval(() => {
		n++;
		for (let i = 0; i < 12; i++) {
			context.fillStyle = "hsl(" + (n * 7 + i * 30) % 360 + ",80%,50%)";
			context.fillRect((i * 107 + n * 5) % 1280, (i % 3) * 240, 107, 240);
		}
	}, 50);
	const t = new Twilio.Video.LocalVideoTrack(canvas.captureStream(20).getVideoTracks()[0], { name: "hd" });
	extra.hd = t;
	return room.localParticipant.publishTrack(t).then(() => "published");
})()`

// remote is the publication of one's Track at the far end.
func remote(identity, name string) string {
	return fmt.Sprintf(`Array.from(Array.from(room.participants.values()).find(p => p.identity === %s).tracks.values()).find(t => t.trackName === %s)`,
		jsString(identity), jsString(name))
}

// width is how wide the pictures of a Track are that are decoded. What an element says is behind it
// for as long as the browser does not draw the page.
func width(identity, name string) string {
	return fmt.Sprintf(`(await native().getStats()
		.then(r => (Array.from(r.values()).find(s => s.type === "inbound-rtp" && s.trackIdentifier === %s.track.mediaStreamTrack.id) || {}).frameWidth))`,
		remote(identity, name))
}

// layers answers which of the publisher's encodings are active.
const layers = `connections()[0]._peerConnection.getSenders()
	.filter(s => s.track && s.track.kind === "video").map(s => s.getParameters().encodings.map(e => e.active).join())`

// videoStreams describes what a page sends and receives of video, for the log.
const videoStreams = `native().getStats()
	.then(r => Array.from(r.values()).filter(s => s.kind === "video" && /bound-rtp/.test(s.type))
	.map(s => [s.type, s.ssrc, s.frameWidth, s.active, s.bytesSent || s.bytesReceived, s.targetBitrate, s.qualityLimitationReason, s.framesDecoded].join(" ")).join("\n"))`

// layered is a call of alice, who publishes in layers, and bob, who says himself what he wants to see. It
// logs what is sent and received when the test fails.
func layered(s *stage) (alice, bob *page) {
	t := s.t
	t.Helper()
	alice, bob = s.open("alice"), s.open("bob")
	alice.joinWith("alice", "layered", `{ tracks: [], preferredVideoCodecs: "auto" }`)
	bob.joinWith("bob", "layered", `{ tracks: [], bandwidthProfile: { video: {
		mode: "collaboration", clientTrackSwitchOffControl: "manual", contentPreferencesMode: "manual" } } }`)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("alice:\n%s\n%s\nbob:\n%s\n%+v", alice.str(layers), alice.str(videoStreams), bob.str(videoStreams), s.qualities())
		}
	})
	return alice, bob
}

// qualities is what the server knows of everybody's network, by identity.
func (s *stage) qualities() map[string]sfu.Quality {
	s.srv.mu.Lock()
	defer s.srv.mu.Unlock()
	all := map[string]sfu.Quality{}
	for _, x := range s.srv.sessions {
		x.room.mu.Lock()
		p := x.media()
		x.room.mu.Unlock()
		all[x.identity] = p.Quality()
	}
	return all
}

// TestBandwidthInChromium plays simulcast, hints, priorities and switching off with
// twilio-video.js.
func TestBandwidthInChromium(t *testing.T) {
	s := newStage(t)
	alice, bob := layered(s)
	alice.is(camera, "published")
	bob.logs("subscribed alice video hd")
	render := func(w, h int) {
		bob.str(fmt.Sprintf("%s.track.setContentPreferences({ renderDimensions: { width: %d, height: %d } })", remote("alice", "hd"), w, h))
	}

	steps := []struct {
		name string
		run  func(t *testing.T)
	}{
		{"a large picture", func(t *testing.T) {
			render(1280, 720)
			bob.until("a picture of 1280", width("alice", "hd")+" === 1280")
		}},
		{"a small one, and the publisher stops the others", func(t *testing.T) {
			render(320, 180)
			bob.until("a picture of 320", width("alice", "hd")+" === 320")
			bob.grows("alice/hd")
			alice.until("one active layer", layers+`[0] === "true,false,false"`)
		}},
		{"large again", func(t *testing.T) {
			render(1280, 720)
			bob.until("a picture of 1280", width("alice", "hd")+" === 1280")
			bob.grows("alice/hd")
			alice.until("all layers", layers+`[0] === "true,true,true"`)
		}},
		{"switched off and on by the subscriber", func(t *testing.T) {
			bob.until("that it is on", "!"+remote("alice", "hd")+".track.isSwitchedOff")
			bob.str(remote("alice", "hd") + ".on('trackSwitchedOff', () => note('off')), " + remote("alice", "hd") + ".on('trackSwitchedOn', () => note('on'))")
			bob.str(remote("alice", "hd") + ".track.switchOff()")
			bob.logs("off")
			bob.is(remote("alice", "hd")+".track.isSwitchedOff", "true")
			bob.str(remote("alice", "hd") + ".track.switchOn()")
			bob.logs("on")
			bob.grows("alice/hd")
		}},
		{"the more important of two", func(t *testing.T) {
			carol := s.open("carol")
			carol.joinWith("carol", "layered", `{ tracks: [], bandwidthProfile: { video: {
				mode: "collaboration", maxTracks: 1 } } }`)
			alice.is(`publish("other", "video")`, "published")
			carol.until("both", remote("alice", "hd")+".track && "+remote("alice", "other")+".track && true")
			carol.str(remote("alice", "other") + ".track.setPriority('high')")
			carol.until("the other on and hd off", remote("alice", "hd")+".track.isSwitchedOff && !"+remote("alice", "other")+".track.isSwitchedOff")
			carol.grows("alice/other")
			carol.str(remote("alice", "other") + ".track.setPriority('low')")
			carol.until("hd on and the other off", "!"+remote("alice", "hd")+".track.isSwitchedOff && "+remote("alice", "other")+".track.isSwitchedOff")
			carol.grows("alice/hd")
			carol.str("room.disconnect()")
		}},
	}
	for _, step := range steps {
		if !s.step(t, step.name, step.run) {
			break
		}
	}
}

// TestNetworkQualityInChromium loses packets on the way and looks at what twilio-video.js says.
func TestNetworkQualityInChromium(t *testing.T) {
	conn := newLossy(t)
	s := newStageOver(t, conn)
	alice, bob := s.open("alice"), s.open("bob")
	const options = `{ networkQuality: { local: 3, remote: 3 } }`
	alice.joinWith("alice", "narrow", options)
	bob.joinWith("bob", "narrow", options)
	alice.grows("bob/camera", "bob/microphone")
	level := "room.localParticipant.networkQualityLevel"
	alice.until("a good network", level+" >= 4")
	alice.until("bob's good network", "Array.from(room.participants.values())[0].networkQualityLevel >= 4")
	alice.until("statistics", "room.localParticipant.networkQualityStats.audio.recvStats && true")
	conn.percent.Store(25)
	alice.until("a bad network", level+" <= 2")
	alice.until("bob's bad network", "Array.from(room.participants.values())[0].networkQualityLevel <= 2")
	conn.percent.Store(0)
	alice.until("a good network again", level+" >= 4")
	alice.grows("bob/camera", "bob/microphone")
}
