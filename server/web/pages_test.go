package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"escalate/app/wire"
	"escalate/server/escalation"
)

const (
	safari    = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
	instagram = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram 361.0.0.30.83 (iPhone14,5; iOS 18_1; de_DE)"
)

func browse(t *testing.T, h http.Handler, path string, more ...string) *httptest.ResponseRecorder {
	t.Helper()
	return do(t, h, call{"GET", path, "", headers(append([]string{"Accept", "text/html,*/*", "User-Agent", safari}, more...)...)})
}

func TestPages(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, path string
		agent      string // User-Agent
		cookie     *http.Cookie
		set        func(*rig)
		status     int
		script     bool
		framed     bool
		wants      []string
	}{
		{name: "home", path: "/", status: 200, script: true, wants: []string{`<main id="app">/ </main>`, "<noscript>"}},
		{name: "home, empty code", path: "/?code=+", status: 200, script: true},
		{name: "agent", path: "/agent", status: 200, script: true, framed: true, wants: []string{`<main id="app">/agent </main>`}},
		{name: "join", path: "/join/" + liveCode, status: 200, script: true, wants: []string{
			`<main id="app">/join/` + liveCode + ` Ann</main>`, "<title>Video call with Ann · Acme &amp; Sons</title>", "<noscript>", "needs JavaScript"}},
		{name: "join while the call runs", path: "/join/" + liveCode, status: 200, script: true, set: getStatus(escalation.InCall)},
		{name: "unknown code", path: "/join/zzzzzzz", status: 404, wants: []string{"do not know this code", `name="code"`, "Acme &amp; Sons"}},
		{name: "malformed code", path: "/join/a%2Fb", status: 404, wants: []string{"do not know this code"}},
		{name: "markup for a code", path: "/join/%3Cscript%3Ealert(1)%3C%2Fscript%3E", status: 404, wants: []string{"do not know this code"}},
		{name: "expired code", path: "/join/" + expiredCode, status: 410, wants: []string{"expired", "new video link"}},
		{name: "ended code", path: "/join/" + endedCode, status: 410, wants: []string{"over", "Thank you", "write there"}},
		{name: "ended code, never used", path: "/join/" + endedCode, status: 410, wants: []string{"cannot be used again"}},
		{name: "ended call, not rated", path: "/join/" + liveCode, cookie: cookieOf(t, newRig().handler(), liveCode), status: 410, set: over(nil), wants: []string{
			"over", `<form class="rating-form" action="/join/` + liveCode + `/rating" method="post">`, `value="5" required`, `maxlength="1000"`}},
		{name: "ended call, rated", path: "/join/" + liveCode, status: 410, set: over(&escalation.Rating{Score: 3}), wants: []string{"Your rating has arrived"}},
		{name: "Twilio is down", path: "/join/" + liveCode, status: 503, set: failGet(escalation.ErrUnavailable), wants: []string{"Try again"}},
		{name: "bug", path: "/join/" + liveCode, status: 500, set: failGet(errTest), wants: []string{"Something went wrong"}},
		{name: "page that cannot be drawn", path: "/join/" + liveCode, status: 500,
			set: func(g *rig) { g.deps.Render = func(string, wire.Page) (string, error) { return "", errTest } }, wants: []string{"Something went wrong"}},
		{name: "in an app", path: "/join/" + liveCode, agent: instagram, status: 200, wants: []string{
			"Open this link in your browser", `<p class="link-text" dir="ltr">` + publicURL + "/join/" + liveCode + "</p>",
			`href="/join/` + liveCode + `?continue=1"`, "Safari", "Chrome"}},
		{name: "in an app, all the same", path: "/join/" + liveCode + "?continue=1", agent: instagram, status: 200, script: true},
		{name: "in an app, unknown code", path: "/join/zzzzzzz", agent: instagram, status: 404, wants: []string{"do not know this code"}},
		{name: "no such page", path: "/nowhere", status: 404, wants: []string{"nothing here"}},
		{name: "no such page below join", path: "/join/", status: 404, wants: []string{"nothing here"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := newRig()
			if c.set != nil {
				c.set(g)
			}
			if c.agent == "" {
				c.agent = safari
			}
			more := []string{"User-Agent", c.agent}
			if c.cookie != nil {
				more = append(more, "Cookie", c.cookie.Name+"="+c.cookie.Value)
			}
			w := browse(t, g.handler(), c.path, more...)
			body, head := w.Body.String(), w.Header()
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			for name, want := range map[string]string{
				"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
				"X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff",
			} {
				if got := head.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			opener, resource := "same-origin", "same-origin"
			if c.framed {
				opener, resource = "", "cross-origin"
			}
			if head.Get("Cross-Origin-Opener-Policy") != opener || head.Get("Cross-Origin-Resource-Policy") != resource {
				t.Errorf("Cross-Origin-Opener-Policy %q, Cross-Origin-Resource-Policy %q", head.Get("Cross-Origin-Opener-Policy"), head.Get("Cross-Origin-Resource-Policy"))
			}
			csp := head.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "style-src 'self'", "base-uri 'none'"} {
				if !strings.Contains(csp, want) {
					t.Errorf("policy lacks %q: %s", want, csp)
				}
			}
			if strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "'unsafe-eval'") {
				t.Errorf("policy is not strict: %s", csp)
			}
			ancestors := "frame-ancestors 'none'"
			if c.framed {
				ancestors = "frame-ancestors 'self' " + flexOrigin
			}
			if !strings.HasSuffix(csp, ancestors) {
				t.Errorf("policy %q, want %q at its end", csp, ancestors)
			}
			if got := strings.Contains(csp, "script-src"); got != c.script {
				t.Errorf("policy allows script: %v, want %v", got, c.script)
			}
			if got := strings.Contains(body, "<script"); got != c.script {
				t.Errorf("page has script: %v, want %v", got, c.script)
			}
			camera := "camera=()"
			if c.script {
				camera = "camera=(self)"
			}
			if c.framed {
				camera = `camera=(self "` + flexOrigin + `")`
			}
			if pp := head.Get("Permissions-Policy"); !strings.Contains(pp, camera) || !strings.Contains(pp, "geolocation=()") {
				t.Errorf("Permissions-Policy %q, want %q in it", pp, camera)
			}
			for _, want := range append(c.wants, `<html lang="en" dir="ltr">`, `name="viewport"`, `href="/static/app.css?v=`) {
				if !strings.Contains(body, want) {
					t.Errorf("page lacks %q:\n%s", want, body)
				}
			}
			if !c.script && strings.Count(body, "<h1>") != 1 {
				t.Errorf("page has %d headings of the first level", strings.Count(body, "<h1>"))
			}
			if strings.Contains(body, "hunter2") {
				t.Error("an internal error is shown")
			}
			if strings.Contains(body, "style=") || regexp.MustCompile(` on[a-z]+=`).MatchString(body) {
				t.Error("the page has inline style or script, which its policy blocks")
			}
		})
	}
}

