//go:build e2e

package rsp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
	"escalate/server/localtwilio/recording"
	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/turnserver"
	"escalate/server/token"
)

// slowPatience is what a busy machine may take for media to flow.
const slowPatience = 60 * time.Second

// stage is the real thing, without REST: store, media and signalling on
// loopback, and a tab of Chromium.
type stage struct {
	t          *testing.T
	srv        *Server
	store      *store.Store
	turn       *turnserver.Server
	recordings *recording.Server
	url        string
	tab        context.Context
	// The way of all UDP to media and TURN.
	mediaLine, turnLine *line
}

// theBrowser is that of all tests.
var theBrowser = chromium.NewShared(chromedp.Flag("autoplay-policy", "no-user-gesture-required"))

func TestMain(m *testing.M) {
	code := m.Run()
	theBrowser.Close()
	os.Exit(code)
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return newStageOver(t, nil)
}

// newStageOver is newStage with the media going through a socket of the test's.
func newStageOver(t *testing.T, conn net.PacketConn) *stage {
	t.Helper()
	script := filepath.Join("..", "..", "..", "static", "node_modules", "twilio-video", "dist", "twilio-video.min.js")
	if _, err := os.Stat(script); err != nil {
		t.Fatalf("twilio-video.js is not installed; run npm ci in static: %v", err)
	}
	level := slog.LevelInfo
	if testing.Verbose() && os.Getenv("RSP_DEBUG") != "" {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: level}))
	st, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	eng, err := sfu.Start(sfu.Config{Addr: "127.0.0.1:0", Conn: conn, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = eng.Close() })
	account := st.Account()
	rec, err := recording.Start(recording.Config{Store: st, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rec.Close() })
	mediaLine := newLine(t, eng.Addr())
	ts, err := turnserver.Start(turnserver.Config{
		Realm: "test", Secret: account.AuthToken, Log: log,
		Peers: func() []netip.AddrPort { return []netip.AddrPort{netip.MustParseAddrPort(mediaLine.addr())} },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ts.Close() })
	s := &stage{t: t, store: st, recordings: rec, turn: ts, mediaLine: mediaLine, turnLine: newLine(t, ts.Addr())}
	srv, err := start(Config{
		Store: st, Recordings: rec, Log: log, ICEServers: s.iceServers,
		Verify: func(raw string) (token.Claims, error) {
			return token.Verify(raw, account.SID, func(sid string) (string, bool) {
				return account.KeySecret, sid == account.KeySID
			}, time.Now())
		},
	}, detour(mediaOf(eng), s.mediaLine))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	mux := http.NewServeMux()
	mux.Handle("/signaling", srv)
	mux.Handle("/insights", srv.Insights())
	mux.HandleFunc("/twilio-video.min.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	mux.Handle("/", http.FileServer(http.Dir("testdata/page")))
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)

	tab, shut, err := theBrowser.Profile()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(shut)
	s.srv, s.url, s.tab = srv, web.URL, tab
	ctx, cancel := context.WithTimeout(tab, slowPatience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(s.url+"/stage.html")); err != nil {
		t.Fatalf("open the stage: %v", err)
	}
	return s
}

// step plays one of several steps, each of which stands on those before it, and reports whether the next
// one can follow.
func (s *stage) step(t *testing.T, name string, run func(t *testing.T)) bool {
	return t.Run(name, func(t *testing.T) {
		defer func(outer *testing.T) { s.t = outer }(s.t)
		s.t = t
		run(t)
	})
}

// iceServers are those of the TURN server, by way of its line.
func (s *stage) iceServers() any {
	b, err := json.Marshal(s.turn.ICEServers(time.Now()))
	if err != nil {
		return nil
	}
	return json.RawMessage(bytes.ReplaceAll(b, []byte(s.turn.Addr().String()), []byte(s.turnLine.addr())))
}

func (s *stage) token(identity, room string, now time.Time) string {
	s.t.Helper()
	a := s.store.Account()
	raw, err := token.Mint(token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret},
		token.Video{Identity: identity, Room: room}, now, time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

// page is one browser, as far as the SDK can tell: a frame in the stage's tab.
type page struct {
	s    *stage
	name string
}

func (s *stage) open(name string) *page {
	s.t.Helper()
	p := &page{s: s, name: name}
	if _, err := s.eval(`enter(` + jsString(name) + `)`); err != nil {
		s.t.Fatalf("open a frame for %s: %v", name, err)
	}
	return p
}

// reload loads the page again.
func (p *page) reload() {
	p.s.t.Helper()
	if _, err := p.s.eval(`again(` + jsString(p.name) + `)`); err != nil {
		p.s.t.Fatalf("%s: reload: %v", p.name, err)
	}
}

// close removes the page, as closing a tab does.
func (p *page) close() {
	p.s.t.Helper()
	if _, err := p.s.eval(`document.getElementById(` + jsString(p.name) + `).remove()`); err != nil {
		p.s.t.Fatalf("%s: close: %v", p.name, err)
	}
}

// eval answers an expression's value in the tab, as a string.
func (s *stage) eval(expression string) (string, error) {
	ctx, cancel := context.WithTimeout(s.tab, slowPatience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](
		"(async () => String(await ("+expression+")))()", chromedp.EvalAwaitPromise))
}

