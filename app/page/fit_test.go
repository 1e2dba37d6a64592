package page

import (
	"strings"
	"testing"

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
	r.do(func() { v.s.onFit(nil, noEvent()) })
	r.until("it fills", r.shows(`data-fit="fill"`))
	r.until("said", func() bool { return v.s.live == words.Filled.In(words.English) })
	r.until("the button is pressed", r.shows(`aria-label="Fill the frame" aria-pressed="true" class="fit"`))
	// It is remembered in this browser, for either page.
	again := newVideoRoom(r.deps())
	r.do(func() { again.s.recall() })
	if again.s.fit.name() != "fill" {
		t.Error("the choice is forgotten")
	}
	r.do(func() { v.s.onFit(nil, noEvent()) })
	r.until("whole again", r.shows(`data-fit="whole"`))
	join := newJoin(r.deps(), "K7Q2MWX")
	r.do(func() { join.s.recall() })
	if join.s.fit.name() != "whole" {
		t.Error("the choice is forgotten")
	}
}

func TestCustomersPageFillsUntilAsked(t *testing.T) {
	r, j := inCall(t)
	if !r.shows(`data-fit="fill"`)() {
		t.Error(r.html())
	}
	// Another choice that is remembered says nothing of this one.
	r.do(func() { j.s.use(audioInput, "mic1") })
	r.until("remembered", func() bool { return r.host.Stored(choicesKey) != "" })
	v := newVideoRoom(r.deps())
	v.s.recall()
	if v.s.fit.name() != "whole" {
		t.Errorf("what was not chosen is remembered: %s", r.host.Stored(choicesKey))
	}
}

func TestCameraThatIsOffHasNothingToFit(t *testing.T) {
	r, _ := inCall(t)
	r.connector.Room().Emit(video.TrackDisabled{ParticipantSID: "PA1", TrackSID: agentTrack(video.Video).Track.SID})
	r.until("no button", r.shows(`class="fit" hidden`))
}
