package page

import (
	"strings"
	"testing"
	"time"

	"escalate/app/stage"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
)

// quiet presses the other Join.
func quiet(r *rig) {
	r.do(func() {
		switch c := r.c.(type) {
		case *Join:
			c.onQuietJoin(nil, noEvent())
		case *VideoRoom:
			c.onQuietJoin(nil, noEvent())
		}
	})
}

// unanswered is a page whose browser asks and gets no answer.
func unanswered(t *testing.T, si eitherSide) (*rig, *stage.Stage, chan struct{}) {
	t.Helper()
	r, s := si.open(t)
	gate := make(chan struct{})
	r.devices.SetGate(gate)
	s.Kit.Wait.Prompt = time.Millisecond
	si.join(r)
	r.until("a sentence", r.shows("Your browser is still asking for camera and microphone."))
	for _, id := range []string{JoinButton, QuietJoinButton} {
		for _, line := range strings.Split(r.html(), "\n") {
			if strings.Contains(line, `id="`+id+`"`) && (strings.Contains(line, "disabled") || strings.Contains(line, "hidden")) {
				t.Errorf("not usable: %s", line)
			}
		}
	}
	return r, s, gate
}

func TestUnansweredQuestionIsGoneOnWithout(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s, gate := unanswered(t, si)
		r.golden(ui.Pick(si.name == "agent", "agent", "join") + "_unanswered")
		quiet(r)
		r.until("in call", r.phase("in_call"))
		if r.connector.Options().Capture != nil {
			t.Error("a capture from nowhere")
		}
		// Answered now, it lights nothing.
		close(gate)
		r.until("given up", func() bool { return r.devices.Called("Capture given up") })
		if len(r.devices.Captures()) != 0 || s.Kit.Capture() != nil {
			t.Error("the light is on")
		}
		if r.shows("still asking")() {
			t.Error("the sentence stays")
		}
	})
}

func TestUnansweredQuestionIsAskedAgain(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s, _ := unanswered(t, si)
		r.devices.SetGate(nil)
		si.join(r)
		r.until("in call", r.phase("in_call"))
		if n := r.devices.Count("Capture audio=true video=true"); n != 2 || !s.Kit.On(video.Video) {
			t.Errorf("asked %d times, camera on: %t", n, s.Kit.On(video.Video))
		}
		if r.shows("still asking")() {
			t.Error("the sentence stays")
		}
	})
}

// Asked again and again not answered: the advice and both buttons stay, without
// another wait for them.
func TestUnansweredQuestionStaysPointedAt(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s, _ := unanswered(t, si)
		s.Kit.Wait.Prompt = time.Hour
		for n := 2; n <= 3; n++ {
			si.join(r)
			r.until("asked again", func() bool { return r.devices.Count("Capture audio=true video=true") == n })
			if !r.shows("Your browser is still asking for camera and microphone.")() {
				t.Errorf("time %d: the sentence is gone", n)
			}
		}
	})
}

// Who finds the question after all has answered it.
func TestLateAnswerCounts(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s, gate := unanswered(t, si)
		close(gate)
		r.until("in call", func() bool { return r.phase("in_call")() && s.Kit.On(video.Video) })
		if n := len(r.devices.Captures()); n != 1 {
			t.Errorf("%d captures", n)
		}
	})
}

// A click too many does not ask twice.
func TestQuestionIsAskedOnce(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, _ := si.open(t)
		gate := make(chan struct{})
		r.devices.SetGate(gate)
		si.join(r)
		si.join(r)
		close(gate)
		r.until("in call", r.phase("in_call"))
		if n := r.devices.Count("Capture audio=true video=true"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// The end of the escalation takes the question back too.
func TestQuestionEndsWithTheEscalation(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, _, _ := unanswered(t, si)
		s := open(open(open(invited())))
		s.Status = wire.StatusEnded
		r.host.tell(s)
		r.until("over", r.phase("over"))
		r.until("given up", func() bool { return r.devices.Called("Capture given up") })
	})
}

// Without the tick for the recording, going on without devices is not possible
// either; the page must not be left at a question that was taken back.
func TestUnansweredCheckThenJoinWithoutConsent(t *testing.T) {
	s := open(invited())
	s.Recording = true
	r, j := joinRig(t, s)
	r.devices.SetGate(make(chan struct{}))
	j.stage.Kit.Wait.Prompt = time.Millisecond
	r.do(func() { j.onCheck(nil, noEvent()) })
	r.until("a sentence", r.shows("still asking"))
	quiet(r)
	r.until("the tick is asked for", func() bool { return r.phase("green_room")() && r.shows(`aria-invalid="true"`)() })
	r.devices.SetGate(nil)
	r.api.set(func(f *fakeAPI) { f.join = wire.Join{Token: "tok", Room: "RMx", State: s} })
	r.do(func() { j.consent.agree(true) })
	r.do(func() { j.join(video.Want{Audio: true, Video: true}) })
	r.until("in call", r.phase("in_call"))
}
