//go:build e2e

package demo_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/gorilla/mux"

	"escalate/server/chromium"
	"escalate/server/demo"
	"escalate/server/localtwilio/store"
)

// theBrowser is that of all tests.
var theBrowser = chromium.NewShared()

func TestMain(m *testing.M) {
	code := m.Run()
	theBrowser.Close()
	os.Exit(code)
}

// browser is a profile that lives as long as the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, done, err := theBrowser.Profile()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return ctx
}

// tab is one page. An exception in it, or something its policy blocked, fails
// the test.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close func()
}

type step = chromedp.Action[chromedp.Void]

func newTab(t *testing.T, browser context.Context, url string, width, height int64, dark bool) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("%s: exception: %s %s at %s:%d", url, e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber)
		case *log.EventEntryAdded:
			if e.Entry.Source == "security" {
				t.Errorf("%s: %s", url, e.Entry.Text)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	var as []chromedp.EmulateViewportOption
	if width < 500 {
		as = append(as, chromedp.EmulateMobile)
	}
	p := &tab{t, ctx, stop}
	p.run(
		chromedp.EmulateViewport(width, height, as...),
		func(ctx context.Context, target *chromedp.Target) (v chromedp.Void, err error) {
			_, err = cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return v, err
		},
		chromedp.Navigate(url),
	)
	return p
}

func (p *tab) run(steps ...step) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 20*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// until waits for a JavaScript condition.
func (p *tab) until(what, condition string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 10*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingInterval(50*time.Millisecond))); err != nil {
		p.shot("missing")
		p.t.Fatalf("not seen: %s: %v", what, err)
	}
}

func (p *tab) text(js string) string {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 10*time.Second)
	defer stop()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](js))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return out
}

func (p *tab) click(id string) { p.t.Helper(); p.run(chromedp.Click("#" + id)) }

// inFrame clicks a button of the agent page inside the desk's frame.
func (p *tab) inFrame(id string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](`document.getElementById('room-frame').contentDocument.getElementById('` + id + `').click()`))
}

