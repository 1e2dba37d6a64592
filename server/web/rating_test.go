package web

import (
	"net/http"
	"strings"
	"testing"

	"escalate/app/wire"
	"escalate/server/escalation"
)

const customerID = "customer:" + liveCode + ":n"

// rated is the body of a rating of 4 with the key that a rig's handler gives
// the identity.
func rated(identity, comment string) string {
	return `{"score":4,"comment":"` + comment + `","identity":"` + identity + `","key":"` + newLeaveKeys(testSecret).of(liveCode, identity) + `"}`
}

// TestOnlyACustomerCanRate is about an agent who rates the own call: agents have
// the code, and a token with a key of their own.
func TestOnlyACustomerCanRate(t *testing.T) {
	t.Parallel()
	keys, others := newLeaveKeys(testSecret), newLeaveKeys("another secret")
	right := keys.of(liveCode, customerID)
	const agent = "agent:WK1:n"
	for _, tt := range []struct {
		name, code, identity, key string
		status                    int
	}{
		{"the customer", liveCode, customerID, right, http.StatusOK},
		{"the customer, the code in capitals", strings.ToUpper(liveCode), customerID, right, http.StatusOK},
		{"the customer's other tab", liveCode, customerID + "2", keys.of(liveCode, customerID+"2"), http.StatusOK},
		{"an agent with the code", liveCode, "", "", http.StatusForbidden},
		{"an agent with the agent's key", liveCode, agent, keys.of(liveCode, agent), http.StatusForbidden},
		{"an agent with the customer's identity", liveCode, customerID, keys.of(liveCode, agent), http.StatusForbidden},
		{"an agent who calls themselves a customer", liveCode, "customer:" + agent, keys.of(liveCode, agent), http.StatusForbidden},
		{"a key without an identity", liveCode, "", right, http.StatusForbidden},
		{"another call's customer", liveCode, customerID, keys.of(endedCode, customerID), http.StatusForbidden},
		{"another secret's key", liveCode, customerID, others.of(liveCode, customerID), http.StatusForbidden},
		{"a key cut short", liveCode, customerID, right[:len(right)-1], http.StatusForbidden},
		{"an endless identity", liveCode, "customer:" + strings.Repeat("x", maxIdentity), keys.of(liveCode, "customer:"+strings.Repeat("x", maxIdentity)), http.StatusForbidden},
		{"a code that is not there, with the right key", "zzzzzzz", customerID, keys.of("zzzzzzz", customerID), http.StatusNotFound},
		{"a code that is not there", "zzzzzzz", customerID, right, http.StatusNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig()
			stored := 0
			g.esc.rate = func(code string, score int, comment string) (escalation.Rating, error) {
				stored++
				return escalation.Rating{Score: score, Comment: comment}, g.esc.usable(strings.ToLower(code))
			}
			g.esc.get = func(code string) (escalation.Escalation, error) { return live(), g.esc.usable(strings.ToLower(code)) }
			body := `{"score":4,"comment":"gut ü","identity":"` + tt.identity + `","key":"` + tt.key + `"}`
			w := do(t, g.handler(), call{"POST", wire.CodePath(tt.code, wire.ActionRating), body, asJSON("Content-Type", "application/json; charset=utf-8")})
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			if tt.status == http.StatusForbidden && stored != 0 {
				t.Error("it was stored")
			}
			if tt.status == http.StatusForbidden && !strings.Contains(w.Body.String(), "Only a customer") {
				t.Errorf("no way on is told: %s", w.Body)
			}
			if tt.status == http.StatusOK && strings.TrimSpace(w.Body.String()) != `{"score":4,"comment":"gut ü"}` {
				t.Errorf("answer %s", w.Body)
			}
		})
	}
}

// TestSecondRatingIsAnsweredWithTheFirst looks at the answer, not at the request.
func TestSecondRatingIsAnsweredWithTheFirst(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.esc.rate = func(string, int, string) (escalation.Rating, error) {
		return escalation.Rating{Score: 2, Comment: "the first"}, nil
	}
	got := decode[wire.Rating](t, g.handler(), call{"POST", wire.CodePath(liveCode, wire.ActionRating), rated(customerID, "another"), asJSON()}, http.StatusOK)
	if got != (wire.Rating{Score: 2, Comment: "the first"}) {
		t.Errorf("answer %+v", got)
	}
}

// cookieOf joins as the customer and returns the cookie that comes with the
// token, as a browser sends it back.
func cookieOf(t *testing.T, h http.Handler, code string) *http.Cookie {
	t.Helper()
	w := do(t, h, call{"POST", wire.CodePath(code, wire.ActionToken), "{}", asJSON()})
	all := w.Result().Cookies()
	if w.Code != http.StatusOK || len(all) != 1 {
		t.Fatalf("status %d, cookies %v", w.Code, all)
	}
	return all[0]
}

func TestRatingCookie(t *testing.T) {
	t.Parallel()
	for _, url := range []string{publicURL, "http://localhost:8080"} {
		g := newRig()
		g.config.PublicURL = url
		c := cookieOf(t, g.handler(), liveCode)
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != strings.HasPrefix(url, "https") || c.Path != "/join" || c.MaxAge < 24*3600 || c.MaxAge > 2*24*3600 {
			t.Errorf("at %s: %s", url, c.Raw)
		}
	}
	// Who has to wait has not been let in, and an agent never is as a customer.
	g := newRig()
	g.esc.joinC = func(string, string) (escalation.Join, error) {
		return escalation.Join{Waiting: true, Escalation: live()}, nil
	}
	h := g.handler()
	for _, c := range []call{
		{"POST", wire.CodePath(liveCode, wire.ActionToken), "{}", asJSON()},
		{"POST", wire.CodePath(liveCode, wire.ActionAgentToken), "{}", asAgent()},
		{"GET", wire.JoinPath(liveCode), "", nil},
	} {
		if got := do(t, h, c).Result().Cookies(); len(got) != 0 {
			t.Errorf("%s %s sets %v", c.method, c.path, got)
		}
	}
}