func getStatus(s escalation.Status) func(*rig) {
	return func(g *rig) {
		g.esc.get = func(code string) (escalation.Escalation, error) { return withStatus(code, s), nil }
	}
}

// over is a call that both were in.
func over(rating *escalation.Rating) func(*rig) {
	return func(g *rig) {
		g.esc.get = func(code string) (escalation.Escalation, error) {
			e := withStatus(code, escalation.Ended)
			e.Participants = []escalation.Presence{{Identity: "agent:WK1:a"}, {Identity: "customer:" + code + ":b", Connected: e.Created}}
			e.Rating = rating
			return e, nil
		}
	}
}

var pageData = regexp.MustCompile(`(?s)<script type="application/json" id="page-data">(.*?)</script>`)

func dataOf(t *testing.T, body string) (p wire.Page) {
	t.Helper()
	m := pageData.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no page data in\n%s", body)
	}
	if err := json.Unmarshal([]byte(m[1]), &p); err != nil {
		t.Fatalf("page data %q: %v", m[1], err)
	}
	return p
}

func TestPageDataSurvivesHostileNames(t *testing.T) {
	t.Parallel()
	g := newRig()
	const name = `</script><script>alert("1")</script><!-- & 'Ann' ` + "\u2028"
	g.esc.get = func(string) (escalation.Escalation, error) {
		e := live()
		e.Agent.Name = name
		return e, nil
	}
	g.deps.Render = nil
	body := browse(t, g.handler(), "/join/"+liveCode).Body.String()
	p := dataOf(t, body)
	if p.State == nil || p.State.AgentName != name || p.Brand != "Acme & Sons" || p.Lang != "en" || p.Origins != nil {
		t.Errorf("page data: %+v", p)
	}
	if strings.Contains(body, "<script>alert") {
		t.Errorf("the name is markup:\n%s", body)
	}
}

func TestAgentPageNamesItsFramers(t *testing.T) {
	t.Parallel()
	p := dataOf(t, browse(t, newRig().handler(), "/agent").Body.String())
	if got := strings.Join(p.Origins, " "); got != publicURL+" "+flexOrigin {
		t.Errorf("origins %q", got)
	}
	if p.State != nil {
		t.Error("the agent page knows a state before anybody has signed in")
	}
}

