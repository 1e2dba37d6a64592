//go:build e2e

package rsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// slowPatience is what a busy machine may take for media to flow.
const slowPatience = 45 * time.Second

// stage is the real thing, without REST: store, media and signalling on
// loopback, and one Chromium.
type stage struct {
	t       *testing.T
	srv     *Server
	store   *store.Store
	url     string
	browser context.Context
}

func newStage(t *testing.T) *stage {
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
	eng, err := sfu.Start(sfu.Config{Addr: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = eng.Close() })
	account := st.Account()
	srv, err := Start(Config{
		Store: st, Engine: eng, Log: log,
		Verify: func(raw string) (token.Claims, error) {
			return token.Verify(raw, account.SID, func(sid string) (string, bool) {
				return account.KeySecret, sid == account.KeySID
			}, time.Now())
		},
	})
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

	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
	)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	browser, quit := chromedp.NewContext(alloc)
	t.Cleanup(quit)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(browser, patience)
		defer cancel()
		_ = chromedp.Cancel(ctx) // waits, so that its directory can go
	})
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return &stage{t: t, srv: srv, store: st, url: web.URL, browser: browser}
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

// page is one tab.
type page struct {
	s    *stage
	name string
	ctx  context.Context
}

func (s *stage) open(name string) *page {
	s.t.Helper()
	ctx, cancel := chromedp.NewContext(s.browser)
	s.t.Cleanup(cancel)
	// Without a time limit: the tab lives as long as the context of this call.
	if err := chromedp.Do(ctx); err != nil {
		s.t.Fatalf("open a tab for %s: %v", name, err)
	}
	p := &page{s: s, name: name, ctx: ctx}
	p.run(chromedp.Navigate(s.url + "/index.html"))
	return p
}

func (p *page) run(a chromedp.Action[chromedp.Void]) {
	p.s.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, slowPatience)
	defer cancel()
	if _, err := chromedp.Run(ctx, a); err != nil {
		p.s.t.Fatalf("%s: %v", p.name, err)
	}
}

// str answers an expression's value as a string.
func (p *page) str(expression string) string {
	p.s.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, slowPatience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		"(async () => String(await ("+expression+")))()", chromedp.EvalAwaitPromise))
	if err != nil {
		p.s.t.Fatalf("%s: %s: %v", p.name, expression, err)
	}
	return text
}

// is requires an expression's value.
func (p *page) is(expression, want string) {
	p.s.t.Helper()
	if got := p.str(expression); got != want {
		p.s.t.Fatalf("%s: %s is %s, want %s\n%s", p.name, expression, got, want, p.log())
	}
}

func (p *page) log() string { return p.str(`log.join("\n")`) }

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

// grows waits until all of the Tracks ("identity/name") move forward.
func (p *page) grows(tracks ...string) {
	p.s.t.Helper()
	names, err := json.Marshal(tracks)
	if err != nil {
		p.s.t.Fatal(err)
	}
	deadline := time.Now().Add(slowPatience)
	for {
		missing := p.str(fmt.Sprintf("growing(%s, 500)", names))
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			p.s.t.Fatalf("%s: media does not flow: %s; events:\n%s", p.name, missing, p.log())
		}
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
	r, err := s.store.Room(room)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := s.store.Participant(r.SID, identity)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.SID, p.SID
}

