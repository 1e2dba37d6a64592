package client

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
)

// answer makes a Fetch that records the Request and gives one answer.
func answer(status int, body string, got *Request) Fetch {
	return func(_ context.Context, r Request) (Response, error) {
		*got = r
		return Response{Status: status, Body: []byte(body)}, nil
	}
}

func TestRequests(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name         string
		call         func(context.Context, *Client) (any, error)
		answer       string
		method, path string
		body         string
		agent        bool
		want         any
	}{
		{"state", func(ctx context.Context, a *Client) (any, error) { return a.State(ctx, "AbC7") }, `{"code":"AbC7","status":"open"}`,
			"GET", "/api/escalations/AbC7", "", false, wire.State{Code: "AbC7", Status: wire.StatusOpen}},
		{"a code that is a path", func(ctx context.Context, a *Client) (any, error) { return a.State(ctx, "../x?y") }, `{}`,
			"GET", "/api/escalations/..%2Fx%3Fy", "", false, wire.State{}},
		{"join", func(ctx context.Context, a *Client) (any, error) {
			return a.Join(ctx, "C", wire.JoinRequest{Consent: "yes"})
		}, `{"waiting":false,"token":"T"}`,
			"POST", "/api/escalations/C/token", `{"consent":"yes"}`, false, wire.Join{Token: "T"}},
		{"progress", func(ctx context.Context, a *Client) (any, error) {
			return nil, a.Progress(ctx, "C", wire.Progress{Phase: wire.PhaseTrouble, Detail: wire.TroubleDenied, At: at})
		}, ``, "POST", "/api/escalations/C/progress", `{"phase":"trouble","detail":"denied","at":"2026-01-02T03:04:05Z"}`, false, nil},
		{"leave", func(ctx context.Context, a *Client) (any, error) {
			return nil, a.Leave(ctx, "C", wire.Leave{Identity: "customer:C:1", Key: "k"})
		}, ``, "POST", "/api/escalations/C/leave", `{"identity":"customer:C:1","key":"k"}`, false, nil},
		{"rate", func(ctx context.Context, a *Client) (any, error) {
			return a.Rate(ctx, "C", wire.Rating{Score: 5, Identity: "customer:C:1", Key: "k"})
		}, `{"score":3,"comment":"the first"}`,
			"POST", "/api/escalations/C/rating", `{"score":5,"identity":"customer:C:1","key":"k"}`, false, wire.Rating{Score: 3, Comment: "the first"}},
		{"escalate", func(ctx context.Context, a *Client) (any, error) {
			return a.Escalate(ctx, wire.Escalate{TaskSID: "WT1", SendInvite: true})
		}, `{"code":"C","taskSid":"WT1","resumed":true}`,
			"POST", "/api/escalations", `{"taskSid":"WT1","sendInvite":true}`, true,
			wire.Escalation{State: wire.State{Code: "C"}, TaskSID: "WT1", Resumed: true}},
		{"agent joins", func(ctx context.Context, a *Client) (any, error) { return a.AgentJoin(ctx, "C") }, `{"token":"T"}`,
			"POST", "/api/escalations/C/agent-token", `{}`, true, wire.Join{Token: "T"}},
		{"end", func(ctx context.Context, a *Client) (any, error) { return a.End(ctx, "C") }, `{"status":"ended"}`,
			"POST", "/api/escalations/C/end", `{}`, true, wire.State{Status: wire.StatusEnded}},
		{"task", func(ctx context.Context, a *Client) (any, error) { return a.Task(ctx, "WT1") }, `{"taskSid":"WT1","mayWrapUp":true}`,
			"GET", "/api/tasks/WT1", "", true, wire.Task{TaskSID: "WT1", MayWrapUp: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got Request
			status := 200
			if tt.answer == "" {
				status = 204
			}
			c := New(answer(status, tt.answer, &got), func() string { return "FLEX" })
			v, err := tt.call(t.Context(), c)
			if err != nil || !reflect.DeepEqual(v, tt.want) {
				t.Errorf("answer %+v, %v; want %+v", v, err, tt.want)
			}
			if got.Method != tt.method || got.Path != tt.path || string(got.Body) != tt.body {
				t.Errorf("request %s %s %s\nwant    %s %s %s", got.Method, got.Path, got.Body, tt.method, tt.path, tt.body)
			}
			if auth := got.Header["Authorization"]; (auth == "Bearer FLEX") != tt.agent || (auth == "") == tt.agent {
				t.Errorf("authorization %q, agent %t", auth, tt.agent)
			}
			if ct := got.Header["Content-Type"]; (ct == "application/json") != (tt.body != "") {
				t.Errorf("content type %q", ct)
			}
			if got.Keepalive != (tt.name == "leave") {
				t.Errorf("keepalive %t", got.Keepalive)
			}
		})
	}
	c := New(nil, nil)
	if c.EventsPath("C") != "/api/escalations/C/events" || c.LeavePath("C") != "/api/escalations/C/leave" {
		t.Errorf("paths %s, %s", c.EventsPath("C"), c.LeavePath("C"))
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   wire.Code
		says   string // what the sentence must contain
	}{
		{"ours", 409, `{"code":"agent_busy","message":"You are in another call.","running":{"code":"X","taskSid":"WT2"}}`, wire.CodeAgentBusy, "another call"},
		{"ours without a sentence", 429, `{"code":"rate_limited"}`, wire.CodeRateLimited, ""},
		{"a proxy's page", 502, `<html>Bad Gateway</html>`, wire.CodeUnavailable, ""},
		{"a proxy's refusal", 403, `Forbidden`, wire.CodeForbidden, ""},
		{"too large, by a proxy", 413, ``, wire.CodeTooLarge, ""},
		{"signed out, by a gateway", 401, ``, wire.CodeUnauthorized, ""},
		{"nothing there", 404, `404 page not found`, wire.CodeNotFound, ""},
		{"another refusal", 418, `{"teapot":true}`, wire.CodeBadRequest, ""},
		{"a redirect", 302, ``, wire.CodeUnavailable, ""},
		{"a captive portal", 200, `<html>Sign in to Wi-Fi</html>`, wire.CodeUnavailable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which makes pauses short
				var r Request
				_, err := New(answer(tt.status, tt.body, &r), nil).State(t.Context(), "C")
				var e *wire.Error
				if !errors.As(err, &e) || e.Code != tt.want || !strings.Contains(e.Message, tt.says) {
					t.Fatalf("error %v, want %s saying %q", err, tt.want, tt.says)
				}
				if tt.want == wire.CodeAgentBusy && (e.Running == nil || e.Running.TaskSID != "WT2") {
					t.Errorf("running %+v", e.Running)
				}
			})
		})
	}
}

