//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// refuse makes the browser refuse camera and microphone in the way of a DOMException.
func refuse(name, message string) step {
	return onNewDocument(`navigator.mediaDevices.getUserMedia = () =>
		Promise.reject(new DOMException("` + message + `", "` + name + `"))`)
}

// onNewDocument runs a script in every frame before the frame's own.
func onNewDocument(src string) step {
	return call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: src})
}

// theme makes the browser say that the person prefers light or dark, and no motion.
func (p *tab) theme(scheme string) {
	p.t.Helper()
	p.run(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}), call(page.BringToFront, cdp.Empty{}))
	p.drawn()
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

// tour goes through the states of every page and calls visit in each of them.
// prepare is what each page is given before it loads.
func tour(t *testing.T, visit func(p *tab, state string), prepare ...step) {
	s := newParty(t, map[string]string{"VIDEO_RECORD_BY_DEFAULT": "true"})
	url := s.system.URL()
	open := func(name, url string, more ...step) *tab {
		p := s.b.open(t, name, url, 390, 844, append(append([]step{}, prepare...), more...)...)
		p.until("loaded", `d.readyState === 'complete'`)
		return p
	}
	leave := func(p *tab) { p.run(call(page.Close, cdp.Empty{})) }

	// Pages without a program, and those of the demo.
	inApp := call(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram 361.0.0.30.83 (iPhone14,5; iOS 18_1; de_DE)"})
	for _, c := range []struct {
		state, url string
		more       []step
	}{
		{"home", url + "/", nil},
		{"unknown", url + "/join/zzzzzzz", nil},
		{"nothing", url + "/nowhere", nil},
		{"in-app", s.link, []step{inApp}},
		{"demo", url + "/demo", nil},
	} {
		p := open(c.state, c.url, c.more...)
		visit(p, c.state)
		leave(p)
	}
	shop := open("shop", url+"/demo/chat")
	shop.see("#chat-input")
	visit(shop, "shop")
	leave(shop)

	// The agent's desk, opened anew so that it is prepared, and its tab.
	leave(s.desk)
	s.desk = open("desk", url+"/demo/agent")
	s.desk.run(viewport(1280))
	s.room = s.desk.in(frame)
	s.desk.see("#video-button")
	visit(s.desk, "desk")
	s.desk.click("#video-button")
	s.desk.click("#open-room")
	s.room.see("#join-button")
	visit(s.room, "agent-idle")

	denied := open("denied", s.link, refuse("NotAllowedError", "Permission denied"))
	denied.ready()
	denied.click("#check-button")
	denied.see("#media-advice")
	visit(denied, "denied")
	leave(denied)
	none := open("none", s.link, refuse("NotFoundError", "Requested device not found"))
	none.ready()
	none.click("#check-button")
	none.see("#media-advice")
	visit(none, "no-device")
	leave(none)

	c := open("customer", s.link)
	c.ready()
	visit(c, "green-room")
	c.click("#join-button")
	c.see("#consent-error")
	visit(c, "consent-missing")
	c.click("#consent-input")
	c.until("the complaint is gone", `!d.querySelector('#consent-error').checkVisibility()`)
	c.click("#check-button")
	c.see("#mute-button")
	c.until("the picture is there", `d.querySelector('#preview-video').videoWidth > 0`)
	visit(c, "checked")
	c.click("#join-button")
	c.phase("waiting")
	visit(c, "waiting")
	s.room.see("#join-button")
	visit(s.room, "agent-customer-waits")
	s.agentIn()
	c.see(other + " video")
	s.bothTalk(c)
	visit(c, "in-call")
	visit(s.room, "agent-in-call")
	c.click("#more-button")
	c.see("#more-panel")
	visit(c, "more")
	c.click("#more-button")
	s.room.click("#more-button")
	s.room.see("#more-panel")
	visit(s.room, "agent-more")
	s.room.click("#more-button")
	c.click("#mute-button")
	c.click("#camera-button")
	s.room.see(other + `[data-camera="false"]`)
	visit(c, "all-off")
	visit(s.room, "agent-customer-off")
	s.room.click("#share-button")
	c.see(".tile-screen:not([hidden]) video")
	visit(c, "screen")
	visit(s.room, "agent-sharing")
	s.room.click("#share-button")
	c.until("the screen is gone", `!d.querySelector('.tile-screen:not([hidden])')`)
	s.room.click("#leave-button")
	s.room.phase("left")
	visit(s.room, "agent-left")
	c.until("alone", `d.querySelector('.stage[data-layout="alone"]')`)
	visit(c, "alone")
	c.click("#leave-button")
	c.see("#rating-form")
	visit(c, "after")
	c.click("#rating-send")
	c.see("#rating-note")
	c.click(`label[for="rating-4"]`)
	c.until("the complaint is gone", `!d.querySelector('#rating-note').checkVisibility()`)
	visit(c, "rating")
	c.click("#rating-send")
	c.see("#rating-thanks")
	visit(c, "thanks")
	s.room.click("#end-button")
	s.room.click("#end-button")
	s.room.phase("over")
	visit(s.room, "agent-over")
	late := open("late", s.link)
	visit(late, "ended")
	leave(late)
}

// viewport is a screen so many pixels wide, and as high as such screens are.
func viewport(width int64) step {
	height := map[int64]int64{320: 640, 390: 844, 768: 1024}[width]
	if height == 0 {
		height = 800
	}
	return call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1})
}
