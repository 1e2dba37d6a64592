package localtwilio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/callback"
	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func TestAddresses(t *testing.T) {
	tests := []struct {
		name string
		c    localtwilio.Config
	}{
		{"all interfaces", localtwilio.Config{Addr: ":0"}},
		{"any IPv4", localtwilio.Config{Addr: "0.0.0.0:0"}},
		{"any IPv6", localtwilio.Config{Addr: "[::]:0"}},
		{"another host", localtwilio.Config{Addr: "192.0.2.1:0"}},
		{"a name", localtwilio.Config{Addr: "example.com:0"}},
		{"media elsewhere", localtwilio.Config{Addr: "127.0.0.1:0", MediaAddr: "0.0.0.0:0"}},
		{"TURN elsewhere", localtwilio.Config{Addr: "127.0.0.1:0", TURNAddr: "0.0.0.0:0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := localtwilio.Start(context.Background(), tt.c)
			if !errors.Is(err, localtwilio.ErrRemote) {
				t.Errorf("error %v, want ErrRemote", err)
			}
			if s != nil {
				s.Close()
			}
		})
	}
	t.Run("busy port", func(t *testing.T) {
		s := start(t, localtwilio.Config{})
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL(), "http://"))
		if s, err := localtwilio.Start(context.Background(), localtwilio.Config{Addr: "127.0.0.1:" + port}); err == nil {
			s.Close()
			t.Error("two on one port")
		}
	})
}

// ask sends a request with the account's credentials.
func ask(t *testing.T, s *localtwilio.Server, rt http.RoundTripper, r *http.Request) (int, map[string]any) {
	t.Helper()
	r.SetBasicAuth(s.Account().SID, s.Account().AuthToken)
	resp, err := rt.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var v map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, v
}

// TestListener asks the listener in both ways: by path and by Host header.
func TestListener(t *testing.T) {
	s := start(t, localtwilio.Config{})
	sid := must(s.Store().Rooms.Create(store.Room{UniqueName: "a b/é"}))(t).SID
	other := must(s.Store().Documents.Create(store.Document{UniqueName: "d"}))(t)
	for range 2 {
		must(s.Store().Rooms.Create(store.Room{}))(t)
	}
	tests := []struct {
		name, method, host, path string
		status                   int
		url                      string // of the answer
	}{
		{"by path", "GET", "", "/video/v1/Rooms/" + sid, 200, s.URL() + "/video/v1/Rooms/" + sid},
		{"by host", "GET", "video.twilio.com", "/v1/Rooms/" + sid, 200, "https://video.twilio.com/v1/Rooms/" + sid},
		{"by host with edge and region", "GET", "video.dublin.ie1.twilio.com", "/v1/Rooms/" + sid, 200, "https://video.dublin.ie1.twilio.com/v1/Rooms/" + sid},
		{"by host and port", "GET", "Video.Twilio.com:443", "/v1/Rooms/" + sid, 200, "https://video.twilio.com/v1/Rooms/" + sid},
		{"escaped name", "GET", "", "/video/v1/Rooms/a%20b%2F%C3%A9", 200, s.URL() + "/video/v1/Rooms/" + sid},
		{"service by its name", "GET", "", "/sync/v1/Services/default/Documents/d", 200,
			s.URL() + "/sync/v1/Services/" + s.Account().SyncServiceSID + "/Documents/" + other.SID},
		{"no such product", "GET", "", "/voice/v1/Rooms", 404, ""},
		{"no such resource", "GET", "", "/video/v1/Shrubs", 404, ""},
		{"root", "GET", "", "/", 404, ""},
		{"dots", "GET", "", "/video/v1/Rooms/..%2f..%2fx", 404, ""},
		{"wrong method", "DELETE", "", "/video/v1/Rooms/" + sid, 405, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := must(http.NewRequest(tt.method, s.URL()+tt.path, nil))(t)
			r.Host = tt.host
			status, v := ask(t, s, http.DefaultTransport, r)
			if status != tt.status {
				t.Fatalf("status %d %v, want %d", status, v, tt.status)
			}
			if tt.url != "" && v["url"] != tt.url {
				t.Errorf("url %v, want %s", v["url"], tt.url)
			}
			if tt.url == "" && (v["code"] == nil || v["status"] != float64(tt.status)) {
				t.Errorf("body %v, want Twilio's error", v)
			}
		})
	}
	t.Run("pages lead back to the listener", func(t *testing.T) {
		next, n := s.URL()+"/video/v1/Rooms?PageSize=2", 0
		for next != "" {
			_, v := ask(t, s, http.DefaultTransport, must(http.NewRequest("GET", next, nil))(t))
			n += len(v["rooms"].([]any))
			next, _ = v["meta"].(map[string]any)["next_page_url"].(string)
			if next != "" && !strings.HasPrefix(next, s.URL()+"/video/v1/Rooms?") {
				t.Fatalf("next page %s", next)
			}
		}
		if n != 3 {
			t.Errorf("%d rooms, want 3", n)
		}
	})
	t.Run("body too large", func(t *testing.T) {
		body := "UniqueName=" + strings.Repeat("x", 2<<20)
		r := must(http.NewRequest("POST", s.URL()+"/video/v1/Rooms", strings.NewReader(body)))(t)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if status, v := ask(t, s, http.DefaultTransport, r); status != 413 {
			t.Errorf("status %d %v, want 413", status, v)
		}
	})
}