// TestUnmodifiedClient plays a call with twilio-video.js in Chromium.
func TestUnmodifiedClient(t *testing.T) {
	s := newStage(t)
	const room = "daily"
	alice, bob := s.open("alice"), s.open("bob")
	alice.join("alice", room)
	bob.join("bob", room)

	steps := []struct {
		name string
		run  func(t *testing.T)
	}{
		{"both see and hear each other", func(t *testing.T) {
			alice.grows("bob/camera", "bob/microphone")
			bob.grows("alice/camera", "alice/microphone")
		}},
		{"mute", func(t *testing.T) {
			alice.str("mute(true)")
			bob.logs("trackDisabled alice microphone")
			alice.str("mute(false)")
			bob.logs("trackEnabled alice microphone")
		}},
		{"a second video", func(t *testing.T) {
			alice.is(`publish("screen", "video")`, "published")
			bob.logs("subscribed alice video screen")
			bob.grows("alice/screen", "alice/camera")
		}},
		{"a name that is taken", func(t *testing.T) {
			alice.is(`publish("screen", "video")`, "53304")
		}},
		{"unpublish and publish three times", func(t *testing.T) {
			for range 3 {
				bob.forget()
				alice.str(`unpublish("screen")`)
				bob.logs("unsubscribed alice video screen")
				alice.is(`publish("screen", "video")`, "published")
				bob.logs("subscribed alice video screen")
				bob.grows("alice/screen")
			}
			bob.grows("alice/camera", "alice/microphone")
		}},
		{"data", func(t *testing.T) {
			alice.is(`publish("chat", "data")`, "published")
			bob.logs("subscribed alice data chat")
			alice.str(`extra.chat.send("hello"), extra.chat.send(new Uint8Array([1, 2, 3]))`)
			bob.until("both messages", `messages.join("|") === "hello|bytes:1,2,3"`)
		}},
		{"media signaling", func(t *testing.T) {
			alice.until("a network quality level", `room.localParticipant.networkQualityLevel > 0`)
			alice.until("bob's network quality level", `Array.from(room.participants.values())[0].networkQualityLevel > 0`)
			bob.is(`publish("voice", "audio")`, "published")
			alice.until("a dominant speaker", `room.dominantSpeaker && room.dominantSpeaker.identity === "bob"`)
			bob.str(`unpublish("voice")`)
		}},
		{"a third Participant", func(t *testing.T) {
			carol := s.open("carol")
			carol.join("carol", room)
			carol.grows("alice/camera", "alice/microphone", "alice/screen", "bob/camera", "bob/microphone")
			alice.grows("carol/camera", "carol/microphone")
			bob.grows("carol/camera", "carol/microphone")

			// A reload leaves and joins again.
			carol.run(chromedp.Reload())
			bob.logs("left carol")
			bob.forget()
			carol.join("carol", room)
			bob.grows("carol/camera")
			carol.grows("bob/camera")

			// A second one of the same name ends the first.
			twin := s.open("carol's twin")
			twin.join("carol", room)
			carol.logs("disconnected 53205")
			bob.grows("carol/camera")

			// One who leaves is gone at once.
			eve := s.open("eve")
			eve.is(fmt.Sprintf("join(%s, %s, {tracks: [], wsServerInsights: 'ws://' + location.host + '/insights', insights: true})",
				jsString(s.token("eve", "", time.Now())), jsString(room)), "connected")
			eve.grows("alice/camera", "bob/camera", "carol/camera", "bob/microphone")
			eve.is(`publish("late", "video")`, "published")
			bob.grows("eve/late")
			eve.str("room.disconnect()")
			bob.logs("left eve")

			// One who subscribes to nothing sees who is there, and no more.
			eve.is(fmt.Sprintf("join(%s, %s, {automaticSubscription: false})",
				jsString(s.token("eve", "", time.Now())), jsString(room)), "connected")
			eve.until("everybody", "room.participants.size === 3")
			bob.grows("eve/camera", "eve/microphone")
			eve.is(`log.filter(e => e.startsWith("subscribed")).length`, "0")
			eve.str("room.disconnect()")

			_, sid := s.participant(room, "carol")
			if _, err := s.store.SetParticipantStatus(sid, store.Disconnected); err != nil {
				t.Fatal(err)
			}
			twin.logs("disconnected without error")
			bob.until("carol's leaving", `room.participants.size === 1`)
		}},
		{"signalling lost", func(t *testing.T) {
			alice.forget()
			bob.forget()
			if err := s.dropSignalling("alice"); err != nil {
				t.Fatal(err)
			}
			alice.logs("reconnecting 53001")
			alice.logs("reconnected")
			bob.logs("remoteReconnecting alice")
			bob.logs("remoteReconnected alice")
			alice.grows("bob/camera", "bob/microphone")
			bob.grows("alice/camera", "alice/microphone", "alice/screen")
			bob.forget()
			alice.str("mute(true)")
			bob.logs("trackDisabled alice microphone")
			alice.str(`unpublish("screen")`)
			bob.logs("unsubscribed alice video screen")
			alice.is(`publish("screen", "video")`, "published")
			bob.grows("alice/screen")
		}},
		{"ICE restart", func(t *testing.T) {
			before := alice.str("remoteUfrag()")
			alice.is("restartICE()", "1")
			alice.until("other ICE credentials", "remoteUfrag() !== "+jsString(before))
			alice.grows("bob/camera")
			bob.grows("alice/camera")
		}},
		{"recording", func(t *testing.T) {
			sid, _ := s.participant(room, "alice")
			for _, ca := range []struct{ rules, event string }{
				{`[{"type":"include","all":true}]`, "recordingStarted"},
				{`[{"type":"exclude","all":true}]`, "recordingStopped"},
			} {
				if _, err := s.store.UpdateRoom(sid, func(r *store.Room) error {
					r.RecordingRules = json.RawMessage(ca.rules)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				alice.logs(ca.event)
				bob.logs(ca.event)
			}
		}},
		{"refused tokens", func(t *testing.T) {
			dan := s.open("dan")
			dan.is(fmt.Sprintf("join(%s, 'daily', {})", jsString(s.token("dan", "", time.Now().Add(-2*time.Hour)))), "20104")
			// With ICE servers of its own the client connects at once.
			dan.is(fmt.Sprintf("join(%s, 'daily', {iceServers: []})", jsString(s.token("dan", "", time.Now().Add(-2*time.Hour)))), "20104")
			forged := s.token("dan", "", time.Now())
			dan.is(fmt.Sprintf("join(%s, 'daily', {})", jsString(forged[:strings.LastIndex(forged, ".")+1]+"AAAA")), "20107")
			dan.is(fmt.Sprintf("join(%s, 'daily', {})", jsString(s.token("dan", "other", time.Now()))), "20106")
		}},
		{"completed", func(t *testing.T) {
			sid, _ := s.participant(room, "alice")
			if _, err := s.store.CompleteRoom(sid); err != nil {
				t.Fatal(err)
			}
			alice.logs("disconnected 53118")
			bob.logs("disconnected 53118")
			alice.is(fmt.Sprintf("join(%s, %s, {})", jsString(s.token("alice", "", time.Now())), jsString(sid)), "53118")
		}},
	}
	for _, step := range steps {
		if !t.Run(step.name, func(t *testing.T) {
			defer func(outer *testing.T) { s.t = outer }(s.t)
			s.t = t
			step.run(t)
		}) {
			break // the later steps stand on the earlier ones
		}
	}
}
