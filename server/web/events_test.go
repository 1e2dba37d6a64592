package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// patience is how long a test waits for something that should come at once.
const patience = 10 * time.Second

// event is one server-sent event, or a comment.
type event struct {
	id, name, comment string
	state             wire.State
	beat              wire.Beat
}

// listener reads a stream of the server under test.
type listener struct {
	t      *testing.T
	events chan event // closed at the end of the stream
	status int
	header http.Header
	hangUp context.CancelFunc
}

func listen(t *testing.T, url, lastID string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+wire.CodePath(liveCode, wire.ActionEvents), nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{t: t, events: make(chan event, 100), status: resp.StatusCode, header: resp.Header, hangUp: cancel}
	go func() {
		defer close(l.events)
		defer func() { _ = resp.Body.Close() }()
		var e event
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				var into any = &e.state
				if e.name == wire.EventBeat {
					into = &e.beat
				}
				if err := json.Unmarshal([]byte(value), into); err != nil {
					t.Errorf("data %q: %v", value, err)
				}
			case "":
				if value != "" {
					e.comment = value
				} else if e != (event{}) {
					l.events <- e
					e = event{}
				}
			}
		}
	}()
	return l
}

// next is the next event that is neither the greeting nor a beat.
func (l *listener) next() event {
	l.t.Helper()
	for {
		select {
		case e, ok := <-l.events:
			if !ok {
				l.t.Fatal("the stream ended; want one more event")
			}
			if e.comment != "escalate" && e.name != wire.EventBeat {
				return e
			}
		case <-time.After(patience):
			l.t.Fatal("no event came")
		}
	}
}

// ended waits for the end of the stream.
func (l *listener) ended() {
	l.t.Helper()
	for {
		select {
		case e, ok := <-l.events:
			if !ok {
				return
			}
			if e.comment == "" && e.name != wire.EventBeat {
				l.t.Errorf("unexpected event %+v", e)
			}
		case <-time.After(patience):
			l.t.Fatal("the stream did not end")
		}
	}
}

// watched is a rig whose Watch answers with the channel; stopped is closed
// when the watcher's context ended.
func watched(t *testing.T) (g *rig, changes chan escalation.Escalation, stopped chan struct{}) {
	g, changes, stopped = newRig(), make(chan escalation.Escalation, 10), make(chan struct{})
	g.esc.watch = func(ctx context.Context, _ string) (<-chan escalation.Escalation, error) {
		context.AfterFunc(ctx, func() { close(stopped) })
		return changes, nil
	}
	return g, changes, stopped
}

func start(t *testing.T, h http.Handler, set func(*http.Server)) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	if set != nil {
		set(s.Config)
	}
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// inBothWays runs a test with streams that stay in their handlers, and with those that
// take their connection; way sets a rig up so. All goroutines of the second are to end
// with the test.
func inBothWays(t *testing.T, test func(t *testing.T, way func(*rig))) {
	t.Run("in the handler", func(t *testing.T) { test(t, func(*rig) {}) })
	t.Run("on a line", func(t *testing.T) {
		var streams sync.WaitGroup
		test(t, func(g *rig) {
			g.deps.Go = streams.Go
			t.Cleanup(func() {
				ended := make(chan struct{})
				go func() {
					streams.Wait()
					close(ended)
				}()
				wait(t, ended, "all streams to end")
			})
		})
	})
}

func at(version int, s escalation.Status) escalation.Escalation {
	e := live()
	e.Version, e.Status = version, s
	return e
}

func TestEventsFollowTheState(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, stopped := watched(t)
		way(g)
		l := listen(t, start(t, g.handler(), nil), "")
		if l.status != http.StatusOK {
			t.Fatalf("status %d", l.status)
		}
		for name, want := range map[string]string{
			"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
		} {
			if got := l.header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		changes <- at(3, escalation.Invited)
		if e := l.next(); e.id != "3" || e.name != "state" || e.state.Status != wire.StatusInvited || e.state.Code != liveCode {
			t.Errorf("first event: %+v", e)
		}
		changes <- at(4, escalation.Open)
		if e := l.next(); e.id != "4" || e.state.Status != wire.StatusOpen {
			t.Errorf("second event: %+v", e)
		}
		// Ended, but the rating may still come.
		changes <- at(5, escalation.Ended)
		if e := l.next(); e.id != "5" || e.state.Status != wire.StatusEnded {
			t.Errorf("third event: %+v", e)
		}
		rated := at(6, escalation.Ended)
		rated.Rating = &escalation.Rating{Score: 5}
		changes <- rated
		if e := l.next(); e.id != "6-final" || !e.state.Rated {
			t.Errorf("last event: %+v", e)
		}
		l.ended()
		wait(t, stopped, "the watch to be given up after the last event")
	})
}

func TestEventsEndWithAnExpiredCode(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, _ := watched(t)
		way(g)
		// The version need not have grown: time alone makes a code expire.
		l := listen(t, start(t, g.handler(), nil), "3")
		changes <- at(3, escalation.Expired)
		if e := l.next(); e.id != "3-final" || e.state.Status != wire.StatusExpired {
			t.Errorf("event: %+v", e)
		}
		l.ended()
	})
}

