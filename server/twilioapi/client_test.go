package twilioapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"escalate/server/escalation"
	"escalate/server/sids"
)

func sid(prefix string) string { return prefix + strings.Repeat("0", 31) + "1" }

func config(rt http.RoundTripper) Config {
	return Config{
		AccountSID: sid("AC"), KeySID: sid("SK"), KeySecret: "secret", AuthToken: "auth",
		SyncServiceSID: sid("IS"), WorkspaceSID: sid("WS"), Transport: rt,
	}
}

func newClient(t *testing.T, rt http.RoundTripper) *Client {
	t.Helper()
	c, err := New(config(rt))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answers is a Twilio that gives a list of answers, the last one over and over.
type answers struct {
	mu     sync.Mutex
	list   []answer
	got    []*http.Request
	bodies []string
	open   atomic.Int32 // bodies that were not closed
}

type answer struct {
	status int
	header http.Header
	body   string
	cut    bool // the connection is reset where the body ends
	err    error
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	body := ""
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	a.got, a.bodies = append(a.got, r), append(a.bodies, body)
	x := a.list[min(len(a.got), len(a.list))-1]
	if x.err != nil {
		return nil, x.err
	}
	if x.header == nil {
		x.header = http.Header{}
	}
	a.open.Add(1)
	rest := io.Reader(strings.NewReader(x.body))
	if x.cut {
		rest = io.MultiReader(rest, iotest.ErrReader(&net.OpError{Op: "read", Err: syscall.ECONNRESET}))
	}
	return &http.Response{StatusCode: x.status, Header: x.header, Request: r, Body: &body1{rest, &a.open}}, nil
}

// body1 counts its closing.
type body1 struct {
	io.Reader
	open *atomic.Int32
}

func (b *body1) Close() error { b.open.Add(-1); return nil }

func (a *answers) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.got)
}

