//go:build js

package twiliojs

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"escalate/app/video"
	"escalate/app/video/videotest"
)

func TestConnectOptions(t *testing.T) {
	ctx := setUp(t)
	c, r, _ := join(t, ctx)
	defer c.Close()
	got := eval(`(() => { const o = Object.assign({}, lastOptions, {tracks: lastOptions.tracks.map(t => t.kind)}); return JSON.stringify(o, Object.keys(o).concat(Object.keys(o.networkQuality), "video", Object.keys(o.bandwidthProfile.video)).sort()) })()`).String()
	want := `{"bandwidthProfile":{"video":{"clientTrackSwitchOffControl":"manual","contentPreferencesMode":"auto","mode":"collaboration"}},` +
		`"dominantSpeaker":true,"insights":false,"maxAudioBitrate":24000,"name":"R","networkQuality":{"local":2,"remote":2},` +
		`"notifyWarnings":["recording-media-lost"],"preferredVideoCodecs":["VP8"],"tracks":["audio","video"],"wsServer":"ws://127.0.0.1:1/signaling"}`
	if got != want {
		t.Errorf("options %s\nwant    %s", got, want)
	}
	local := r.Local()
	if r.SID() != "RM1" || local.SID != "PAme" || len(local.Tracks) != 2 || !local.Tracks[0].Subscribed {
		t.Errorf("room %s, local %+v", r.SID(), local)
	}
	r.Disconnect()

	// Against Twilio's own server nothing is replaced, and without a Capture
	// the SDK must not capture by itself.
	bare, err := Connector{}.Connect(ctx, "good", video.Options{Name: "R"})
	if err != nil {
		t.Fatal(err)
	}
	if !eval(`!("wsServer" in lastOptions) && !("insights" in lastOptions) && lastOptions.tracks.length === 0`).Truthy() {
		t.Error("options for Twilio's own server")
	}
	bare.Disconnect()
}

func TestConnectFails(t *testing.T) {
	tests := []struct {
		name, token string
		want        video.Error
	}{
		{"rejected", "bad", video.Error{Reason: video.TokenInvalid, Code: 20101, Name: "AccessTokenInvalidError", Message: "Invalid Access Token"}},
		{"thrown", "throw", video.Error{Reason: video.Other, Name: "TypeError", Message: "thrown, not rejected"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := setUp(t)
			r, err := Connector{}.Connect(ctx, tt.token, video.Options{})
			var e *video.Error
			if !errors.As(err, &e) || *e != tt.want || r != nil {
				t.Errorf("%v, %+v; want %+v", r, err, tt.want)
			}
		})
	}
	ctx := setUp(t)
	if _, err := (Connector{}).Connect(ctx, "good", video.Options{Capture: videotest.NewCapture()}); !errors.Is(err, video.ErrUnsupported) {
		t.Errorf("another package's Capture: %v", err)
	}
}

