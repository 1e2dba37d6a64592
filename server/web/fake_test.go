package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/joincode"
)

// What the doubles know.
const (
	liveCode    = "k7m2p9x"
	expiredCode = "expxred"
	endedCode   = "endedxx"
	flexToken   = "flex-token-1"
	ownTask     = "WT0123456789abcdef0123456789abcdef"
	otherTask   = "WTffffffffffffffffffffffffffffffff"
	flexOrigin  = "https://flex.twilio.com"
	publicURL   = "https://video.example.com"
)

var errTest = errors.New("the database password is hunter2")

// fakeEscalations answers from its fields; a nil field answers the good case
// for liveCode and ownTask.
type fakeEscalations struct {
	hang     bool // look-ups answer when their context ends
	escalate func(a escalation.Agent, taskSID string, in escalation.Invite) (escalation.Escalation, bool, error)
	get      func(code string) (escalation.Escalation, error)
	watch    func(ctx context.Context, code string) (<-chan escalation.Escalation, error)
	joinA    func(a escalation.Agent, code string) (escalation.Join, error)
	joinC    func(code, consent string) (escalation.Join, error)
	progress func(code string, p escalation.Progress) error
	leave    func(code, identity string) error
	report   func(identity string, l escalation.Line) error
	rate     func(code string, score int, comment string) (escalation.Rating, error)
	end      func(a escalation.Agent, code string) (escalation.Escalation, error)
	task     func(a escalation.Agent, taskSID string) (escalation.TaskView, error)
	callback func(c escalation.Callback) error
}

func live() escalation.Escalation {
	return escalation.Escalation{
		Version: 3, Code: liveCode, Status: escalation.Invited, Task: ownTask,
		Agent:      escalation.AgentRef{Worker: "WK1", Identity: "ann", Name: "Ann"},
		Created:    time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC),
		ValidUntil: time.Date(2026, 5, 1, 11, 0, 0, 0, time.UTC),
	}
}

func withStatus(code string, s escalation.Status) escalation.Escalation {
	e := live()
	e.Code, e.Status = code, s
	return e
}

func (f *fakeEscalations) Get(ctx context.Context, code string) (escalation.Escalation, error) {
	switch {
	case f.hang:
		<-ctx.Done()
		return escalation.Escalation{}, ctx.Err()
	case f.get != nil:
		return f.get(code)
	case code == liveCode:
		return live(), nil
	case code == expiredCode:
		return withStatus(code, escalation.Expired), nil
	case code == endedCode:
		return withStatus(code, escalation.Ended), nil
	}
	return escalation.Escalation{}, escalation.ErrUnknownCode
}

// usable is the error for anything but a look at code.
func (f *fakeEscalations) usable(code string) error {
	switch code {
	case liveCode:
		return nil
	case expiredCode:
		return escalation.ErrExpired
	case endedCode:
		return escalation.ErrEnded
	}
	return escalation.ErrUnknownCode
}

func (f *fakeEscalations) Escalate(_ context.Context, a escalation.Agent, taskSID string, in escalation.Invite) (escalation.Escalation, bool, error) {
	if f.escalate != nil {
		return f.escalate(a, taskSID, in)
	}
	if taskSID != ownTask {
		return escalation.Escalation{}, false, escalation.ErrTaskNotYours
	}
	return live(), false, nil
}

func (f *fakeEscalations) Watch(ctx context.Context, code string) (<-chan escalation.Escalation, error) {
	if f.watch != nil {
		return f.watch(ctx, code)
	}
	return nil, f.usable(code)
}

func (f *fakeEscalations) JoinAsAgent(_ context.Context, a escalation.Agent, code string) (escalation.Join, error) {
	if f.joinA != nil {
		return f.joinA(a, code)
	}
	return escalation.Join{Token: "jwt-a", Room: "RM1", Identity: "agent:WK1:n", Escalation: live()}, f.usable(code)
}

func (f *fakeEscalations) JoinAsCustomer(_ context.Context, code, consent string) (escalation.Join, error) {
	if f.joinC != nil {
		return f.joinC(code, consent)
	}
	return escalation.Join{Token: "jwt-c", Room: "RM1", Identity: "customer:" + code + ":n", Escalation: live()}, f.usable(code)
}

func (f *fakeEscalations) Progress(_ context.Context, code string, p escalation.Progress) error {
	if f.progress != nil {
		return f.progress(code, p)
	}
	return f.usable(code)
}

func (f *fakeEscalations) Leave(_ context.Context, code, identity string) error {
	if f.leave != nil {
		return f.leave(code, identity)
	}
	return f.usable(code)
}

func (f *fakeEscalations) Report(_ context.Context, _, identity string, l escalation.Line) error {
	if f.report != nil {
		return f.report(identity, l)
	}
	return nil
}

