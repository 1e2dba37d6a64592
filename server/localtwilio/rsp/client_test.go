package rsp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// patience is how long a test waits for what ought to come at once.
const patience = 10 * time.Second

// bench is a Server on loopback with a real store and no media.
type bench struct {
	*Server
	t     *testing.T
	store *store.Store
	media *fakeMedia // nil when there are others
	url   string
}

// verifyName takes a token "identity" or "identity@room"; some words are faults.
func verifyName(raw string) (token.Claims, error) {
	switch raw {
	case "expired":
		return token.Claims{}, fmt.Errorf("verify: %w", token.ErrExpired)
	case "forged":
		return token.Claims{}, fmt.Errorf("verify: %w", token.ErrSignature)
	case "garbage":
		return token.Claims{}, fmt.Errorf("verify: %w", token.ErrMalformed)
	}
	identity, room, _ := strings.Cut(raw, "@")
	return token.Claims{Identity: identity, Room: room, HasVideo: identity != "novideo"}, nil
}

// newBench starts a Server and checks, when the test is over, that nothing of
// this package is still running.
func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	m := &fakeMedia{}
	b := newBenchOn(t, m.open, change...)
	b.media = m
	return b
}

// newBenchOn is newBench with other media.
func newBenchOn(t *testing.T, media openMedia, change ...func(*Config)) *bench {
	t.Helper()
	t.Cleanup(func() { noLeaks(t) })
	st, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	c := Config{Store: st, Verify: verifyName, SessionTimeout: time.Minute}
	for _, f := range change {
		f(&c)
	}
	s, err := start(c, media)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	t.Cleanup(func() { _ = s.Close() })
	return &bench{Server: s, t: t, store: c.Store, url: "ws" + strings.TrimPrefix(web.URL, "http")}
}

func noLeaks(t *testing.T) {
	t.Helper()
	buf := make([]byte, 1<<20)
	var left string
	waitFor(t, func() string {
		left = ""
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			ours := strings.Contains(g, "localtwilio/rsp.(*") || strings.Contains(g, "localtwilio/socket.(*")
			if ours && !strings.Contains(g, "testing.tRunner(") {
				left = "still running: " + g
			}
		}
		return left
	})
}

// waitFor polls until missing answers "", and fails with what it said last.
func waitFor(t *testing.T, missing func() string) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		m := missing()
		if m == "" {
			return
		}
		select {
		case <-deadline.C:
			t.Fatalf("gave up waiting: %s", m)
		case <-tick.C:
		}
	}
}

// reply has every field of the server's messages.
type reply struct {
	Type            string
	Code            int
	Status          string
	Session         string
	SID             string
	Name            string
	Options         options
	Participant     selfState
	Participants    []remoteState
	PeerConnections []peerConnection `json:"peer_connections"`
	Published       *publishedState
	Subscribed      *subscribedState
	Recording       *recordingState
	MediaSignaling  map[string]channel `json:"media_signaling"`
	ICEServers      []map[string]any   `json:"ice_servers"`
}

// browser is the far end of a connection.
type browser struct {
	t  *testing.T
	ws *websocket.Conn
}

func (b *bench) dial() *browser {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, b.url, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	ws.SetReadLimit(maxFrame)
	b.t.Cleanup(func() { _ = ws.CloseNow() })
	return &browser{t: b.t, ws: ws}
}

// write sends one raw frame.
func (w *browser) write(frame string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.ws.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
		w.t.Fatalf("write %.80s: %v", frame, err)
	}
}

func (w *browser) hello(body string) {
	w.t.Helper()
	w.write(`{"type":"hello","version":2,"id":"h","timeout":5000,"body":` + body + `}`)
}

func (w *browser) msg(body string) {
	w.t.Helper()
	w.write(`{"type":"msg","body":` + body + `}`)
}

// frame reads one raw frame.
func (w *browser) frame() (kind string, body json.RawMessage) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, b, err := w.ws.Read(ctx)
	if err != nil {
		w.t.Fatalf("read: %v", err)
	}
	var f struct {
		Type string
		Body json.RawMessage
	}
	if err := json.Unmarshal(b, &f); err != nil {
		w.t.Fatalf("frame %s: %v", b, err)
	}
	return f.Type, f.Body
}

