package dropin_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/clientaddr"
	"escalate/server/dropin"
	"escalate/server/escalation"
	"escalate/server/escalation/escalationtest"
	"escalate/server/joincode"
	"escalate/server/web"
)

const (
	publicURL = "https://video.example.com"
	task1     = "WT00000000000000000000000000000001"
	task2     = "WT00000000000000000000000000000002"
	closed    = "WT00000000000000000000000000000003"
	full      = "WT00000000000000000000000000000006"
	phone     = "WT00000000000000000000000000000004"
	other     = "WT00000000000000000000000000000005"
	document  = "ET00000000000000000000000000000001"
	ana       = "WK00000000000000000000000000000001"
	bob       = "WK00000000000000000000000000000002"
	chat      = "CH00000000000000000000000000000001"
)

// world is the endpoints over the use cases and in-memory doubles of Twilio.
type world struct {
	t       testing.TB
	twilio  *escalationtest.Twilio
	svc     *escalation.Service
	handler http.Handler
	now     time.Time
	acl     bool
	down    bool // Flex tokens cannot be checked
}

// Known remembers nothing.
func (w *world) Known(string) (a escalation.Agent, err error, ok bool) { return a, nil, false } //nolint:revive // the port's order

// Authenticate knows the tokens "ana", "bob", "boss" and "nobody".
func (w *world) Authenticate(_ context.Context, token string) (escalation.Agent, error) {
	switch {
	case w.down:
		return escalation.Agent{}, escalation.ErrUnavailable
	case token == "ana":
		return escalation.Agent{Worker: ana, Identity: "ana", Name: "Ana", Roles: []string{"agent"}}, nil
	case token == "bob":
		return escalation.Agent{Worker: bob, Identity: "bob", Name: "Bob", Roles: []string{"agent"}}, nil
	case token == "boss":
		return escalation.Agent{Identity: "boss", Roles: []string{"admin"}, Supervisor: true}, nil
	case token == "nobody":
		return escalation.Agent{}, escalation.ErrForbidden
	}
	return escalation.Agent{}, escalation.ErrUnauthorized
}

// NameOf knows one Document, that of the newest code.
func (w *world) NameOf(_ context.Context, sid string) (string, error) {
	if names := w.twilio.Documents.Names(); sid == document && len(names) > 0 {
		for _, n := range names {
			if !strings.HasPrefix(n, "agentlock") {
				return n, nil
			}
		}
	}
	return "", escalation.ErrNotFound
}

// ReadTokens makes tokens that say what they were asked for.
func (w *world) ReadTokens(context.Context) (func(context.Context, string, time.Duration) (string, error), error) {
	if !w.acl {
		return nil, escalation.ErrForbidden
	}
	return func(_ context.Context, name string, ttl time.Duration) (string, error) {
		return "reads " + name + " for " + ttl.String(), nil
	}, nil
}