func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(func(ctx context.Context, _ Request) (Response, error) {
			if ctx.Err() != nil {
				return Response{}, ctx.Err()
			}
			return Response{}, errors.New("offline")
		}, nil)
		var e *wire.Error
		if _, err := c.Rate(t.Context(), "C", wire.Rating{Score: 1}); !errors.As(err, &e) || e.Code != wire.CodeUnavailable {
			t.Errorf("offline: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.State(ctx, "C"); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled: %v", err)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := c.State(ctx, "C"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended during a pause: %v", err)
		}
	})
}

// A server that went away in the middle is behind a balancer with others.
func TestRequestsAreSentAgain(t *testing.T) {
	const good = `{"code":"C"}`
	proxy := Response{Status: 502, Body: []byte("<html>")}
	ours := Response{Status: 503, Body: []byte(`{"code":"unavailable","message":"Twilio is away."}`)}
	rate := func(ctx context.Context, a *Client) error {
		_, err := a.Rate(ctx, "C", wire.Rating{Score: 5})
		return err
	}
	join := func(ctx context.Context, a *Client) error { _, err := a.Join(ctx, "C", wire.JoinRequest{}); return err }
	escalate := func(r wire.Escalate) func(ctx context.Context, a *Client) error {
		return func(ctx context.Context, a *Client) error { _, err := a.Escalate(ctx, r); return err }
	}
	for _, tt := range []struct {
		name    string
		call    func(context.Context, *Client) error
		answers []Response // the zero Response is no answer; the last is repeated
		sent    int
		ok      bool
	}{
		{"no answer once", join, []Response{{}, {Status: 200, Body: []byte(good)}}, 2, true},
		{"a proxy without a server", rate, []Response{proxy, proxy, {Status: 204}}, 3, true},
		{"no answer at all", rate, []Response{{}}, 3, false},
		{"our own refusal", rate, []Response{ours}, 1, false},
		{"what must not happen twice", escalate(wire.Escalate{SendInvite: true}), []Response{{}}, 1, false},
		{"an invite with a key", escalate(wire.Escalate{SendInvite: true, InviteKey: "k"}), []Response{proxy, {Status: 200, Body: []byte(good)}}, 2, true},
		{"a join code without an invite", escalate(wire.Escalate{}), []Response{{}, {Status: 200, Body: []byte(good)}}, 2, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent []string
				c := New(func(_ context.Context, r Request) (Response, error) {
					a := tt.answers[min(len(sent), len(tt.answers)-1)]
					sent = append(sent, r.Method+r.Path+string(r.Body))
					if a.Status == 0 {
						return a, errors.New("connection reset")
					}
					return a, nil
				}, nil)
				began := time.Now()
				err := tt.call(t.Context(), c)
				if len(sent) != tt.sent || (err == nil) != tt.ok {
					t.Errorf("sent %d times, want %d; error %v", len(sent), tt.sent, err)
				}
				for _, s := range sent {
					if s != sent[0] {
						t.Errorf("sent %s, then %s", sent[0], s)
					}
				}
				if d := time.Since(began); d > 3*time.Second {
					t.Errorf("it took %v", d)
				}
			})
		})
	}
}

func TestNoTokenMeansNoHeader(t *testing.T) {
	var r Request
	_, _ = New(answer(401, `{"code":"unauthorized","message":"Sign in."}`, &r), func() string { return "" }).End(t.Context(), "C")
	if _, ok := r.Header["Authorization"]; ok {
		t.Error("an empty token was sent")
	}
	if !json.Valid(r.Body) {
		t.Errorf("body %q", r.Body)
	}
}
