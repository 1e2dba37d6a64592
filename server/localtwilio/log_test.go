package localtwilio_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/store"
)

// logged is a log that may be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestLogLetsNobodyIn has everything go right and wrong with names that are secrets, as join codes
// are, and reads the whole log: nothing of them is in it, and no line that a client made up.
func TestLogLetsNobodyIn(t *testing.T) {
	t.Parallel()
	const code, hook = "k7m2xqz", "hook-secret"
	log := &logged{}
	s := start(t, localtwilio.Config{
		Log:               slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		CallbackTransport: brokenTransport{},
		Fault: func(r *http.Request) *rest.Error {
			if strings.HasSuffix(r.URL.Path, code+"-faulty") {
				return &rest.Error{Status: http.StatusInternalServerError, Code: 20500, Message: "Internal server error"}
			}
			return nil
		},
	})
	identity := "customer:" + code + ":nonce"
	token := tokenOf(t, s, jwt.SigningMethodHS256, nil, func(_, c map[string]any) {
		c["grants"] = map[string]any{"identity": identity, "video": map[string]any{"room": code}}
	})
	room := must(s.Store().Rooms.Create(store.Room{UniqueName: code, Type: store.TypeGo, StatusCallback: "http://127.0.0.1:1/" + hook}))(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()

	// REST, right and wrong, with what would be a line of its own in a log.
	for _, path := range []string{
		"/sync/v1/Services/default/Documents/" + code, "/sync/v1/Services/default/Documents/" + code + "-faulty",
		"/video/v1/Rooms/" + code + "/Participants/" + identity, "/video/v1/Nothing/" + code, "/" + code, "/v1/" + code,
		"/mcs/v1/Services/" + code + "/Media/" + code, "/flex-api/v1/" + code, "/sync/v1/Services/default/Documents/..%2f..%2f" + code,
		"/video/v1/Rooms/a%0alevel=ERROR%20msg=" + code, "/event-bridge/v1/wschannels?token=" + code,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			q, err := http.NewRequestWithContext(ctx, method, s.URL()+path, strings.NewReader(url.Values{"UniqueName": {code}, "FriendlyName": {code}}.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			q.Header.Set("User-Agent", code)
			if path != "/"+code {
				q.SetBasicAuth(s.Account().SID, s.Account().AuthToken)
			}
			resp, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
	}
	// Somebody joins, goes without a word, and the Room ends; others are refused.
	ws, _, err := dialSocket(ctx, s, "/signaling", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	connect := `{"type":"msg","body":{"type":"connect","version":2,"name":"` + code + `","token":"` + token + `",` +
		`"participant":{"revision":1,"tracks":[]},"peer_connections":[{"id":"pc","description":{"type":"offer","revision":1,"sdp":"v=0"}}]}}`
	for _, frame := range []string{signalling.talk, connect} {
		if err := ws.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	for joined := false; !joined; {
		_, b, err := ws.Read(ctx)
		if err != nil {
			t.Fatalf("not connected: %v", err)
		}
		joined = strings.Contains(string(b), `"type":"connected"`)
		if strings.Contains(string(b), `"type":"error"`) {
			t.Fatalf("refused: %s", b)
		}
	}
	_ = ws.CloseNow()
	for _, path := range []string{"/signaling", "/insights", "/tsock/v3/wsconnect"} {
		_ = shown(t, s, path, tokenOf(t, s, jwt.SigningMethodHS256, []byte(code), nil))
	}
	must(s.Store().Rooms.Complete(room.SID))(t)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(log.String(), "participant left"); {
		if time.Now().After(deadline) {
			t.Fatalf("nobody has left:\n%s", log)
		}
		<-time.After(5 * time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	a := s.Account()
	for line := range strings.Lines(log.String()) {
		for _, secret := range []string{code, identity, token, hook, a.KeySecret, a.AuthToken} {
			if strings.Contains(line, secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
		if !strings.HasPrefix(line, "time=") {
			t.Errorf("a client made up a line: %s", line)
		}
	}
	if !strings.Contains(log.String(), "participant joined") {
		t.Errorf("the log is not that of a call:\n%s", log)
	}
}

// brokenTransport reaches nobody.
type brokenTransport struct{}

// RoundTrip implements http.RoundTripper.
func (brokenTransport) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, http.ErrServerClosed
}