func newWorld(t testing.TB, edit func(*escalation.Config)) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	w.twilio = escalationtest.New(now)
	w.twilio.Chat.Set(chat, escalation.Conversation{})
	links := joincode.NewLinks("a secret", 7)
	c := escalation.Config{PublicURL: publicURL, Now: now, Link: links.Of}
	if edit != nil {
		edit(&c)
	}
	deps := w.twilio.Deps()
	w.svc = escalation.New(c, deps)
	for task, worker := range map[string]string{task1: ana, task2: ana, closed: ana, other: bob} {
		w.twilio.Tasks.Add(task, worker, map[string]any{"conversationSid": chat})
	}
	w.twilio.Tasks.Add(phone, ana, map[string]any{"channelType": "voice"})
	w.twilio.Tasks.SetStatus(closed, "wrapping")
	w.twilio.Tasks.Add(full, ana, map[string]any{"conversationSid": chat, "note": strings.Repeat("x", 4020)})
	w.handler = dropin.New(
		dropin.Config{PublicURL: publicURL, AllowedOrigins: []string{"https://flex.twilio.com"}, Link: links.Of},
		dropin.Deps{Escalations: w.svc, Agents: w, Documents: w, Notices: w, Rooms: deps.Rooms, Limiters: web.NewLimiters(web.Limits{}, clientaddr.Proxies{}, links, func(ctx context.Context, code string) error {
			_, err := w.svc.Get(ctx, code)
			return err
		}, nil, now)},
	)
	return w
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// send makes a request; body is a form, or JSON when it starts with a brace.
func (w *world) send(method, path, body string, header ...string) answer {
	w.t.Helper()
	r := httptest.NewRequest(method, dropin.Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
		if strings.HasPrefix(body, "{") {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	a := answer{status: rec.Code, header: rec.Header()}
	if rec.Body.Len() > 0 && strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(rec.Body.Bytes(), &a.body); err != nil {
			w.t.Fatalf("%s %s: %v in %q", method, path, err, rec.Body)
		}
	}
	return a
}

func (w *world) code() string {
	w.t.Helper()
	a := w.send("POST", "generate-unique-code", "Token=ana&taskSid="+task1)
	if a.status != 200 || a.text("unique_code") == "" {
		w.t.Fatalf("no code: %+v", a)
	}
	return a.text("unique_code")
}

// codeOf is the join code in an answer.
func codeOf(a answer) string { return strings.Split(a.text("unique_code"), "-")[0] }

// agent is the identity of the agent who came last.
func (w *world) agent() string {
	w.t.Helper()
	for _, name := range w.twilio.Documents.Names() {
		e, err := w.svc.Get(w.t.Context(), name)
		if err != nil {
			continue
		}
		for _, p := range slices.Backward(e.Participants) {
			if strings.HasPrefix(p.Identity, "agent:") {
				return p.Identity
			}
		}
	}
	w.t.Fatal("no agent has come")
	return ""
}

func (w *world) agentIn() {
	w.t.Helper()
	if a := w.send("POST", "agent-get-token", "Token=ana&DocumentSid="+document); a.status != 200 {
		w.t.Fatalf("agent does not get in: %+v", a)
	}
}

// A first-generation front end from the icon to the call.
func TestFirstGeneration(t *testing.T) {
	w := newWorld(t, nil)
	a := w.send("POST", "generate-unique-code?taskSid="+task1, "Token=ana")
	code, whole := codeOf(a), a.text("unique_code")
	if a.status != 200 || a.text("full_url") != publicURL+"/join/"+whole || a.text("valid_until") != "2026-05-01T11:00:00Z" || len(a.body) != 3 {
		t.Fatalf("code: %+v", a)
	}
	if again := w.code(); again != whole {
		t.Errorf("a second click made another code: %s, %s", again, code)
	}
	if n := len(w.twilio.Chat.Messages(chat)); n != 0 {
		t.Errorf("%d messages were posted: the front end posts its own", n)
	}
	if a := w.send("GET", "client-get-video-token?code="+code, ""); a.status != http.StatusMethodNotAllowed || a.text("error") == "" || a.body["token"] != nil || a.header.Get("Allow") == "" {
		t.Errorf("before the agent: %+v", a)
	}
	// The Task's attribute syncDocument, which front ends send, is the code.
	if w.twilio.Tasks.Attributes(task1)["syncDocument"] != code {
		t.Errorf("attributes %v", w.twilio.Tasks.Attributes(task1))
	}
	for _, key := range []string{code, document} {
		a := w.send("POST", "agent-get-token", url.Values{"Token": {"ana"}, "DocumentSid": {key}, "identity": {"customer"}}.Encode())
		if a.status != 200 || len(a.body) != 1 || !strings.Contains(a.text("token"), "agent:"+ana) {
			t.Errorf("agent's token by %s: %+v", key, a)
		}
	}
	for _, method := range []string{"GET", "POST"} {
		a := w.send(method, "client-get-video-token?code="+strings.ToUpper(code), "")
		if a.status != 200 || len(a.body) != 1 || !strings.Contains(a.text("token"), "customer:"+code) {
			t.Errorf("customer's token by %s: %+v", method, a)
		}
	}
	// Then the agent may be away for a moment: the page asks once, and would not
	// ask again.
	if err := w.svc.Leave(t.Context(), code, w.agent()); err != nil {
		t.Fatal(err)
	}
	if a := w.send("GET", "client-get-video-token?code="+whole, ""); a.status != 200 || !strings.Contains(a.text("token"), "customer:"+code) {
		t.Errorf("while the agent is away: %+v", a)
	}
}

// What the first generation's customer page reads in Sync.
func TestNotice(t *testing.T) {
	w := newWorld(t, nil)
	whole := w.code()
	code := strings.Split(whole, "-")[0]
	if a := w.send("GET", "client-get-sync-token?code="+whole, ""); a.status != http.StatusNotImplemented || !strings.Contains(a.text("error"), "TEMPLATE_SYNC_SID") || a.body["token"] != nil {
		t.Errorf("a Sync token without access control: %+v", a)
	}
	nothing := func(of string) {
		t.Helper()
		if n := w.twilio.Calls("documents.update") + w.twilio.Calls("notices.create"); n != 0 || w.twilio.Notices.Data(whole) != nil {
			t.Errorf("%d writes for %s", n, of)
		}
	}
	nothing("a page in a Service without access control")
	w.acl = true
	if a := w.send("GET", "client-get-sync-token?code="+code, ""); a.status != http.StatusForbidden {
		t.Errorf("Sync token for a part of the code: %+v", a)
	}
	nothing("a part of the code")
	for range 2 {
		if a := w.send("GET", "client-get-sync-token?code="+whole, ""); a.status != 200 || a.text("token") != "reads "+whole+" for 1h0m0s" {
			t.Errorf("Sync token: %+v", a)
		}
	}
	// A page that knows only the code would open the Document of that name.
	for _, part := range []string{code, strings.ToUpper(whole), whole + " "} {
		if a := w.send("GET", "client-get-sync-token?code="+url.QueryEscape(part), ""); a.status != http.StatusForbidden || a.text("error") == "" || a.body["token"] != nil {
			t.Errorf("Sync token for %q: %+v", part, a)
		}
	}
	if got := string(w.twilio.Notices.Data(whole)); got != `{"task":"`+task1+`","room":null}` {
		t.Errorf("before the agent it says %s", got)
	}
	w.agentIn()
	for late := time.Now().Add(5 * time.Second); !strings.Contains(string(w.twilio.Notices.Data(whole)), `"room":"RM`); {
		if time.Now().After(late) {
			t.Fatalf("with the agent it says %s", w.twilio.Notices.Data(whole))
		}
		time.Sleep(time.Millisecond) // polls a condition
	}
	if a := w.send("GET", "client-get-sync-token?code="+whole, ""); a.status != 200 {
		t.Errorf("Sync token with the agent there: %+v", a)
	}
	if n := w.twilio.Calls("notices.create") + w.twilio.Calls("notices.update"); n != 2 {
		t.Errorf("it was written %d times, want 2", n)
	}
}

// A second-generation front end from the icon to the wrap-up.
func TestSecondGeneration(t *testing.T) {
	w := newWorld(t, nil)
	a := w.send("POST", "flex/generate-unique-code", `{"taskSid":"`+task1+`","Token":"ana"}`)
	room := a.text("roomName")
	if a.status != 200 || room == "" || a.text("roomSid") == "" || len(a.body) != 2 {
		t.Fatalf("code: %+v", a)
	}
	link := w.send("GET", "index.html?identity=Customer&roomName="+room, "")
	if link.status != http.StatusSeeOther || link.header.Get("Location") != "/join/"+room {
		t.Errorf("link: %+v", link)
	}
	sid := a.text("roomSid")
	if _, _, on := w.twilio.Rooms.Options(sid); !on || w.twilio.Tasks.Attributes(task1)["videoRoomSid"] != sid || w.twilio.Tasks.Attributes(task1)["videoRoom"] != room {
		t.Errorf("Room %s in progress: %t; attributes %v", sid, on, w.twilio.Tasks.Attributes(task1))
	}
	// The customer waits in the Room, as nobody else than the customer.
	const token = "common/client-get-token?identity=agent%3A" + ana + "&roomName="
	for range 2 {
		writes := w.twilio.Calls("documents.update")
		if a := w.send("GET", token+room, ""); a.status != 200 || !strings.Contains(a.text("token"), "customer:"+room) || strings.Contains(a.text("token"), "agent") || !strings.HasSuffix(a.text("token"), "|"+sid) {
			t.Errorf("before the agent: %+v", a)
		}
		if n := w.twilio.Calls("documents.update") - writes; n != 1 {
			t.Errorf("letting the customer in takes %d writes, want 1", n)
		}
	}
	if a := w.send("GET", "client-get-video-token?code="+room, ""); a.status != http.StatusMethodNotAllowed {
		t.Errorf("the first generation before the agent: %+v", a)
	}
	w.agentIn()
	if a := w.send("GET", token+room, ""); a.status != 200 || !strings.Contains(a.text("token"), "customer:"+room) || strings.Contains(a.text("token"), "agent") {
		t.Errorf("token: %+v", a)
	}
	again := w.send("POST", "flex/generate-unique-code", "Token=ana&taskSid="+task1)
	if again.text("roomName") != room || again.text("roomSid") != sid {
		t.Errorf("once more: %+v", again)
	}
	done := w.send("POST", "flex/complete-room", "Token=ana&roomSid="+again.text("roomSid"))
	if done.status != 200 || done.body["success"] != true || len(done.body) != 1 {
		t.Errorf("complete: %+v", done)
	}
	if _, _, inProgress := w.twilio.Rooms.Options(again.text("roomSid")); inProgress {
		t.Error("the Room goes on")
	}
	if a := w.send("POST", "flex/complete-room", "Token=ana&roomSid="+room); a.status != 200 {
		t.Errorf("completing twice: %+v", a)
	}
	if a := w.send("GET", token+room, ""); a.status != http.StatusNotFound {
		t.Errorf("after the end: %+v", a)
	}
}

// Every endpoint, and what it refuses.
func TestRefusals(t *testing.T) {
	const (
		code = "generate-unique-code"
		room = "flex/generate-unique-code"
	)
	for _, c := range []struct {
		name, method, path, body string
		set                      func(*world)
		want                     int
	}{
		{"code: no token", "POST", code, "taskSid=" + task1, nil, 403},
		{"code: token in the query", "POST", code + "?Token=ana", "taskSid=" + task1, nil, 403},
		{"code: wrong token", "POST", code, "Token=x&taskSid=" + task1, nil, 403},
		{"code: no role", "POST", code, "Token=nobody&taskSid=" + task1, nil, 403},
		{"code: tokens cannot be checked", "POST", code, "Token=ana&taskSid=" + task1, func(w *world) { w.down = true }, 503},
		{"code: no Task", "POST", code, "Token=ana", nil, 400},
		{"code: a Task that is none", "POST", code, "Token=ana&taskSid=../../x", nil, 404},
		{"code: a Task that is not there", "POST", code, "Token=ana&taskSid=" + task1[:33] + "9", nil, 404},
		{"code: another's Task", "POST", code, "Token=ana&taskSid=" + other, nil, 403},
		{"code: a closed Task", "POST", code, "Token=ana&taskSid=" + closed, nil, 409},
		{"code: a full Task", "POST", code, "Token=ana&taskSid=" + full, nil, 409},
		{"code: a phone call", "POST", code, "Token=ana&taskSid=" + phone, nil, 409},
		{"code: GET", "GET", code + "?Token=ana&taskSid=" + task1, "", nil, 405},
		{"code: XML", "POST", code, "<Token>ana</Token>", nil, 415},
		{"code: broken JSON", "POST", code, `{"Token":`, nil, 400},
		{"code: JSON of numbers", "POST", code, `{"Token":1,"taskSid":2}`, nil, 403},
		{"code: broken form", "POST", code, "Token=%zz", nil, 400},
		{"code: huge", "POST", code, "Token=" + strings.Repeat("x", 70_000), nil, 413},
		{"room: no token", "POST", room, "taskSid=" + task1, nil, 403},
		{"room: no Task", "POST", room, `{"Token":"ana"}`, nil, 400},
		{"room: another's Task", "POST", room, "Token=ana&taskSid=" + other, nil, 403},
		{"room: GET", "GET", room, "", nil, 405},
		{"agent: no token", "POST", "agent-get-token", "DocumentSid=" + document, nil, 403},
		{"agent: no Document", "POST", "agent-get-token", "Token=ana", nil, 400},
		{"agent: another Document", "POST", "agent-get-token", "Token=ana&DocumentSid=" + document[:33] + "9", nil, 403},
		{"agent: nonsense", "POST", "agent-get-token", "Token=ana&DocumentSid=../x", nil, 403},
		{"agent: the lock's Document", "POST", "agent-get-token", "Token=ana&DocumentSid=agentlock." + ana, nil, 403},
		{"agent: another's Task", "POST", "agent-get-token", "Token=bob&DocumentSid=" + document, nil, 403},
		{"agent: no Worker", "POST", "agent-get-token", "Token=boss&DocumentSid=" + document, nil, 403},
		{"agent: expired", "POST", "agent-get-token", "Token=ana&DocumentSid=" + document, func(w *world) { w.now = w.now.Add(2 * time.Hour) }, 403},
		{"agent: GET", "GET", "agent-get-token?Token=ana&DocumentSid=" + document, "", nil, 405},
		{"video: no code", "GET", "client-get-video-token", "", nil, 400},
		{"video: unknown", "GET", "client-get-video-token?code=zzzzzzz", "", nil, 403},
		{"video: malformed", "GET", "client-get-video-token?code=..%2Fx", "", nil, 403},
		{"video: expired", "GET", "client-get-video-token?code=CODE", "", func(w *world) { w.now = w.now.Add(2 * time.Hour) }, 403},
		{"video: waiting", "POST", "client-get-video-token", "code=CODE", nil, 405},
		{"video: DELETE", "DELETE", "client-get-video-token?code=CODE", "", nil, 405},
		{"sync: no code", "GET", "client-get-sync-token", "", nil, 400},
		{"sync: unknown", "GET", "client-get-sync-token?code=zzzzzzz", "", nil, 403},
		{"sync: expired", "POST", "client-get-sync-token", `{"code":"CODE"}`, func(w *world) { w.now = w.now.Add(2 * time.Hour) }, 403},
		{"sync: no access control", "GET", "client-get-sync-token?code=CODE", "", nil, 501},
		{"token: no Room", "GET", "common/client-get-token?identity=x", "", nil, 400},
		{"token: unknown", "GET", "common/client-get-token?identity=x&roomName=zzzzzzz", "", nil, 404},
		{"token: no Room yet", "GET", "common/client-get-token?identity=x&roomName=CODE", "", nil, 404},
		{"room: Twilio has none", "POST", room, "Token=ana&taskSid=" + task1, func(w *world) {
			w.twilio.Fail(func(op, _ string) error {
				if op == "rooms.create" {
					return escalation.ErrUnavailable
				}
				return nil
			})
		}, 503},
		{"token: expired", "GET", "common/client-get-token?identity=x&roomName=CODE", "", func(w *world) { w.now = w.now.Add(2 * time.Hour) }, 404},
		{"complete: no token", "POST", "flex/complete-room", "roomSid=CODE", nil, 403},
		{"complete: no Room", "POST", "flex/complete-room", "Token=ana", nil, 400},
		{"complete: unknown SID", "POST", "flex/complete-room", "Token=ana&roomSid=RM00000000000000000000000000000000", nil, 404},
		{"complete: unknown name", "POST", "flex/complete-room", "Token=ana&roomSid=zzzzzzz", nil, 404},
		{"complete: another's", "POST", "flex/complete-room", "Token=bob&roomSid=CODE", nil, 403},
		{"complete: GET", "GET", "flex/complete-room?roomSid=CODE", "", nil, 405},
		{"page: POST", "POST", "index.html", "code=CODE", nil, 405},
		{"nothing there", "GET", "other", "", nil, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			live := w.code()
			before := w.twilio.Rooms.Count()
			if c.set != nil {
				c.set(w)
			}
			var header []string
			if strings.HasPrefix(c.body, "<") {
				header = []string{"Content-Type", "text/xml"}
			}
			in := strings.NewReplacer("CODE", live)
			a := w.send(c.method, in.Replace(c.path), in.Replace(c.body), header...)
			if a.status != c.want || a.text("error") == "" || a.body["token"] != nil || len(a.body) != 1 {
				t.Errorf("got %+v, want %d", a, c.want)
			}
			if c.want == 405 && a.header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
			if c.want == 503 && a.header.Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
			if a.header.Get("Cache-Control") != "no-store" && c.path != "other" {
				t.Error("the answer may be kept")
			}
			if w.twilio.Rooms.Count() != before {
				t.Error("a refused call made a Room")
			}
		})
	}
}