func TestEventsGoOnAfterAReconnect(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, _ := watched(t)
		way(g)
		l := listen(t, start(t, g.handler(), nil), "3")
		changes <- at(3, escalation.Invited)
		changes <- at(4, escalation.Open)
		if e := l.next(); e.id != "4" {
			t.Errorf("event %q came first; 3 was seen before", e.id)
		}
	})
}

// The replica that answers now may not have seen yet what the one before told.
func TestEventsNeverGoBack(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, _ := watched(t)
		way(g)
		l := listen(t, start(t, g.handler(), nil), "5")
		changes <- at(4, escalation.Invited)
		changes <- at(6, escalation.Open)
		if e := l.next(); e.id != "6" {
			t.Errorf("event %q came first; 5 was seen before", e.id)
		}
	})
}

func TestEventsTellAClientToStopAfterTheLast(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, _, _ := watched(t)
		way(g)
		if l := listen(t, start(t, g.handler(), nil), "6-final"); l.status != http.StatusNoContent {
			t.Errorf("status %d, want 204", l.status)
		}
	})
}

func TestEventsKeepTheConnectionAlive(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, _ := watched(t)
		way(g)
		g.config.Heartbeat = time.Millisecond
		// The server's own limits on slow clients must not cut a stream.
		l := listen(t, start(t, g.handler(), func(s *http.Server) {
			s.ReadTimeout, s.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
		}), "")
		for deadline := time.Now().Add(150 * time.Millisecond); time.Now().Before(deadline); {
			if e := <-l.events; e.comment == "" && (e.name != wire.EventBeat || e.id != "" || e.beat.Every != 1) {
				t.Fatalf("event %+v, want a beat without an id that tells its pace", e)
			}
		}
		changes <- at(3, escalation.Invited)
		if e := l.next(); e.id != "3" {
			t.Errorf("event %+v, want the news", e)
		}
	})
}

// A page must know from the first moment how long it may wait.
func TestEventsBeginWithABeat(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, _, _ := watched(t)
		way(g)
		g.config.Heartbeat = time.Hour
		l := listen(t, start(t, g.handler(), nil), "")
		for e := range l.events {
			if e.name == wire.EventBeat && e.beat.Every == time.Hour.Milliseconds() {
				return
			}
		}
		t.Error("no beat came")
	})
}

func TestEventsEndWhenTheServerCloses(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, stopped := watched(t)
		way(g)
		done := make(chan struct{})
		g.config.Done = done
		l := listen(t, start(t, g.handler(), nil), "")
		changes <- at(3, escalation.Invited)
		l.next()
		close(done)
		l.ended()
		wait(t, stopped, "the watch to be given up")
	})
}

func TestEventsEndWhenTheClientGoes(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, stopped := watched(t)
		way(g)
		l := listen(t, start(t, g.handler(), nil), "")
		changes <- at(3, escalation.Invited)
		l.next()
		l.hangUp()
		wait(t, stopped, "the watch to be given up")
	})
}

func TestEventsEndWhenTheWatchDoes(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, _ := watched(t)
		way(g)
		l := listen(t, start(t, g.handler(), nil), "")
		close(changes)
		l.ended()
	})
}

func TestStreamsOfOneCodeAreBounded(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g := newRig()
		way(g)
		g.config.Limits.Streams.PerCode = 2
		changes := make(chan escalation.Escalation)
		g.esc.watch = func(context.Context, string) (<-chan escalation.Escalation, error) { return changes, nil }
		url := start(t, g.handler(), nil)
		first := listen(t, url, "")
		second := listen(t, url, "")
		if l := listen(t, url, ""); l.status != http.StatusTooManyRequests {
			t.Errorf("third stream: status %d, want 429", l.status)
		}
		first.hangUp()
		first.ended()
		second.hangUp()
		deadline := time.Now().Add(patience)
		for listen(t, url, "").status != http.StatusOK {
			if time.Now().After(deadline) {
				t.Fatal("a closed stream was never given back")
			}
		}
	})
}

func wait(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("waited for %s", what)
	}
}

// faultyConn panics when it is to write a state.
type faultyConn struct{ net.Conn }

func (c faultyConn) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("event: "+wire.EventState)) {
		panic("a fault of ours")
	}
	return c.Conn.Write(b)
}

type faultyListener struct{ net.Listener }

func (l faultyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return faultyConn{c}, nil
}

// A stream on a line runs in a goroutine of ours, in which a panic would end the process.
func TestPanicEndsOneStream(t *testing.T) {
	g, changes, stopped := watched(t)
	var streams sync.WaitGroup
	var log bytes.Buffer
	g.deps.Go = streams.Go
	g.config.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := httptest.NewUnstartedServer(g.handler())
	s.Listener = faultyListener{s.Listener}
	s.Start()
	t.Cleanup(s.Close)
	l := listen(t, s.URL, "")
	changes <- at(3, escalation.Invited)
	l.ended()
	wait(t, stopped, "the watch to be given up")
	ended := make(chan struct{})
	go func() {
		streams.Wait()
		close(ended)
	}()
	wait(t, ended, "the stream to end")
	for _, want := range []string{"level=ERROR", "a fault of ours", "id=" + l.header.Get("X-Request-Id"), "msg=http"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in the log:\n%s", want, log.String())
		}
	}
}
