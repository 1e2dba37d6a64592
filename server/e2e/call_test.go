//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// keepTracks keeps what a page captures, so that a test can do to it what a
// phone call, a loose plug or the browser's own button does.
const keepTracks = `(() => {
  const m = navigator.mediaDevices;
  if (!m) return;
  window.spied = {};
  for (const [name, as] of [['getUserMedia', ''], ['getDisplayMedia', 'screen']]) {
    const real = m[name].bind(m);
    m[name] = async c => {
      const s = await real(c);
      s.getTracks().forEach(t => { window.spied[as || t.kind] = t });
      return s;
    };
  }
})()`

// inCall is a party whose agent and customer see and hear each other.
func inCall(t *testing.T, actions []step, flags ...chromedp.ExecAllocatorOption) (*party, *tab) {
	t.Helper()
	p := newParty(t, nil, flags...)
	p.agentIn()
	c := p.customer(t, append([]step{onNewDocument(keepTracks)}, actions...)...)
	c.click("#join-button")
	p.bothTalk(c)
	return p, c
}

// do runs JavaScript in the page, for what no person can do.
func (p *tab) do(js string) {
	p.t.Helper()
	var ok bool
	if err := p.eval(&ok, js+"; return true"); err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, js, err)
	}
}

func (p *tab) gone(what, selector string) {
	p.t.Helper()
	p.until(what, fmt.Sprintf(`![...d.querySelectorAll(%q)].some(e => e.checkVisibility({visibilityProperty: true}))`, selector))
}

// conditions are what Network.emulateNetworkConditions takes; the package
// cdproto has left that command out, but every Chromium knows it.
type conditions struct {
	Offline            bool    `json:"offline"`
	Latency            float64 `json:"latency"`
	DownloadThroughput float64 `json:"downloadThroughput"`
	UploadThroughput   float64 `json:"uploadThroughput"`
	PacketLoss         float64 `json:"packetLoss,omitempty"` // of WebRTC, in percent
}

