package page

import (
	"strings"
	"testing"
	"time"

	"escalate/app/call"
	"escalate/app/device"
	"escalate/app/stage"
	"escalate/app/video"
	"escalate/app/wire"
)

func TestInterruptionIsToldAndTakenBack(t *testing.T) {
	r, j := inCall(t)
	capture := r.devices.Newest()
	r.using(video.Audio, "mic1", r.devices.Devices...)
	room := r.connector.Room()
	room.Emit(video.LocalTrackStopped{Kind: video.Audio})
	r.until("the banner", r.shows("Your microphone was interrupted. Tap to resume."))
	r.until("the other side is told", func() bool { n, ok := r.sentNote(call.NotePaused); return ok && n.On })
	r.golden("join_interrupted")
	r.do(func() { j.stage.Kit.Restore() })
	r.until("taken back", func() bool { return room.Called("Refresh") && capture.Called("Use audio mic1") })
	room.Emit(video.LocalTrackResumed{Kind: video.Audio})
	r.until("told again", func() bool {
		all := r.sentNotes()
		return all[len(all)-1].Type == call.NotePaused && !all[len(all)-1].On
	})
	if !strings.Contains(r.html(), `hidden id="refresh-button"`) {
		t.Error("the banner stays")
	}
}

func TestOthersInterruptionIsShown(t *testing.T) {
	r, _ := inCall(t)
	r.says(call.Note{Type: call.NotePaused, ID: "agent/1", On: true})
	r.until("shown", r.shows("Paused by their device"))
	r.until("said", r.shows("paused on the device of Maria Lopez"))
	r.says(call.Note{Type: call.NotePaused, ID: "agent/2"})
	r.until("over", func() bool { return !r.shows("Paused by their device")() })
}

func TestUnpluggedDeviceIsReplaced(t *testing.T) {
	r, _ := inCall(t)
	microphone := video.Device{ID: "mic1", Kind: device.AudioInput, Label: "Microphone 1"}
	r.using(video.Audio, "headset", video.Device{ID: "headset", Kind: device.AudioInput, Label: "Headset"}, microphone)
	r.devices.SetDevices(microphone)
	r.connector.Room().Emit(video.LocalTrackStopped{Kind: video.Audio}) // the list does not have it any more
	r.until("another is used", func() bool { return r.devices.Newest().Called("Use audio ") })
	r.connector.Room().Emit(video.LocalTrackResumed{Kind: video.Audio})
	r.until("said", r.shows("The device was unplugged."))
}

func TestLastCameraUnpluggedLeavesNoFrozenPicture(t *testing.T) {
	r, _ := inCall(t)
	r.using(video.Video, "cam1", r.devices.Devices...)
	r.devices.SetDevices(video.Device{ID: "mic1", Kind: device.AudioInput, Label: "Microphone 1"})
	r.connector.Room().Emit(video.LocalTrackStopped{Kind: video.Video})
	r.until("said", r.shows("“Camera 1” is gone"))
	r.until("taken off", func() bool { return r.connector.Room().Called("SetEnabled video false") })
	r.until("our picture is off", r.shows(`data-camera="false"`))
	r.golden("join_camera_gone")
	// Plugged in again, it goes on by itself.
	r.devices.Plug(video.Device{ID: "cam1", Kind: device.VideoInput, Label: "Camera 1"})
	r.until("used again", func() bool { return r.devices.Newest().Called("Use video ") })
}