func (f *fakeEscalations) Rate(_ context.Context, code, _ string, score int, comment string) (escalation.Rating, error) {
	if f.rate != nil {
		return f.rate(code, score, comment)
	}
	r := escalation.Rating{Score: score, Comment: comment}
	if err := r.Check(); err != nil {
		return escalation.Rating{}, err
	}
	return r, f.usable(code)
}

func (f *fakeEscalations) End(_ context.Context, a escalation.Agent, code string) (escalation.Escalation, error) {
	if f.end != nil {
		return f.end(a, code)
	}
	return withStatus(code, escalation.Ended), f.usable(code)
}

func (f *fakeEscalations) Task(_ context.Context, a escalation.Agent, taskSID string) (escalation.TaskView, error) {
	if f.task != nil {
		return f.task(a, taskSID)
	}
	if taskSID != ownTask {
		return escalation.TaskView{}, escalation.ErrTaskNotYours
	}
	return escalation.TaskView{MayWrapUp: true}, nil
}

func (f *fakeEscalations) Callback(_ context.Context, c escalation.Callback) error {
	if f.callback != nil {
		return f.callback(c)
	}
	return nil
}

func (f *fakeEscalations) JoinURL(code string) string { return wire.JoinURL(publicURL, code) }

func (f *fakeEscalations) Invite(e escalation.Escalation, lang string) string {
	return lang + " join at " + f.JoinURL(e.Code)
}

type agentsFunc func(token string) (escalation.Agent, error)

func (f agentsFunc) Authenticate(_ context.Context, token string) (escalation.Agent, error) {
	return f(token)
}

// Known remembers nothing.
func (f agentsFunc) Known(string) (a escalation.Agent, err error, ok bool) { return a, nil, false } //nolint:revive // the port's order

type callbacksFunc func(r *http.Request, publicURL string) (escalation.Callback, error)

func (f callbacksFunc) ParseCallback(r *http.Request, publicURL string) (escalation.Callback, error) {
	return f(r, publicURL)
}

// rig is a handler on doubles; change the fields before handler.
type rig struct {
	config Config
	deps   Deps
	esc    *fakeEscalations
}

func newRig() *rig {
	esc := &fakeEscalations{}
	return &rig{
		esc: esc,
		config: Config{
			PublicURL: publicURL, Brand: "Acme & Sons", AllowedOrigins: []string{flexOrigin}, LeaveSecret: testSecret, Links: joincode.NewLinks("", len(liveCode)),
			Static: fstest.MapFS{
				"app.css":      {Data: []byte("body{}")},
				"start.js":     {Data: []byte("// start")},
				"app.wasm":     {Data: []byte(strings.Repeat("wasm ", 100))},
				"app.wasm.br":  {Data: []byte("brotli")},
				"app.wasm.gz":  {Data: []byte("gzip")},
				"icon.svg":     {Data: []byte("<svg/>")},
				"vendor/x.js":  {Data: []byte("x")},
				".hidden":      {Data: []byte("secret")},
				"wasm_exec.js": {Data: []byte("// exec")},
			},
			Registry: prometheus.NewRegistry(),
		},
		deps: Deps{
			Escalations: esc,
			Agents: agentsFunc(func(token string) (escalation.Agent, error) {
				if token != flexToken {
					return escalation.Agent{}, escalation.ErrUnauthorized
				}
				return escalation.Agent{Worker: "WK1", Identity: "ann", Name: "Ann"}, nil
			}),
			Callbacks: callbacksFunc(func(r *http.Request, _ string) (escalation.Callback, error) {
				if err := r.ParseForm(); err != nil {
					return escalation.Callback{}, err
				}
				if r.Header.Get("X-Twilio-Signature") != "good" {
					return escalation.Callback{}, escalation.ErrSignature
				}
				return escalation.Callback{Event: r.PostForm.Get("StatusCallbackEvent"), RoomSID: r.PostForm.Get("RoomSid")}, nil
			}),
			Render: func(path string, p wire.Page) (string, error) {
				who := ""
				if p.State != nil {
					who = p.State.AgentName
				}
				return `<main id="app">` + path + " " + who + "</main>", nil
			},
		},
	}
}

func (g *rig) handler() http.Handler { return New(g.config, g.deps) }

// call is one request; zero fields are left out.
type call struct {
	method, path, body string
	header             map[string]string
}

func (c call) request() *http.Request {
	r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
	r.Host = "video.example.com"
	for k, v := range c.header {
		r.Header.Set(k, v)
	}
	return r
}

func do(t *testing.T, h http.Handler, c call) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, c.request())
	return w
}

// Headers that many calls have.
func asAgent(more ...string) map[string]string {
	return headers(append([]string{"Authorization", "Bearer " + flexToken, "Content-Type", "application/json"}, more...)...)
}

func asJSON(more ...string) map[string]string {
	return headers(append([]string{"Content-Type", "application/json"}, more...)...)
}

func headers(pairs ...string) map[string]string {
	h := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			delete(h, pairs[i])
			continue
		}
		h[pairs[i]] = pairs[i+1]
	}
	return h
}
