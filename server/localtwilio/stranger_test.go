package localtwilio_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// A socketKind is how clients speak on one kind of WebSocket.
type socketKind struct {
	kind websocket.MessageType
	// talk is what a client may say for ever without a token.
	talk string
	// show shows a token.
	show func(token string) []string
	max  int // bytes of a frame without a token
}

var (
	signalling = socketKind{
		kind: websocket.MessageText, talk: `{"type":"hello","version":2,"id":"h","timeout":5000}`, max: 256 << 10,
		show: func(token string) []string {
			return []string{
				`{"type":"hello","version":2,"id":"h","timeout":5000}`,
				`{"type":"msg","body":{"type":"ice","version":1,"token":"` + token + `"}}`,
			}
		},
	}
	reporting = socketKind{
		kind: websocket.MessageText, talk: `{"type":"event"}`, max: 32 << 10,
		show: func(token string) []string { return []string{`{"type":"connect","token":"` + token + `"}`} },
	}
	twilsocket = socketKind{
		kind: websocket.MessageBinary, talk: twilsockFrame("telemetry.v1", ""), max: 32 << 10,
		show: func(token string) []string { return []string{twilsockFrame("init", token)} },
	}
)

// sockets are all paths at which a stranger gets a WebSocket.
var sockets = map[string]socketKind{
	"/signaling": signalling, "/insights": reporting, "/v1/VideoEvents": reporting, "/sdkgw/v1/VideoEvents": reporting,
	"/v3/wsconnect": twilsocket, "/tsock/v3/wsconnect": twilsocket,
}

func twilsockFrame(method, token string) string {
	h, err := json.Marshal(map[string]any{"method": method, "id": "TM1", "token": token, "payload_size": 0})
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("TWILSOCK V3.0 %d\r\n%s\r\n", len(h), h)
}

// from dials as another address of this machine.
func from(ip string) *http.Client {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext}}
}

func dialSocket(ctx context.Context, s *localtwilio.Server, path, ip string) (*websocket.Conn, int, error) {
	ws, answer, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.URL(), "http")+path, &websocket.DialOptions{HTTPClient: from(ip)})
	status := 0
	if answer != nil {
		status = answer.StatusCode
	}
	return ws, status, err
}

// tokenOf makes an Access Token that is good at every socket, spoilt by change.
func tokenOf(t *testing.T, s *localtwilio.Server, method jwt.SigningMethod, key any, change func(header, claims map[string]any)) string {
	t.Helper()
	a, now := s.Account(), s.Store().Now()
	claims := jwt.MapClaims{
		"iss": a.KeySID, "sub": a.SID, "jti": a.KeySID + "-1", "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix(),
		"grants": map[string]any{
			"identity": "ada", "video": map[string]any{}, "chat": map[string]any{"service_sid": a.ChatServiceSID},
			"task_router": map[string]any{"workspace_sid": a.WorkspaceSID, "worker_sid": workerOf(t, s), "role": "worker"},
		},
	}
	tok := jwt.NewWithClaims(method, claims)
	tok.Header["cty"] = "twilio-fpa;v=1"
	if change != nil {
		change(tok.Header, claims)
	}
	if key == nil {
		key = []byte(a.KeySecret)
	}
	raw, err := tok.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// workerOf is the one Worker of a Server.
func workerOf(t *testing.T, s *localtwilio.Server) string {
	t.Helper()
	all, err := s.Store().Workers.List()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) > 0 {
		return all[0].SID
	}
	return must(s.Store().Workers.Create(store.Worker{FriendlyName: "ada"}))(t).SID
}