var emulateNetwork = cdp.Command[conditions, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

// network makes a page's line as it is told.
func (p *tab) network(c conditions) {
	p.t.Helper()
	c.DownloadThroughput, c.UploadThroughput = -1, -1
	p.run(call(network.Enable, network.EnableParams{}), call(emulateNetwork, c))
}

// TestBesideTheTalk plays what two people do in a call besides talking: text,
// two screen shares, the small window.
func TestBesideTheTalk(t *testing.T) {
	p, c := inCall(t, nil)
	c.see(other + ".speaking")
	p.room.see(other + ".speaking")

	// Text, both ways; the first one is also what opens the data Tracks.
	c.click("#talk-button")
	c.fill("#talk-input", "I cannot hear <you>")
	c.shot("text")
	c.click("#talk-send")
	p.room.see(`#talk-button[data-unread="true"] .badge`)
	p.desk.shot("unread")
	p.room.click("#talk-button")
	p.room.read("I cannot hear <you>")
	p.room.until("read", `d.querySelector('#talk-button').dataset.unread === 'false'`)
	c.gone("it has arrived", ".talk-state")
	p.room.fill("#talk-input", "Now?")
	p.room.click("#talk-send")
	c.until("the answer is in the log", `d.querySelector('#talk-log').innerText.includes('Now?')`)
	c.until("one line each, in order", `[...d.querySelectorAll('.talk-text')].map(e => e.innerText).join('|') === 'I cannot hear <you>|Now?'`)
	c.shot("answer")
	p.desk.shot("text")
	c.click("#talk-button")
	p.room.click("#talk-button")

	// The browser's own button ends a share: both sides see it end.
	c.click("#share-button")
	p.room.see(".tile-screen:not([hidden]) video")
	c.see("#share-note")
	c.do(`w.spied.screen.stop(); w.spied.screen.dispatchEvent(new Event('ended'))`)
	p.room.gone("the screen is gone", ".tile-screen")
	c.gone("the note is gone", "#share-note")
	c.see(`#share-button[aria-pressed="false"]`)

	// Whoever shares later is shown.
	c.click("#share-button")
	p.room.see(".tile-screen:not([hidden]) video")
	p.room.click("#share-button")
	c.see(".tile-screen:not([hidden]) video")
	c.read("so your screen is no longer shared")
	p.room.gone("the customer's screen is gone", ".tile-screen")
	c.shot("replaced")
	p.room.click("#share-button")
	c.gone("no screen any more", ".tile-screen")

	// The whole screen, and back.
	c.click("#more-button")
	c.click("#fullscreen-button")
	c.until("the call fills the screen", `d.fullscreenElement?.id === 'app'`)
	c.see(`#fullscreen-button[aria-pressed="true"]`)
	c.click("#fullscreen-button")
	c.until("and no longer does", `!d.fullscreenElement`)
	c.see(`#fullscreen-button[aria-pressed="false"]`)
	c.quiet()
	p.desk.quiet()
}

// TestDevicesGoAndComeBack takes microphone and camera from a page in a call.
func TestDevicesGoAndComeBack(t *testing.T) {
	phone := call(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"})
	p, c := inCall(t, []step{phone})
	c.see("#flip-button")
	c.gone("a phone cannot share its screen", "#share-button")

	// A phone call comes in.
	c.do(`const a = w.spied.audio; Object.defineProperty(a, 'muted', {value: true, configurable: true}); a.dispatchEvent(new Event('mute'))`)
	c.see("#refresh-button")
	c.read("Your microphone was interrupted")
	p.room.read("Paused by their device")
	c.shot("interrupted")
	p.desk.shot("paused")
	c.click("#refresh-button")
	c.gone("taken back", "#refresh-button")
	p.room.until("no longer paused", `!d.body.innerText.includes('Paused by their device')`)
	p.room.plays("the customer can be heard again")

	// Another app comes to the front, and goes.
	hidden := func(is bool) {
		c.do(fmt.Sprintf(`Object.defineProperty(d, 'visibilityState', {value: %q, configurable: true}); d.dispatchEvent(new Event('visibilitychange'))`,
			map[bool]string{true: "hidden", false: "visible"}[is]))
	}
	hidden(true)
	p.room.see(other + `[data-camera="false"]`)
	hidden(false)
	p.room.see(other + `[data-camera="true"]`)
	p.room.plays("the picture is back")

	// The headset is pulled out; there is another microphone.
	c.do(`const m = w.navigator.mediaDevices, id = w.spied.audio.getSettings().deviceId, real = m.enumerateDevices.bind(m);
		m.enumerateDevices = async () => (await real()).filter(x => x.deviceId !== id);
		w.spied.audio.stop(); w.spied.audio.dispatchEvent(new Event('ended'))`)
	c.read("The device was unplugged")
	c.shot("unplugged")
	p.room.plays("the customer is heard through the other microphone")

	// The only camera breaks off: no frozen picture stays on the other side.
	c.do(`const m = w.navigator.mediaDevices, real = m.enumerateDevices.bind(m);
		m.enumerateDevices = async () => (await real()).filter(x => x.kind !== 'videoinput');
		w.spied.video.stop(); w.spied.video.dispatchEvent(new Event('ended'))`)
	c.read("there is no other camera")
	p.room.see(other + `[data-camera="false"]`)
	c.shot("camera-gone")
}

// TestLineCut cuts the customer's line for a while. Chromium's emulation cuts
// the signalling and lets the media pass, so this is the slower of the two ways
// in which a line breaks.
func TestLineCut(t *testing.T) {
	p, c := inCall(t, nil)
	c.network(conditions{Offline: true})
	c.see(".bar-warn:not([hidden]), [data-phase=rejoining]")
	p.room.see(other + ".reconnecting")
	c.shot("offline")
	p.desk.shot("customer-offline")
	c.network(conditions{})
	c.phase("in_call")
	c.gone("whole again", ".bar-warn")
	p.room.gone("the customer is whole again", other+".reconnecting")
	p.bothTalk(c)
}

// TestElsewhere opens the link twice, closes the page, and comes back.
func TestElsewhere(t *testing.T) {
	p, c := inCall(t, nil)
	// A second tab takes the call over; the first does not fight for it.
	second := p.b.open(t, "second", p.link, 390, 844)
	second.ready()
	second.click("#join-button")
	second.phase("in_call")
	c.phase("lost")
	c.read("The call goes on elsewhere")
	c.shot("elsewhere")
	p.room.until("one customer", fmt.Sprintf(`d.querySelectorAll(%q).length === 1`, other))
	second.plays("the agent reaches the second tab")
	p.room.plays("the second tab reaches the agent")

	// The page is closed: within two seconds the agent knows.
	began := time.Now()
	second.run(chromedp.Navigate("about:blank"))
	p.room.untilWithin(2*time.Second, "the customer's tile is gone", fmt.Sprintf(`!d.querySelector(%q)`, other))
	t.Logf("the agent saw the closed page after %v", time.Since(began).Round(10*time.Millisecond))

	// Back by choice, and out; the rating cannot be sent yet, and then is.
	c.click("#rejoin-button")
	c.phase("in_call")
	c.click("#leave-button")
	c.see("#rating-form")
	c.run(call(network.Enable, network.EnableParams{}), call(network.SetBlockedURLs, network.SetBlockedURLsParams{
		URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*/rating", Block: true}}}))
	c.click(`label[for="rating-5"]`)
	c.fill("#rating-comment", "Kept while offline.")
	c.click("#rating-send")
	c.see("#rating-note")
	c.read("kept on this device")
	c.shot("rating-kept")
	c.run(chromedp.Reload())
	c.run(call(network.SetBlockedURLs, network.SetBlockedURLsParams{}))
	c.ready()
	eventually(t, "the rating has arrived", func() bool { return stateOf(t, p.api("")).Rated })
}

// TestAutoplayBlocked joins without a gesture: no sound may play until a tap.
// Under this policy a gesture counts for five seconds, so on a busy machine the
// agent, who has clicked on Join before the customer came, is asked as well.
func TestAutoplayBlocked(t *testing.T) {
	p := newParty(t, nil, chromedp.Flag("autoplay-policy", "user-gesture-required"))
	p.agentIn()
	c := p.customer(t)
	c.do(`d.getElementById('join-button').click()`)
	c.phase("in_call")
	c.see("#resume-button")
	c.read("Tap to hear the call")
	c.shot("blocked")
	// What arrives, not its energy: that is only measured where sound is played.
	before := p.room.media()
	p.room.mediaUntil("the agent goes on getting the customer's picture and sound", func(m media) bool {
		return m.Frames > before.Frames && m.Audio > before.Audio
	})
	c.click("#resume-button")
	c.gone("no longer asked", "#resume-button")
	plays := `[...d.querySelectorAll('.stage audio')].some(a => a.srcObject && !a.paused)`
	asked := `d.querySelector('#resume-button')?.checkVisibility()`
	c.until("the agent's sound plays", plays)
	p.room.until("the customer's sound plays, or a tap is asked for", plays+" || "+asked)
	var tap bool
	if err := p.room.eval(&tap, "return Boolean("+asked+")"); err != nil {
		t.Fatal(err)
	}
	if tap {
		p.room.click("#resume-button")
	}
	p.bothTalk(c)
}

// TestBlur runs what loads more code, under the page's own policy.
func TestBlur(t *testing.T) {
	p, c := inCall(t, nil)
	c.click("#more-button")
	c.shot("more")
	c.click("#blur-button")
	c.see(`#blur-button[aria-pressed="true"]`)
	// Without a graphics card it is a frame or two a second.
	before := p.room.media().Frames
	p.room.mediaUntil("the blurred picture reaches the agent", func(m media) bool { return m.Frames > before })
	c.until("the self view shows the blurred camera", `!d.querySelector('#self-video').srcObject.getTracks().includes(w.spied.video)`)
	c.shot("blurred")
	c.click("#blur-button")
	c.see(`#blur-button[aria-pressed="false"]`)
	p.room.plays("the plain picture reaches the agent")
	c.quiet()
}

// TestBlurBeforeTheCall: nobody ever sees the background.
func TestBlurBeforeTheCall(t *testing.T) {
	p := newParty(t, nil)
	p.agentIn()
	c := p.customer(t, onNewDocument(keepTracks))
	asked := `w.performance.getEntriesByType('resource').some(r => r.name.includes('tflite') || r.name.includes('video-processors'))`
	c.click("#check-button")
	c.see("#blur-button")
	c.until("nothing is loaded for it yet", "!"+asked)
	c.click("#blur-button")
	c.see(`#blur-button[aria-pressed="true"]`)
	c.until("it is loaded now", asked)
	raw := func(id string) string {
		return `d.querySelector('` + id + `').srcObject.getTracks().includes(w.spied.video)`
	}
	c.until("the preview is no longer the plain picture", "!"+raw("#preview-video"))
	c.shot("blurred")
	c.click("#join-button")
	c.phase("in_call")
	c.until("and so is what is sent", `!`+raw("#self-video"))
	p.room.mediaUntil("the blurred picture reaches the agent", func(m media) bool { return m.Frames > 0 && m.Width > 0 })
	c.quiet()
}