// in is an expression of the tab that has the value of a page's.
func (p *page) in(expression string) string {
	return `inside(` + jsString(p.name) + `, ` + jsString("(async () => String(await ("+expression+")))()") + `)`
}

// str answers an expression's value as a string.
func (p *page) str(expression string) string {
	p.s.t.Helper()
	text, err := p.s.eval(p.in(expression))
	if err != nil {
		p.s.t.Fatalf("%s: %s: %v", p.name, expression, err)
	}
	return text
}

// together makes several pages do things at the same moment, and answers their values.
func (s *stage) together(expressions map[*page]string) map[*page]string {
	s.t.Helper()
	var pages []*page
	var code []string
	for p, e := range expressions {
		pages, code = append(pages, p), append(code, p.in(e))
	}
	text, err := s.eval(`Promise.all([` + strings.Join(code, ", ") + `]).then(JSON.stringify)`)
	var list []string
	if err == nil {
		err = json.Unmarshal([]byte(text), &list)
	}
	if err != nil {
		s.t.Fatalf("%q: %v", code, err)
	}
	values := map[*page]string{}
	for i, p := range pages {
		values[p] = list[i]
	}
	return values
}

// is requires an expression's value.
func (p *page) is(expression, want string) {
	p.s.t.Helper()
	if got := p.str(expression); got != want {
		p.s.t.Fatalf("%s: %s is %s, want %s\n%s", p.name, expression, got, want, p.log())
	}
}

// log is what the page has noted, and how far everybody's negotiations are.
func (p *page) log() string {
	p.s.t.Helper()
	all, err := p.s.eval("negotiations()")
	if err != nil {
		all = err.Error()
	}
	return p.str(`log.join("\n")`) + "\n" + all
}

// logs waits for an event, from the last call of forget on.
func (p *page) logs(event string) {
	p.s.t.Helper()
	p.until(event, `log.includes(`+jsString(event)+`)`)
}

// until waits for an expression to be true.
func (p *page) until(what, expression string) {
	p.s.t.Helper()
	deadline := time.Now().Add(slowPatience)
	for p.str("Boolean("+expression+") || new Promise(resolve => setTimeout(resolve, 50, false))") != "true" {
		if time.Now().After(deadline) {
			p.s.t.Fatalf("%s: gave up waiting for %s; events:\n%s", p.name, what, p.log())
		}
	}
}

func (p *page) forget() { p.is("log.length = 0", "0") }

// grows waits until all of the Tracks ("identity/name") move forward within the same half second.
func (p *page) grows(tracks ...string) {
	p.s.t.Helper()
	names, err := json.Marshal(tracks)
	if err != nil {
		p.s.t.Fatal(err)
	}
	if missing := p.str(fmt.Sprintf("flowing(%s, 500, %d)", names, slowPatience.Milliseconds()-5000)); missing != "" {
		p.s.t.Fatalf("%s: media does not flow: %s; events:\n%s", p.name, missing, p.log())
	}
}

func (p *page) join(identity, room string) {
	p.s.t.Helper()
	p.is(fmt.Sprintf("join(%s, %s, {})", jsString(p.s.token(identity, "", time.Now())), jsString(room)), "connected")
}

func jsString(s string) string { return quote(s) }

// dropSignalling cuts a Participant's connection as a broken network would.
func (s *stage) dropSignalling(identity string) error {
	s.srv.mu.Lock()
	defer s.srv.mu.Unlock()
	for _, x := range s.srv.sessions {
		if x.identity == identity {
			x.out.mu.Lock()
			defer x.out.mu.Unlock()
			if x.out.conn == nil {
				return errors.New("not connected")
			}
			x.out.conn.drop()
			return nil
		}
	}
	return fmt.Errorf("no session of %s", identity)
}

// participant finds a connected Participant's SID.
func (s *stage) participant(room, identity string) (roomSID, sid string) {
	s.t.Helper()
	r, err := s.store.Rooms.Get(room)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := s.store.Participants.Get(r.SID, identity)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.SID, p.SID
}