// await reads until a message fits; it must be an update or of the type given.
func (w *browser) await(what string, fits func(reply) bool) reply {
	w.t.Helper()
	var seen []string
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		_, b, err := w.ws.Read(ctx)
		cancel()
		if err != nil {
			w.t.Fatalf("waiting for %s: %v; saw %s", what, err, strings.Join(seen, "\n"))
		}
		var f struct {
			Type string
			Body reply
		}
		if err := json.Unmarshal(b, &f); err != nil {
			w.t.Fatalf("frame %s: %v", b, err)
		}
		if f.Type == "msg" && fits(f.Body) {
			return f.Body
		}
		seen = append(seen, string(b))
	}
	w.t.Fatalf("waiting for %s; saw %s", what, strings.Join(seen, "\n"))
	return reply{}
}

func (w *browser) expect(kind string) reply {
	w.t.Helper()
	return w.await(kind, func(r reply) bool { return r.Type == kind })
}

func (w *browser) expectError(code int) {
	w.t.Helper()
	if r := w.await("an error", func(r reply) bool { return r.Type == "error" || r.Type == "connected" }); r.Code != code {
		w.t.Fatalf("got %s with code %d, want %d", r.Type, r.Code, code)
	}
}

// closed waits until the server has closed the connection, and answers its code.
func (w *browser) closed() websocket.StatusCode {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		if _, _, err := w.ws.Read(ctx); err != nil {
			if ctx.Err() != nil {
				w.t.Fatal("the server does not close the connection")
			}
			return websocket.CloseStatus(err)
		}
	}
}

// connectBody is a connect of one who publishes the given Tracks.
func connectBody(tok, room string, tracks ...trackState) string {
	return connectWith(tok, room, `"media_signaling":{"active_speaker":{},"network_quality":{},"render_hints":{},"track_priority":{},"track_switch_off":{},"publisher_hints":{}}`, tracks...)
}

func connectWith(tok, room, more string, tracks ...trackState) string {
	name := "null"
	if room != "" {
		name = quote(room)
	}
	return `{"type":"connect","version":2,"token":` + quote(tok) + `,"name":` + name +
		`,"participant":` + participantBody(1, tracks...) +
		`,"peer_connections":[{"id":"pc","description":{"type":"offer","revision":1,"sdp":"v=0"}}],` + more + `}`
}

func participantBody(revision int, tracks ...trackState) string {
	if tracks == nil {
		tracks = []trackState{}
	}
	b, err := json.Marshal(localState{Revision: revision, Tracks: tracks})
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func updateBody(revision int, tracks ...trackState) string {
	return `{"type":"update","version":2,"session":"s","participant":` + participantBody(revision, tracks...) + `}`
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// join connects and expects to be let in.
func (b *bench) join(identity, room string, tracks ...trackState) (*browser, reply) {
	b.t.Helper()
	w := b.dial()
	w.hello(connectBody(identity, room, tracks...))
	r := w.await("connected", func(r reply) bool { return r.Type == "connected" || r.Type == "error" })
	if r.Type == "error" {
		b.t.Fatalf("%s: error %d", identity, r.Code)
	}
	return w, r
}

// sees waits for an update on a Participant.
func (w *browser) sees(sid, what string, fits func(remoteState) bool) reply {
	w.t.Helper()
	return w.await(sid+" "+what, func(r reply) bool {
		for _, p := range r.Participants {
			if r.Type == "update" && p.SID == sid && fits(p) {
				return true
			}
		}
		return false
	})
}

func inState(state string) func(remoteState) bool {
	return func(p remoteState) bool { return p.State == state }
}

// inStore waits for a Participant's status.
func (b *bench) inStore(room, sid, status string) {
	b.t.Helper()
	waitFor(b.t, func() string {
		p, err := b.store.Participants.Get(room, sid)
		if err != nil {
			return err.Error()
		}
		if p.Status != status {
			return fmt.Sprintf("%s is %s, not %s", sid, p.Status, status)
		}
		return ""
	})
}

// newWeb serves h and answers its WebSocket URL.
func newWeb(t *testing.T, h http.Handler) string {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return "ws" + strings.TrimPrefix(web.URL, "http")
}