// TestRatingForm is about the page of a call that is over, and needs no script.
func TestRatingForm(t *testing.T) {
	t.Parallel()
	joined := cookieOf(t, newRig().handler(), liveCode)
	other := cookieOf(t, newRig().handler(), liveCode)
	other.Name = strings.Replace(other.Name, liveCode, endedCode, 1)
	agent := &http.Cookie{Name: joined.Name, Value: "agent:WK1:n." + newLeaveKeys(testSecret).of(liveCode, "agent:WK1:n")}
	nobody := func(g *rig) {
		g.esc.get = func(code string) (escalation.Escalation, error) {
			e := withStatus(code, escalation.Ended)
			e.Participants = []escalation.Presence{{Identity: "agent:WK1:a", Connected: e.Created}, {Identity: customerID}}
			return e, nil
		}
	}
	for _, tt := range []struct {
		name   string
		cookie *http.Cookie
		set    func(*rig)
		form   bool
		wants  string
	}{
		{"the customer", joined, over(nil), true, "How was it?"},
		{"somebody with the link", nil, over(nil), false, "cannot be used again"},
		{"the customer of another call", other, over(nil), false, "cannot be used again"},
		{"an agent", agent, over(nil), false, "cannot be used again"},
		{"a broken cookie", &http.Cookie{Name: joined.Name, Value: "x"}, over(nil), false, "cannot be used again"},
		{"nobody was in", joined, nobody, false, "cannot be used again"},
		{"it is rated", joined, over(&escalation.Rating{Score: 3}), false, "Your rating has arrived"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig()
			tt.set(g)
			c := call{"GET", wire.JoinPath(liveCode), "", headers("Accept", "text/html")}
			if tt.cookie != nil {
				c.header["Cookie"] = tt.cookie.Name + "=" + tt.cookie.Value
			}
			body := do(t, g.handler(), c).Body.String()
			if strings.Contains(body, "<form") != tt.form || !strings.Contains(body, tt.wants) {
				t.Errorf("form wanted %v, %q wanted:\n%s", tt.form, tt.wants, body)
			}
		})
	}
}

func TestRatingWithoutScript(t *testing.T) {
	t.Parallel()
	joined := cookieOf(t, newRig().handler(), liveCode)
	cookie := joined.Name + "=" + joined.Value
	form := headers("Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Origin", "null", "Cookie", cookie)
	with := func(pairs ...string) map[string]string {
		h := headers(pairs...)
		for k, v := range form {
			if _, ok := h[k]; !ok {
				h[k] = v
			}
		}
		return h
	}
	path := wire.JoinPath(liveCode) + "/rating"
	cases := []struct {
		name, path, body string
		header           map[string]string
		status           int
		wants            string
	}{
		{"good", path, "score=4&comment=gut+%C3%BC", form, 303, ""},
		{"good, of this site", path, "score=4&comment=gut+%C3%BC", with("Origin", publicURL), 303, ""},
		{"good, null of this site", path, "score=4&comment=gut+%C3%BC", with("Sec-Fetch-Site", "same-origin"), 303, ""},
		{"of another site", path, "score=1", with("Origin", "https://evil.example"), 403, "may not call"},
		{"null of another site", path, "score=1", with("Sec-Fetch-Site", "cross-site"), 403, "may not call"},
		{"of another site, without an origin", path, "score=1", headers("Content-Type", "application/x-www-form-urlencoded", "Cookie", cookie, "Sec-Fetch-Site", "cross-site"), 403, "may not call"},
		{"no proof", path, "score=4", headers("Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"), 403, "Only a customer"},
		{"a made-up proof", path, "score=4", with("Cookie", joined.Name+"="+customerID+".AAAA"), 403, "Only a customer"},
		{"no score", path, "comment=x", form, 400, "one to five"},
		{"score out of range", path, "score=9", form, 400, "one to five"},
		{"broken escape", path, "score=%zz", form, 400, "Reload"},
		{"unknown code", "/join/zzzzzzz/rating", "score=4", form, 404, "do not know this code"},
		{"too large", path, "comment=" + strings.Repeat("x", maxBody), form, 413, "too much"},
		{"JSON", path, "{}", asJSON(), 415, "as a form"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := newRig()
			var score int
			var comment string
			inner := *g.esc
			g.esc.rate = func(code string, s int, text string) (escalation.Rating, error) {
				score, comment = s, text
				return inner.Rate(t.Context(), code, "", s, text)
			}
			w := do(t, g.handler(), call{"POST", c.path, c.body, c.header})
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.wants) {
				t.Errorf("status %d, want %d; body %s", w.Code, c.status, w.Body)
			}
			if c.status == http.StatusSeeOther && (score != 4 || comment != "gut ü" || w.Header().Get("Location") != wire.JoinPath(liveCode)) {
				t.Errorf("rated %d %q, sent on to %q", score, comment, w.Header().Get("Location"))
			}
			if c.status != http.StatusSeeOther && score != 0 {
				t.Error("it was stored")
			}
		})
	}
}
