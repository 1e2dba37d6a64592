//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// tour goes through the states of every page, in one browser with one server
// and one escalation, and has each of them looked at.
type tour struct {
	*party
	look func(p *tab, state string)
	// prepare is what each page is given before it loads.
	prepare []step
}

// takeTour calls look in each state.
func takeTour(t *testing.T, look func(p *tab, state string), prepare ...step) {
	g := &tour{party: newParty(t, map[string]string{"VIDEO_RECORD_BY_DEFAULT": "true"}), look: look, prepare: prepare}
	g.leave(g.desk) // it is opened anew, prepared
	g.withoutProgram()
	g.demo()
	g.agentsTrouble()
	g.customersTrouble()
	c := g.beforeTheCall()
	g.inTheCall(c)
	g.afterTheCall(c)
}

// open opens a page on a phone, or what the desk is opened on.
func (g *tour) open(name, url string, more ...step) *tab {
	g.t.Helper()
	p := g.b.open(g.t, name, url, 390, 844, append(append([]step{}, g.prepare...), more...)...)
	p.until("loaded", `d.readyState === 'complete'`)
	p.run(usual(p))
	return p
}

// leave closes a page.
func (g *tour) leave(p *tab) {
	g.t.Helper()
	p.run(call(page.Close, cdp.Empty{}))
}

// openDesk opens the agent's desk and the Video Room tab in it.
func (g *tour) openDesk(more ...step) {
	g.t.Helper()
	g.desk = g.open("desk", g.system.URL()+"/demo/agent", more...)
	g.room = g.desk.in(frame)
	g.desk.see("#video-button")
}

// openRoom shows the Video Room tab.
func (g *tour) openRoom() {
	g.t.Helper()
	g.desk.click("#video-button")
	g.desk.click("#open-room")
	g.room.see("#join-button")
}

// levers are what a test can do to a page that only the world does otherwise.
// Each is a value or function of window.levers.
const levers = `(() => {
  if (!navigator.mediaDevices) return;
  const l = window.levers = {
    refuse: null,   // [name, message] of the exception that getUserMedia throws; 'never' lets it wait
    tokens: 'come', // or 'hang', 'fail'
    silent: false,  // playing is refused until there is a click
    hung: [],
  };
  const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
  media.getUserMedia = c => l.refuse === 'never' ? new Promise(() => {}) :
    l.refuse ? Promise.reject(new DOMException(l.refuse[1], l.refuse[0])) : ask(c);
  const get = window.fetch;
  window.fetch = (url, o) => {
    if (l.tokens === 'come' || !String(url?.url ?? url).endsWith('/token')) return get(url, o);
    if (l.tokens === 'hang') return new Promise((_, no) => l.hung.push(() => no(new TypeError('no network'))));
    return Promise.reject(new TypeError('no network'));
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    return l.silent ? Promise.reject(new DOMException('no gesture', 'NotAllowedError')) : play.call(this);
  };
  // The Room that the page joins, and what joining it answers instead.
  l.hook = async () => {
    await window.escalateSDK;
    const sdk = window.Twilio.Video, connect = sdk.connect;
    sdk.connect = async (...a) => {
      if (l.full) throw Object.assign(new Error('Participants limit'), {code: 53105});
      return l.room = await connect(...a);
    };
  };
})()`

// pull uses the page's levers; l is window.levers.
func (p *tab) pull(js string) {
	p.t.Helper()
	p.do("const l = w.levers; await (async () => { " + js + " })()")
}

// onNewDocument runs a script in every frame before the frame's own.
func onNewDocument(src string) step {
	return call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: src})
}

// prefer makes the browser say what the person prefers; no motion, always.
func (p *tab) prefer(features ...string) {
	p.t.Helper()
	list := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
	for i := 0; i+1 < len(features); i += 2 {
		list = append(list, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	p.run(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: list}), call(page.BringToFront, cdp.Empty{}))
	p.drawn()
}

// theme makes the browser say that the person prefers light or dark.
func (p *tab) theme(scheme string) {
	p.t.Helper()
	p.prefer("prefers-color-scheme", scheme)
}

// drawn waits until the page is drawn as its markup and styles are now.
func (p *tab) drawn() {
	p.t.Helper()
	var done bool
	if err := p.eval(&done, `
		const frame = () => new Promise(r => w.requestAnimationFrame(r));
		await frame(); await frame();
		await Promise.all(d.getAnimations().map(a => a.effect?.getComputedTiming().iterations === Infinity ? null : a.finished.catch(() => {})));
		await frame();
		return true`); err != nil {
		p.t.Fatalf("%s: wait for the drawing: %v", p.name, err)
	}
}

// screen is one of so many CSS pixels.
func screen(width, height int64) step {
	return call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1})
}

// viewport is a screen so many pixels wide, and as high as such screens are.
func viewport(width int64) step {
	height := map[int64]int64{320: 640, 390: 844, 768: 1024}[width]
	if height == 0 {
		height = 800
	}
	return screen(width, height)
}

// usual is the screen that a page is used on: the agent's is a computer's.
func usual(p *tab) step {
	if p.name == "desk" || p.inner != "" {
		return viewport(1280)
	}
	return viewport(390)
}

// agreeAndJoin ticks the consent and joins.
func (p *tab) agreeAndJoin() {
	p.t.Helper()
	p.click("#consent-input")
	p.click("#join-button")
}

// with is the same tab, reporting to another test.
func (p *tab) with(t *testing.T) *tab {
	q := *p
	q.t = t
	return &q
}

// picture is a screenshot.
func (p *tab) picture() ([]byte, error) {
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, fmt.Errorf("screenshot of %s: %w", p.name, err)
	}
	return png, nil
}