func TestBusyAgent(t *testing.T) {
	w := newWorld(t, nil)
	w.code()
	w.agentIn()
	second := w.send("POST", "generate-unique-code", "Token=ana&taskSid="+task2).text("unique_code")
	if a := w.send("POST", "agent-get-token", "Token=ana&DocumentSid="+second); a.status != http.StatusConflict || a.text("error") == "" {
		t.Errorf("got %+v", a)
	}
}

func TestRecordedCallWantsConsent(t *testing.T) {
	w := newWorld(t, func(c *escalation.Config) { c.Record = true })
	code := w.code()
	w.agentIn()
	if a := w.send("GET", "client-get-video-token?code="+code, ""); a.status != 403 || !strings.Contains(a.text("error"), "recorded") {
		t.Errorf("without consent: %+v", a)
	}
	if a := w.send("GET", "common/client-get-token?identity=x&roomName="+code, ""); a.status != 404 {
		t.Errorf("without consent, second generation: %+v", a)
	}
	if a := w.send("GET", "client-get-video-token?consent=I+agree&code="+code, ""); a.status != 200 {
		t.Errorf("with consent: %+v", a)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct{ name, method, path, body string }{
		{"codes", "GET", "client-get-video-token?code=", ""},
		{"rooms", "GET", "common/client-get-token?identity=x&roomName=", ""},
		{"tokens", "POST", "flex/complete-room", "roomSid=x&Token="},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range 700 {
				guess := "guess" + strings.Repeat("y", i%7) + string(rune('a'+i%26))
				path, body := c.path+guess, ""
				if c.body != "" {
					path, body = c.path, c.body+guess
				}
				if a := w.send(c.method, path, body); a.status == http.StatusTooManyRequests {
					if a.header.Get("Retry-After") == "" || a.text("error") == "" {
						t.Errorf("got %+v", a)
					}
					return
				}
			}
			t.Error("700 guesses were all looked at")
		})
	}
}