func twilioError(status, code int) answer {
	return answer{status: status, body: fmt.Sprintf(`{"code":%d,"message":"m","more_info":"i","status":%d}`, code, status)}
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := New(Config{AccountSID: "AC1", KeySID: "nope", IAMRealm: "a/b"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, word := range []string{"account SID", "API key SID", "Sync Service SID", "Workspace SID", "secret", "realm"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not name %q", err, word)
		}
	}
}

func TestErrorsByMeaning(t *testing.T) {
	type op func(*Client, context.Context) error
	create := op(func(c *Client, ctx context.Context) error {
		_, err := c.Documents().Create(ctx, "abc2345", json.RawMessage(`{}`), time.Hour)
		return err
	})
	fetch := op(func(c *Client, ctx context.Context) error {
		_, err := c.Documents().Fetch(ctx, "abc2345")
		return err
	})
	update := op(func(c *Client, ctx context.Context) error {
		_, err := c.Documents().Update(ctx, "abc2345", "1", json.RawMessage(`{}`), 0)
		return err
	})
	createRoom := op(func(c *Client, ctx context.Context) error {
		_, err := c.Rooms().Create(ctx, escalation.RoomOptions{UniqueName: "abc2345", Type: "group"})
		return err
	})
	complete := op(func(c *Client, ctx context.Context) error { return c.Rooms().Complete(ctx, sid("RM")) })
	remove := op(func(c *Client, ctx context.Context) error { return c.Rooms().Remove(ctx, sid("RM"), sid("PA")) })
	list := op(func(c *Client, ctx context.Context) error { _, _, err := c.Documents().Page(ctx, ""); return err })
	updateTask := op(func(c *Client, ctx context.Context) error {
		return c.Tasks().UpdateAttributes(ctx, sid("WT"), "1", json.RawMessage(`{}`))
	})
	send := op(func(c *Client, ctx context.Context) error {
		return c.Chat().Send(ctx, sid("CH"), escalation.Message{Body: "x"})
	})
	internal := errors.New("an error of no known meaning")
	for _, c := range []struct {
		name string
		do   op
		a    answer
		want error // nil for success
	}{
		{"Document name taken", create, twilioError(409, 54301), escalation.ErrNameTaken},
		{"Document name taken, told with another status", create, twilioError(400, 54301), escalation.ErrNameTaken},
		{"no Document", fetch, twilioError(404, 54100), escalation.ErrNotFound},
		{"no Document, general code", fetch, twilioError(404, 20404), escalation.ErrNotFound},
		{"old revision", update, twilioError(412, 54103), escalation.ErrConflict},
		{"old Task revision", updateTask, twilioError(412, 20001), escalation.ErrConflict},
		{"Room exists", createRoom, twilioError(400, 53113), escalation.ErrNameTaken},
		{"Room exists, told with another status", createRoom, twilioError(409, 53113), escalation.ErrNameTaken},
		{"bad time-out is a bug", createRoom, twilioError(400, 53109), internal},
		{"completing twice", complete, twilioError(400, 53112), nil},
		{"completing a completed Room", complete, twilioError(400, 53118), nil},
		{"completing an unknown Room", complete, twilioError(404, 20404), nil},
		{"completing during trouble", complete, twilioError(500, 20500), escalation.ErrUnavailable},
		{"removing one who is gone", remove, twilioError(400, 20001), nil},
		{"removing without the right", remove, twilioError(401, 20003), internal},
		{"too many requests", send, twilioError(429, 20429), escalation.ErrUnavailable},
		{"Twilio is down", fetch, answer{status: 503, body: "<html>Service Unavailable</html>"}, escalation.ErrUnavailable},
		{"gateway", create, answer{status: 502, body: "<html>Bad Gateway</html>"}, escalation.ErrUnavailable},
		{"gateway in a list", list, answer{status: 502, body: "<html>"}, escalation.ErrUnavailable},
		{"HTML not found", fetch, answer{status: 404, body: "<html>"}, escalation.ErrNotFound},
		{"empty body", fetch, answer{status: 404}, escalation.ErrNotFound},
		{"no connection", fetch, answer{err: errors.New("connection refused")}, escalation.ErrUnavailable},
		{"a success cut off", fetch, answer{status: 200, body: `{"data":`}, escalation.ErrUnavailable},
		{"status in the body lies", fetch, answer{status: 404, body: `{"code":20404,"status":200,"message":"m"}`}, escalation.ErrNotFound},
		{"bad credentials", fetch, twilioError(401, 20003), internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // retries wait
				rt := &answers{list: []answer{c.a}}
				err := c.do(newClient(t, rt), t.Context())
				switch {
				case c.want == nil:
					if err != nil {
						t.Errorf("got %v, want success", err)
					}
				case c.want == internal:
					for _, known := range []error{escalation.ErrNotFound, escalation.ErrNameTaken, escalation.ErrConflict, escalation.ErrUnavailable} {
						if errors.Is(err, known) {
							t.Errorf("got %v, which means %v", err, known)
						}
					}
					if err == nil {
						t.Error("got success")
					}
				case !errors.Is(err, c.want):
					t.Errorf("got %v, want %v", err, c.want)
				}
				if n := rt.open.Load(); n != 0 {
					t.Errorf("%d bodies left open", n)
				}
			})
		})
	}
}