func TestTransport(t *testing.T) {
	s := start(t, localtwilio.Config{})
	t.Run("answers Twilio's hosts only", func(t *testing.T) {
		for _, u := range []string{
			"https://example.com/v1/Rooms", "https://video.twilio.com.example.com/v1/Rooms", "https://twilio.com/v1/Rooms",
			"https://voice.twilio.com/v1/Rooms", "http://127.0.0.1/video/v1/Rooms",
		} {
			body := &closer{Reader: strings.NewReader("x")}
			r := must(http.NewRequest("POST", u, body))(t)
			if _, err := s.Transport().RoundTrip(r); !errors.Is(err, localtwilio.ErrNotTwilio) {
				t.Errorf("%s: error %v, want ErrNotTwilio", u, err)
			}
			if !body.closed {
				t.Errorf("%s: body left open", u)
			}
		}
	})
	t.Run("an ended context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r := must(http.NewRequestWithContext(ctx, "GET", "https://video.twilio.com/v1/Rooms", nil))(t)
		if _, err := s.Transport().RoundTrip(r); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's", err)
		}
	})
	t.Run("leaves the request as it was", func(t *testing.T) {
		r := must(http.NewRequest("GET", "https://video.twilio.com/v1/Rooms", nil))(t)
		r.SetBasicAuth(s.Account().SID, s.Account().AuthToken)
		before := *r.URL
		resp := must(s.Transport().RoundTrip(r))(t)
		b := must(io.ReadAll(resp.Body))(t)
		if *r.URL != before || r.RequestURI != "" || resp.Request != r || int64(len(b)) != resp.ContentLength {
			t.Errorf("request %+v answer of %d bytes with length %d", r, len(b), resp.ContentLength)
		}
	})
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// TestSweep waits for the sweeper to do what a moved clock makes due.
func TestSweep(t *testing.T) {
	c := &clock{t: time.Now()}
	s := start(t, localtwilio.Config{Now: c.Now})
	ended := make(chan store.Event, 10)
	t.Cleanup(s.Store().Watch(func(e store.Event) {
		switch e.Change.(type) {
		case *store.RoomEnded, *store.DocumentRemoved:
			ended <- e
		}
	}))
	must(s.Store().Rooms.Create(store.Room{UniqueName: "r", UnusedRoomTimeout: 1}))(t)
	must(s.Store().Documents.Create(store.Document{UniqueName: "d", Expires: c.Now().Add(time.Second)}))(t)
	c.Add(time.Minute)
	for range 2 {
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Fatal("room and document still there after 10 s")
		}
	}
}

