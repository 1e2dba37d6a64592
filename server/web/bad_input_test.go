package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"escalate/app/wire"
	"escalate/server/escalation"
)

func TestBadInput(t *testing.T) {
	t.Parallel()
	const (
		get  = "GET"
		post = "POST"
	)
	token := wire.CodePath(liveCode, wire.ActionToken)
	rating := wire.CodePath(liveCode, wire.ActionRating)
	progress := wire.CodePath(liveCode, wire.ActionProgress)
	leave := wire.CodePath(liveCode, wire.ActionLeave)
	agentToken := wire.CodePath(liveCode, wire.ActionAgentToken)
	end := wire.CodePath(liveCode, wire.ActionEnd)
	escalate := `{"taskSid":"` + ownTask + `"}`
	big := `{"comment":"` + strings.Repeat("x", maxBody) + `"}`

	cases := []struct {
		name string
		call call
		code wire.Code
		set  func(g *rig)
	}{
		// Codes
		{name: "unknown code", call: call{get, "/api/escalations/zzzzzzz", "", nil}, code: wire.CodeUnknownCode},
		{name: "malformed code", call: call{get, "/api/escalations/a%2e%2e%2Fb", "", nil}, code: wire.CodeUnknownCode},
		{name: "dots for a code", call: call{get, "/api/escalations/..", "", nil}, code: wire.CodeUnknownCode},
		{name: "bad escape in code", call: call{get, "/api/escalations/%25zz", "", nil}, code: wire.CodeUnknownCode},
		{name: "very long code", call: call{get, "/api/escalations/" + strings.Repeat("a", 5000), "", nil}, code: wire.CodeUnknownCode},
		{name: "unknown code, events", call: call{get, "/api/escalations/zzzzzzz/events", "", nil}, code: wire.CodeUnknownCode},
		{name: "unknown code, events, final id", call: call{get, "/api/escalations/zzzzzzz/events", "", headers("Last-Event-ID", "3-final")}, code: wire.CodeUnknownCode},
		{name: "unknown code, token", call: call{post, "/api/escalations/zzzzzzz/token", "{}", asJSON()}, code: wire.CodeUnknownCode},
		{name: "unknown code, progress", call: call{post, "/api/escalations/zzzzzzz/progress", `{"phase":"opened"}`, asJSON()}, code: wire.CodeUnknownCode},
		{name: "unknown code, rating", call: call{post, "/api/escalations/zzzzzzz/rating", `{"score":5}`, asJSON()}, code: wire.CodeUnknownCode},
		{name: "unknown code, agent", call: call{post, "/api/escalations/zzzzzzz/agent-token", "{}", asAgent()}, code: wire.CodeUnknownCode},
		{name: "expired code", call: call{post, wire.CodePath(expiredCode, wire.ActionToken), "{}", asJSON()}, code: wire.CodeExpired},
		{name: "ended code", call: call{post, wire.CodePath(endedCode, wire.ActionToken), "{}", asJSON()}, code: wire.CodeEnded},

		// Escalating
		{name: "endless key of an invite", call: call{post, wire.EscalationsPath, `{"taskSid":"` + ownTask + `","inviteKey":"` + strings.Repeat("k", 65) + `"}`, asAgent()}, code: wire.CodeBadRequest},
		{name: "spaces in the key of an invite", call: call{post, wire.EscalationsPath, `{"taskSid":"` + ownTask + `","inviteKey":"a b"}`, asAgent()}, code: wire.CodeBadRequest},

		// Who
		{name: "no Flex token", call: call{post, wire.EscalationsPath, escalate, asJSON()}, code: wire.CodeUnauthorized},
		{name: "bad Flex token", call: call{post, wire.EscalationsPath, escalate, asJSON("Authorization", "Bearer nope")}, code: wire.CodeUnauthorized},
		{name: "empty bearer", call: call{post, wire.EscalationsPath, escalate, asJSON("Authorization", "Bearer ")}, code: wire.CodeUnauthorized},
		{name: "basic instead of bearer", call: call{post, wire.EscalationsPath, escalate, asJSON("Authorization", "Basic "+flexToken)}, code: wire.CodeUnauthorized},
		{name: "endless Flex token", call: call{post, wire.EscalationsPath, escalate, asJSON("Authorization", "Bearer "+strings.Repeat("a", maxToken+1))}, code: wire.CodeUnauthorized},
		{name: "no Flex token for agent-token", call: call{post, agentToken, "{}", asJSON()}, code: wire.CodeUnauthorized},
		{name: "no Flex token for end", call: call{post, end, "{}", asJSON()}, code: wire.CodeUnauthorized},
		{name: "no Flex token for a Task", call: call{get, wire.TaskPath(ownTask), "", nil}, code: wire.CodeUnauthorized},
		{name: "role may not", call: call{post, wire.EscalationsPath, escalate, asAgent()}, code: wire.CodeForbidden,
			set: failEscalate(escalation.ErrForbidden)},

		// Tasks
		{name: "someone else's Task", call: call{post, wire.EscalationsPath, `{"taskSid":"` + otherTask + `"}`, asAgent()}, code: wire.CodeTaskNotYours},
		{name: "someone else's Task, read", call: call{get, wire.TaskPath(otherTask), "", asAgent()}, code: wire.CodeTaskNotYours},
		{name: "malformed Task SID", call: call{post, wire.EscalationsPath, `{"taskSid":"WT/../../Workers"}`, asAgent()}, code: wire.CodeTaskNotFound},
		{name: "malformed Task SID, read", call: call{get, "/api/tasks/WT%2F..%2FWorkers", "", asAgent()}, code: wire.CodeTaskNotFound},
		{name: "no Task SID", call: call{post, wire.EscalationsPath, `{}`, asAgent()}, code: wire.CodeBadRequest},
		{name: "no body", call: call{post, wire.EscalationsPath, ``, asAgent()}, code: wire.CodeBadRequest},
		{name: "bad language", call: call{post, wire.EscalationsPath, `{"taskSid":"` + ownTask + `","lang":"<script>"}`, asAgent()}, code: wire.CodeBadRequest},
		{name: "unknown Task", call: call{post, wire.EscalationsPath, escalate, asAgent()}, code: wire.CodeTaskNotFound,
			set: failEscalate(fmt.Errorf("read: %w", escalation.ErrTaskNotFound))},
		{name: "Task without a chat", call: call{post, wire.EscalationsPath, escalate, asAgent()}, code: wire.CodeTaskNotChat, set: failEscalate(escalation.ErrTaskNotChat)},
		{name: "closed Task", call: call{post, wire.EscalationsPath, escalate, asAgent()}, code: wire.CodeTaskClosed, set: failEscalate(escalation.ErrTaskClosed)},
		{name: "full Task", call: call{post, wire.EscalationsPath, escalate, asAgent()}, code: wire.CodeTaskFull, set: failEscalate(fmt.Errorf("begin: %w", escalation.ErrTaskFull))},
		{name: "busy agent", call: call{post, wire.EscalationsPath, escalate, asAgent()}, code: wire.CodeAgentBusy,
			set: failEscalate(fmt.Errorf("lock: %w", &escalation.BusyError{Code: "other22", TaskSID: otherTask}))},

		// Bodies
		{name: "not JSON", call: call{post, rating, `score=5`, asJSON()}, code: wire.CodeBadRequest},
		{name: "truncated JSON", call: call{post, rating, `{"score":`, asJSON()}, code: wire.CodeBadRequest},
		{name: "two values", call: call{post, rating, `{"score":5}{"score":1}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "wrong type", call: call{post, rating, `{"score":"five"}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "array for an object", call: call{post, token, `[]`, asJSON()}, code: wire.CodeBadRequest},
		{name: "score out of range", call: call{post, rating, `{"score":6}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "no score", call: call{post, rating, `{}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "rating without a key", call: call{post, rating, `{"score":5}`, asJSON()}, code: wire.CodeForbidden},
		{name: "rating of a call that nobody was in", call: call{post, rating, rated(customerID, ""), asJSON()}, code: wire.CodeNotInCall, set: failRate(escalation.ErrNotInCall)},
		{name: "rating of an expired code", call: call{post, rating, rated(customerID, ""), asJSON()}, code: wire.CodeExpired, set: failRate(escalation.ErrExpired)},
		{name: "unknown phase", call: call{post, progress, `{"phase":"dancing"}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "invented detail", call: call{post, progress, `{"phase":"trouble","detail":"<b>"}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "leave without identity", call: call{post, leave, `{}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "leave with a foreign identity", call: call{post, leave, `{"identity":"root"}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "leave with an endless identity", call: call{post, leave, `{"identity":"agent:` + strings.Repeat("x", 300) + `"}`, asJSON()}, code: wire.CodeBadRequest},
		{name: "no consent", call: call{post, token, `{}`, asJSON()}, code: wire.CodeConsentRequired,
			set: func(g *rig) {
				g.esc.joinC = func(string, string) (escalation.Join, error) { return escalation.Join{}, escalation.ErrConsentRequired }
			}},
		{name: "body too large", call: call{post, rating, big, asJSON()}, code: wire.CodeTooLarge},
		{name: "body too large, token", call: call{post, token, big, asJSON()}, code: wire.CodeTooLarge},
		{name: "body too large, progress", call: call{post, progress, big, asJSON()}, code: wire.CodeTooLarge},
		{name: "body too large, leave", call: call{post, leave, big, nil}, code: wire.CodeTooLarge},
		{name: "body too large, escalate", call: call{post, wire.EscalationsPath, big, asAgent()}, code: wire.CodeTooLarge},
		{name: "body too large, agent-token", call: call{post, agentToken, big, asAgent()}, code: wire.CodeTooLarge},
		{name: "body too large, end", call: call{post, end, big, asAgent()}, code: wire.CodeTooLarge},
		{name: "body too large, callback", call: call{post, wire.CallbackPath, big, headers("Content-Type", "application/x-www-form-urlencoded")}, code: wire.CodeTooLarge},

		// Content types
		{name: "form instead of JSON", call: call{post, rating, `score=5`, headers("Content-Type", "application/x-www-form-urlencoded")}, code: wire.CodeUnsupportedMedia},
		{name: "no content type", call: call{post, token, `{}`, nil}, code: wire.CodeUnsupportedMedia},
		{name: "text, progress", call: call{post, progress, `{}`, headers("Content-Type", "text/plain")}, code: wire.CodeUnsupportedMedia},
		{name: "text, escalate", call: call{post, wire.EscalationsPath, escalate, asAgent("Content-Type", "text/plain")}, code: wire.CodeUnsupportedMedia},
		{name: "text, agent-token", call: call{post, agentToken, `{}`, asAgent("Content-Type", "text/plain")}, code: wire.CodeUnsupportedMedia},
		{name: "text, end", call: call{post, end, `{}`, asAgent("Content-Type", "text/plain")}, code: wire.CodeUnsupportedMedia},
		{name: "JSON callback", call: call{post, wire.CallbackPath, `{}`, asJSON()}, code: wire.CodeUnsupportedMedia},

		// Methods and paths
		{name: "GET of the collection", call: call{get, wire.EscalationsPath, "", asAgent()}, code: wire.CodeMethodNotAllowed},
		{name: "DELETE of a code", call: call{"DELETE", "/api/escalations/" + liveCode, "", nil}, code: wire.CodeMethodNotAllowed},
		{name: "GET of a token", call: call{get, token, "", nil}, code: wire.CodeMethodNotAllowed},
		{name: "HEAD of events", call: call{"HEAD", wire.CodePath(liveCode, wire.ActionEvents), "", nil}, code: wire.CodeMethodNotAllowed},
		{name: "POST to events", call: call{post, wire.CodePath(liveCode, wire.ActionEvents), "{}", asJSON()}, code: wire.CodeMethodNotAllowed},
		{name: "POST to a Task", call: call{post, wire.TaskPath(ownTask), "{}", asAgent()}, code: wire.CodeMethodNotAllowed},
		{name: "GET of the callback", call: call{get, wire.CallbackPath, "", nil}, code: wire.CodeMethodNotAllowed},
		{name: "POST to a page", call: call{post, wire.AgentPage, "", nil}, code: wire.CodeMethodNotAllowed},
		{name: "POST to a join page", call: call{post, wire.JoinPath(liveCode), "", nil}, code: wire.CodeMethodNotAllowed},
		{name: "POST to a file", call: call{post, "/static/app.css", "", nil}, code: wire.CodeMethodNotAllowed},
		{name: "unknown path", call: call{get, "/nowhere", "", nil}, code: wire.CodeNotFound},
		{name: "unknown API path, browser", call: call{get, "/api/nowhere", "", headers("Accept", "text/html")}, code: wire.CodeNotFound},
		{name: "unknown action", call: call{post, "/api/escalations/" + liveCode + "/delete", "{}", asJSON()}, code: wire.CodeNotFound},
		{name: "empty code", call: call{get, "/api/escalations/", "", nil}, code: wire.CodeNotFound},
		{name: "unknown file", call: call{get, "/static/nope.js", "", nil}, code: wire.CodeNotFound},

		// Origins
		{name: "foreign origin, agent", call: call{post, wire.EscalationsPath, escalate, asAgent("Origin", "https://evil.example")}, code: wire.CodeForbiddenOrigin},
		{name: "look-alike origin", call: call{post, wire.EscalationsPath, escalate, asAgent("Origin", flexOrigin+".evil.example")}, code: wire.CodeForbiddenOrigin},
		{name: "http instead of https", call: call{post, wire.EscalationsPath, escalate, asAgent("Origin", "http://flex.twilio.com")}, code: wire.CodeForbiddenOrigin},
		{name: "null origin", call: call{post, wire.EscalationsPath, escalate, asAgent("Origin", "null")}, code: wire.CodeForbiddenOrigin},
		{name: "null origin of another site", call: call{post, token, "{}", asJSON("Origin", "null", "Sec-Fetch-Site", "cross-site")}, code: wire.CodeForbiddenOrigin},
		{name: "foreign preflight", call: call{"OPTIONS", wire.EscalationsPath, "", headers("Origin", "https://evil.example", "Access-Control-Request-Method", "POST")}, code: wire.CodeForbiddenOrigin},
		{name: "agent's origin on a customer's endpoint", call: call{post, token, "{}", asJSON("Origin", flexOrigin)}, code: wire.CodeForbiddenOrigin},

		// Callbacks
		{name: "forged callback", call: call{post, wire.CallbackPath, "RoomSid=RM1", headers("Content-Type", "application/x-www-form-urlencoded")}, code: wire.CodeForbidden},

		// Trouble behind us
		{name: "Twilio is down", call: call{get, wire.CodePath(liveCode, ""), "", nil}, code: wire.CodeUnavailable,
			set: failGet(fmt.Errorf("read Document: %w", escalation.ErrUnavailable))},
		{name: "anything else", call: call{get, wire.CodePath(liveCode, ""), "", nil}, code: wire.CodeInternal, set: failGet(errTest)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := newRig()
			if c.set != nil {
				c.set(g)
			}
			w := do(t, g.handler(), c.call)
			if w.Code != c.code.Status() {
				t.Errorf("status %d, want %d", w.Code, c.code.Status())
			}
			if c.call.method == "HEAD" {
				return
			}
			var e wire.Error
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
				t.Fatalf("body %q: %v", w.Body, err)
			}
			if e.Code != c.code {
				t.Errorf("code %q, want %q", e.Code, c.code)
			}
			if len(e.Message) < 20 || !strings.HasSuffix(e.Message, ".") && !strings.HasSuffix(e.Message, ").") {
				t.Errorf("message %q is not a sentence", e.Message)
			}
			if strings.Contains(w.Body.String(), "hunter2") {
				t.Error("an internal error is shown to the client")
			}
			if ct := w.Header().Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
				t.Errorf("content type %q", ct)
			}
			if cc := w.Header().Get("Cache-Control"); cc != "no-store" {
				t.Errorf("Cache-Control %q: an error must not be cached", cc)
			}
			switch c.code {
			case wire.CodeMethodNotAllowed:
				if w.Header().Get("Allow") == "" {
					t.Error("405 without Allow")
				}
			case wire.CodeUnauthorized:
				if w.Header().Get("WWW-Authenticate") == "" {
					t.Error("401 without WWW-Authenticate")
				}
			case wire.CodeForbiddenOrigin:
				if o := w.Header().Get("Access-Control-Allow-Origin"); o != "" {
					t.Errorf("refused, and yet Access-Control-Allow-Origin is %q", o)
				}
			case wire.CodeAgentBusy:
				if e.Running == nil || *e.Running != (wire.Running{Code: "other22", TaskSID: otherTask}) {
					t.Errorf("running is %+v", e.Running)
				}
			}
		})
	}
}

func failEscalate(err error) func(*rig) {
	return func(g *rig) {
		g.esc.escalate = func(escalation.Agent, string, escalation.Invite) (escalation.Escalation, bool, error) {
			return escalation.Escalation{}, false, err
		}
	}
}

func failRate(err error) func(*rig) {
	return func(g *rig) {
		g.esc.rate = func(string, int, string) (escalation.Rating, error) { return escalation.Rating{}, err }
	}
}

func failGet(err error) func(*rig) {
	return func(g *rig) {
		g.esc.get = func(string) (escalation.Escalation, error) { return escalation.Escalation{}, err }
	}
}

func TestUnknownAndMalformedCodesAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	h := newRig().handler()
	unknown := do(t, h, call{"GET", "/api/escalations/zzzzzzz", "", nil})
	malformed := do(t, h, call{"GET", "/api/escalations/a%2Fb!", "", nil})
	if unknown.Code != malformed.Code || unknown.Body.String() != malformed.Body.String() {
		t.Errorf("unknown: %d %s\nmalformed: %d %s", unknown.Code, unknown.Body, malformed.Code, malformed.Body)
	}
	unknown.Header().Del("X-Request-Id")
	malformed.Header().Del("X-Request-Id")
	if a, b := fmt.Sprint(unknown.Header()), fmt.Sprint(malformed.Header()); a != b {
		t.Errorf("headers differ:\n%s\n%s", a, b)
	}
}

func TestEveryCodeHasASentence(t *testing.T) {
	t.Parallel()
	all := []wire.Code{
		wire.CodeBadRequest, wire.CodeUnknownCode, wire.CodeExpired, wire.CodeEnded, wire.CodeUnauthorized, wire.CodeForbidden,
		wire.CodeTaskNotYours, wire.CodeTaskNotFound, wire.CodeTaskNotChat, wire.CodeTaskClosed, wire.CodeTaskFull, wire.CodeNotInCall, wire.CodeAgentBusy,
		wire.CodeConsentRequired, wire.CodeNotFound, wire.CodeMethodNotAllowed, wire.CodeTooLarge, wire.CodeUnsupportedMedia,
		wire.CodeForbiddenOrigin, wire.CodeRateLimited, wire.CodeUnavailable, wire.CodeInternal,
	}
	for _, c := range all {
		if english.Errors[c] == "" {
			t.Errorf("%s has no sentence", c)
		}
	}
	if len(english.Errors) != len(all) {
		t.Errorf("%d sentences for %d codes", len(english.Errors), len(all))
	}
}
