//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// watchCameras notes in every page what is captured, also after a reload: a
// camera that was off must not be lit for even a moment.
const watchCameras = `(() => {
  const m = navigator.mediaDevices;
  if (!m) return;
  window.captured = [];
  const real = m.getUserMedia.bind(m);
  m.getUserMedia = (c) => { window.captured.push((c.audio ? 'audio ' : '') + (c.video ? 'video' : '')); return real(c); };
})()`

// TestOffStaysOff switches both off on both sides and comes back in every way:
// by the button, after a reload with a click before the program is up, and from
// another tab.
func TestOffStaysOff(t *testing.T) {
	p := newParty(t, nil)
	p.agentIn()
	c := p.customer(t, onNewDocument(watchCameras))
	c.click("#join-button")
	p.bothTalk(c)
	off := other + `[data-camera="false"][data-microphone="false"]`
	for _, side := range []*tab{c, p.room} {
		side.click("#camera-button")
		side.click("#mute-button")
	}
	p.room.see(off)
	c.see(off)

	// Left and joined again.
	c.click("#leave-button")
	c.click("#rejoin-button")
	c.phase("in_call")
	p.room.see(off)
	c.until("the camera was not lit", `w.captured.join() === 'audio video,audio '`)
	p.room.click("#leave-button")
	p.room.phase("left")
	p.room.click("#join-button")
	p.room.phase("in_call")
	c.see(off)

	// After a reload, with a click before the program is there.
	c.run(chromedp.Reload())
	c.click("#join-button")
	c.phase("in_call")
	p.room.see(off)
	c.until("the camera was not lit", `w.captured.length > 0 && w.captured.every(c => c === 'audio ')`)

	// From another tab of the same browser.
	second := p.b.open(t, "second", p.link, 390, 844, onNewDocument(watchCameras))
	second.ready()
	second.click("#join-button")
	second.phase("in_call")
	p.room.see(off)
	second.until("the camera was not lit", `w.captured.length > 0 && w.captured.every(c => c === 'audio ')`)

	// And on again, which both see.
	second.click("#camera-button")
	second.click("#mute-button")
	p.room.see(other + `[data-camera="true"][data-microphone="true"]`)
	second.quiet()
	p.desk.quiet()
}