func TestHiddenPhoneSwitchesItsCameraOff(t *testing.T) {
	s := open(invited())
	r, j := joinRig(t, s)
	j.stage.Kit.Support.Mobile = true
	r.api.set(func(f *fakeAPI) { f.join = wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K:n", State: s} })
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("in call", r.shows(`data-phase="in_call"`))
	room := r.connector.Room()
	r.host.visible(false)
	r.until("off", func() bool { return room.Called("SetEnabled video false") && r.shows(`data-camera="false"`)() })
	r.host.visible(true)
	r.until("on again", func() bool { return room.Called("SetEnabled video true") && room.Called("Refresh") })

	// Off by choice stays off.
	r.do(func() { j.stage.Kit.OnCamera(nil, noEvent()) })
	r.until("off by choice", r.shows(`data-camera="false"`))
	room.Reset()
	r.host.visible(false)
	r.host.visible(true)
	r.until("refreshed", func() bool { return room.Called("Refresh") })
	if room.Called("SetEnabled video true") {
		t.Error("the camera was switched on behind a back")
	}
}

func TestTheirShareReplacesOurs(t *testing.T) {
	r, j := inCall(t)
	room := r.connector.Room()
	r.do(func() { j.stage.ToggleShare() })
	r.until("we share", func() bool { return j.stage.Call.State.ScreenOn() })
	r.do(func() { j.stage.Now = func() time.Time { return time.Now().Add(time.Minute) } })
	room.Emit(agentTrack(video.Screen))
	r.until("ours ended", func() bool { return room.Called("StopScreen") })
	r.until("said", r.shows("Maria Lopez is sharing now, so your screen is no longer shared."))
}

func TestWhoBeganToShareAtTheSameTime(t *testing.T) {
	r, j := inCall(t)
	room := r.connector.Room()
	// "agent:…" sorts before "customer:…": the agent's stays, ours gives way.
	r.do(func() { j.stage.ToggleShare() })
	r.until("we share", func() bool { return j.stage.Call.State.ScreenOn() })
	room.Emit(agentTrack(video.Screen))
	r.until("ours ended", func() bool { return room.Called("StopScreen") })

	a, v := agentInCall(t)
	a.connector.Room().Emit(video.ParticipantConnected{Participant: video.Participant{SID: "PA2", Identity: "customer:K:n"}})
	a.do(func() { v.stage.ToggleShare() })
	a.until("the agent shares", func() bool { return v.stage.Call.State.ScreenOn() })
	a.connector.Room().Emit(video.TrackSubscribed{ParticipantSID: "PA2", Track: video.Track{SID: "MTs", Kind: video.Screen, Enabled: true}})
	a.until("both are there", a.shows("Customer is sharing the screen"))
	if a.connector.Room().Called("StopScreen") {
		t.Error("both gave way")
	}
}

func TestQualityIsGivenInWordsWithTheReason(t *testing.T) {
	r, _ := inCall(t)
	room := r.connector.Room()
	room.Emit(video.NetworkQuality{SID: "PA1", Level: 2, Detailed: true, Send: 2, Recv: 5})
	r.until("theirs", r.shows("Weak connection: their upload is slow"))
	room.Emit(video.NetworkQuality{SID: "PALOCAL", Level: 1, Detailed: true, Send: 5, Recv: 1})
	r.until("ours", r.shows("Very weak connection: your download is slow"))
	room.SetStats(video.Stats{Sent: 100, LostOut: 30})
	r.until("measured", r.shows("Very weak connection: what you send gets lost"))
	r.golden("join_weak")
}

func TestBrokenLineIsSeenBeforeTwilioSaysSo(t *testing.T) {
	r, _ := inCall(t)
	r.connector.Room().SetStats(video.Stats{Received: 100})
	r.until("said", func() bool { return strings.Contains(r.html(), `<p class="bar bar-warn" data-stalled="true">`) })
	r.connector.Room().SetStats(video.Stats{Received: 200})
	r.until("over", func() bool { return strings.Contains(r.html(), `data-stalled="true" hidden`) })
}

func TestRingFollowsTheSound(t *testing.T) {
	r, _ := inCall(t)
	r.connector.Room().SetStats(video.Stats{Heard: map[string]video.Heard{"PA1": {Energy: 1, Seconds: 2}}})
	r.until("the ring", r.shows(`class="tile speaking"`))
	r.until("no ring", func() bool { return !r.shows("speaking")() })
	r.connector.Room().SetStats(video.Stats{Heard: map[string]video.Heard{"PALOCAL": {Energy: 9, Seconds: 9}}})
	r.until("our ring", r.shows(`tile-self speaking`))
}

func TestBlur(t *testing.T) {
	r, j := inCall(t)
	r.do(func() { j.stage.Kit.ToggleBlur() })
	r.until("on", r.shows(`aria-pressed="true" class="button button-quiet" id="blur-button"`))
	r.do(func() { j.stage.Kit.ToggleBlur() })
	r.until("off", func() bool { return r.devices.Newest().Called("Blur false") && r.shows("not blurred any more")() })
	r.devices.Newest().SetFail(&video.Error{Reason: video.Unsupported})
	r.do(func() { j.stage.Kit.ToggleBlur() })
	r.until("not offered again", r.shows(`hidden id="blur-button"`))
}

func TestSmallWindow(t *testing.T) {
	r, j := inCall(t)
	r.do(func() { j.stage.ToggleMini() })
	r.until("open", r.shows(`aria-pressed="true" class="button button-quiet" id="mini-button"`))
	want := "Maria Lopez: " + stage.RemoteVideo("PA1") + " " + stage.SelfVideo + " | " + device.MuteButton + " " + device.CameraButton + " " + stage.LeaveButton
	if !r.host.saw(func(h *fakeHost) bool { return h.mini == want }) {
		t.Errorf("shown %q", r.host.mini)
	}
	r.do(func() { j.stage.ToggleMini() })
	r.until("closed", r.shows(`aria-pressed="false" class="button button-quiet" id="mini-button"`))
	r.host.noMini = true
	r.do(func() { j.stage.ToggleMini() })
	r.until("told", r.shows("cannot show the call in a small window"))
}

func TestCallThatGoesOnElsewhereIsLeftAlone(t *testing.T) {
	for name, err := range map[string]*video.Error{"removed": nil, "duplicate identity": {Reason: video.DuplicateIdentity, Code: 53205}} {
		t.Run(name, func(t *testing.T) {
			r, j := inCall(t)
			first := r.connector.Room()
			first.Emit(video.Disconnected{Err: err})
			r.until("said", r.shows("The call goes on elsewhere"))
			r.golden("join_elsewhere")
			if !r.devices.Newest().Closed() {
				t.Error("the camera is still on")
			}
			n := r.api.joins()
			r.host.tell(open(open(invited())))
			r.do(func() {})
			if r.api.joins() != n || r.connector.Room() != first {
				t.Error("it came back by itself")
			}
			r.do(func() { j.onRejoin(nil, noEvent()) })
			r.until("back by choice", func() bool { return r.connector.Room() != first && r.shows(`data-phase="in_call"`)() })
		})
	}
}

func TestPageThatGoesAwayLeavesAtOnce(t *testing.T) {
	r, _ := inCall(t)
	r.host.hide()
	r.until("left", func() bool { return r.connector.Room().Called("Disconnect") })
	if !r.host.saw(func(h *fakeHost) bool {
		return len(h.beacons) == 1 && strings.HasPrefix(h.beacons[0], "/api/escalations/K7Q2MWX/leave ") && strings.Contains(h.beacons[0], "customer:K7Q2MWX:n")
	}) {
		t.Errorf("beacons %q", r.host.beacons)
	}
	if !r.host.saw(func(h *fakeHost) bool { return strings.Contains(h.beacons[0], `"call":{"reconnects":0,"quality":-1}`) }) {
		t.Errorf("no report in %q", r.host.beacons)
	}
	r.until("back from the cache one finds the way in", r.shows(`id="rejoin-button"`))
}

// The sound of a shared tab has an element of its own: in the microphone's, one
// would push the other out.
func TestSoundOfASharedTabIsPlayedBesideTheMicrophone(t *testing.T) {
	r, _ := inCall(t)
	room := r.connector.Room()
	sound := video.Track{SID: "MTsound", Name: video.SoundTrackName, Kind: video.Sound, Enabled: true, Subscribed: true}
	room.Emit(agentTrack(video.Screen), video.TrackSubscribed{ParticipantSID: "PA1", Track: sound})
	r.until("both are played", func() bool {
		return room.Called("Attach MTraudio "+stage.RemoteAudio("PA1")) && room.Called("Attach MTsound "+stage.RemoteSound("PA1"))
	})
	if !r.shows(`id="` + stage.RemoteSound("PA1") + `"`)() {
		t.Error("there is no element for it")
	}
	// Whoever mutes while sharing is muted, whatever the tab plays.
	room.Emit(video.TrackDisabled{ParticipantSID: "PA1", TrackSID: "MTraudio"})
	r.until("muted", func() bool { return strings.Contains(r.html(), `data-microphone="false" id="remote-tile-PA1"`) })
	room.Emit(video.TrackUnpublished{ParticipantSID: "PA1", TrackSID: "MTsound"})
	r.until("it ends with the share", func() bool { return room.Called("Detach MTsound") })
}