func TestRetries(t *testing.T) {
	doc := answer{status: 200, body: `{"unique_name":"abc2345","revision":"7","data":{"a":1}}`}
	fetch := func(c *Client, ctx context.Context) error {
		_, err := c.Documents().Fetch(ctx, "abc2345")
		return err
	}
	update := func(c *Client, ctx context.Context) error {
		_, err := c.Documents().Update(ctx, "abc2345", "7", json.RawMessage(`{"a":2}`), 0)
		return err
	}
	send := func(c *Client, ctx context.Context) error {
		return c.Chat().Send(ctx, sid("CH"), escalation.Message{Body: "hi"})
	}
	create := func(c *Client, ctx context.Context) error {
		_, err := c.Documents().Create(ctx, "abc2345", json.RawMessage(`{"a":1}`), time.Hour)
		return err
	}
	createRoom := func(c *Client, ctx context.Context) error {
		_, err := c.Rooms().Create(ctx, escalation.RoomOptions{UniqueName: "abc2345"})
		return err
	}
	reset := answer{err: &net.OpError{Op: "read", Err: syscall.ECONNRESET}}
	cut := answer{status: 200, body: `{"data":`, cut: true}
	taken := twilioError(409, 54301)
	others := answer{status: 200, body: `{"unique_name":"abc2345","revision":"0","data":{"a":2}}`}
	wait := func(status int, seconds string) answer {
		a := twilioError(status, 20429)
		a.header = http.Header{"Retry-After": {seconds}}
		return a
	}
	for _, c := range []struct {
		name  string
		do    func(*Client, context.Context) error
		list  []answer
		calls int
		ok    bool
		least time.Duration
	}{
		{"reading, once too many", fetch, []answer{twilioError(429, 20429), doc}, 2, true, 0},
		{"reading, down for a moment", fetch, []answer{twilioError(503, 20503), doc}, 2, true, 0},
		{"reading, down for good", fetch, []answer{twilioError(503, 20503)}, 3, false, 0},
		{"writing, too many", update, []answer{twilioError(429, 20429), doc}, 2, true, 0},
		{"writing may have happened", update, []answer{twilioError(503, 20503), doc}, 1, false, 0},
		{"internal error", fetch, []answer{twilioError(500, 20500), doc}, 1, false, 0},
		{"reading, connection reset", fetch, []answer{reset, doc}, 2, true, 0},
		{"reading, connection reset for good", fetch, []answer{reset}, 3, false, 0},
		{"reading, reset in the middle of the answer", fetch, []answer{cut, doc}, 2, true, 0},
		{"writing, connection reset", update, []answer{reset, doc}, 1, false, 0},
		{"sending, connection reset", send, []answer{reset, doc}, 1, false, 0},
		{"sending, gateway", send, []answer{twilioError(502, 0), doc}, 1, false, 0},
		{"creating, connection reset before it arrived", create, []answer{reset, {status: 201, body: doc.body}}, 2, true, 0},
		{"creating, connection reset after it was made", create, []answer{reset, taken, doc}, 3, true, 0},
		{"creating, gateway after it was made", create, []answer{twilioError(504, 0), taken, doc}, 3, true, 0},
		{"creating, somebody else's has the name", create, []answer{reset, taken, others}, 3, false, 0},
		{"creating, the name was taken before", create, []answer{taken, doc}, 1, false, 0},
		{"creating, the name was taken before, at a busy time", create, []answer{twilioError(429, 54009), taken, doc}, 2, false, 0},
		{"making a Room, connection reset before it arrived", createRoom, []answer{reset, {status: 201, body: `{"sid":"RM1"}`}}, 2, true, 0},
		{"making a Room, which is for the caller to adopt", createRoom, []answer{reset, twilioError(400, 53113)}, 2, false, 0},
		{"asked to wait", fetch, []answer{wait(429, "1"), doc}, 2, true, time.Second},
		{"asked to wait too long", fetch, []answer{wait(429, "60"), doc}, 1, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rt := &answers{list: c.list}
				began := time.Now()
				err := c.do(newClient(t, rt), t.Context())
				if (err == nil) != c.ok || rt.count() != c.calls || time.Since(began) < c.least {
					t.Errorf("got %v after %d calls and %v; want ok %v, %d calls", err, rt.count(), time.Since(began), c.ok, c.calls)
				}
				for i, b := range rt.bodies {
					if rt.got[i].Method == rt.got[0].Method && b != rt.bodies[0] {
						t.Errorf("attempt %d sent %q, the first %q", i, b, rt.bodies[0])
					}
				}
			})
		})
	}
}

