package page

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"escalate/app/stage"
	"escalate/app/video"
	"escalate/app/wire"
)

const desktop = "https://desk.example.com"

func escalation() wire.Escalation {
	s := invited()
	s.Customer = wire.Progress{Phase: wire.PhasePermission}
	s.Link = "K7Q2MWX-abcdef"
	return wire.Escalation{State: s, TaskSID: "WT1", JoinURL: "https://video.example.com/join/K7Q2MWX", Resumed: true}
}

// tab is a Video Room tab as it is after loading.
func tab(t *testing.T) (*rig, *VideoRoom) {
	t.Helper()
	r := newRig(t, wire.Page{Brand: "Escalate", Lang: "en", Origins: []string{desktop}})
	e := escalation()
	r.api.state = e.State
	r.api.task = wire.Task{TaskSID: "WT1", Escalation: &e}
	s := open(e.State)
	r.api.join = wire.Join{Token: "tok", Room: "RMx", Identity: "agent:WK1:n", State: s}
	v := newVideoRoom(r.deps())
	r.mount(v)
	return r, v
}

// hears gives the page a message as the desktop would.
func (r *rig) hears(m wire.Bridge) {
	m.Escalate = wire.BridgeVersion
	b, _ := json.Marshal(m)
	r.host.message(desktop, true, b)
}

func (r *rig) told(m wire.Bridge) func() bool {
	m.Escalate = wire.BridgeVersion
	return func() bool {
		return r.host.saw(func(h *fakeHost) bool { return slices.Contains(h.posted, posted{desktop, m}) })
	}
}

// opened is a tab that shows the escalation of WT1.
func opened(t *testing.T) (*rig, *VideoRoom) {
	t.Helper()
	r, v := tab(t)
	r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "flex"})
	r.hears(wire.Bridge{Type: wire.BridgeOpen, TaskSID: "WT1", Code: "K7Q2MWX"})
	r.until("idle", r.shows(`data-phase="idle"`))
	return r, v
}

func agentInCall(t *testing.T) (*rig, *VideoRoom) {
	t.Helper()
	r, v := opened(t)
	r.do(func() { v.onJoin(nil, noEvent()) })
	r.until("in call", r.shows(`data-phase="in_call"`))
	return r, v
}

// An office of agents shares an address: none of their requests may look like a
// guess.
func TestAgentAsksByTheLink(t *testing.T) {
	r, v := agentInCall(t)
	r.do(func() { v.ending.click() })
	r.do(func() { v.ending.click() })
	r.until("left", func() bool {
		r.api.mu.Lock()
		defer r.api.mu.Unlock()
		return len(r.api.left) > 0
	})
	r.api.mu.Lock()
	defer r.api.mu.Unlock()
	for _, code := range r.api.under {
		if code != "K7Q2MWX-abcdef" {
			t.Errorf("asked under %q, want the link", code)
		}
	}
	if len(r.api.under) < 3 || !slices.Equal(r.host.paths, []string{wire.CodePath("K7Q2MWX-abcdef", wire.ActionEvents)}) {
		t.Errorf("asked %v, streams %v", r.api.under, r.host.paths)
	}
}

func TestTabSaysReadyAndOpens(t *testing.T) {
	r, _ := tab(t)
	r.golden("agent_connecting")
	if !r.host.saw(func(h *fakeHost) bool {
		return slices.Contains(h.posted, posted{"*", wire.Bridge{Escalate: 1, Type: wire.BridgeReady}})
	}) {
		t.Error("no ready")
	}
	// Whatever comes first, open or token, it opens.
	r.hears(wire.Bridge{Type: wire.BridgeOpen, TaskSID: "WT1", Code: "K7Q2MWX"})
	r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "flex"})
	r.until("idle", r.shows(`data-phase="idle"`))
	r.until("the customer's step", r.shows("at the permission prompt"))
	r.golden("agent_idle")
	if r.token != "flex" {
		t.Errorf("token %q", r.token)
	}
	r.until("state is told", r.told(wire.Bridge{Type: wire.BridgeState, Phase: "idle", Code: "K7Q2MWX"}))
}

func TestTabIgnoresStrangers(t *testing.T) {
	r, _ := tab(t)
	good := `{"escalate":1,"type":"token","token":"x"}`
	for name, send := range map[string]func(){
		"another origin": func() { r.host.message("https://evil.example.com", true, []byte(good)) },
		"not the parent": func() { r.host.message(desktop, false, []byte(good)) },
		"other version":  func() { r.host.message(desktop, true, []byte(`{"escalate":2,"type":"token","token":"x"}`)) },
		"not ours":       func() { r.host.message(desktop, true, []byte(`"hello"`)) },
	} {
		send()
		r.do(func() {})
		if r.token != "" {
			t.Fatalf("%s: signed in", name)
		}
	}
}

