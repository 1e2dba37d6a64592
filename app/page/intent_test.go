package page

import (
	"maps"
	"testing"

	"escalate/app/call"
	"escalate/app/stage"
	"escalate/app/video"
	"escalate/app/wire"
)

// published is what the Room was joined with, by kind: whether it is on.
func (r *rig) published() map[video.Kind]bool {
	got := map[video.Kind]bool{}
	for _, t := range r.connector.Room().Local().Tracks {
		got[t.Kind] = t.Enabled
	}
	return got
}

// What people switched off stays off, however they left and came back.
func TestWhatWasSwitchedOffStaysOff(t *testing.T) {
	leave := func(r *rig, s *stage.Stage) { r.do(s.Call.Leave) }
	lose := func(err *video.Error) func(*rig, *stage.Stage) {
		return func(r *rig, _ *stage.Stage) { r.connector.Room().Emit(video.Disconnected{Err: err}) }
	}
	eachSide(t, func(t *testing.T, si eitherSide) {
		for _, c := range []struct {
			name   string
			off    []video.Kind
			out    func(*rig, *stage.Stage)
			byself bool // it comes back by itself
			asked  string
			sent   map[video.Kind]bool
		}{
			{"left, nothing off", nil, leave, false, "Capture audio=true video=true",
				map[video.Kind]bool{video.Audio: true, video.Video: true}},
			{"left, camera off", []video.Kind{video.Video}, leave, false, "Capture audio=true video=false",
				map[video.Kind]bool{video.Audio: true}},
			{"left, muted", []video.Kind{video.Audio}, leave, false, "Capture audio=true video=true",
				map[video.Kind]bool{video.Audio: false, video.Video: true}},
			{"left, both off", []video.Kind{video.Audio, video.Video}, leave, false, "Capture audio=true video=false",
				map[video.Kind]bool{video.Audio: false}},
			{"removed, both off", []video.Kind{video.Audio, video.Video}, lose(nil), false, "Capture audio=true video=false",
				map[video.Kind]bool{video.Audio: false}},
			{"elsewhere, both off", []video.Kind{video.Audio, video.Video}, lose(&video.Error{Reason: video.DuplicateIdentity}), false,
				"Capture audio=true video=false", map[video.Kind]bool{video.Audio: false}},
			{"lost, both off", []video.Kind{video.Audio, video.Video}, lose(&video.Error{Reason: video.SignalingLost}), true, "",
				map[video.Kind]bool{video.Audio: false}},
		} {
			t.Run(c.name, func(t *testing.T) {
				r, s := si.open(t)
				si.join(r)
				r.until("in call", r.phase("in_call"))
				first := r.connector.Room()
				for _, k := range c.off {
					r.do(func() { s.Kit.Toggle(k) })
				}
				r.until("off", func() bool { return idle(s) })
				r.devices.Reset()
				c.out(r, s)
				r.until("out", func() bool { return !r.phase("in_call")() })
				if !c.byself {
					si.rejoin(r)
				}
				r.until("in call again", func() bool { return r.connector.Room() != first && r.phase("in_call")() })
				if got := r.published(); !maps.Equal(got, c.sent) {
					t.Errorf("joined with %v, want %v", got, c.sent)
				}
				if c.asked != "" && !r.devices.Called(c.asked) {
					t.Errorf("%q", r.devices.Calls.Calls())
				}
				if s.Kit.On(video.Audio) != c.sent[video.Audio] || s.Kit.On(video.Video) != c.sent[video.Video] {
					t.Errorf("shown: microphone %t, camera %t", s.Kit.On(video.Audio), s.Kit.On(video.Video))
				}
				// What is off can be switched on in the call.
				for _, k := range c.off {
					r.do(func() { s.Kit.Toggle(k) })
				}
				r.until("on", func() bool { return s.Kit.On(video.Audio) && s.Kit.On(video.Video) })
			})
		}
	})
}

func TestWhatWasSwitchedOnAgainComesBackOn(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s := si.open(t)
		r.do(func() {
			switch c := r.c.(type) {
			case *Join:
				c.onQuietJoin(nil, noEvent())
			case *VideoRoom:
				c.onQuietJoin(nil, noEvent())
			}
		})
		r.until("in call", r.phase("in_call"))
		if got := r.published(); !maps.Equal(got, map[video.Kind]bool{video.Audio: true}) {
			t.Fatalf("joined with %v", got)
		}
		r.do(func() { s.Kit.Toggle(video.Video) })
		r.until("on", func() bool { return s.Kit.On(video.Video) })
		r.do(s.Call.Leave)
		r.until("out", r.phase(si.out))
		si.rejoin(r)
		r.until("in call again", r.phase("in_call"))
		r.until("with the camera", func() bool { return s.Kit.On(video.Video) })
	})
}