// shot keeps a picture where DEMO_SHOTS names a folder.
func (p *tab) shot(name string) {
	p.t.Helper()
	dir := os.Getenv("DEMO_SHOTS")
	if dir == "" {
		return
	}
	ctx, stop := context.WithTimeout(p.ctx, 20*time.Second)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// stage is a demo with a played product, and a browser.
func stage(t *testing.T) (*bench, *product, context.Context) {
	t.Helper()
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := demo.New(demo.Config{Local: onStore(t, s)})
	if err != nil {
		t.Fatal(err)
	}
	p := &product{s: s, codes: map[string]string{}, inCall: map[string]bool{}}
	r := mux.NewRouter()
	d.Routes(r)
	p.routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(func() {
		_ = d.Close()
		server.CloseClientConnections()
		server.Close()
		_ = s.Close()
	})
	return &bench{t: t, store: s, demo: d, url: server.URL}, p, browser(t)
}

const lastLink = `document.querySelector('%s .message:last-child .body a')?.getAttribute('href') ?? ''`

func TestDeskFromIconToCompletionInChromium(t *testing.T) {
	b, p, browser := stage(t)
	maya, tom := b.tasks("")[0], b.tasks("")[1]
	desk := newTab(t, browser, b.url+"/demo/agent", 1280, 800, false)
	shop := newTab(t, browser, b.url+"/demo/chat", 1280, 800, false)
	desk.until("Maya's messages", `document.querySelectorAll('#agent-messages .message').length === 5`)
	shop.until("the same in the shop", `document.querySelectorAll('#chat-messages .message').length === 5`)
	desk.shot("desk-chat")

	desk.run(chromedp.SendKeys("#agent-input", "Shall we use <i>video</i>?\n"))
	shop.until("the agent's words as text", `document.querySelector('#chat-messages .message:last-child .body').textContent === 'Shall we use <i>video</i>?'`)
	shop.run(chromedp.SendKeys("#chat-input", "Yes please\n"))
	desk.until("the customer's answer", `document.querySelector('#agent-messages .message:last-child').dataset.author === 'customer'`)

	desk.click("video-button")
	desk.until("the Video Room tab", `document.getElementById('tab-video').getAttribute('aria-selected') === 'true' && document.getElementById('room-host').dataset.place === 'docked'`)
	desk.until("the frame with token and code", `(d => d?.getElementById('token')?.textContent === 'token' && d.getElementById('what').textContent.includes('CODE'))(document.getElementById('room-frame')?.contentDocument)`)
	shop.until("the link, clickable", `document.querySelector('#chat-messages .message:last-child .body a[target=_blank][rel~=noopener]') !== null`)
	want := b.url + "/join/CODE" + maya.TaskSID[2:5]
	if got := shop.text(fmt.Sprintf(lastLink, "#chat-messages")); got != want {
		t.Errorf("the shop's link is %q, want %q", got, want)
	}
	if got := desk.text(fmt.Sprintf(lastLink, "#agent-messages")); got != want {
		t.Errorf("the desk's link is %q, want %q", got, want)
	}
	desk.shot("desk-room")
	shop.shot("shop-link")
	allow := desk.text(`document.getElementById('room-frame').allow`)
	if allow != "camera 'self'; microphone 'self'; display-capture 'self'; autoplay 'self'; fullscreen 'self'; picture-in-picture 'self'; speaker-selection 'self'; clipboard-write 'self'; screen-wake-lock 'self'" {
		t.Errorf("allow is %q", allow)
	}
	const bornJS = `document.getElementById('room-frame').contentDocument.getElementById('born').textContent`
	born := desk.text(bornJS)

	// A second click offers, and does not make another session.
	desk.click("video-button")
	desk.until("the menu", `!document.getElementById('video-menu').hidden`)
	desk.shot("desk-menu")
	desk.click("resend-link")
	desk.until("word that it was sent", `document.getElementById('notice').textContent.includes('sent again')`)
	shop.until("the link again", `document.querySelectorAll('#chat-messages .message').length === 9-1+1`)

	// In the call: the other tab, the other Task, refusals.
	desk.inFrame("join")
	desk.until("the call's phase", `document.getElementById('room-host').dataset.phase === 'in_call'`)
	desk.click("tab-chat")
	desk.until("the floating room", `document.getElementById('room-host').dataset.place === 'floating'`)
	desk.click("task-" + tom.TaskSID)
	desk.until("Tom's messages", `document.querySelectorAll('#agent-messages .message').length === 3`)
	desk.shot("desk-floating")
	desk.click("tab-video")
	desk.until("one call at a time", `document.getElementById('room-placeholder').textContent.includes('Maya Lindqvist')`)
	desk.click("video-button")
	desk.until("no second session", `document.getElementById('notice').textContent.includes('in a video call with Maya Lindqvist')`)
	if n := p.sessions(); n != 1 {
		t.Errorf("%d sessions while in a call, want 1", n)
	}
	desk.click("back-to-call")
	desk.until("back in Maya's room", `document.getElementById('room-host').dataset.place === 'docked' && document.getElementById('task-header').dataset.task === '`+maya.TaskSID+`'`)
	desk.click("wrapup-button")
	desk.until("the refusal", `document.getElementById('notice').textContent.includes('Cannot wrap up yet') && document.getElementById('leave-and-close') !== null`)
	desk.shot("desk-refused")
	if k, _ := b.store.Tasks.Get(maya.TaskSID); k.AssignmentStatus != "assigned" {
		t.Errorf("the refused Task is %s", k.AssignmentStatus)
	}
	if now := desk.text(bornJS); now != born {
		t.Error("the frame was loaded again")
	}

	// The page's own word counts where the server does not know yet, and the
	// server's where the call runs in another window.
	code := "CODE" + maya.TaskSID[2:5]
	p.set(code, false)
	desk.click("wrapup-button")
	desk.until("the desk's own refusal", `document.getElementById('notice').textContent.includes('in the video call with Maya')`)
	desk.inFrame("leave")
	desk.until("the end of the call", `document.getElementById('room-host').dataset.phase === 'left'`)
	p.set(code, true)
	desk.click("wrapup-button")
	desk.until("the server's refusal", `document.getElementById('notice').textContent.includes('still in the video call. Leave')`)
	p.setBroken(true)
	desk.click("wrapup-button")
	desk.until("trouble in words", `document.getElementById('notice').textContent.includes('Twilio does not answer')`)
	p.setBroken(false)

	desk.inFrame("join")
	desk.until("the call again", `document.getElementById('room-host').dataset.phase === 'in_call'`)
	desk.click("wrapup-button")
	desk.until("the way out", `document.getElementById('leave-and-close') !== null`)
	desk.click("leave-and-close")
	desk.until("Complete", `!document.getElementById('complete-button').hidden && document.getElementById('wrapup-button').hidden`)
	desk.shot("desk-wrapping")
	shop.until("the chat's end", `document.getElementById('chat-notice').textContent.includes('ended')`)
	desk.click("complete-button")
	desk.until("Maya's Task gone", `document.getElementById('task-`+maya.TaskSID+`') === null`)
	if k, _ := b.store.Tasks.Get(maya.TaskSID); k.AssignmentStatus != "completed" {
		t.Errorf("the Task is %s", k.AssignmentStatus)
	}
	shop.shot("shop-ended")
	shop.click("new-chat")
	desk.until("a new Task", `document.querySelectorAll('#task-list .task').length === 2`)
	shop.until("the greeting", `document.querySelectorAll('#chat-messages .message').length === 1 && !document.getElementById('chat-input').disabled`)
}

// Looks at every page in every size; the pictures are for a person.
func TestPagesFitInChromium(t *testing.T) {
	b, played, browser := stage(t)
	for _, width := range []int64{1280, 390} {
		for _, dark := range []bool{false, true} {
			for _, name := range []string{"", "/agent", "/chat"} {
				p := newTab(t, browser, b.url+"/demo"+name, width, map[int64]int64{1280: 800, 390: 780}[width], dark)
				switch name {
				case "/agent":
					p.until("Tasks", `document.querySelectorAll('#task-list .task').length === 2`)
					if width == 390 {
						p.shot(fmt.Sprintf("%d-%v-list", width, dark))
						p.click("task-" + b.tasks("")[0].TaskSID)
					}
					p.until("messages", `document.querySelectorAll('#agent-messages .message').length >= 5`)
				case "/chat":
					p.until("messages", `document.querySelectorAll('#chat-messages .message').length >= 5`)
				}
				p.shot(fmt.Sprintf("%d-%v%s", width, dark, map[string]string{"": "-landing", "/agent": "-agent", "/chat": "-chat"}[name]))
				p.until("no sideways scrolling", fmt.Sprintf(`document.documentElement.scrollWidth <= %d`, width))
				if name == "/agent" && width == 390 {
					p.click("video-button")
					p.until("the room", `document.getElementById('room-host').dataset.place === 'docked' && document.getElementById('room-frame').contentDocument?.getElementById('token')?.textContent === 'token'`)
					p.inFrame("join")
					p.until("the call", `document.getElementById('room-host').dataset.phase === 'in_call'`)
					p.shot(fmt.Sprintf("%d-%v-room", width, dark))
					p.click("back-to-tasks")
					p.until("the floating room over the list", `document.getElementById('room-host').dataset.place === 'floating'`)
					p.shot(fmt.Sprintf("%d-%v-floating", width, dark))
					p.click("back-to-call")
					p.until("back in the room", `document.getElementById('room-host').dataset.place === 'docked'`)
					p.inFrame("leave")
					p.until("the end of the call", `document.getElementById('room-host').dataset.phase === 'left'`)
					played.forget()
				}
				p.close() // six pages with a stream each are all that a browser allows
			}
		}
	}
}

// TestMessagesHaveTheirPlaceInChromium adds Messages as they may arrive: a new one
// before those that were there when the page opened.
func TestMessagesHaveTheirPlaceInChromium(t *testing.T) {
	b, _, browser := stage(t)
	p := newTab(t, browser, b.url+"/demo/chat", 1280, 800, false)
	p.run(chromedp.Evaluate[chromedp.Void](`import('/demo/static/js/messages.js').then(({MessageList}) => {
		const ol = document.createElement('ol'), list = new MessageList(ol, 'agent');
		const add = (...all) => list.add(all.map(index => ({index, role: 'customer', name: 'Maya', body: '' + index, files: [], createdAt: '2026-01-01T00:00:00Z'})));
		add(5); add(0, 1, 2, 3, 5); add(4); add(6, 4);
		window.order = [...ol.children].map(e => e.dataset.index).join();
	})`))
	p.until("each once, in order", `window.order === '0,1,2,3,4,5,6'`)
}
