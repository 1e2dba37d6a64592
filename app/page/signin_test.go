package page

import (
	"strings"
	"testing"

	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// expired is what the server says of a Flex token that has run out, at its worst.
func expired() error {
	return &wire.Error{Code: wire.CodeUnauthorized, Message: "Reload Flex and sign in again."}
}

func TestExpiredTokenInACallAdvisesNoReload(t *testing.T) {
	for name, do := range map[string]func(*rig, *VideoRoom){
		"end":         func(r *rig, v *VideoRoom) { r.do(v.ending.click); r.do(v.ending.click) },
		"send again":  func(r *rig, v *VideoRoom) { r.do(v.invite.resend) },
		"end, by 401": func(r *rig, v *VideoRoom) { r.do(v.ending.click); r.do(v.ending.click) },
	} {
		t.Run(name, func(t *testing.T) {
			r, v := agentInCall(t)
			err := expired()
			if strings.HasSuffix(name, "401") {
				err = &wire.Error{Code: wire.CodeUnauthorized} // a gateway's
			}
			r.api.set(func(f *fakeAPI) { f.endErr, f.escalateErr, f.taskErr = err, err, err })
			do(r, v)
			r.until("a sentence", r.shows(`Your sign-in to Flex has run out`))
			if r.shows("Reload")() || !r.phase("in_call")() {
				t.Error(r.html())
			}
			// A token that is no better changes nothing.
			r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "old"})
			r.until("it was tried", func() bool { return r.api.has(func(f *fakeAPI) bool { return f.tasks == 2 }) })
			r.do(func() {})
			if v.screen.Trouble != words.SignInStale.In(v.screen.Lang) {
				t.Errorf("trouble %q", v.screen.Trouble)
			}
			r.api.set(func(f *fakeAPI) { f.endErr, f.escalateErr, f.taskErr = nil, nil, nil })
			r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "new"})
			r.until("the sentence goes", func() bool { return v.screen.Trouble == "" && v.attempt.trouble == "" })
			if r.token != "new" || !r.phase("in_call")() {
				t.Errorf("token %q", r.token)
			}
		})
	}
}

// What else is said in the meantime stays.
func TestGoodTokenTakesOnlyItsOwnSentenceBack(t *testing.T) {
	r, v := agentInCall(t)
	r.api.set(func(f *fakeAPI) { f.endErr = expired() })
	r.do(v.ending.click)
	r.do(v.ending.click)
	r.until("a sentence", r.shows(`Your sign-in to Flex has run out`))
	r.connector.Room().SetFail(&video.Error{Reason: video.MediaInUse})
	r.do(func() { v.stage.Kit.OnMute(nil, noEvent()) })
	r.until("another", r.shows("Close that one and try again"))
	r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "new"})
	r.until("taken back", func() bool { return v.attempt.trouble == "" })
	if v.screen.Trouble == "" {
		t.Error("both sentences are gone")
	}
}

// A tab that could not even load its Task does so with a token that is good.
func TestGoodTokenLoadsTheTask(t *testing.T) {
	r, v := tab(t)
	r.api.set(func(f *fakeAPI) { f.taskErr = expired() })
	r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "old"})
	r.hears(wire.Bridge{Type: wire.BridgeOpen, TaskSID: "WT1", Code: "K7Q2MWX"})
	r.until("a sentence", func() bool { return v.attempt.trouble != "" })
	r.api.set(func(f *fakeAPI) { f.taskErr = nil })
	r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "new"})
	r.until("idle", func() bool { return r.phase("idle")() && v.attempt.trouble == "" })
}
