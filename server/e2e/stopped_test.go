//go:build e2e

package e2e

import "testing"

// kept keeps every Track that a page captures, and copies of it, in window.tracks.
const kept = `(() => {
  window.tracks = [];
  if (!navigator.mediaDevices) return;
  for (const name of ['getUserMedia', 'getDisplayMedia']) {
    const real = MediaDevices.prototype[name];
    MediaDevices.prototype[name] = async function (c) { const s = await real.call(this, c); tracks.push(...s.getTracks()); return s; };
  }
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () { const t = clone.call(this); tracks.push(t); return t; };
})()`

// What ends a program: from then on it cannot make elements, or it comes upon
// an exception that no Go code can catch.
const (
	panics = `d.createElement = () => { throw new Error("an add-on's fault"); }`
	breaks = `Object.defineProperty(d, "visibilityState", {get() { throw new Error("an add-on's fault"); }});
		d.dispatchEvent(new Event("visibilitychange"))`
)

// captures waits until the page has live Tracks.
func (p *tab) captures() {
	p.t.Helper()
	p.until("camera and microphone are on", `w.tracks.filter(t => t.readyState === "live").length >= 2`)
}

// hasStopped waits until the page says that it has ended, and has let go.
func (p *tab) hasStopped(words string) {
	p.t.Helper()
	p.see("#stopped")
	p.read(words)
	p.until("nothing else", `!d.querySelector("#app")?.checkVisibility()`)
	p.until("camera and microphone are off", `w.tracks.every(t => t.readyState === "ended") && w.spiedPCs.flatMap(c => c.getSenders()).every(s => s.track?.readyState !== "live")`)
}

// TestProgramEnds ends a page's program in a call. The page says so, lets go of
// everything, and a click leads on.
func TestProgramEnds(t *testing.T) {
	p := newParty(t, nil)
	p.agentIn()
	for name, end := range map[string]func(c *tab){
		"a panic": func(c *tab) {
			c.click("#talk-button")
			c.fill("#talk-input", "Hello")
			c.do(panics)
			c.click("#talk-send")
		},
		"an exception through the program": func(c *tab) { c.do(breaks) },
	} {
		t.Run(name, func(t *testing.T) {
			c := p.customer(t, onNewDocument(kept))
			c.click("#join-button")
			p.bothTalk(c)
			c.click("#share-button")
			p.room.see(".tile-screen:not([hidden]) video")
			c.captures()
			end(c)
			c.hasStopped("Your camera and microphone are off")
			c.shot("stopped")
			p.room.gone("the customer has left the Room", other)
			c.click("#reload-button")
			c.ready()
			c.click("#join-button")
			p.bothTalk(c)
			c.run(navigate("about:blank"))
			p.room.gone("the customer is gone", other)
		})
	}
	t.Run("the agent's", func(t *testing.T) {
		p.room.do(breaks)
		p.room.see("#stopped")
		p.desk.until("the desk knows that the agent is out", `d.getElementById("room-host").dataset.phase === "left"`)
		p.desk.shot("stopped")
		p.room.click("#reload-button")
		p.room.see("#join-button")
	})
}

// TestProgramEndsBeforeTheCall is the same while the customer waits, in German,
// on a page from which somebody has removed the sentence.
func TestProgramEndsBeforeTheCall(t *testing.T) {
	p := newParty(t, nil)
	c := p.b.open(t, "customer", p.link+"?lang=de", 320, 640, onNewDocument(kept))
	c.ready()
	c.click("#join-button")
	c.phase("waiting")
	c.captures()
	c.do(`d.querySelector("#stopped").remove()`)
	c.do(panics)
	c.click("#cancel-button")
	c.hasStopped("Ihre Kamera und Ihr Mikrofon sind aus")
	p.room.read("has trouble joining")
	c.shot("stopped")
}

// TestProgramNeverDraws starts a program that does nothing that can be seen.
func TestProgramNeverDraws(t *testing.T) {
	p := newParty(t, nil)
	c := p.b.open(t, "customer", p.link, 390, 844, onNewDocument(kept), onNewDocument(`Object.defineProperty(window, "Go", {
		set(real) { this.idle = class extends real { run() { return new Promise(() => {}); } }; },
		get() { return this.idle; },
	})`))
	c.hasStopped("Reload the page")
}