// TestRestart starts again on the same data directory.
func TestRestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	callbacks := make(chan url.Values, 10)
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		v, err := url.ParseQuery(string(b))
		if err == nil {
			callbacks <- v
			callbacks <- url.Values{"Signature": {r.Header.Get("X-Twilio-Signature")}}
		}
		return &http.Response{StatusCode: 204, Body: http.NoBody, Request: r}, err
	})
	next := func() url.Values {
		t.Helper()
		select {
		case v := <-callbacks:
			return v
		case <-time.After(10 * time.Second):
			t.Fatal("no status callback within 10 s")
			return nil
		}
	}
	s := start(t, localtwilio.Config{DataDir: dir, CallbackTransport: rt})
	account := s.Account()
	room := must(s.Store().Rooms.Create(store.Room{UniqueName: "r", StatusCallback: "https://app.example.com/cb"}))(t)
	v := next()
	if got := next().Get("Signature"); v.Get("StatusCallbackEvent") != "room-created" || got != callback.Sign(account.AuthToken, "https://app.example.com/cb", v) {
		t.Errorf("callback %v signed %q", v, got)
	}
	must(s.Store().Participants.Add(room.SID, "a"))(t)
	next()
	next()
	killed := filepath.Join(t.TempDir(), "killed")
	copyDir(t, dir, killed)

	again := start(t, localtwilio.Config{DataDir: killed, CallbackTransport: rt})
	if again.Account() != account {
		t.Error("account changed over a restart")
	}
	if v := next(); v.Get("StatusCallbackEvent") != "participant-disconnected" || v.Get("SequenceNumber") != "2" {
		t.Errorf("first callback after the restart %v", v)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestSignaling asks for ICE servers over the WebSocket with a good and a bad
// Access Token.
func TestSignaling(t *testing.T) {
	s := start(t, localtwilio.Config{})
	a := s.Account()
	key := token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret}
	wrong := key
	wrong.Secret = "wrong"
	made, deleted := must(s.Store().APIKeys.Create("made"))(t), must(s.Store().APIKeys.Create("deleted"))(t)
	if err := s.Store().APIKeys.Delete(deleted.SID); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, answer string
		key          token.Key
	}{
		{"good token", "iced", key},
		{"bad signature", "error", wrong},
		{"key that was made", "iced", token.Key{AccountSID: a.SID, KeySID: made.SID, Secret: made.Secret}},
		{"key that was deleted", "error", token.Key{AccountSID: a.SID, KeySID: deleted.SID, Secret: deleted.Secret}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			ws, _, err := websocket.Dial(ctx, s.SignalingURL(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer ws.CloseNow() //nolint:errcheck // it may be closed already
			raw := must(token.Mint(tt.key, token.Video{Identity: "alice", Room: "r"}, time.Now(), time.Hour))(t)
			hello := must(json.Marshal(map[string]any{
				"type": "hello", "version": 2, "id": "1", "timeout": 5000,
				"body": map[string]any{"type": "ice", "version": 1, "edge": "roaming", "token": raw},
			}))(t)
			if err := ws.Write(ctx, websocket.MessageText, hello); err != nil {
				t.Fatal(err)
			}
			for {
				_, b, err := ws.Read(ctx)
				if err != nil {
					t.Fatalf("no %s: %v", tt.answer, err)
				}
				if bytes.Contains(b, []byte(`"type":"`+tt.answer+`"`)) {
					if tt.answer == "iced" && !bytes.Contains(b, []byte("turn:127.0.0.1:")) {
						t.Errorf("%s has no TURN server", b)
					}
					return
				}
			}
		})
	}
}

// TestCloseLeavesNothing starts, uses and closes a Server: its goroutines and
// its port are gone.
func TestCloseLeavesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	before := runtime.NumGoroutine()
	s := must(localtwilio.Start(context.Background(), localtwilio.Config{Addr: "127.0.0.1:0"}))(t)
	addr := strings.TrimPrefix(s.URL(), "http://")
	must(s.Store().Rooms.Create(store.Room{StatusCallback: s.URL()}))(t) // refused with 401, which is an answer
	ws, _, err := websocket.Dial(context.Background(), s.SignalingURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	_ = ws.CloseNow()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Errorf("port still taken: %v", err)
	} else {
		ln.Close()
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before the start:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
		runtime.Gosched()
	}
}

// Whoever waits for the port to open is answered as soon as it does.
func TestPortOpensLast(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for the lock of a file")
	}
	dir := t.TempDir()
	held := must(store.Open(filepath.Join(dir, "twilio.db"), store.Options{}))(t)
	t.Cleanup(func() { held.Close() })
	ln, err := net.Listen("tcp", "127.0.0.76:0") // an address that no other test has
	if err != nil {
		t.Skipf("this machine has no further loopback addresses: %v", err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		s, err := localtwilio.Start(context.Background(), localtwilio.Config{Addr: addr, DataDir: dir})
		if err == nil {
			s.Close()
		}
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if !errors.Is(err, store.ErrInUse) {
				t.Errorf("it ended with %v", err)
			}
			return
		default:
		}
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			c.Close()
			t.Fatal("the port is open before anybody is answered")
		}
		runtime.Gosched()
	}
}
