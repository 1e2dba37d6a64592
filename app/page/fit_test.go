package page

import (
	"strings"
	"testing"

	"escalate/app/device"
	"escalate/app/video"
	"escalate/app/words"
)

func TestAgentSeesThePictureWhole(t *testing.T) {
	r, v := agentInCall(t)
	r.connector.Room().Emit(video.ParticipantConnected{Participant: video.Participant{SID: "PA2", Identity: "customer:K7Q2MWX:n",
		Tracks: []video.Track{{SID: "MT2", Kind: video.Video, Enabled: true, Subscribed: true}}}})
	r.until("the picture", r.shows(`data-fit="whole"`))
	r.until("the button", func() bool {
		return strings.Contains(r.html(), `aria-label="Fill the frame" aria-pressed="false" class="fit" id="fit-button"`)
	})
	r.do(func() { v.stage.ToggleFit() })
	r.until("it fills", r.shows(`data-fit="fill"`))
	r.until("said", func() bool { return v.screen.Live() == words.Filled.In(words.English) })
	r.until("the button is pressed", r.shows(`aria-label="Fill the frame" aria-pressed="true" class="fit"`))
	// It is remembered in this browser, for either page.
	again := newVideoRoom(r.deps())
	r.do(func() { again.stage.Kit.Begin() })
	if again.stage.Fit() != "fill" {
		t.Error("the choice is forgotten")
	}
	r.do(func() { v.stage.ToggleFit() })
	r.until("whole again", r.shows(`data-fit="whole"`))
	join := newJoin(r.deps(), "K7Q2MWX")
	r.do(func() { join.stage.Kit.Begin() })
	if join.stage.Fit() != "whole" {
		t.Error("the choice is forgotten")
	}
}

func TestCustomersPageFillsUntilAsked(t *testing.T) {
	r, j := inCall(t)
	if !r.shows(`data-fit="fill"`)() {
		t.Error(r.html())
	}
	// Another choice that is remembered says nothing of this one.
	r.do(func() { j.stage.Kit.Use(device.AudioInput, "mic1") })
	r.until("remembered", func() bool { return r.host.Stored("escalate.choices") != "" })
	v := newVideoRoom(r.deps())
	v.stage.Kit.Begin()
	if v.stage.Fit() != "whole" {
		t.Errorf("what was not chosen is remembered: %s", r.host.Stored("escalate.choices"))
	}
}

func TestCameraThatIsOffHasNothingToFit(t *testing.T) {
	r, _ := inCall(t)
	r.connector.Room().Emit(video.TrackDisabled{ParticipantSID: "PA1", TrackSID: agentTrack(video.Video).Track.SID})
	r.until("no button", r.shows(`class="fit" hidden`))
}
