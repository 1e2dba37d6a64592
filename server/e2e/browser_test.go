//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
)

// spy is put into every frame before its own scripts: it keeps hold of the
// peer connections, so that a test can ask what was really decoded.
const spy = `(() => {
  const Real = window.RTCPeerConnection;
  if (!Real) return;
  window.spiedPCs = [];
  // A proxy, not a subclass: twilio-video.js walks the prototype's own methods.
  window.RTCPeerConnection = new Proxy(Real, {
    construct(target, args) {
      const pc = Reflect.construct(target, args);
      window.spiedPCs.push(pc);
      return pc;
    },
  });
})()`

// step is something the browser is told to do.
type step = chromedp.Action[chromedp.Void]

// call is a step made of one command of the DevTools protocol.
func call[P, R any](c cdp.Command[P, R], params P) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// browser is a profile of Chromium with fake camera, microphone and screen.
type browser struct{ ctx context.Context }

// newBrowser makes a profile in the browser that tests share. With more flags it
// starts one of its own; they are added to the usual ones, false takes one away.
func newBrowser(t *testing.T, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	if len(more) == 0 {
		ctx, done, err := theBrowser.Profile()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(done)
		return &browser{ctx: ctx}
	}
	ctx, stop, err := chromium.Start(context.Background(), chromium.Path(), t.TempDir(), append([]chromedp.ExecAllocatorOption{anyScreen}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return &browser{ctx: ctx}
}

// tab is one page of the browser, and what it complained of.
type tab struct {
	t    *testing.T
	name string
	ctx  context.Context
	// inner is the id of an iframe of the same origin that the methods look
	// into; empty means the page itself.
	inner      string
	shots      *int
	complaints *complaints
	leaving    *leaving
}

// leaving is what the browser asks before a page is left, and what the person
// answers: yes, unless they would rather stay.
type leaving struct {
	asked atomic.Int32
	stay  atomic.Bool
}

// answer answers the browser's question.
func (l *leaving) answer(ctx context.Context) {
	l.asked.Add(1)
	_ = chromedp.Do(ctx, call(page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: !l.stay.Load()}))
}

// complaints are the exceptions and console errors of a page.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) add(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, s)
}

func (c *complaints) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.list, "\n")
}

// quiet fails the test when the page complained of anything since the last call.
func (p *tab) quiet() {
	p.t.Helper()
	c := p.complaints
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.list {
		p.t.Errorf("%s: %s", p.name, s)
	}
	c.list = nil
}

// open opens a tab that is w pixels wide.
func (b *browser) open(t *testing.T, name, url string, w, h int64, actions ...step) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	p := &tab{t: t, name: name, ctx: ctx, shots: new(int), complaints: &complaints{}, leaving: &leaving{}}
	if err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *cdpruntime.EventExceptionThrown:
			text := e.ExceptionDetails.Text
			if x := e.ExceptionDetails.Exception; x != nil {
				text += " " + x.Description
			}
			p.complaints.add("exception: " + text)
		case *page.EventJavascriptDialogOpening:
			go p.leaving.answer(ctx) // not here, where the answer could not arrive
		case *cdpruntime.EventConsoleAPICalled:
			if e.Type == cdpruntime.ConsoleAPICalledTypeError {
				p.complaints.add("console: " + consoleText(e))
			}
		}
	}); err != nil {
		t.Fatalf("%s: listen: %v", name, err)
	}
	all := append([]step{
		call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: spy}),
		chromedp.EmulateViewport(w, h),
		call(cdpruntime.Enable, cdp.Empty{}),
		call(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
	}, actions...)
	if err := chromedp.Do(ctx, append(all, chromedp.Navigate(url))...); err != nil {
		t.Fatalf("%s: open %s: %v", name, url, err)
	}
	return p
}

func consoleText(e *cdpruntime.EventConsoleAPICalled) string {
	var parts []string
	for _, a := range e.Args {
		if len(a.Value) > 0 {
			parts = append(parts, string(a.Value))
		} else {
			parts = append(parts, a.Description)
		}
	}
	return strings.Join(parts, " ")
}

// in is the same tab, looking into an iframe.
func (p *tab) in(frame string) *tab {
	q := *p
	q.inner, q.name = frame, p.name+" "+frame
	return &q
}

// doc is the JavaScript for the document that the tab looks into.
func (p *tab) doc() string {
	if p.inner == "" {
		return "document"
	}
	return fmt.Sprintf("document.getElementById(%q)?.contentDocument", p.inner)
}

// eval runs JavaScript in which d is the document and w its window; promises
// are awaited.
func (p *tab) eval(out any, js string) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	src := fmt.Sprintf("(async () => { const d = %s, w = d?.defaultView; return JSON.stringify(await (async () => { %s })() ?? null) })()", p.doc(), js)
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](src, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), out)
}

// until waits until the JavaScript answers true; what says what is missing.
func (p *tab) until(what, js string) {
	p.t.Helper()
	p.untilWithin(patience, what, js)
}