func TestAgentFollowsTheCustomer(t *testing.T) {
	r, _ := opened(t)
	s := escalation().State
	s.Version, s.Customer = 2, wire.Progress{Phase: wire.PhaseTrouble, Detail: wire.TroubleInAppBrowser}
	r.host.tell(s)
	r.until("words", r.shows("inside another app"))
}

func TestAgentCallAndLeave(t *testing.T) {
	r, v := agentInCall(t)
	r.until("joining was told", r.told(wire.Bridge{Type: wire.BridgeState, Phase: "joining", Code: "K7Q2MWX"}))
	r.until("in call is told", r.told(wire.Bridge{Type: wire.BridgeState, Phase: "in_call", Code: "K7Q2MWX"}))
	r.golden("agent_alone")
	room := r.connector.Room()
	room.Emit(video.ParticipantConnected{Participant: video.Participant{SID: "PA2", Identity: "customer:K7Q2MWX:n"}},
		video.TrackSubscribed{ParticipantSID: "PA2", Track: video.Track{SID: "MT2", Kind: video.Video, Enabled: true}})
	r.until("drawn", func() bool { return room.Called("Attach MT2 " + stage.RemoteVideo("PA2")) })
	r.do(func() { v.stage.OpenMore(true) })
	r.golden("agent_in_call_more")
	r.do(func() { v.stage.Call.Leave() })
	r.until("left is told", r.told(wire.Bridge{Type: wire.BridgeLeft, Code: "K7Q2MWX"}))
	r.until("left", r.shows(`data-phase="left"`))
	r.golden("agent_left")
	if !r.devices.Newest().Closed() {
		t.Error("the camera is still on")
	}
}

func TestAgentObeysLeave(t *testing.T) {
	for _, c := range []struct {
		name  string
		start func(*testing.T) (*rig, *VideoRoom)
	}{{"in a call", agentInCall}, {"not in a call", opened}} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := c.start(t)
			r.hears(wire.Bridge{Type: wire.BridgeLeave})
			r.until("left is told", r.told(wire.Bridge{Type: wire.BridgeLeft, Code: "K7Q2MWX"}))
			if room := r.connector.Room(); room != nil && !room.Called("Disconnect") {
				t.Error("still connected")
			}
		})
	}
}

func TestBusyAgentIsToldWhichCall(t *testing.T) {
	r, v := opened(t)
	r.api.set(func(f *fakeAPI) {
		f.joinErr = &wire.Error{Code: wire.CodeAgentBusy, Message: "busy", Running: &wire.Running{Code: "OTHER77", TaskSID: "WT9"}}
	})
	r.do(func() { v.onJoin(nil, noEvent()) })
	r.until("the other code", r.shows("with code OTHER77"))
	r.golden("agent_busy")
	if !r.devices.Newest().Closed() {
		t.Error("the camera is still on")
	}
}

func TestOpeningAnotherTaskDoesNotDropTheCall(t *testing.T) {
	r, _ := agentInCall(t)
	r.hears(wire.Bridge{Type: wire.BridgeOpen, TaskSID: "WT2", Code: "OTHER77"})
	r.until("a notice", r.shows("with code K7Q2MWX"))
	if r.connector.Room().Called("Disconnect") {
		t.Error("dropped")
	}
}

func TestEndAsksTwice(t *testing.T) {
	r, v := agentInCall(t)
	r.do(v.ending.click)
	r.until("asked", r.shows("Really end for everyone?"))
	if r.api.has(func(f *fakeAPI) bool { return f.ends > 0 }) {
		t.Fatal("ended at the first click")
	}
	r.api.set(func(f *fakeAPI) { f.state.Version = 5 })
	r.do(v.ending.click)
	r.until("over", r.shows(`data-phase="over"`))
	r.until("left is told", r.told(wire.Bridge{Type: wire.BridgeLeft, Code: "K7Q2MWX"}))
	r.golden("agent_over")
}

