package page

import (
	"errors"
	"testing"

	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

func TestSDKThatDoesNotComeIsNotCalledACamera(t *testing.T) {
	for _, c := range []struct {
		reason  video.Reason
		says    string
		trouble string
	}{
		{video.SDKBlocked, "An ad blocker", wire.TroubleSDKBlocked},
		{video.SDKSlow, "has not arrived", wire.TroubleSDKSlow},
	} {
		t.Run(string(c.reason), func(t *testing.T) {
			r, j := joinRig(t, open(invited()))
			r.devices.SetFail(&video.Error{Reason: c.reason})
			r.do(func() { j.onJoin(nil, noEvent()) })
			r.until("what it is", r.shows(c.says))
			r.until("the agent knows", func() bool { return r.api.reported(wire.PhaseTrouble, c.trouble) })
			if r.shows(words.JoinNothing.In(words.English))() {
				t.Error("joining without devices is offered, as if they were the trouble")
			}
			// The same where no device is wanted.
			r.devices.SetFail(nil)
			r.connector.SetFail(&video.Error{Reason: c.reason})
			r.api.set(func(f *fakeAPI) {
				f.join, f.progress = wire.Join{Token: "tok", Room: "RMx", State: open(invited())}, nil
			})
			r.do(func() { j.join(video.Want{}) })
			r.until("back in the green room", r.shows(`data-phase="green_room"`))
			r.until("what it is", r.shows(c.says))
			r.until("the agent knows", func() bool { return r.api.reported(wire.PhaseTrouble, c.trouble) })
			// And again, once it is there.
			r.connector.SetFail(nil)
			r.do(func() { j.onJoin(nil, noEvent()) })
			r.until("in the call", r.shows(`data-phase="in_call"`))
		})
	}
}

func TestSlowLoadIsTold(t *testing.T) {
	r, j := joinRig(t, open(invited()))
	r.devices.Gate = make(chan struct{})
	r.do(func() { j.onCheck(nil, noEvent()) })
	r.until("asking", r.shows(words.Asking.In(words.English)))
	r.until("wanted", func() bool { return r.devices.Wanted().Loading != nil })
	r.devices.Wanted().Loading()
	r.until("still loading", r.shows(words.SDKLoading.In(words.English)))
	if r.shows(words.Asking.In(words.English))() {
		t.Error("it says that the browser is asking, which it is not")
	}
	close(r.devices.Gate)
	r.until("the preview", r.shows("Microphone 1"))
	if r.shows("<span>" + words.SDKLoading.In(words.English))() {
		t.Error("it still says that it is loading")
	}
}

func TestNoAnswerIsNotCalledOffline(t *testing.T) {
	for _, c := range []struct {
		name   string
		online bool
		says   string
	}{
		{"our server is away", true, words.NoAnswer.In(words.English)},
		{"this device is offline", false, words.Offline.In(words.English)},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, j := joinRig(t, open(invited()))
			r.host.offline = !c.online
			r.api.set(func(f *fakeAPI) { f.joinErr = &wire.Error{Code: wire.CodeUnavailable} })
			r.do(func() { j.join(video.Want{}) })
			r.until("what it is", r.shows(c.says))
			// The server's own sentence is better than ours; other errors are no line's.
			if got := j.attempt.problem(&wire.Error{Code: wire.CodeUnavailable, Message: "later"}); got != "later" {
				t.Errorf("%q", got)
			}
			if got := j.attempt.problem(errors.New("x")); got != words.Problem.In(words.English) {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestAgentsPageOverHTTPSaysSo(t *testing.T) {
	r := newRig(t, wire.Page{Brand: "Escalate", Lang: "en"})
	r.devices.Support = video.Support{WebRTC: true}
	r.mount(newVideoRoom(r.deps()))
	r.until("what it is", r.shows(words.Insecure.Heading.In(words.English)))
}
