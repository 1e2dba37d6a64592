package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// decode reads the body of a good answer.
func decode[T any](t *testing.T, h http.Handler, c call, status int) T {
	t.Helper()
	w := do(t, h, c)
	if w.Code != status {
		t.Fatalf("%s %s: status %d, want %d: %s", c.method, c.path, w.Code, status, w.Body)
	}
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%s %s: body %q: %v", c.method, c.path, w.Body, err)
	}
	return v
}

func TestStateTellsWhatTheHolderOfACodeMayKnow(t *testing.T) {
	t.Parallel()
	g := newRig()
	e := live()
	e.Status, e.Recording, e.Rating = escalation.InCall, true, &escalation.Rating{Score: 4, Comment: "private"}
	e.Conversation = "CHsecret"
	e.Customer = escalation.Progress{Phase: "trouble", Detail: "denied"}
	g.esc.get = func(string) (escalation.Escalation, error) { return e, nil }
	h := g.handler()

	got := decode[wire.State](t, h, call{"GET", wire.CodePath(liveCode, ""), "", nil}, http.StatusOK)
	want := wire.State{
		Code: liveCode, Link: liveCode, Status: wire.StatusInCall, AgentName: "Ann", AgentWorker: e.Agent.Worker, Brand: "Acme & Sons", Created: e.Created, ValidUntil: e.ValidUntil,
		Recording: true, Customer: wire.Progress{Phase: wire.PhaseTrouble, Detail: "denied"}, Rated: true, Version: 3,
	}
	if got != want {
		t.Errorf("state\n%+v\nwant\n%+v", got, want)
	}
	body := do(t, h, call{"GET", wire.CodePath(liveCode, ""), "", nil}).Body.String()
	for _, secret := range []string{"CHsecret", "private", ownTask, `"ann"`} {
		if strings.Contains(body, secret) {
			t.Errorf("the state shows %q: %s", secret, body)
		}
	}
}