func TestRoomThatComesLateIsLeft(t *testing.T) {
	setUp(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	e := &events{}
	go func() {
		_, err := Connector{}.Connect(ctx, "slow", video.Options{OnEvent: e.add})
		done <- err
	}()
	wait(t, "connect to be called", func() bool { return strings.Contains(eval(`calls.join()`).String(), "connect slow") })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	eval(`letIn()`)
	wait(t, "the late Room to be left", func() bool { return eval(`room.state`).String() == "disconnected" })
	if l := e.take(); len(l) != 0 {
		t.Errorf("events of a Room nobody has: %v", l)
	}
}

// addRemote makes a Participant with microphone and camera in the fake.
const addRemote = `
globalThis.bob = new Participant("PAbob", "customer:X:1");
globalThis.bobAudio = bob.add(new Publication("MTa", new Track("audio")));
globalThis.bobVideo = bob.add(new Publication("MTv", new Track("video")));`

func TestEvents(t *testing.T) {
	ctx := setUp(t)
	eval(`globalThis.prepare = room => {` + addRemote + ` bobVideo.isSubscribed = false; bob.networkQualityLevel = 4;
		room.participants.set(bob.sid, bob); room.isRecording = true }`)
	_, r, e := join(t, ctx)
	audio := video.Track{SID: "MTa", Name: "audio", Kind: video.Audio, Enabled: true, Subscribed: true}
	camera := video.Track{SID: "MTv", Name: "video", Kind: video.Video, Enabled: true}
	subscribed := camera
	subscribed.Subscribed = true
	steps := []struct {
		name, code string
		want       []video.Event
	}{
		{"who was there", ``, []video.Event{
			video.ParticipantConnected{Participant: video.Participant{SID: "PAbob", Identity: "customer:X:1", Tracks: []video.Track{audio, camera}}},
			video.NetworkQuality{SID: "PAbob", Level: 4}, video.RecordingChanged{On: true}}},
		{"announced again", `room.emit("participantConnected", bob)`, nil},
		{"subscribed", `bobVideo.isSubscribed = true; room.emit("trackSubscribed", bobVideo.track, bobVideo, bob)`,
			[]video.Event{video.TrackSubscribed{ParticipantSID: "PAbob", Track: subscribed}}},
		{"screen", `globalThis.scr = new Publication("MTs", new Track("video"), "screen"); scr.isSubscribed = false; room.emit("trackPublished", scr, bob)`,
			[]video.Event{video.TrackPublished{ParticipantSID: "PAbob", Track: video.Track{SID: "MTs", Name: "screen", Kind: video.Screen, Enabled: true}}}},
		{"screen gone", `room.emit("trackUnpublished", scr, bob)`, []video.Event{video.TrackUnpublished{ParticipantSID: "PAbob", TrackSID: "MTs"}}},
		{"muted", `room.emit("trackDisabled", bobAudio, bob)`, []video.Event{video.TrackDisabled{ParticipantSID: "PAbob", TrackSID: "MTa"}}},
		{"unmuted", `room.emit("trackEnabled", bobAudio, bob)`, []video.Event{video.TrackEnabled{ParticipantSID: "PAbob", TrackSID: "MTa"}}},
		{"switched off", `room.emit("trackSwitchedOff", bobVideo.track, bobVideo, bob)`, []video.Event{video.TrackSwitchedOff{ParticipantSID: "PAbob", TrackSID: "MTv"}}},
		{"switched on", `room.emit("trackSwitchedOn", bobVideo.track, bobVideo, bob)`, []video.Event{video.TrackSwitchedOn{ParticipantSID: "PAbob", TrackSID: "MTv"}}},
		{"unsubscribed", `room.emit("trackUnsubscribed", bobVideo.track, bobVideo, bob)`, []video.Event{video.TrackUnsubscribed{ParticipantSID: "PAbob", TrackSID: "MTv"}}},
		{"message", `room.emit("trackMessage", "hi", {}, bob); room.emit("trackMessage", new ArrayBuffer(1), {}, bob)`, []video.Event{video.DataReceived{ParticipantSID: "PAbob", Text: "hi"}}},
		{"speaks", `room.emit("dominantSpeakerChanged", bob)`, []video.Event{video.DominantSpeaker{SID: "PAbob"}}},
		{"nobody speaks", `room.emit("dominantSpeakerChanged", null)`, []video.Event{video.DominantSpeaker{}}},
		{"quality", `bob.emit("networkQualityLevelChanged", 1, null); room.localParticipant.emit("networkQualityLevelChanged", 5, null)`,
			[]video.Event{video.NetworkQuality{SID: "PAbob", Level: 1}, video.NetworkQuality{SID: "PAme", Level: 5}}},
		{"recording", `room.emit("recordingStopped"); room.emit("recordingStarted")`, []video.Event{video.RecordingChanged{}, video.RecordingChanged{On: true}}},
		{"they reconnect", `room.emit("participantReconnecting", bob); room.emit("participantReconnected", bob)`,
			[]video.Event{video.ParticipantReconnecting{SID: "PAbob"}, video.ParticipantReconnected{SID: "PAbob"}}},
		{"we reconnect", `room.emit("reconnecting", Object.assign(new Error("lost"), {name: "SignalingConnectionDisconnectedError", code: 53001})); room.emit("reconnected")`,
			[]video.Event{video.Reconnecting{Err: &video.Error{Reason: video.SignalingLost, Code: 53001, Name: "SignalingConnectionDisconnectedError", Message: "lost"}}, video.Reconnected{}}},
		{"left", `room.emit("participantDisconnected", bob); bob.emit("networkQualityLevelChanged", 0, null)`, []video.Event{video.ParticipantDisconnected{SID: "PAbob"}}},
		{"completed", `room.state = "disconnected"; room.emit("disconnected", room, Object.assign(new Error("done"), {name: "RoomCompletedError", code: 53118})); room.emit("reconnected")`,
			[]video.Event{video.Disconnected{Err: &video.Error{Reason: video.RoomCompleted, Code: 53118, Name: "RoomCompletedError", Message: "done"}}}},
	}
	for _, s := range steps {
		eval(s.code)
		if got := e.take(); !reflect.DeepEqual(got, s.want) {
			t.Errorf("%s: events %+v\nwant %+v", s.name, got, s.want)
		}
	}
	if n := eval(`room.count() + room.localParticipant.count() + bob.count()`).Int(); n != 0 {
		t.Errorf("%d callbacks stay after the end", n)
	}
	if !eval(`lastTracks.every(t => !t.isStopped)`).Truthy() {
		t.Error("the Capture ended with the Room")
	}
	if err := r.SetEnabled(ctx, video.Audio, false); err == nil {
		t.Error("a command after the end: no error")
	}
	r.Disconnect()
	if got := e.take(); len(got) != 0 {
		t.Errorf("events after the last: %v", got)
	}
}

func TestMuteAndCamera(t *testing.T) {
	ctx := setUp(t)
	c, r, e := join(t, ctx)
	defer c.Close()
	calls()
	set := func(k video.Kind, on bool) {
		t.Helper()
		if err := r.SetEnabled(ctx, k, on); err != nil {
			t.Fatalf("%s %t: %v", k, on, err)
		}
	}
	set(video.Audio, false)
	set(video.Audio, false)
	set(video.Audio, true)
	want := []video.Event{video.TrackDisabled{ParticipantSID: "PAme", TrackSID: "MTme0"}, video.TrackEnabled{ParticipantSID: "PAme", TrackSID: "MTme0"}}
	if got := e.take(); !reflect.DeepEqual(got, want) {
		t.Errorf("mute: %+v\nwant %+v", got, want)
	}
	set(video.Video, false)
	if got := e.take(); !reflect.DeepEqual(got, []video.Event{video.LocalTrackUnpublished{TrackSID: "MTme1"}}) {
		t.Errorf("camera off: %+v", got)
	}
	if !eval(`lastTracks[1].isStopped`).Truthy() {
		t.Error("the camera's light stays on")
	}
	set(video.Video, true)
	wait(t, "the camera to be published", func() bool { return e.has(is[video.LocalTrackPublished]) })
	if got, want := calls(), "unpublish video; getUserMedia audio=false video=true; publish video video standard"; got != want {
		t.Errorf("calls %s\nwant  %s", got, want)
	}
	e.take()
	set(video.Video, true)
	if got := calls(); got != "" {
		t.Errorf("a camera that is on was captured again: %s", got)
	}
	// Lost and taken again.
	eval(`lastTracks[0].lose()`)
	if got := e.take(); !reflect.DeepEqual(got, []video.Event{video.LocalTrackStopped{Kind: video.Video}}) {
		t.Errorf("lost: %+v", got)
	}
	set(video.Video, true)
	if !e.has(is[video.LocalTrackResumed]) || !c.Has(video.Video) {
		t.Errorf("taken again: %+v", e.take())
	}
	r.Disconnect()
}

func TestCameraThatCannotStart(t *testing.T) {
	ctx := setUp(t)
	c, r, _ := join(t, ctx)
	defer c.Close()
	if err := r.SetEnabled(ctx, video.Video, false); err != nil {
		t.Fatal(err)
	}
	eval(`refuse = {video: "NotReadableError"}`)
	var e *video.Error
	if err := r.SetEnabled(ctx, video.Video, true); !errors.As(err, &e) || e.Reason != video.MediaInUse {
		t.Errorf("error %v", err)
	}
	if m := c.Missing(video.Video); m == nil || m.Reason != video.MediaInUse {
		t.Errorf("missing %v", m)
	}
	eval(`refuse = {}`)
	if err := r.SetEnabled(ctx, video.Video, true); err != nil || c.Missing(video.Video) != nil {
		t.Errorf("again: %v, missing %v", err, c.Missing(video.Video))
	}
}

func TestRoomWithoutCapture(t *testing.T) {
	ctx := setUp(t)
	e := &events{}
	r, err := Connector{}.Connect(ctx, "good", video.Options{OnEvent: e.add})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SetEnabled(ctx, video.Audio, false); err != nil {
		t.Errorf("mute of nothing: %v", err)
	}
	if err := r.SetEnabled(ctx, video.Audio, true); err != nil {
		t.Fatal(err)
	}
	wait(t, "the microphone to be published", func() bool { return e.has(is[video.LocalTrackPublished]) })
	r.Disconnect()
	if !eval(`lastTracks[0].isStopped`).Truthy() {
		t.Error("a microphone that only the Room knew runs on")
	}
}

func TestScreen(t *testing.T) {
	ctx := setUp(t)
	c, r, e := join(t, ctx)
	defer c.Close()
	calls()
	if err := r.ShareScreen(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.ShareScreen(ctx); err != nil { // a second click
		t.Fatal(err)
	}
	wait(t, "the screen to be published", func() bool {
		return e.has(func(ev video.Event) bool {
			p, ok := ev.(video.LocalTrackPublished)
			return ok && p.Track.Kind == video.Screen
		})
	})
	if got, want := calls(), "getDisplayMedia; publish video screen high"; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
	if got := eval(`screenMedia.contentHint`).String(); got != "detail" {
		t.Errorf("content hint %q", got)
	}
	e.take()
	// The browser's own button.
	eval(`screenMedia.readyState = "ended"; screenMedia.dispatchEvent(new Event("ended"))`)
	if got := e.take(); len(got) != 2 || !is[video.LocalTrackUnpublished](got[0]) || !is[video.ScreenEnded](got[1]) {
		t.Errorf("ended by the browser: %+v", got)
	}
	if err := r.ShareScreen(ctx); err != nil {
		t.Fatal(err)
	}
	e.take()
	r.StopScreen()
	r.StopScreen()
	if got := e.take(); len(got) != 1 || !is[video.LocalTrackUnpublished](got[0]) {
		t.Errorf("stopped: %+v", got)
	}
	if !eval(`screenMedia.readyState === "ended"`).Truthy() {
		t.Error("the screen is still captured")
	}
	eval(`refuse = {screen: ["NotAllowedError", "Permission denied"]}`)
	var ve *video.Error
	if err := r.ShareScreen(ctx); !errors.As(err, &ve) || ve.Reason != video.MediaDismissed {
		t.Errorf("picker closed: %v", err)
	}
	eval(`refuse = {}`)
	if err := r.ShareScreen(ctx); err != nil {
		t.Errorf("after a closed picker: %v", err)
	}
	r.Disconnect()
	if !eval(`screenMedia.readyState === "ended"`).Truthy() {
		t.Error("left, but the screen is still captured")
	}
}

func TestScreenStoppedWhilePublishing(t *testing.T) {
	ctx := setUp(t)
	c, r, _ := join(t, ctx)
	defer c.Close()
	eval(`publishGate = new Promise(r => globalThis.openGate = r)`)
	done := make(chan error)
	go func() { done <- r.ShareScreen(ctx) }()
	wait(t, "the screen to be on its way", func() bool { return strings.Contains(eval(`calls.join()`).String(), "publish video screen") })
	r.StopScreen()
	eval(`openGate()`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := len(r.Local().Tracks); got != 2 {
		t.Errorf("%d local Tracks, want microphone and camera only", got)
	}
}

func TestAttach(t *testing.T) {
	ctx := setUp(t)
	eval(`addElement("v"); addElement("v2"); addElement("a", true)`)
	eval(`globalThis.prepare = room => {` + addRemote + ` room.participants.set(bob.sid, bob) }`)
	c, r, e := join(t, ctx)
	defer c.Close()
	e.take()
	attach := func(sid, id string) {
		t.Helper()
		if err := r.Attach(sid, id); err != nil {
			t.Fatal(err)
		}
	}
	attach("MTv", "v")
	attach("MTv", "v")
	if got := eval(`bobVideo.track.attachCalls`).Int(); got != 1 {
		t.Errorf("attached %d times, want once", got)
	}
	if !eval(`els.v.muted && els.v.playsInline && els.v.autoplay && els.v.plays === 1`).Truthy() {
		t.Error("the picture would not play by itself")
	}
	attach("MTv", "v2")
	if !eval(`els.v.srcObject === null && els.v2.srcObject.getTracks().length === 1`).Truthy() {
		t.Error("the Track did not move")
	}
	if r.Attach("MTx", "v") == nil || r.Attach("MTv", "nowhere") == nil {
		t.Error("attached what is not there")
	}

	// Autoplay refuses the sound until a click.
	attach("MTa", "a")
	if eval(`els.a.muted`).Truthy() {
		t.Error("the others' sound is muted")
	}
	wait(t, "PlaybackBlocked", func() bool { return e.has(is[video.PlaybackBlocked]) })
	r.Resume()
	r.Resume()
	e.take()
	eval(`els.a.blocked = false`)
	r.Resume()
	wait(t, "PlaybackResumed", func() bool { return e.has(is[video.PlaybackResumed]) })

	if err := r.SetSpeaker(ctx, "headset"); err != nil || eval(`els.a.sink`).String() != "headset" {
		t.Errorf("speaker %s, %v", eval(`els.a.sink`), err)
	}
	if err := r.SetSpeaker(ctx, "bad"); err == nil {
		t.Error("a speaker that is gone: no error")
	}
	r.Detach("MTa")
	eval(`addElement("a2")`)
	attach("MTa", "a2")
	wait(t, "the speaker of a later element", func() bool { return eval(`els.a2.sink`).String() == "headset" })

	// Our own picture, by its SID.
	attach("MTme1", "v")
	if !eval(`els.v.muted`).Truthy() {
		t.Error("our own element is not muted")
	}
	// Unsubscribed: the last picture must not stay.
	eval(`room.emit("trackUnsubscribed", bobVideo.track, bobVideo, bob)`)
	if !eval(`els.v2.srcObject === null`).Truthy() {
		t.Error("the last picture stays")
	}
	r.Disconnect()
	if !eval(`els.a2.srcObject === null && els.v.srcObject === null`).Truthy() {
		t.Error("left, but elements still hold Tracks")
	}
}

func TestStats(t *testing.T) {
	ctx := setUp(t)
	c, r, _ := join(t, ctx)
	defer c.Close()
	s, err := r.Stats(ctx)
	if want := (video.Stats{BytesReceived: 30}); err != nil || !reflect.DeepEqual(s, want) {
		t.Errorf("stats %+v, %v", s, err)
	}
	eval(addRemote + `room.participants.set(bob.sid, bob); bobAudio.track.mediaStreamTrack.id = "bobmic";
	room._signaling = {_peerConnectionManager: {_peerConnections: new Map([["1", {_peerConnection: {getStats: async () => new Map([
		["a", {type: "inbound-rtp", kind: "audio", trackIdentifier: "bobmic", totalAudioEnergy: 0.5, totalSamplesDuration: 2, packetsReceived: 90, packetsLost: 10, jitter: 0.03}],
		["b", {type: "inbound-rtp", kind: "video", framesDecoded: 7, bytesReceived: 30, packetsLost: -1}],
		["e", {type: "outbound-rtp", packetsSent: 100, qualityLimitationReason: "cpu"}], ["f", {type: "remote-inbound-rtp", packetsLost: 4}],
		["g", {type: "media-source", kind: "audio", totalAudioEnergy: 0.1, totalSamplesDuration: 3}],
		["c", {type: "candidate-pair", nominated: true, currentRoundTripTime: 0.02}], ["d", {type: "candidate-pair", currentRoundTripTime: 9}]])}}]])}}`)
	want := video.Stats{BytesReceived: 30, FramesDecoded: 7, AudioEnergy: 0.5, RTT: 0.02, Jitter: 0.03, Received: 90, LostIn: 10,
		Sent: 100, LostOut: 4, Busy: true, Heard: map[string]video.Heard{"PAbob": {Energy: 0.5, Seconds: 2}, "PAme": {Energy: 0.1, Seconds: 3}}}
	if s, err = r.Stats(ctx); err != nil || !reflect.DeepEqual(s, want) {
		t.Errorf("stats %+v, %v", s, err)
	}
	calls()
	r.Refresh()
	if got := calls(); got != "refresh" {
		t.Errorf("calls %s", got)
	}
}

func TestSendPublishesOnce(t *testing.T) {
	ctx := setUp(t)
	_, r, _ := join(t, ctx)
	eval(`globalThis.publishGate = new Promise(r => globalThis.openGate = r)`)
	calls()
	done := make(chan error, 2)
	for _, text := range []string{"one", "two"} {
		go func() { done <- r.Send(ctx, text) }()
	}
	wait(t, "the data Track to be published", func() bool { return strings.Contains(eval(`calls.join()`).String(), "publish data text") })
	eval(`openGate()`)
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if got := calls(); strings.Count(got, "publish data") != 1 || !strings.Contains(got, "send one") || !strings.Contains(got, "send two") {
		t.Errorf("calls %s", got)
	}
	r.Disconnect()
	if err := r.Send(ctx, "late"); err == nil {
		t.Error("sent after leaving")
	}
}

func TestQualityTellsTheDirection(t *testing.T) {
	for _, tt := range []struct {
		name, stats string
		want        video.NetworkQuality
	}{
		{"nothing known", `null`, video.NetworkQuality{SID: "PA", Level: 2}},
		{"worst of both", `({audio: {send: 5, recv: 4}, video: {send: 2, recv: 5}})`, video.NetworkQuality{SID: "PA", Level: 2, Detailed: true, Send: 2, Recv: 4}},
		{"no video", `({audio: {send: 3, recv: 1}, video: null})`, video.NetworkQuality{SID: "PA", Level: 2, Detailed: true, Send: 3, Recv: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := qualityOf("PA", 2, eval(tt.stats)); got != tt.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}