// Errors end up in logs, where a join code would open the call.
func TestErrorsAreWithoutJoinCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &answers{list: []answer{{err: errors.New("reset")}}})
		_, e1 := c.Documents().Fetch(t.Context(), "abc2345")
		_, e2 := c.Documents().Update(t.Context(), "abc2345", "1", nil, 0)
		_, e3 := c.Rooms().Fetch(t.Context(), "abc2345")
		for i, err := range []error{e1, e2, e3} {
			if err == nil || !strings.Contains(err.Error(), "reset") || strings.Contains(err.Error(), "abc2345") {
				t.Errorf("call %d: %v", i+1, err)
			}
		}
	})
}

// hang never answers.
type hang struct{}

func (hang) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestContextEndsACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := newClient(t, hang{}).Documents().Fetch(ctx, "abc2345")
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, escalation.ErrUnavailable) || time.Since(began) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
	})
}

func TestCallsTimeOut(t *testing.T) {
	for name, do := range map[string]func(*Client) error{
		"twilio-go": func(c *Client) error { _, err := c.Documents().Fetch(context.Background(), "abc2345"); return err },
		"IAM":       func(c *Client) error { _, err := c.Authenticate(context.Background(), "t"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				if err := do(newClient(t, hang{})); !errors.Is(err, escalation.ErrUnavailable) || time.Since(began) != callTimeout {
					t.Errorf("got %v after %v", err, time.Since(began))
				}
			})
		})
	}
}

// Nothing that is not a SID or a plain name gets into a path.
func TestPathsAreChecked(t *testing.T) {
	rt := &answers{list: []answer{{status: 200, body: "{}"}}}
	c := newClient(t, rt)
	ctx := t.Context()
	for _, bad := range []string{"", ".", "..", "../x", "a/b", "a?b", "a#b", "a b", "a%2fb", "a\n", "é", ".hidden", strings.Repeat("a", 257), sid("XX")} {
		_, e1 := c.Documents().Fetch(ctx, bad)
		_, e2 := c.Documents().Create(ctx, bad, nil, 0)
		_, e3 := c.Documents().Update(ctx, bad, "1", nil, 0)
		_, e4 := c.Rooms().Fetch(ctx, bad)
		_, e5 := c.Rooms().Create(ctx, escalation.RoomOptions{UniqueName: bad})
		_, e6 := c.Rooms().Participants(ctx, bad)
		_, e7 := c.Tasks().Fetch(ctx, bad)
		_, e8 := c.Tasks().AssignedTo(ctx, sid("WT"), bad)
		for i, err := range []error{e1, e2, e3, e4, e5, e6, e7, e8,
			c.Rooms().Complete(ctx, bad), c.Rooms().Remove(ctx, sid("RM"), bad), c.Rooms().Record(ctx, bad, true),
			c.Tasks().UpdateAttributes(ctx, bad, "1", nil), c.Chat().Send(ctx, bad, escalation.Message{})} {
			if !errors.Is(err, errPath) {
				t.Errorf("%q in call %d: %v", bad, i+1, err)
			}
		}
	}
	if n := rt.count(); n != 0 {
		t.Errorf("%d requests went out, first %s", n, rt.got[0].URL)
	}
}

