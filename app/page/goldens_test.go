package page

import (
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// TestGoldensOfTrouble are the states in which a customer cannot join yet.
func TestGoldensOfTrouble(t *testing.T) {
	for name, reason := range map[string]video.Reason{
		"join_dismissed": video.MediaDismissed, "join_blocked_by_system": video.MediaSystem, "join_in_use": video.MediaInUse,
		"join_no_device": video.MediaNotFound, "join_misfit": video.MediaConstraints, "join_device_failed": video.MediaFailed,
	} {
		t.Run(name, func(t *testing.T) {
			r, j := joinRig(t, invited())
			r.devices.SetFail(&video.Error{Reason: reason})
			r.do(func() { j.onCheck(nil, noEvent()) })
			r.until("advice", func() bool { return j.attempt.phase == PhaseGreenRoom && j.stage.Kit.Prompt.Err != nil })
			r.golden(name)
		})
	}
	t.Run("join_no_camera", func(t *testing.T) {
		r, j := joinRig(t, invited())
		r.devices.Missing = map[video.Kind]*video.Error{video.Video: {Reason: video.MediaNotFound}}
		r.do(func() { j.onCheck(nil, noEvent()) })
		r.until("the microphone", r.shows("Microphone 1"))
		r.golden("join_no_camera")
	})
	for name, found := range map[string]reach{"join_network_good": netGood, "join_network_no_udp": netNoUDP, "join_network_none": netNone} {
		t.Run(name, func(t *testing.T) {
			r, j := joinRig(t, invited())
			r.do(func() { j.network.found = found })
			r.golden(name)
		})
	}
}

// TestGoldensOfJoining are the steps between the click and the call.
func TestGoldensOfJoining(t *testing.T) {
	t.Run("join_loading", func(t *testing.T) {
		p := wire.Page{Brand: "Escalate", Lang: "en"}
		r := newRig(t, p)
		j := newJoin(r.deps(), "K7Q2MWX")
		golden(t, "join_loading", ui.Tidy(app.HTMLStringWithIndent(j))+"\n")
	})
	t.Run("join_joining", func(t *testing.T) {
		r, j := joinRig(t, invited())
		r.do(func() { j.attempt.to(PhaseJoining) })
		r.golden("join_joining")
	})
	t.Run("join_full", func(t *testing.T) {
		s := open(invited())
		r, j := joinRig(t, s)
		r.api.set(func(f *fakeAPI) { f.join = wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K:n", State: s} })
		r.connector.SetFail(&video.Error{Reason: video.RoomFull})
		r.do(func() { j.onJoin(nil, noEvent()) })
		r.until("said", r.shows(words.CallFull.In(words.English)))
		r.golden("join_full")
	})
	t.Run("join_consent_missing", func(t *testing.T) {
		s := invited()
		s.Recording = true
		r, j := joinRig(t, s)
		r.do(func() { j.onJoin(nil, noEvent()) })
		r.golden("join_consent_missing")
	})
}

// TestGoldensOfNoUse are the pages on which nothing can be joined.
func TestGoldensOfNoUse(t *testing.T) {
	for name, status := range map[string]wire.Status{"join_over": wire.StatusEnded, "join_unknown": ""} {
		t.Run(name, func(t *testing.T) {
			s := invited()
			s.Status = wire.StatusEnded
			r, j := joinRig(t, s)
			r.do(func() { j.state.Status = status })
			r.golden(name)
		})
	}
	for name, s := range map[string]video.Support{
		"join_in_app": {Secure: true, InApp: true}, "join_old_browser": {Secure: true}, "join_insecure": {WebRTC: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, joinPageData(invited()))
			r.devices.Support = s
			r.mount(newJoin(r.deps(), "K7Q2MWX"))
			r.golden(name)
		})
	}
}

// TestGoldensOfACall are what can be seen over and beside the pictures.
func TestGoldensOfACall(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(r *rig, j *Join)
	}{
		{"join_tap_to_hear", func(r *rig, _ *Join) { r.connector.Room().Emit(video.PlaybackBlocked{}) }},
		{"join_sharing", func(r *rig, j *Join) {
			r.do(func() { j.stage.ToggleShare() })
			r.until("shared", func() bool {
				return idle(j.stage) && j.stage.Call.State.ScreenOn() && j.screen.Live() == words.SelfSharing.In(words.English)
			})
		}},
		{"join_blurred", func(r *rig, j *Join) {
			r.do(func() { j.stage.OpenMore(true); j.stage.Kit.ToggleBlur() })
			r.until("blurred", func() bool {
				return j.stage.Kit.Blurred() && r.shows(`aria-busy="false" aria-pressed="true" class="button button-quiet" id="blur-button"`)()
			})
		}},
		{"join_small_window", func(r *rig, j *Join) {
			r.do(func() { j.stage.OpenMore(true); j.stage.ToggleMini() })
			r.until("small", r.shows(`aria-pressed="true" class="button button-quiet" id="mini-button"`))
		}},
		{"join_other_reconnecting", func(r *rig, _ *Join) { r.connector.Room().Emit(video.ParticipantReconnecting{SID: "PA1"}) }},
		{"join_other_off", func(r *rig, _ *Join) {
			r.connector.Room().Emit(video.TrackUnsubscribed{ParticipantSID: "PA1", TrackSID: "MTr" + string(video.Video)},
				video.TrackUnsubscribed{ParticipantSID: "PA1", TrackSID: "MTr" + string(video.Audio)})
		}},
		{"join_alone", func(r *rig, _ *Join) { r.connector.Room().Emit(video.ParticipantDisconnected{SID: "PA1"}) }},
		{"join_recording", func(r *rig, _ *Join) { r.connector.Room().Emit(video.RecordingChanged{On: true}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, j := inCall(t)
			r.until("the devices are listed", r.shows("Microphone 1"))
			c.make(r, j)
			r.do(func() {})
			r.golden(c.name)
		})
	}
}

// TestGoldensOfTheAgent are the states of the Video Room tab that go wrong.
func TestGoldensOfTheAgent(t *testing.T) {
	t.Run("agent_asking", func(t *testing.T) {
		r, v := opened(t)
		r.devices.Gate = make(chan struct{})
		r.do(func() { v.onJoin(nil, noEvent()) })
		r.until("asking", r.shows(`data-phase="asking"`))
		r.golden("agent_asking")
		close(r.devices.Gate)
	})
	t.Run("agent_no_device", func(t *testing.T) {
		r, v := opened(t)
		r.devices.SetFail(&video.Error{Reason: video.MediaNotFound})
		r.do(func() { v.onJoin(nil, noEvent()) })
		r.until("told", r.shows("No camera or microphone found"))
		r.golden("agent_no_device")
	})
	t.Run("agent_rejoining", func(t *testing.T) {
		r, v := agentInCall(t)
		r.do(func() { v.attempt.to(PhaseRejoining) })
		r.golden("agent_rejoining")
	})
	t.Run("agent_lost", func(t *testing.T) {
		r, v := opened(t)
		r.do(func() { v.attempt.to(PhaseLost) })
		r.golden("agent_lost")
	})
}
