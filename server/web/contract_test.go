package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"escalate/app/client"
	"escalate/app/wire"
	"escalate/server/escalation"
)

// clientOf is the browser's typed client on the handler, without a network.
func clientOf(h http.Handler, token string) *client.Client {
	fetch := func(ctx context.Context, r client.Request) (client.Response, error) {
		if r.Header == nil {
			r.Header = map[string]string{}
		}
		r.Header["Origin"] = publicURL
		w := serve(h, call{r.Method, r.Path, string(r.Body), r.Header}.request().WithContext(ctx))
		return client.Response{Status: w.Code, Body: w.Body.Bytes()}, nil
	}
	return client.New(fetch, func() string { return token })
}

// TestContract lets the client that the pages use talk to the handler: both
// halves of package wire in one place.
func TestContract(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	front := newRig().handler()
	customer, agent, stranger := clientOf(front, ""), clientOf(newRig().handler(), flexToken), clientOf(newRig().handler(), "stolen")

	if s, err := customer.State(ctx, liveCode); err != nil || s.Code != liveCode || s.AgentName != "Ann" || s.Version != 3 {
		t.Errorf("State: %+v, %v", s, err)
	}
	j, err := customer.Join(ctx, liveCode, wire.JoinRequest{Consent: "yes"})
	if err != nil || j.Token != "jwt-c" || j.State.Code != liveCode {
		t.Errorf("Join: %+v, %v", j, err)
	}
	for name, err := range map[string]error{
		"Progress": customer.Progress(ctx, liveCode, wire.Progress{Phase: wire.PhaseTrouble, Detail: wire.TroubleDenied}),
		"Leave":    customer.Leave(ctx, liveCode, wire.Leave{Identity: j.Identity, Key: j.LeaveKey}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	rating := wire.Rating{Score: 5, Comment: "thanks", Identity: j.Identity, Key: j.LeaveKey}
	if kept, err := customer.Rate(ctx, liveCode, rating); err != nil || kept != (wire.Rating{Score: 5, Comment: "thanks"}) {
		t.Errorf("Rate: %+v, %v", kept, err)
	}
	_, badRating := customer.Rate(ctx, liveCode, wire.Rating{})
	_, noKey := customer.Rate(ctx, liveCode, wire.Rating{Score: 5})
	if e, err := agent.Escalate(ctx, wire.Escalate{TaskSID: ownTask, SendInvite: true}); err != nil || e.Code != liveCode || e.JoinURL == "" || e.Invite == "" {
		t.Errorf("Escalate: %+v, %v", e, err)
	}
	if j, err := agent.AgentJoin(ctx, liveCode); err != nil || j.Token != "jwt-a" {
		t.Errorf("AgentJoin: %+v, %v", j, err)
	}
	if s, err := agent.End(ctx, liveCode); err != nil || s.Status != wire.StatusEnded {
		t.Errorf("End: %+v, %v", s, err)
	}
	if v, err := agent.Task(ctx, ownTask); err != nil || !v.MayWrapUp || v.TaskSID != ownTask {
		t.Errorf("Task: %+v, %v", v, err)
	}

	busy := newRig()
	failEscalate(&escalation.BusyError{Code: "other22", TaskSID: otherTask})(busy)
	_, unknown := customer.State(ctx, "../../x")
	_, late := customer.Join(ctx, expiredCode, wire.JoinRequest{})
	_, notMine := agent.Task(ctx, otherTask)
	_, whoAreYou := stranger.Task(ctx, ownTask)
	_, twice := clientOf(busy.handler(), flexToken).Escalate(ctx, wire.Escalate{TaskSID: ownTask})
	for _, c := range []struct {
		name string
		err  error
		code wire.Code
	}{
		{"unknown code", unknown, wire.CodeUnknownCode},
		{"expired code", late, wire.CodeExpired},
		{"someone else's Task", notMine, wire.CodeTaskNotYours},
		{"stolen token", whoAreYou, wire.CodeUnauthorized},
		{"second session", twice, wire.CodeAgentBusy},
		{"bad rating", badRating, wire.CodeBadRequest},
		{"rating without a key", noKey, wire.CodeForbidden},
	} {
		var e *wire.Error
		if !errors.As(c.err, &e) || e.Code != c.code || e.Message == "" {
			t.Errorf("%s: %v, want %s", c.name, c.err, c.code)
		}
		if c.code == wire.CodeAgentBusy && (e == nil || e.Running == nil || e.Running.Code != "other22") {
			t.Errorf("%s: running is not told: %+v", c.name, e)
		}
	}
}

// TestCustomersNameIsForTheAgentAlone: whoever has the link reads the State, and
// links get passed on.
func TestCustomersNameIsForTheAgentAlone(t *testing.T) {
	t.Parallel()
	const name = "Maria Lopez"
	of := func() escalation.Escalation {
		e := live()
		e.CustomerName = name
		return e
	}
	g := newRig()
	g.esc.get = func(string) (escalation.Escalation, error) { return of(), nil }
	g.esc.joinC = func(string, string) (escalation.Join, error) {
		return escalation.Join{Token: "t", Identity: "customer:x:n", Escalation: of()}, nil
	}
	g.esc.escalate = func(escalation.Agent, string, escalation.Invite) (escalation.Escalation, bool, error) {
		return of(), true, nil
	}
	h := g.handler()
	for _, c := range []call{
		{"GET", "/api/escalations/" + liveCode, "", nil},
		{"POST", "/api/escalations/" + liveCode + "/token", `{}`, headers("Content-Type", "application/json", "Origin", publicURL)},
		{"GET", "/join/" + liveCode, "", headers("User-Agent", safari)},
	} {
		if w := do(t, h, c); w.Code != http.StatusOK || strings.Contains(w.Body.String(), name) {
			t.Errorf("%s %s answers %d with the customer's name: %s", c.method, c.path, w.Code, w.Body)
		}
	}
	e, err := clientOf(h, flexToken).Escalate(t.Context(), wire.Escalate{TaskSID: ownTask})
	if err != nil || e.CustomerName != name {
		t.Errorf("the agent reads %q, %v", e.CustomerName, err)
	}
}
