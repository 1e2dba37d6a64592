package page

import (
	"strings"
	"testing"

	"escalate/app/video"
	"escalate/app/wire"
)

// turning are characters that turn a sentence around or cannot be seen.
const turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b"

const evilName = "Ann\u202e \u2067\u05e8\u05d5\u05e0\u05d9\u200b"

func TestNamesTurnNothingAround(t *testing.T) {
	check := func(t *testing.T, r *rig, what string) {
		t.Helper()
		got := r.html()
		if strings.ContainsAny(got, turning) {
			t.Errorf("%s has characters that turn it around:\n%s", what, got)
		}
		if !strings.Contains(got, "<bdi>Ann \u05e8\u05d5\u05e0\u05d9</bdi>") {
			t.Errorf("%s does not isolate the name:\n%s", what, got)
		}
	}
	t.Run("customer", func(t *testing.T) {
		s := open(invited())
		s.AgentName = evilName
		r, j := joinRig(t, s)
		check(t, r, "the green room")
		r.do(func() { j.attempt.to(PhaseWaiting) })
		r.until("waiting", r.shows(`data-phase="waiting"`))
		check(t, r, "the waiting room")
		r.api.set(func(f *fakeAPI) {
			f.join = wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K7Q2MWX:n", State: s}
		})
		r.do(func() { j.onJoin(nil, noEvent()) })
		r.until("in call", r.shows(`data-phase="in_call"`))
		r.connector.Room().Emit(video.ParticipantConnected{Participant: theAgent}, agentTrack(video.Audio), agentTrack(video.Video))
		r.until("the agent's tile", r.shows(`id="remote-tile-PA1"`))
		check(t, r, "the call")
	})
	t.Run("agent", func(t *testing.T) {
		r, v := opened(t)
		r.do(func() { v.known.CustomerName = evilName })
		check(t, r, "the agent's tab")
	})
}

func TestAgentReadsTheCustomersName(t *testing.T) {
	r, v := opened(t)
	if !r.shows("The customer has opened the link.")() && !r.shows("The customer")() {
		t.Errorf("without a name: %s", r.html())
	}
	r.do(func() { v.known.CustomerName = "Kim Lee" })
	for _, c := range []struct {
		phase  wire.Phase
		detail string
		says   string
	}{
		{wire.PhaseOpened, "", "<bdi>Kim Lee</bdi> has opened the link."},
		{wire.PhaseWaiting, "", "<bdi>Kim Lee</bdi> is waiting for you."},
		{wire.PhaseTrouble, wire.TroubleDenied, "The browser of <bdi>Kim Lee</bdi> was not allowed"},
		{wire.PhaseTrouble, wire.TroubleInsecure, "<bdi>Kim Lee</bdi> opened the link with http"},
	} {
		st := v.known.State
		st.Customer = wire.Progress{Phase: c.phase, Detail: c.detail}
		st.Version++
		r.host.tell(st)
		r.until(c.says, r.shows(c.says))
		r.until("said", func() bool { return strings.Contains(v.screen.Live(), "Kim Lee") })
	}
	if !r.shows("Join link for <bdi>Kim Lee</bdi>")() {
		t.Error("the link is for nobody")
	}
	r.do(func() { v.onJoin(nil, noEvent()) })
	r.until("in call", r.shows("Video call with <bdi>Kim Lee</bdi>"))
	r.connector.Room().Emit(video.ParticipantConnected{Participant: video.Participant{SID: "PA2", Identity: "customer:K7Q2MWX:n"}})
	r.until("the tile", r.shows(`aria-label="Kim Lee"`))
	r.until("said", func() bool { return v.screen.Live() == "Kim Lee is in the call." })
}

func TestReconnectedIsTold(t *testing.T) {
	r, j := inCall(t)
	room := r.connector.Room()
	room.Emit(video.ParticipantReconnecting{SID: "PA1"})
	r.until("reconnecting", func() bool { return j.screen.Live() == "Maria Lopez: Reconnecting…" })
	room.Emit(video.ParticipantReconnected{SID: "PA1"})
	r.until("back", func() bool { return j.screen.Live() == "Maria Lopez is back." })
	// A second one, or one of somebody unknown, is no news.
	r.do(func() { j.screen.Say("") })
	room.Emit(video.ParticipantReconnected{SID: "PA1"}, video.ParticipantReconnected{SID: "PA9"}, video.DominantSpeaker{SID: "PA1"})
	r.until("both were heard", func() bool { return j.stage.Call.State.Dominant == "PA1" })
	if j.screen.Live() != "" {
		t.Errorf("said %q", j.screen.Live())
	}
}