// TestStrangersAtSockets attacks every WebSocket as somebody without a token: with silence, with
// talk, with large frames, with many of them.
func TestStrangersAtSockets(t *testing.T) {
	t.Parallel()
	const within = 400 * time.Millisecond
	for path, k := range sockets {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := start(t, localtwilio.Config{Door: localtwilio.DoorLimits{Within: within, PerAddress: 2, InAll: 3}})
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			t.Cleanup(cancel)
			open := func(ip string) *websocket.Conn {
				t.Helper()
				for {
					ws, status, err := dialSocket(ctx, s, path, ip)
					if err == nil {
						ws.SetReadLimit(1 << 20)
						t.Cleanup(func() { _ = ws.CloseNow() })
						return ws
					}
					// The place of one that was closed is free a moment later.
					if ctx.Err() != nil || status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
						t.Fatalf("open: %d %v", status, err)
					}
				}
			}
			// ends reads until the socket is closed, and returns why.
			ends := func(ws *websocket.Conn) websocket.CloseError {
				t.Helper()
				for {
					if _, _, err := ws.Read(ctx); err != nil {
						if ctx.Err() != nil {
							t.Fatal("the socket stays open")
						}
						var why websocket.CloseError
						_ = asClose(err, &why) // the zero value for an end without a word
						return why
					}
				}
			}
			t.Run("silence", func(t *testing.T) {
				if why := ends(open("127.0.0.1")); why.Code != websocket.StatusPolicyViolation || !strings.Contains(why.Reason, "no valid token within") {
					t.Errorf("closed with %+v", why)
				}
			})
			t.Run("talk", func(t *testing.T) {
				ws := open("127.0.0.1")
				talking, stop := context.WithCancel(ctx)
				done := make(chan struct{})
				go func() {
					defer close(done)
					for ws.Write(talking, k.kind, []byte(k.talk)) == nil {
						select {
						case <-talking.Done():
						case <-time.After(within / 10):
						}
					}
				}()
				if why := ends(ws); why.Code != websocket.StatusPolicyViolation {
					t.Errorf("closed with %+v", why)
				}
				stop()
				<-done
			})
			t.Run("a bad token", func(t *testing.T) {
				ws := open("127.0.0.1")
				for _, frame := range k.show("no.to.ken") {
					if err := ws.Write(ctx, k.kind, []byte(frame)); err != nil {
						t.Fatal(err)
					}
				}
				_ = ends(ws) // each protocol has a word of its own for it
			})
			t.Run("a large first frame", func(t *testing.T) {
				// Its time is not what ends it.
				s := start(t, localtwilio.Config{Door: localtwilio.DoorLimits{Within: time.Hour, PerAddress: 2, InAll: 3}})
				ws, status, err := dialSocket(ctx, s, path, "127.0.0.1")
				if err != nil {
					t.Fatalf("open: %d %v", status, err)
				}
				t.Cleanup(func() { _ = ws.CloseNow() })
				_ = ws.Write(ctx, k.kind, make([]byte, k.max+1)) // it may be cut off within
				if why := ends(ws); why.Code != websocket.StatusMessageTooBig && why.Code != 0 {
					t.Errorf("closed with %+v", why)
				}
			})
			t.Run("many", func(t *testing.T) {
				s := start(t, localtwilio.Config{Door: localtwilio.DoorLimits{Within: time.Hour, PerAddress: 2, InAll: 3}})
				statuses := []int{}
				for _, ip := range []string{"127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.3"} {
					ws, status, err := dialSocket(ctx, s, path, ip)
					if err == nil {
						t.Cleanup(func() { _ = ws.CloseNow() })
					}
					statuses = append(statuses, status)
				}
				if got, want := fmt.Sprint(statuses), "[101 101 429 101 503]"; got != want {
					t.Errorf("answered with %s, want %s", got, want)
				}
			})
			t.Run("a good token", func(t *testing.T) {
				s := start(t, localtwilio.Config{Door: localtwilio.DoorLimits{Within: time.Hour, PerAddress: 1, InAll: 1}})
				token := tokenOf(t, s, jwt.SigningMethodHS256, nil, nil)
				for range 3 { // of whom none counts any more
					ws, status, err := dialSocket(ctx, s, path, "127.0.0.1")
					if err != nil {
						t.Fatalf("%d %v", status, err)
					}
					t.Cleanup(func() { _ = ws.CloseNow() })
					for _, frame := range k.show(token) {
						if err := ws.Write(ctx, k.kind, []byte(frame)); err != nil {
							t.Fatal(err)
						}
					}
					for range k.show(token) { // each has its answer
						if _, _, err := ws.Read(ctx); err != nil {
							t.Fatal(err)
						}
					}
				}
			})
		})
	}
}

func asClose(err error, to *websocket.CloseError) bool {
	if code := websocket.CloseStatus(err); code != -1 {
		to.Code = code
		_, to.Reason, _ = strings.Cut(err.Error(), "reason = ")
		return true
	}
	return false
}