func TestOrigins(t *testing.T) {
	w := newWorld(t, nil)
	code := w.code()
	w.agentIn()
	for _, c := range []struct {
		origin string
		extra  []string
		ok     bool
		echoed bool
	}{
		{"", nil, true, false},
		{publicURL, nil, true, true},
		{"https://flex.twilio.com", nil, true, true},
		{"http://example.com", nil, true, false}, // the Host of the test's requests
		{"https://evil.example", nil, false, false},
		{"https://flex.twilio.com.evil.example", nil, false, false},
		{"null", nil, false, false},
		{"null", []string{"Sec-Fetch-Site", "same-origin"}, true, false},
		{"null", []string{"Sec-Fetch-Site", "cross-site"}, false, false},
	} {
		header := append([]string{"Origin", c.origin}, c.extra...)
		if c.origin == "" {
			header = nil
		}
		for _, q := range [][3]string{{"GET", "client-get-video-token?code=" + code, ""}, {"POST", "generate-unique-code", "Token=ana&taskSid=" + task1}} {
			a := w.send(q[0], q[1], q[2], header...)
			if (a.status == 200) != c.ok || !c.ok && a.status != 403 {
				t.Errorf("%q: %s %s answers %d", c.origin, q[0], q[1], a.status)
			}
			if got := a.header.Get("Access-Control-Allow-Origin"); (got == c.origin && got != "") != c.echoed || !slices.Contains(a.header.Values("Vary"), "Origin") {
				t.Errorf("%q: Allow-Origin %q", c.origin, got)
			}
		}
	}
	a := w.send("OPTIONS", "flex/generate-unique-code", "", "Origin", "https://flex.twilio.com", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	if a.status != 204 || a.header.Get("Access-Control-Allow-Methods") != "POST, OPTIONS" || a.header.Get("Access-Control-Allow-Headers") == "" || a.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight: %+v", a)
	}
	if a := w.send("OPTIONS", "flex/generate-unique-code", "", "Origin", "https://evil.example"); a.status != 403 || a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a stranger's preflight: %+v", a)
	}
}