func TestOverIsAStateNotAnError(t *testing.T) {
	t.Parallel()
	h := newRig().handler()
	for code, status := range map[string]wire.Status{expiredCode: wire.StatusExpired, endedCode: wire.StatusEnded} {
		if got := decode[wire.State](t, h, call{"GET", wire.CodePath(code, ""), "", nil}, http.StatusOK); got.Status != status {
			t.Errorf("%s: status %q, want %q", code, got.Status, status)
		}
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.config.Signaling = "ws://127.0.0.1:9100/signaling"
	consent := ""
	g.esc.joinC = func(code, wording string) (escalation.Join, error) {
		consent = wording
		return escalation.Join{Token: "jwt", Room: "RM1", Identity: "customer:c:n", Escalation: live()}, nil
	}
	h := g.handler()
	got := decode[wire.Join](t, h, call{"POST", wire.CodePath(liveCode, wire.ActionToken), `{"consent":"I agree","later":1}`, asJSON("Origin", publicURL)}, http.StatusOK)
	if got.Waiting || got.Token != "jwt" || got.Room != "RM1" || got.Identity != "customer:c:n" || got.Signaling != g.config.Signaling || got.State.Code != liveCode {
		t.Errorf("join: %+v", got)
	}
	if consent != "I agree" {
		t.Errorf("consent %q arrived", consent)
	}

	g.esc.joinC = func(string, string) (escalation.Join, error) {
		return escalation.Join{Waiting: true, Escalation: live()}, nil
	}
	got = decode[wire.Join](t, h, call{"POST", wire.CodePath(liveCode, wire.ActionToken), ``, asJSON()}, http.StatusOK)
	if !got.Waiting || got.Token != "" || got.Signaling != "" || got.State.Code != liveCode {
		t.Errorf("join that waits: %+v", got)
	}
}

func TestCustomersReports(t *testing.T) {
	t.Parallel()
	var phase escalation.Progress
	var left string
	g := newRig()
	g.esc.progress = func(_ string, p escalation.Progress) error { phase = p; return nil }
	g.esc.leave = func(_, identity string) error { left = identity; return nil }
	var reported []escalation.Line
	g.esc.report = func(_ string, l escalation.Line) error {
		reported = append(reported, l)
		return escalation.ErrUnavailable // which does not keep anybody in the Room
	}
	h := g.handler()
	cases := []struct {
		name string
		call call
		ok   func() bool
	}{
		{"progress", call{"POST", wire.CodePath(liveCode, wire.ActionProgress), `{"phase":"trouble","detail":"denied","at":"2001-01-01T00:00:00Z"}`, asJSON()},
			func() bool { return phase == escalation.Progress{Phase: "trouble", Detail: "denied"} }},
		{"leave with a report", call{"POST", wire.CodePath(liveCode, wire.ActionLeave), leaving("customer:c:0", `,"call":{"reconnects":2,"quality":3}`), asJSON()},
			func() bool {
				return left == "customer:c:0" && slices.Equal(reported, []escalation.Line{{Reconnects: 2, Quality: 3}})
			}},
		{"leave by fetch", call{"POST", wire.CodePath(liveCode, wire.ActionLeave), leaving("customer:c:1", ""), asJSON()},
			func() bool { return left == "customer:c:1" }},
		{"leave by beacon", call{"POST", wire.CodePath(liveCode, wire.ActionLeave), leaving("agent:WK1:2", ""), headers("Content-Type", "text/plain;charset=UTF-8", "Origin", publicURL)},
			func() bool { return left == "agent:WK1:2" }},
		{"leave by a beacon without an origin", call{"POST", wire.CodePath(liveCode, wire.ActionLeave), leaving("agent:WK1:3", ""), headers("Content-Type", "text/plain;charset=UTF-8", "Origin", "null")},
			func() bool { return left == "agent:WK1:3" }},
		{"progress without a referrer", call{"POST", wire.CodePath(liveCode, wire.ActionProgress), `{"phase":"left"}`, asJSON("Origin", "null", "Sec-Fetch-Site", "same-origin")},
			func() bool { return phase.Phase == "left" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := do(t, h, c.call)
			if w.Code != http.StatusNoContent || w.Body.Len() != 0 {
				t.Errorf("status %d, body %q; want 204 and nothing", w.Code, w.Body)
			}
			if !c.ok() {
				t.Errorf("arrived: progress %+v, left %q", phase, left)
			}
		})
	}
}

func TestAgentEndpoints(t *testing.T) {
	t.Parallel()
	g := newRig()
	resumed := false
	g.esc.escalate = func(a escalation.Agent, sid string, in escalation.Invite) (escalation.Escalation, bool, error) {
		if a.Worker != "WK1" || sid != ownTask || in != (escalation.Invite{Send: true, Lang: "de", Key: "Once_1-a"}) {
			t.Errorf("escalate got %+v, %s, %+v", a, sid, in)
		}
		return live(), resumed, nil
	}
	h := g.handler()
	ask := call{"POST", wire.EscalationsPath, `{"taskSid":"` + ownTask + `","sendInvite":true,"inviteKey":"Once_1-a","lang":"de"}`, asAgent()}
	e := decode[wire.Escalation](t, h, ask, http.StatusCreated)
	if e.Code != liveCode || e.TaskSID != ownTask || e.JoinURL != publicURL+"/join/"+liveCode || e.Invite != "de join at "+e.JoinURL || e.Resumed {
		t.Errorf("escalation: %+v", e)
	}
	resumed = true
	if e = decode[wire.Escalation](t, h, ask, http.StatusOK); !e.Resumed {
		t.Error("a live escalation is not marked as resumed")
	}
	if j := decode[wire.Join](t, h, call{"POST", wire.CodePath(liveCode, wire.ActionAgentToken), `{}`, asAgent()}, http.StatusOK); j.Token != "jwt-a" {
		t.Errorf("agent's join: %+v", j)
	}
	if st := decode[wire.State](t, h, call{"POST", wire.CodePath(liveCode, wire.ActionEnd), `{}`, asAgent()}, http.StatusOK); st.Status != wire.StatusEnded {
		t.Errorf("after the end: %+v", st)
	}
	if v := decode[wire.Task](t, h, call{"GET", wire.TaskPath(ownTask), "", asAgent()}, http.StatusOK); !v.MayWrapUp || v.TaskSID != ownTask || v.Escalation != nil {
		t.Errorf("task: %+v", v)
	}
	g.esc.task = func(escalation.Agent, string) (escalation.TaskView, error) {
		e := live()
		return escalation.TaskView{Reason: "You are in a call.", Escalation: &e}, nil
	}
	v := decode[wire.Task](t, h, call{"GET", wire.TaskPath(ownTask) + "?lang=es", "", asAgent()}, http.StatusOK)
	if v.MayWrapUp || v.Reason != spanish.MustLeave || v.Escalation == nil || !strings.HasPrefix(v.Escalation.Invite, "es ") {
		t.Errorf("task in a call: %+v", v)
	}
}

func TestCallback(t *testing.T) {
	t.Parallel()
	form := headers("Content-Type", "application/x-www-form-urlencoded", "X-Twilio-Signature", "good")
	g := newRig()
	var got escalation.Callback
	g.esc.callback = func(c escalation.Callback) error { got = c; return nil }
	w := do(t, g.handler(), call{"POST", wire.CallbackPath, "StatusCallbackEvent=room-ended&RoomSid=RM1", form})
	if w.Code != http.StatusNoContent {
		t.Errorf("status %d, want 204", w.Code)
	}
	if got.Event != "room-ended" || got.RoomSID != "RM1" {
		t.Errorf("arrived: %+v", got)
	}
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	h := newRig().handler()
	t.Run("preflight", func(t *testing.T) {
		w := do(t, h, call{"OPTIONS", wire.EscalationsPath, "", headers("Origin", flexOrigin,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")})
		if w.Code != http.StatusNoContent {
			t.Errorf("status %d", w.Code)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin":      flexOrigin,
			"Access-Control-Allow-Methods":     "POST",
			"Access-Control-Allow-Headers":     "Authorization, Content-Type, X-Request-Id, Traceparent",
			"Access-Control-Allow-Credentials": "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if v := strings.Join(w.Header().Values("Vary"), ","); !strings.Contains(v, "Origin") || !strings.Contains(v, "Access-Control-Request-Method") {
			t.Errorf("Vary: %q", v)
		}
	})
	t.Run("errors can be read too", func(t *testing.T) {
		w := do(t, h, call{"POST", wire.EscalationsPath, "{}", asJSON("Origin", flexOrigin)})
		if w.Code != http.StatusUnauthorized || w.Header().Get("Access-Control-Allow-Origin") != flexOrigin {
			t.Errorf("status %d, headers %v", w.Code, w.Header())
		}
	})
	t.Run("own page by another name", func(t *testing.T) {
		c := call{"GET", wire.TaskPath(ownTask), "", asAgent("Origin", "http://localhost:8080")}
		r := c.request()
		r.Host = "localhost:8080"
		if w := serve(h, r); w.Code != http.StatusOK {
			t.Errorf("status %d", w.Code)
		}
	})
	t.Run("the answer varies even without an origin", func(t *testing.T) {
		if w := do(t, h, call{"GET", wire.TaskPath(ownTask), "", asAgent()}); w.Header().Get("Vary") != "Origin" {
			t.Errorf("Vary: %v", w.Header().Values("Vary"))
		}
	})
}

func TestAgentIsAskedForOnlyWhenTheRequestIsSound(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.deps.Agents = agentsFunc(func(string) (escalation.Agent, error) {
		t.Error("authenticated a request that could be refused without")
		return escalation.Agent{}, nil
	})
	h := g.handler()
	do(t, h, call{"POST", wire.EscalationsPath, "{}", asAgent("Origin", "https://evil.example")})
	do(t, h, call{"POST", wire.EscalationsPath, "{}", asAgent("Content-Type", "text/plain")})
	do(t, h, call{"POST", wire.EscalationsPath, "{}", asJSON()})
}

func TestFlexUnavailableIsNotUnauthorized(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.deps.Agents = agentsFunc(func(string) (escalation.Agent, error) { return escalation.Agent{}, escalation.ErrUnavailable })
	w := do(t, g.handler(), call{"GET", wire.TaskPath(ownTask), "", asAgent()})
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
}

func TestSilenceBehindUsIsAnswered(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.config.Timeout = time.Millisecond
	g.esc.hang = true
	h := g.handler()
	for _, path := range []string{wire.CodePath(liveCode, ""), wire.JoinPath(liveCode)} {
		if w := do(t, h, call{"GET", path, "", nil}); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: status %d, want 503", path, w.Code)
		}
	}
}

func TestNobodyIsAnsweredWhoHasGone(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.esc.hang = true
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := serve(g.handler(), call{"GET", wire.CodePath(liveCode, ""), "", nil}.request().WithContext(ctx))
	if w.Body.Len() != 0 {
		t.Errorf("answered %s", w.Body)
	}
}

// clock is a clock that stands until it is moved.
type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) forward(d time.Duration) { c.t = c.t.Add(d) }
func newClock() *clock                   { return &clock{time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)} }
