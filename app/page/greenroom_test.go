package page

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/device"
	"escalate/app/stage"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

func noEvent() app.Event { return app.Event{Value: app.ValueOf(nil)} }

func TestPermissionErrorsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		reason  video.Reason
		says    string
		trouble string
	}{
		{video.MediaDenied, "are blocked", wire.TroubleDenied},
		{video.MediaDismissed, "choose “Allow”", wire.TroubleDenied},
		{video.MediaSystem, "system settings", wire.TroubleSystem},
		{video.MediaInUse, "Close that one", wire.TroubleInUse},
		{video.MediaNotFound, "Plug one in", wire.TroubleNoDevice},
		{video.MediaFailed, "did not start", wire.TroubleInUse},
	} {
		t.Run(string(c.reason), func(t *testing.T) {
			r, j := joinRig(t, open(invited()))
			r.devices.SetFail(&video.Error{Reason: c.reason})
			r.do(func() { j.onJoin(nil, noEvent()) })
			r.until("advice", r.shows(c.says))
			r.until("the agent knows", func() bool { return r.api.reported(wire.PhaseTrouble, c.trouble) })
			if c.reason == video.MediaDenied {
				r.golden("join_denied")
			}
			r.api.set(func(f *fakeAPI) { f.join = wire.Join{Token: "tok", Room: "RMx", State: open(invited())} })
			r.do(func() { j.onQuietJoin(nil, noEvent()) })
			r.until("in call without devices", r.shows(`data-phase="in_call"`))
			if r.connector.Options().Capture != nil {
				t.Error("a capture from nowhere")
			}
		})
	}
}

func TestCheckShowsThePreview(t *testing.T) {
	r, j := joinRig(t, invited())
	r.devices.Gate = make(chan struct{})
	r.do(func() { j.onCheck(nil, noEvent()) })
	r.until("asking", r.shows(`data-phase="asking"`))
	r.golden("join_asking")
	close(r.devices.Gate)
	r.until("preview", func() bool {
		c := r.devices.Newest()
		return c != nil && c.Called("Attach "+device.PreviewVideo) && r.shows("Microphone 1")()
	})
	r.golden("join_checked")
	r.until("ready is reported", func() bool { return r.api.reported(wire.PhaseReady, "") })

	c := r.devices.Newest()
	r.do(func() { j.stage.Kit.OnCamera(nil, noEvent()) })
	r.until("camera off", func() bool { return c.Called("SetEnabled video false") && !j.stage.Kit.On(video.Video) })
	r.do(func() { j.stage.Kit.Use(device.AudioInput, "mic1") })
	r.until("device", func() bool { return c.Called("Use audio mic1") })
	c.SetLevel(0.5)
	r.until("the meter moves", r.shows(`<span class="on">`))
}

func TestJoinWithoutCamera(t *testing.T) {
	for _, c := range []struct {
		name  string
		check bool
		call  string
	}{
		{"straight away", false, "Capture audio=true video=false"},
		{"after the check", true, "Capture audio=true video=true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, j := joinRig(t, open(invited()))
			r.api.set(func(f *fakeAPI) { f.join = wire.Join{Token: "tok", Room: "RMx", State: open(invited())} })
			if c.check {
				r.do(func() { j.onCheck(nil, noEvent()) })
				r.until("checked", r.shows("Microphone 1"))
			}
			r.do(func() { j.onQuietJoin(nil, noEvent()) })
			r.until("in call", r.shows(`data-phase="in_call"`))
			if !r.devices.Called(c.call) || len(r.devices.Captures()) != 1 {
				t.Errorf("captures: %q", r.devices.Calls.Calls())
			}
			if j.stage.Kit.On(video.Video) {
				t.Error("the camera is on")
			}
		})
	}
}

func TestRecordingNeedsConsent(t *testing.T) {
	s := open(invited())
	s.Recording = true
	r, j := joinRig(t, s)
	r.golden("join_recorded")
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("the tick is asked for", r.shows(`aria-invalid="true"`))
	if len(r.devices.Calls.Calls()) != 0 {
		t.Error("asked for the devices before consent")
	}
	r.api.set(func(f *fakeAPI) { f.join = wire.Join{Token: "tok", Room: "RMx", State: s} })
	r.do(func() { j.consent.agree(true) })
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("in call", r.shows(`data-phase="in_call"`))
	if !r.api.has(func(f *fakeAPI) bool { return f.asked[0].Consent == words.Consent.In(j.screen.Lang) }) {
		t.Error("the wording did not travel")
	}
	if strings.Contains(r.html(), `hidden id="`+stage.RecordChip) {
		t.Error("no recording chip in the call")
	}
}

func TestEarlyClickIsCarriedOut(t *testing.T) {
	s := open(invited())
	s.Recording = true
	r := newRig(t, joinPageData(s))
	r.host.early, _ = json.Marshal(early{Click: JoinButton, Consent: true})
	r.api.join = wire.Join{Token: "tok", Room: "RMx", State: s}
	r.mount(newJoin(r.deps(), s.Code))
	r.until("in call", r.shows(`data-phase="in_call"`))
}

func TestPageHideLeaves(t *testing.T) {
	r, _ := inCall(t)
	r.host.hide()
	r.until("disconnected", func() bool { return r.connector.Room().Called("Disconnect") })
	if !r.host.saw(func(h *fakeHost) bool {
		return len(h.beacons) == 1 && h.beacons[0] == `/api/escalations/K7Q2MWX/leave {"identity":"customer:K7Q2MWX:n","key":"key of n","call":{"reconnects":0,"quality":-1}}`
	}) {
		t.Errorf("beacons: %q", r.host.beacons)
	}
}

func TestUnsupportedBrowser(t *testing.T) {
	for _, c := range []struct {
		name    string
		support video.Support
		says    string
		trouble string
	}{
		{"old", video.Support{Secure: true}, "cannot do video calls", wire.TroubleUnsupported},
		{"in app", video.Support{InApp: true, Secure: true}, "inside another app", wire.TroubleInAppBrowser},
		{"insecure", video.Support{WebRTC: true}, "not opened securely", wire.TroubleInsecure},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, joinPageData(invited()))
			r.devices.Support = c.support
			r.mount(newJoin(r.deps(), "K7Q2MWX"))
			r.until("blocked", r.shows(c.says))
			r.until("the agent knows", func() bool { return r.api.reported(wire.PhaseTrouble, c.trouble) })
		})
	}
}

func TestServerSaysNo(t *testing.T) {
	for _, c := range []struct {
		code  wire.Code
		phase string
		says  string
	}{
		{wire.CodeEnded, "over", "This video call has ended"},
		{wire.CodeExpired, "over", "This link has expired"},
		{wire.CodeUnknownCode, "over", "We do not know this code"},
		{wire.CodeRateLimited, "green_room", "slow down"},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			r, j := joinRig(t, open(invited()))
			r.api.set(func(f *fakeAPI) { f.joinErr = &wire.Error{Code: c.code, Message: "Please slow down."} })
			r.do(func() { j.onJoin(nil, noEvent()) })
			r.until(c.says, func() bool { return r.shows(c.says)() && r.shows(`data-phase="`+c.phase+`"`)() })
		})
	}
}