func TestLinks(t *testing.T) {
	w := newWorld(t, nil)
	for query, want := range map[string]string{
		"?code=abc2345":                     "/join/abc2345",
		"?identity=ana&roomName=abc2345":    "/join/abc2345",
		"?roomName=..%2F..%2Fagent":         "/join/..%2F..%2Fagent",
		"?code=%2F%2Fevil.example":          "/join/%2F%2Fevil.example",
		"?code=https%3A%2F%2Fevil.example/": "/join/https:%2F%2Fevil.example%2F",
		"":                                  "/",
	} {
		a := w.send("GET", "index.html"+query, "")
		if a.status != http.StatusSeeOther || a.header.Get("Location") != want {
			t.Errorf("%s leads to %q (%d), want %q", query, a.header.Get("Location"), a.status, want)
		}
	}
}

var errTest = errors.New("the database password is hunter2")

func TestInternalErrorsStayInside(t *testing.T) {
	w := newWorld(t, nil)
	w.twilio.Fail(func(string, string) error { return errTest })
	a := w.send("POST", "generate-unique-code", "Token=ana&taskSid="+task1)
	if a.status != http.StatusInternalServerError || strings.Contains(a.text("error"), "hunter2") {
		t.Errorf("got %+v", a)
	}
	w.twilio.Fail(func(string, string) error { return escalation.ErrUnavailable })
	if a := w.send("POST", "generate-unique-code", "Token=ana&taskSid="+task1); a.status != http.StatusServiceUnavailable {
		t.Errorf("Twilio away: %+v", a)
	}
}