// A reload is another page with the same browser.
func TestOffStaysOffAfterAReload(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s := si.open(t)
		si.join(r)
		r.until("in call", r.phase("in_call"))
		r.do(func() { s.Kit.Toggle(video.Video); s.Kit.Toggle(video.Audio); s.Kit.ToggleBlur() })
		r.until("off", func() bool { return idle(s) && !s.Kit.On(video.Video) && !s.Kit.On(video.Audio) && s.Kit.Blurred() })

		r2, s2 := si.open(t)
		r2.host.mu.Lock()
		r2.host.store = r.host.store
		r2.host.mu.Unlock()
		r2.do(func() { s2.Kit.Intent.Of("K7Q2MWX") }) // as a page finds it that opens
		si.join(r2)
		r2.until("in call", r2.phase("in_call"))
		if !r2.devices.Called("Capture audio=true video=false") {
			t.Errorf("%q", r2.devices.Calls.Calls())
		}
		if got := r2.published(); !maps.Equal(got, map[video.Kind]bool{video.Audio: false}) {
			t.Errorf("joined with %v", got)
		}
		if !s2.Kit.Blurred() || !r2.devices.Newest().Called("Blur true") {
			t.Error("the background is not blurred")
		}
		// When it is over, nothing is kept.
		st := open(open(invited()))
		st.Status = wire.StatusEnded
		r2.host.tell(st)
		r2.until("forgotten", func() bool { return r2.host.Stored(s2.Kit.Intent.Key) == "" })
	})
}

// A browser that keeps nothing still knows for as long as the page is open.
func TestOffStaysOffWithoutStorage(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s := si.open(t)
		r.host.set(func(h *fakeHost) { h.noStore = true })
		si.join(r)
		r.until("in call", r.phase("in_call"))
		r.do(func() { s.Kit.Toggle(video.Video) })
		r.until("off", func() bool { return !s.Kit.On(video.Video) })
		r.do(s.Call.Leave)
		r.until("out", r.phase(si.out))
		r.devices.Reset()
		si.rejoin(r)
		r.until("in call again", r.phase("in_call"))
		if !r.devices.Called("Capture audio=true video=false") {
			t.Errorf("%q", r.devices.Calls.Calls())
		}
	})
}

// Who blurred what is behind them must not show it for want of the blur.
func TestBlurThatFailsLeavesTheCameraOff(t *testing.T) {
	r, j := joinRig(t, open(invited()))
	r.api.join = wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K:n", State: j.state}
	r.do(func() { j.stage.Kit.Intent.WantBlur(true) })
	r.devices.FailBlur = &video.Error{Reason: video.Unsupported}
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("in call", r.phase("in_call"))
	if got := r.published(); !maps.Equal(got, map[video.Kind]bool{video.Audio: true}) {
		t.Errorf("joined with %v", got)
	}
	r.until("said", r.shows("could not be blurred again"))
}

// A microphone that cannot be muted again is not sent.
func TestMicrophoneThatCannotBeMutedIsNotSent(t *testing.T) {
	r, j := joinRig(t, open(invited()))
	r.do(func() { j.stage.Kit.Intent.Want(video.Audio, false) })
	r.devices.FailSet = &video.Error{Reason: video.Other}
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("a sentence", r.shows("did not start"))
	if c := r.devices.Newest(); !c.Closed() || r.connector.Room() != nil {
		t.Error("it was sent")
	}
}

func TestHiddenPhoneGetsItsCameraBackAfterALoss(t *testing.T) {
	r, j := inCall(t)
	r.do(func() { j.stage.Kit.Support.Mobile = true })
	first := r.connector.Room()
	r.host.visible(false)
	r.until("off", func() bool { return !j.stage.Kit.On(video.Video) })
	first.Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
	r.until("in call again", func() bool { return r.connector.Room() != first && r.phase("in_call")() })
	if j.stage.Kit.On(video.Video) || j.stage.Kit.Intent.Now().Off(video.Video) {
		t.Error("hiding was taken for a choice, or showing for none")
	}
	r.host.visible(true)
	r.until("on again", func() bool { return j.stage.Kit.On(video.Video) })
}

func TestDesktopsMuteIsAChoice(t *testing.T) {
	r, v := agentInCall(t)
	r.hears(wire.Bridge{Type: wire.BridgeMute, Muted: true})
	r.until("muted", func() bool { return !v.stage.Kit.On(video.Audio) && v.stage.Call.State.Phase == call.InCall })
	r.do(v.stage.Call.Leave)
	r.until("left", r.phase("left"))
	r.do(func() { v.onJoin(nil, noEvent()) })
	r.until("in call", r.phase("in_call"))
	if r.published()[video.Audio] {
		t.Error("the microphone is on")
	}
}