func TestTaskRevisionIsTheETag(t *testing.T) {
	for _, tag := range []string{`"42"`, `W/"42"`, `42`} {
		rt := &answers{list: []answer{
			{status: 200, header: http.Header{"Etag": {tag}}, body: `{"sid":"` + sid("WT") + `","assignment_status":"assigned","attributes":"{\"a\":1}"}`},
			{status: 200, body: `{}`},
		}}
		c := newClient(t, rt)
		task, err := c.Tasks().Fetch(t.Context(), sid("WT"))
		if err != nil || task.Revision != "42" || task.Status != "assigned" || string(task.Attributes) != `{"a":1}` {
			t.Fatalf("ETag %s: %+v, %v", tag, task, err)
		}
		if err := c.Tasks().UpdateAttributes(t.Context(), task.SID, task.Revision, json.RawMessage(`{"b":2}`)); err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(rt.bodies[1])
		if err != nil || form.Get("Attributes") != `{"b":2}` || rt.got[1].Header.Get("If-Match") != "42" {
			t.Errorf("sent %v with If-Match %q, %v", form, rt.got[1].Header.Get("If-Match"), err)
		}
	}
	c := newClient(t, &answers{list: []answer{{status: 200, body: "{}"}}})
	if err := c.Tasks().UpdateAttributes(t.Context(), sid("WT"), "", nil); !errors.Is(err, escalation.ErrConflict) {
		t.Errorf("without a revision: %v", err)
	}
}

// The environment must not send calls to another host.
func TestHostsAreTwiliosOwn(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "sydney")
	t.Setenv("TWILIO_REGION", "au1")
	rt := &answers{list: []answer{{status: 200, body: `{"data":{}}`}}}
	c := newClient(t, rt)
	if _, err := c.Documents().Fetch(t.Context(), "abc2345"); err != nil {
		t.Fatal(err)
	}
	r := rt.got[0]
	user, password, _ := r.BasicAuth()
	if r.URL.String() != "https://sync.twilio.com/v1/Services/"+sid("IS")+"/Documents/abc2345" || user != sid("SK") || password != "secret" {
		t.Errorf("went to %s as %s", r.URL, user)
	}
}

func TestAuthenticate(t *testing.T) {
	const valid = `{"valid":true,"identity":"ana_40example_2Ecom","worker_sid":"WK00000000000000000000000000000001","roles":["agent"],"expiration":"2100-01-01T00:00:00.000Z"}`
	worker := answer{status: 200, body: `{"attributes":"{\"full_name\":\"Ana Díaz\"}"}`}
	for _, c := range []struct {
		name string
		list []answer
		want error
		who  string
	}{
		{"good", []answer{{status: 200, body: valid}, worker}, nil, "Ana Díaz"},
		{"good, Worker cannot be read", []answer{{status: 200, body: valid}, twilioError(404, 20404)}, nil, "ana"},
		{"good, Worker has no name", []answer{{status: 200, body: valid}, {status: 200, body: `{"attributes":"{}"}`}}, nil, "ana"},
		{"not valid", []answer{{status: 200, body: `{"valid":false,"code":20101}`}}, escalation.ErrUnauthorized, ""},
		{"valid but expired", []answer{{status: 200, body: `{"valid":true,"identity":"x","roles":["agent"],"expiration":"2020-01-01T00:00:00.000Z"}`}}, escalation.ErrUnauthorized, ""},
		{"valid without an expiration", []answer{{status: 200, body: `{"valid":true,"identity":"ana","worker_sid":"WK00000000000000000000000000000001","roles":["agent"]}`}, worker}, nil, "Ana Díaz"},
		{"a Worker SID that is none", []answer{{status: 200, body: `{"valid":true,"identity":"ana","worker_sid":"../Tasks","roles":["agent"]}`}}, nil, "ana"},
		{"valid is missing", []answer{{status: 200, body: `{"identity":"x","roles":["admin"]}`}}, escalation.ErrUnauthorized, ""},
		{"valid as a word", []answer{{status: 200, body: `{"valid":"true"}`}}, escalation.ErrUnavailable, ""},
		{"valid but status 403", []answer{{status: 403, body: valid}}, escalation.ErrUnauthorized, ""},
		{"plain text refusal", []answer{{status: 403, body: "Forbidden"}}, escalation.ErrUnauthorized, ""},
		{"our own key is bad", []answer{twilioError(401, 20003)}, escalation.ErrUnavailable, ""},
		{"no role", []answer{{status: 200, body: `{"valid":true,"identity":"x","roles":[]}`}}, escalation.ErrForbidden, ""},
		{"IAM down", []answer{{status: 500, body: "oops"}}, escalation.ErrUnavailable, ""},
		{"no connection", []answer{{err: errors.New("refused")}}, escalation.ErrUnavailable, ""},
		{"not JSON", []answer{{status: 200, body: "<html>"}}, escalation.ErrUnavailable, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := &answers{list: c.list}
			api := newClient(t, rt)
			a, err := api.Authenticate(t.Context(), "the token")
			if !errors.Is(err, c.want) || a.Name != c.who {
				t.Fatalf("got %+v, %v; want %q, %v", a, err, c.who, c.want)
			}
			if a.Worker != "" && !sids.Is("WK", a.Worker) {
				t.Errorf("the Worker is %q", a.Worker)
			}
			if u := rt.got[0].URL.String(); u != "https://iam.twilio.com/v1/Accounts/"+sid("AC")+"/Tokens/validate" || rt.bodies[0] != `{"token":"the token"}` {
				t.Errorf("asked %s with %s", u, rt.bodies[0])
			}
			// The answer is remembered, unless Twilio could not tell.
			before := rt.count()
			_, again := api.Authenticate(t.Context(), "the token")
			if !errors.Is(again, c.want) || (rt.count() == before) != !errors.Is(c.want, escalation.ErrUnavailable) {
				t.Errorf("asked %d times more, got %v", rt.count()-before, again)
			}
		})
	}
}