// TestBadTokensEverywhere shows every fault of a token at every place that takes one.
func TestBadTokensEverywhere(t *testing.T) {
	t.Parallel()
	s := start(t, localtwilio.Config{})
	now := s.Store().Now()
	hs := jwt.SigningMethodHS256
	set := func(name string, v any) func(_, claims map[string]any) {
		return func(_, claims map[string]any) { claims[name] = v }
	}
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT","cty":"twilio-fpa;v=1"}`))
	faults := []struct {
		name, token string
		code        int
	}{
		{"good", tokenOf(t, s, hs, nil, nil), 0},
		{"over 24 hours", tokenOf(t, s, hs, nil, set("exp", now.Add(25*time.Hour).Unix())), 20157},
		{"not yet valid", tokenOf(t, s, hs, nil, set("nbf", now.Add(time.Hour).Unix())), 20105},
		{"expired", tokenOf(t, s, hs, nil, set("exp", now.Add(-time.Second).Unix())), 20104},
		{"without an end", tokenOf(t, s, hs, nil, func(_, c map[string]any) { delete(c, "exp") }), 20104},
		{"wrong issuer", tokenOf(t, s, hs, nil, set("iss", "SK"+strings.Repeat("9", 32))), 20103},
		{"wrong account", tokenOf(t, s, hs, nil, set("sub", "AC"+strings.Repeat("9", 32))), 20103},
		{"wrong alg", tokenOf(t, s, jwt.SigningMethodHS384, nil, nil), 20102},
		{"no alg", tokenOf(t, s, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), 20102},
		{"alg taken away", unsigned + "." + strings.Split(tokenOf(t, s, hs, nil, nil), ".")[1] + ".", 20102},
		{"forged", tokenOf(t, s, hs, []byte("guess"), nil), 20107},
		{"garbage", "garbage", 20101},
	}
	places := map[string]func(t *testing.T, token string) (code int){
		"signalling": func(t *testing.T, token string) int { return shown(t, s, "/signaling", token) },
		"insights":   func(t *testing.T, token string) int { return shown(t, s, "/insights", token) },
		"twilsock":   func(t *testing.T, token string) int { return shown(t, s, "/tsock/v3/wsconnect", token) },
		"files": func(t *testing.T, token string) int {
			return refusalOf(t, s, "/mcs/v1/Services/"+s.Account().ChatServiceSID+"/Media/ME"+strings.Repeat("0", 32), "X-Twilio-Token", token)
		},
		"the event bridge": func(t *testing.T, token string) int {
			return refusalOf(t, s, "/event-bridge/v1/wschannels?token="+token, "", "")
		},
	}
	for place, show := range places {
		for _, f := range faults {
			t.Run(place+"/"+f.name, func(t *testing.T) {
				got := show(t, f.token)
				switch {
				case place == "insights" && f.code != 0 && got == -1: // it has no codes
				case place == "the event bridge" && f.name == "garbage" && got != 0: // which may be a Flex token, of nobody
				case got != f.code:
					t.Errorf("refused with %d, want %d", got, f.code)
				}
			})
		}
	}
}

// shown shows a token at a WebSocket, and returns the code of the refusal: 0 for none, -1 for one
// without a code.
func shown(t *testing.T, s *localtwilio.Server, path, token string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ws, _, err := dialSocket(ctx, s, path, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.CloseNow() }()
	k := sockets[path]
	for _, frame := range k.show(token) {
		if err := ws.Write(ctx, k.kind, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	for {
		_, b, err := ws.Read(ctx)
		if err != nil {
			t.Fatalf("no answer: %v", err)
		}
		text := string(b)
		var code int
		for _, field := range []string{`"code":20`, `"errorCode":20`} {
			if _, after, ok := strings.Cut(text, field); ok {
				_, err := fmt.Sscanf("20"+after, "%d", &code)
				if err != nil {
					t.Fatal(err)
				}
				if code > 20000 { // and no status of HTTP
					return code
				}
			}
		}
		switch {
		case strings.Contains(text, `"iced"`), strings.Contains(text, `"connected"`), strings.Contains(text, `"continuation_token"`):
			return 0
		case strings.Contains(text, `"type":"error"`):
			return -1
		}
	}
}

// refusalOf asks over HTTP, and returns the code of the refusal, 0 when it was not for the token.
func refusalOf(t *testing.T, s *localtwilio.Server, path, header, token string) int {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != "" {
		q.Header.Set(header, token)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(bufio.NewReader(resp.Body))
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusForbidden {
		return 0
	}
	var v struct{ Code int }
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%d %s", resp.StatusCode, b)
	}
	return v.Code
}