func TestShellStartsTheProgramByVersionedAddresses(t *testing.T) {
	t.Parallel()
	body := browse(t, newRig().handler(), "/").Body.String()
	preload := regexp.MustCompile(`<link rel="preload" as="fetch" crossorigin="" href="([^"]+)"`).FindStringSubmatch(body)
	start := regexp.MustCompile(`<script src="/static/start.js\?v=[\w-]+" defer="" data-version="[\w-]+" data-wasm="([^"]+)" data-exec="/static/wasm_exec.js\?v=[\w-]+" data-sdk="/static/vendor/twilio-video.min.js"></script>`).FindStringSubmatch(body)
	if preload == nil || start == nil {
		t.Fatalf("preload %v, start %v in\n%s", preload, start, body)
	}
	if preload[1] != start[1] {
		t.Errorf("%s is preloaded but %s is fetched", preload[1], start[1])
	}
	// go-app takes the first element of the body for its own.
	if first := regexp.MustCompile(`<body[^>]*>\s*<(\w+ id="app")`).FindString(body); first == "" {
		t.Errorf("the drawn page is not the first element of the body:\n%s", body)
	}
}

func TestSignalingServerMayBeConnectedTo(t *testing.T) {
	t.Parallel()
	for signaling, want := range map[string]string{
		"":                               "connect-src 'self' wss://global.vss.twilio.com wss://*.vss.twilio.com wss://sdkgw.us1.twilio.com;",
		"ws://127.0.0.1:9100/signaling":  "connect-src 'self' ws://127.0.0.1:9100;",
		"wss://Local.Example:443/signal": "connect-src 'self' wss://local.example;",
		// Policies have no words for IPv6 addresses; browsers would leave the whole source out.
		"ws://[::1]:9100/signaling":       "connect-src 'self' ws:;",
		"wss://[2001:db8::1]/signaling":   "connect-src 'self' wss:;",
		"wss://v6.example:9100/signaling": "connect-src 'self' wss://v6.example:9100;",
	} {
		g := newRig()
		g.config.Signaling = signaling
		csp := browse(t, g.handler(), "/join/"+liveCode).Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, want) {
			t.Errorf("signalling %q: %s", signaling, csp)
		}
	}
}

func TestHomeSendsTypedCodesOn(t *testing.T) {
	t.Parallel()
	h := newRig().handler()
	for typed, want := range map[string]string{
		"k7m2p9x":                           "/join/k7m2p9x",
		"+K7M+2P9X+":                        "/join/k7m2p9x",
		"k7m-2p9x":                          "/join/k7m2p9x",
		"https://v.example/join/k7m2p9x?x=": "/join/k7m2p9x",
		"code:%0ak7m2p9x":                   "/join/k7m2p9x",
		// Nothing to look up: the page says so at once.
		"%2F%2Fevil.example":     "",
		"%3Cscript%3E":           "",
		"a%0d%0aSet-Cookie:x":    "",
		strings.Repeat("a", 500): "",
	} {
		w := browse(t, h, "/?code="+typed)
		status := map[bool]int{true: http.StatusSeeOther, false: http.StatusNotFound}[want != ""]
		if w.Code != status || w.Header().Get("Location") != want {
			t.Errorf("typed %q: %d to %q, want %d to %q", typed, w.Code, w.Header().Get("Location"), status, want)
		}
	}
}

func TestPagesUseNothingUp(t *testing.T) {
	t.Parallel()
	g := newRig()
	used := func() { t.Error("looking at a page did something") }
	g.esc.joinC = func(string, string) (escalation.Join, error) { used(); return escalation.Join{}, nil }
	g.esc.progress = func(string, escalation.Progress) error { used(); return nil }
	h := g.handler()
	for range 3 {
		browse(t, h, "/join/"+liveCode)
		do(t, h, call{"HEAD", "/join/" + liveCode, "", nil})
	}
}

// A page on an iPhone's home screen says nothing else than an app's web view
// without a name: the script goes on where it is the first.
func TestPageFromTheHomeScreenCanGoOn(t *testing.T) {
	t.Parallel()
	bare := strings.Replace(strings.Replace(safari, " Safari/604.1", "", 1), "Version/18.1 ", "", 1)
	w := browse(t, newRig().handler(), "/join/"+liveCode, "User-Agent", bare)
	body := w.Body.String()
	for _, want := range []string{`src="/static/inapp.js"`, `id="onward"`, `href="/join/` + liveCode + `?continue=1"`} {
		if !strings.Contains(body, want) {
			t.Errorf("page lacks %s:\n%s", want, body)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") {
		t.Errorf("the script may not run: %s", csp)
	}
	if strings.Contains(body, `href=""`) {
		t.Error("the page offers to load it again")
	}
	// Words that an app's name is a part of are no app.
	w = browse(t, newRig().handler(), "/join/"+liveCode, "User-Agent", safari+" BankOnline/3.2")
	if !strings.Contains(w.Body.String(), `<main id="app">`) {
		t.Error("BankOnline is taken for LINE")
	}
}