// A name that could not be read is looked for again before long.
func TestMissingNameIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := &answers{list: []answer{
			{status: 200, body: `{"valid":true,"identity":"ana","worker_sid":"` + sid("WK") + `","roles":["agent"]}`},
			twilioError(500, 20500),
			{status: 200, body: `{"valid":true,"identity":"ana","worker_sid":"` + sid("WK") + `","roles":["agent"]}`},
			{status: 200, body: `{"attributes":"{\"full_name\":\"Ana D\u00edaz\"}"}`},
		}}
		c := newClient(t, rt)
		if a, err := c.Authenticate(t.Context(), "t"); err != nil || a.Name != "ana" {
			t.Fatalf("got %+v, %v", a, err)
		}
		time.Sleep(negativeTTL) // of the bubble's clock
		if a, err := c.Authenticate(t.Context(), "t"); err != nil || a.Name != "Ana Díaz" {
			t.Errorf("later %+v, %v", a, err)
		}
	})
}

func TestAssignedTo(t *testing.T) {
	other := sid("WK")[:33] + "2"
	for _, c := range []struct {
		status, worker string
		want           bool
	}{
		{"accepted", sid("WK"), true},
		{"wrapping", sid("WK"), true},
		{"pending", sid("WK"), false},
		{"rejected", sid("WK"), false},
		{"timeout", sid("WK"), false},
		{"canceled", sid("WK"), false},
		{"rescinded", sid("WK"), false},
		{"completed", sid("WK"), false},
		{"accepted", other, false},
	} {
		t.Run(c.status+" of "+c.worker, func(t *testing.T) {
			rt := &answers{list: []answer{{status: 200, body: fmt.Sprintf(`{"reservations":[{"worker_sid":%q,"reservation_status":%q}],"meta":{"key":"reservations"}}`, c.worker, c.status)}}}
			got, err := newClient(t, rt).Tasks().AssignedTo(t.Context(), sid("WT"), sid("WK"))
			if err != nil || got != c.want {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
			if q := rt.got[0].URL.Query(); q.Get("WorkerSid") != sid("WK") {
				t.Errorf("asked with %v", q)
			}
		})
	}
}

func TestIAMRealm(t *testing.T) {
	rt := &answers{list: []answer{{status: 200, body: `{"valid":false}`}}}
	c := config(rt)
	c.IAMRealm = "stage-us1"
	api, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.Authenticate(t.Context(), "x"); !errors.Is(err, escalation.ErrUnauthorized) {
		t.Fatal(err)
	}
	if h := rt.got[0].URL.Host; h != "iam.stage.twilio.com" {
		t.Errorf("asked %s", h)
	}
}

func TestRoles(t *testing.T) {
	for _, c := range []struct {
		roles      string
		supervisor bool
		want       error
	}{
		{`["agent"]`, false, nil},
		{`["supervisor"]`, true, nil},
		{`["admin"]`, true, nil},
		{`["wfo.full_access","agent"]`, false, nil},
		{`["agent","admin"]`, true, nil},
		{`["Supervisor"]`, false, escalation.ErrForbidden},
		{`["wfo.full_access"]`, false, escalation.ErrForbidden},
		{`null`, false, escalation.ErrForbidden},
	} {
		t.Run(c.roles, func(t *testing.T) {
			rt := &answers{list: []answer{{status: 200, body: `{"valid":true,"identity":"x","roles":` + c.roles + `}`}}}
			a, err := newClient(t, rt).Authenticate(t.Context(), "t")
			if !errors.Is(err, c.want) || a.Supervisor != c.supervisor {
				t.Errorf("got %+v, %v", a, err)
			}
		})
	}
}

// A refusal is asked again soon, so that a fresh login is not held up; the
// tokens themselves are nowhere in memory.
func TestWhatIsRememberedOfTokens(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	c := newAgentCache(func() time.Time { return now })
	c.put("bad", escalation.Agent{}, escalation.ErrUnauthorized, negativeTTL)
	c.put("good", escalation.Agent{Worker: "WK"}, nil, c.ttl(now.Add(time.Hour).Format(time.RFC3339)))
	c.put("short", escalation.Agent{}, nil, c.ttl(now.Add(2*time.Second).Format(time.RFC3339)))
	for _, step := range []struct {
		after            time.Duration
		bad, good, short bool
	}{
		{0, true, true, true},
		{2 * time.Second, true, true, false},
		{negativeTTL, false, true, false},
		{positiveTTL, false, false, false},
	} {
		at := time.Unix(1_800_000_000, 0).Add(step.after)
		now = at
		for token, want := range map[string]bool{"bad": step.bad, "good": step.good, "short": step.short} {
			if _, _, ok := c.get(token); ok != want {
				t.Errorf("after %v %s is remembered: %v", step.after, token, ok)
			}
		}
	}
	if s := fmt.Sprintf("%v", c.entries); strings.Contains(s, "good") || strings.Contains(s, "short") {
		t.Error("a token is kept as it came")
	}
}

func TestAgentCacheIsBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	c := newAgentCache(func() time.Time { return now })
	for i := range maxAgents + 100 {
		c.put(fmt.Sprint(i), escalation.Agent{}, nil, time.Minute)
	}
	if n := len(c.entries); n > maxAgents {
		t.Errorf("%d entries", n)
	}
	now = now.Add(time.Minute)
	c.put("new", escalation.Agent{Name: "n"}, nil, time.Minute)
	if n := len(c.entries); n != 1 {
		t.Errorf("%d entries after all others went stale", n)
	}
	if a, _, ok := c.get("new"); !ok || a.Name != "n" {
		t.Errorf("got %+v, %v", a, ok)
	}
	if got := c.ttl("2000-01-01T00:00:00Z"); got > 0 {
		t.Errorf("an expired token is remembered for %v", got)
	}
}

func TestReadyIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := &answers{list: []answer{twilioError(401, 20003), {status: 200, body: `{}`}}}
		c := newClient(t, rt)
		for range 3 {
			if c.Ready(t.Context()) == nil {
				t.Error("ready with bad credentials")
			}
		}
		if rt.count() != 1 {
			t.Errorf("%d calls", rt.count())
		}
		time.Sleep(readyFor) // of the bubble's clock
		if err := c.Ready(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
