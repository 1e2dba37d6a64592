//go:build e2e

package e2e

import "testing"

// mini is JavaScript for the small window's document, undefined without one.
const mini = `w.documentPictureInPicture?.window?.document`

// TestSmallWindow puts the call into a small window on top of all others, and
// goes on from there.
func TestSmallWindow(t *testing.T) {
	p, c := inCall(t, nil)
	open := func() {
		c.click("#more-button")
		c.click("#mini-button")
		c.see(`#mini-button[aria-pressed="true"]`)
	}
	open()
	c.until("the browser has such a window", mini)
	c.until("the agent and the customer are in it", `[...`+mini+`.querySelectorAll('video')].filter(v => !v.hidden && v.videoWidth > 0).length === 2`)
	c.until("the agent is large and the customer small, mirrored", `(() => {
		const [far, self] = `+mini+`.querySelectorAll('video');
		return self.classList.contains('mirrored') && !far.classList.contains('mirrored') && far.clientWidth > 2 * self.clientWidth;
	})()`)
	c.until("it has no sound of its own", `[...`+mini+`.querySelectorAll('video')].every(v => v.muted)`)
	c.until("its buttons have names", `[...`+mini+`.querySelectorAll('button')].map(b => b.textContent.trim()).join('|') === 'Mute|Camera|Leave'`)
	c.until("its title says who it is", mini+`.title === 'Alex Morgan'`)
	press := func(n string) { c.do(mini + `.querySelectorAll('button')[` + n + `].click()`) }

	press("0")
	p.room.see(other + `[data-microphone="false"]`)
	c.until("the button there follows", mini+`.querySelector('button').getAttribute('aria-pressed') === 'true'`)
	press("0")
	p.room.see(other + `[data-microphone="true"]`)
	p.room.click("#camera-button")
	c.until("a camera that is off leaves no picture", `[...`+mini+`.querySelectorAll('video')].filter(v => !v.hidden).length === 1`)
	p.room.click("#camera-button")
	c.until("and is back", `[...`+mini+`.querySelectorAll('video')].filter(v => !v.hidden && v.videoWidth > 0).length === 2`)

	// It is for those who turn to another page, and goes on there.
	turn := func(to string) {
		c.do(`Object.defineProperty(d, 'visibilityState', {configurable: true, value: '` + to + `'}); d.dispatchEvent(new Event('visibilitychange'))`)
	}
	turn("hidden")
	c.plays("the small window goes on while the page is in the background")

	// Closed by its own cross: the page is as before, and it can be had again.
	c.do(`w.documentPictureInPicture.window.close()`)
	c.see(`#mini-button[aria-pressed="false"]`)
	last, stood := 0, 0
	c.mediaUntil("pictures that nobody sees are not sent", func(m media) bool {
		if m.Frames != last {
			last, stood = m.Frames, 0
		}
		stood++
		return stood > 5
	})
	turn("visible")
	c.plays("the call goes on in the page")
	c.click("#more-button")
	open()
	press("2")
	c.see("#rating-form")
	c.until("the window is closed", `!w.documentPictureInPicture.window`)
	p.room.see(`.stage[data-layout="alone"]`)
	c.quiet()
}
