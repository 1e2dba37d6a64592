package page

import (
	"testing"
	"time"

	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// The agent joined in another tab: this one says so, and does not fight for it.
func TestFirstTabOfTheAgentSaysThatTheCallGoesOn(t *testing.T) {
	for name, err := range map[string]*video.Error{"removed": nil, "duplicate identity": {Reason: video.DuplicateIdentity, Code: 53205}} {
		t.Run(name, func(t *testing.T) {
			r, v := agentInCall(t)
			first := r.connector.Room()
			first.Emit(video.Disconnected{Err: err})
			r.until("said", r.shows("The call goes on elsewhere"))
			r.golden("agent_elsewhere")
			r.until("the desktop knows", r.told(wire.Bridge{Type: wire.BridgeLeft, Code: "K7Q2MWX"}))
			if !r.devices.Newest().Closed() {
				t.Error("the camera is still on")
			}
			n := r.api.joins()
			r.host.tell(open(open(escalation().State)))
			r.do(func() {})
			if r.api.joins() != n || r.connector.Room() != first {
				t.Error("it came back by itself")
			}
			r.do(func() { v.onJoin(nil, noEvent()) })
			r.until("back by choice", func() bool { return r.connector.Room() != first && r.phase("in_call")() })
			if r.shows("goes on elsewhere")() && v.attempt.elsewhere {
				t.Error("the sentence stays")
			}
		})
	}
}

// The End's answer, the SDK and the stream of events tell of the end in any
// order, and some of them never: nothing offers a way back in any.
func TestNothingOffersARejoinAfterTheEnd(t *testing.T) {
	roomOver := func(r *rig) {
		r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.RoomCompleted}})
	}
	removed := func(r *rig) { r.connector.Room().Emit(video.Disconnected{}) }
	lost := func(r *rig) {
		r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
	}
	stream := func(r *rig) {
		s := open(open(open(escalation().State)))
		s.Status = wire.StatusEnded
		r.host.tell(s)
	}
	answer := func(r *rig) { r.api.endGate <- struct{}{} }
	for _, c := range []struct {
		name string
		come []func(*rig)
	}{
		{"answer only", []func(*rig){answer}},
		{"answer, stream", []func(*rig){answer, stream}},
		{"stream only", []func(*rig){stream}},
		{"stream, answer", []func(*rig){stream, answer}},
		{"Room only", []func(*rig){roomOver}},
		{"Room, answer", []func(*rig){roomOver, answer}},
		{"Room, stream", []func(*rig){roomOver, stream}},
		{"removed, answer", []func(*rig){removed, answer}},
		{"removed, stream", []func(*rig){removed, stream}},
		{"lost, answer", []func(*rig){lost, answer}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, v := agentInCall(t)
			r.api.set(func(f *fakeAPI) { f.endGate = make(chan struct{}); f.state.Version = 5 })
			r.do(v.ending.click)
			r.do(v.ending.click)
			r.until("the server is asked", func() bool { return r.api.has(func(f *fakeAPI) bool { return f.ends == 1 }) })
			n := r.api.joins()
			for _, come := range c.come {
				come(r)
				r.until("the call is over", func() bool { return !r.phase("in_call")() })
				if offers(r) {
					t.Fatalf("a way back is offered:\n%s", r.html())
				}
			}
			r.until("over", r.phase("over"))
			// News from before the end that were overtaken on the way.
			r.host.tell(open(open(escalation().State)))
			r.do(func() {})
			if offers(r) || !r.phase("over")() || r.api.joins() != n {
				t.Errorf("it offers a way back after all:\n%s", r.html())
			}
		})
	}
}

// offers says whether a button leads into the call.
func offers(r *rig) bool {
	return r.visible(JoinButton) || r.visible(QuietJoinButton) || r.visible(RejoinButton)
}

// An End that did not work leaves everything as it was.
func TestEndThatFailsOffersTheCallAgain(t *testing.T) {
	r, v := agentInCall(t)
	r.api.set(func(f *fakeAPI) { f.endGate = make(chan struct{}); f.endErr = &wire.Error{Code: wire.CodeUnavailable} })
	r.do(v.ending.click)
	r.do(v.ending.click)
	r.until("the server is asked", func() bool { return r.api.has(func(f *fakeAPI) bool { return f.ends == 1 }) })
	r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
	r.until("left", r.phase("left"))
	if offers(r) {
		t.Error("a way back is offered while the end is asked for")
	}
	r.api.endGate <- struct{}{}
	r.until("offered again, with the reason", func() bool { return offers(r) && r.shows(words.NoAnswer.In(v.screen.Lang))() })
}

func TestEndOfWhatIsOverAlready(t *testing.T) {
	r, v := agentInCall(t)
	r.api.set(func(f *fakeAPI) { f.endErr = &wire.Error{Code: wire.CodeEnded, Message: "over"} })
	r.do(v.ending.click)
	r.do(v.ending.click)
	r.until("over", r.phase("over"))
}

// The customer's page hears of the end from the Room before the server does.
func TestCustomerIsOfferedNoRejoinAfterTheEnd(t *testing.T) {
	r, j := inCall(t)
	j.source.wait.poll = time.Hour
	r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.RoomCompleted}})
	r.until("after", r.phase("after"))
	if offers(r) {
		t.Error("a way back is offered")
	}
	s := j.state
	s.Status, s.Version = wire.StatusOpen, s.Version+1 // written before the end, told after it
	r.host.tell(s)
	r.do(func() {})
	if offers(r) {
		t.Error("a way back is offered after all")
	}
}

// A Room that is over and an escalation that is not: the server's word counts.
func TestRoomThatWasNotTheLastIsFoundBack(t *testing.T) {
	r, j := inCall(t)
	j.source.wait.poll = 1
	r.api.set(func(f *fakeAPI) { f.state = open(open(invited())) })
	r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.RoomCompleted}})
	r.until("the way back", func() bool { return offers(r) })
}