func TestCopyAndResend(t *testing.T) {
	r, v := opened(t)
	r.do(v.invite.copy)
	r.until("copied", r.shows("Copied"))
	if r.host.copied != escalation().JoinURL {
		t.Errorf("copied %q", r.host.copied)
	}
	var keys []string
	for n, fails := range []error{&wire.Error{Code: wire.CodeUnavailable}, nil, nil} {
		r.api.set(func(f *fakeAPI) { f.escalateErr = fails })
		r.do(v.invite.resend)
		r.until("sent", func() bool {
			return r.api.has(func(f *fakeAPI) bool { return len(f.sent) == n+1 && f.sent[n].SendInvite && f.sent[n].TaskSID == "WT1" })
		})
		r.until("heard", func() bool { return (v.invite.key != "") == (fails != nil) })
		r.api.has(func(f *fakeAPI) bool { keys = append(keys, f.sent[n].InviteKey); return true })
	}
	// What may have been posted is the same invite when it is tried again; another is new.
	if keys[0] == "" || keys[1] != keys[0] || keys[2] == keys[0] {
		t.Errorf("the keys of the invites are %q", keys)
	}
}

func TestAgentComesBackByItself(t *testing.T) {
	r, _ := agentInCall(t)
	first := r.connector.Room()
	first.Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
	r.until("rejoining", r.shows(`data-phase="rejoining"`))
	r.until("back in", func() bool { return r.connector.Room() != first && r.shows(`data-phase="in_call"`)() })
	r.until("reconnecting was told", r.told(wire.Bridge{Type: wire.BridgeState, Phase: "reconnecting", Code: "K7Q2MWX"}))
}

func TestRenderGivesWhatTheMountGives(t *testing.T) {
	s := invited()
	rec := invited()
	rec.Recording = true
	ended := invited()
	ended.Status = wire.StatusEnded
	evil := invited()
	evil.AgentName = `"><script>x</script>`
	for _, c := range []struct {
		name, path string
		page       wire.Page
		says       string
	}{
		{"home", wire.HomePage, wire.Page{Brand: "Escalate"}, "Type the code"},
		{"agent", wire.AgentPage, wire.Page{Brand: "Escalate"}, "Waiting for the agent desktop"},
		{"invited", wire.JoinPath(s.Code), joinPageData(s), "<bdi>Maria Lopez</bdi> invites you"},
		{"recorded", wire.JoinPath(s.Code), joinPageData(rec), "This call is recorded"},
		{"ended", wire.JoinPath(s.Code), joinPageData(ended), "has ended"},
		{"evil name", wire.JoinPath(s.Code), joinPageData(evil), "&lt;script&gt;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Render(c.path, c.page)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got, c.says) || strings.Contains(got, "<script>") || strings.Contains(got, "style=") {
				t.Errorf("got %s", got)
			}
			again, _ := Render(c.path, c.page)
			if got != again {
				t.Error("two renderings differ")
			}
			r := newRig(t, c.page)
			mounted := map[string]func() string{
				wire.HomePage:  func() string { h := newHome(r.deps()); r.mount(h); return r.plain() },
				wire.AgentPage: func() string { v := newVideoRoom(r.deps()); r.mount(v); return r.plain() },
			}[c.path]
			if mounted == nil {
				mounted = func() string { j := newJoin(r.deps(), codeOf(c.path)); r.mount(j); return r.plain() }
			}
			if m := mounted(); m != got {
				t.Errorf("mounted  %s\nrendered %s", m, got)
			}
		})
	}
	if _, err := Render("/elsewhere", wire.Page{}); err == nil {
		t.Error("a page from nowhere")
	}
}

func TestHomeKeepsWhatWasTyped(t *testing.T) {
	r := newRig(t, wire.Page{Brand: "Escalate"})
	r.mount(newHome(r.deps()))
	r.golden("home")
	r2 := newRig(t, wire.Page{Brand: "Escalate"})
	r2.host.early, _ = json.Marshal(early{Code: "K7Q", Focus: CodeInput})
	r2.mount(newHome(r2.deps()))
	r2.until("typed", r2.shows(`value="K7Q"`))
	r2.until("focused", func() bool { return r2.host.saw(func(h *fakeHost) bool { return h.focus == CodeInput }) })
}

func TestDesktopHearsOfReconnecting(t *testing.T) {
	r, _ := agentInCall(t)
	room := r.connector.Room()
	room.Emit(video.Reconnecting{})
	r.until("reconnecting is told", r.told(wire.Bridge{Type: wire.BridgeState, Phase: "reconnecting", Code: "K7Q2MWX"}))
}

func TestDevicesThatComeTooLateAreReleased(t *testing.T) {
	r, v := opened(t)
	r.devices.Gate = make(chan struct{})
	r.do(func() { v.onJoin(nil, noEvent()) })
	r.until("asking", r.shows(`data-phase="asking"`))
	r.hears(wire.Bridge{Type: wire.BridgeLeave})
	r.until("left", r.shows(`data-phase="left"`))
	// The question is taken back: what is granted later goes nowhere.
	r.until("given up", func() bool { return r.devices.Called("Capture given up") })
	if r.devices.Newest() != nil {
		t.Error("the light is on")
	}
}