func (p *tab) untilWithin(d time.Duration, what, js string) {
	p.t.Helper()
	deadline := time.Now().Add(d)
	var last error
	for time.Now().Before(deadline) {
		var ok bool
		if last = p.eval(&ok, "return !!("+js+")"); last == nil && ok {
			return
		}
		select {
		case <-p.ctx.Done():
			p.t.Fatalf("%s: the tab is gone while waiting: %s", p.name, what)
		case <-time.After(50 * time.Millisecond):
		}
	}
	p.shot("FAILED")
	var text string
	_ = p.eval(&text, "return d?.body?.innerText ?? 'no document'")
	p.t.Fatalf("%s: not within %v: %s (last error: %v)\nthe page reads:\n%s\nit complained:\n%s", p.name, d, what, last, text, p.complaints)
}

// see waits until a visible element matches the selector.
func (p *tab) see(selector string) {
	p.t.Helper()
	p.until("visible: "+selector, fmt.Sprintf("d?.querySelector(%q)?.checkVisibility?.({visibilityProperty: true})", selector))
}

// read waits until the page's text contains the words.
func (p *tab) read(words string) {
	p.t.Helper()
	p.until(fmt.Sprintf("the words %q", words), fmt.Sprintf("d?.body?.innerText.includes(%q)", words))
}

// click presses the mouse on an element as a person would: on what is really
// on top there, so that a covered button fails the test.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.see(selector)
	p.until("enabled and not covered: "+selector, fmt.Sprintf(`(() => {
		const e = d.querySelector(%q); if (!e || e.disabled) return false;
		e.scrollIntoView({block: 'nearest'});
		const r = e.getBoundingClientRect(), top = d.elementFromPoint(r.x + r.width/2, r.y + r.height/2);
		return top && (e.contains(top) || top.contains(e));
	})()`, selector))
	var at struct{ X, Y float64 }
	if err := p.eval(&at, fmt.Sprintf(`
		const r = d.querySelector(%q).getBoundingClientRect();
		const f = w.frameElement?.getBoundingClientRect() ?? {x: 0, y: 0};
		return {X: f.x + r.x + r.width/2, Y: f.y + r.y + r.height/2}`, selector)); err != nil {
		p.t.Fatalf("%s: find %s: %v", p.name, selector, err)
	}
	p.run(chromedp.MouseClickXY(at.X, at.Y))
}

// fill types into a field.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.click(selector)
	p.run(call(input.InsertText, input.InsertTextParams{Text: text}))
}

func (p *tab) run(actions ...step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// text is an element's text, "" when there is none.
func (p *tab) text(selector string) string {
	p.t.Helper()
	var s string
	if err := p.eval(&s, fmt.Sprintf("return d.querySelector(%q)?.innerText ?? ''", selector)); err != nil {
		p.t.Fatalf("%s: read %s: %v", p.name, selector, err)
	}
	return s
}

// media is what a page's peer connections have received so far, summed.
type media struct {
	Frames, Width int     // frames decoded; the widest video now
	Videos        int     // videos that have a size
	Audio         int     // bytes
	Energy        float64 // totalAudioEnergy
}

func (p *tab) media() media {
	p.t.Helper()
	var m media
	err := p.eval(&m, `
		const m = {Frames: 0, Width: 0, Videos: 0, Audio: 0, Energy: 0};
		for (const pc of w.spiedPCs ?? []) {
			if (pc.connectionState === 'closed') continue;
			for (const s of (await pc.getStats()).values()) {
				if (s.type !== 'inbound-rtp') continue;
				if (s.kind === 'audio') { m.Audio += s.bytesReceived ?? 0; m.Energy += s.totalAudioEnergy ?? 0; }
				if (s.kind === 'video') { m.Frames += s.framesDecoded ?? 0; m.Width = Math.max(m.Width, s.frameWidth ?? 0); m.Videos += s.frameWidth > 0 ? 1 : 0; }
			}
		}
		return m`)
	if err != nil {
		p.t.Fatalf("%s: read media: %v", p.name, err)
	}
	return m
}

// plays waits until more frames are decoded and more sound has come than now.
func (p *tab) plays(what string) {
	p.t.Helper()
	before := p.media()
	p.mediaUntil(what, func(m media) bool {
		return m.Frames > before.Frames+5 && m.Width > 0 && m.Audio > before.Audio && m.Energy > before.Energy
	})
}

func (p *tab) mediaUntil(what string, ok func(media) bool) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	var m media
	for time.Now().Before(deadline) {
		if m = p.media(); ok(m) {
			return
		}
		select {
		case <-p.ctx.Done():
			p.t.Fatalf("%s: the tab is gone while waiting: %s", p.name, what)
		case <-time.After(100 * time.Millisecond):
		}
	}
	p.shot("FAILED")
	p.t.Fatalf("%s: not within %v: %s; the last media was %+v", p.name, patience, what, m)
}

// shot keeps a screenshot in out/.
func (p *tab) shot(name string) {
	p.t.Helper()
	*p.shots++
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("%s: screenshot %s: %v", p.name, name, err)
		return
	}
	dir := filepath.Join("out", p.t.Name())
	file := fmt.Sprintf("%s-%02d-%s.png", strings.Fields(p.name)[0], *p.shots, strings.ReplaceAll(name, " ", "-"))
	if err := os.MkdirAll(dir, 0o755); err == nil {
		err = os.WriteFile(filepath.Join(dir, file), png, 0o644)
		if err != nil {
			p.t.Logf("keep screenshot: %v", err)
		}
	}
}
