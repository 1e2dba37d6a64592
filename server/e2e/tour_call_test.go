//go:build e2e

package e2e

import "github.com/chromedp/cdproto/network"

// inTheCall is everything that a call can look like. It ends with the line of
// the customer's page broken for good.
func (g *tour) inTheCall(c *tab) {
	g.t.Helper()
	c.click("#join-button")
	c.phase("in_call")
	c.see("#resume-button")
	g.look(c, "tap-to-hear")
	c.pull(`l.silent = false`)
	c.click("#resume-button")
	c.gone("nothing to tap any more", "#resume-button")
	c.see(other + " video")
	g.bothTalk(c)
	g.look(c, "in-call")
	g.look(g.room, "agent-in-call")
	g.panels(c)
	g.devices(c)
	g.screens(c)
	g.broken(c)
}

// panels are what opens over the call.
func (g *tour) panels(c *tab) {
	g.t.Helper()
	c.click("#more-button")
	c.see("#more-panel")
	g.look(c, "more")
	c.click("#blur-button")
	c.see(`#blur-button[aria-pressed="true"]`)
	g.look(c, "blurred")
	c.click("#blur-button")
	c.see(`#blur-button[aria-pressed="false"]`)
	c.click("#more-button")
	g.room.click("#more-button")
	g.room.see("#more-panel")
	g.look(g.room, "agent-more")
	g.room.click("#more-button")

	c.click("#talk-button")
	g.look(c, "text-empty")
	c.fill("#talk-input", "I cannot hear you. My order is 20-4471, the blue one.")
	c.click("#talk-send")
	g.room.see(`#talk-button[data-unread="true"] .badge`)
	g.look(g.room, "agent-unread")
	g.room.click("#talk-button")
	g.room.fill("#talk-input", "Can you hear me now?")
	g.room.click("#talk-send")
	c.until("the answer is there", `d.querySelector('#talk-log').innerText.includes('hear me now')`)
	c.gone("it has arrived", ".talk-state")
	g.look(c, "text")
	g.room.click("#talk-button")
	c.click("#talk-button")
}

// devices are a phone call that comes in, and everything switched off.
func (g *tour) devices(c *tab) {
	g.t.Helper()
	c.do(`const a = w.spied.audio; Object.defineProperty(a, 'muted', {value: true, configurable: true}); a.dispatchEvent(new Event('mute'))`)
	c.see("#refresh-button")
	g.room.read("Paused by their device")
	g.look(c, "interrupted")
	g.look(g.room, "agent-customer-paused")
	c.click("#refresh-button")
	c.gone("taken back", "#refresh-button")

	c.click("#mute-button")
	c.click("#camera-button")
	g.room.see(other + `[data-camera="false"][data-microphone="false"]`)
	g.look(c, "all-off")
	g.look(g.room, "agent-customer-off")
}

func (g *tour) screens(c *tab) {
	g.t.Helper()
	c.click("#share-button")
	c.see("#share-note")
	g.room.see(".tile-screen:not([hidden]) video")
	g.look(c, "sharing")
	g.look(g.room, "agent-screen")
	c.click("#share-button")
	g.room.gone("the screen is gone", ".tile-screen")
	g.room.click("#share-button")
	c.see(".tile-screen:not([hidden]) video")
	g.look(c, "screen")
	g.look(g.room, "agent-sharing")
	g.room.click("#share-button")
	c.gone("the screen is gone", ".tile-screen")
}

// broken is a line that breaks: the SDK's own events, so that it breaks when
// and for as long as there is somebody to look.
func (g *tour) broken(c *tab) {
	g.t.Helper()
	c.pull(`l.room.emit('reconnecting', Object.assign(new Error('gone'), {code: 53001}))`)
	c.see(".bar-warn")
	g.look(c, "reconnecting")
	c.pull(`l.room.emit('reconnected')`)
	c.gone("whole again", ".bar-warn")
	g.room.pull(`l.room.emit('participantReconnecting', [...l.room.participants.values()][0])`)
	g.room.see(other + ".reconnecting")
	g.look(g.room, "agent-customer-reconnecting")
	g.room.pull(`l.room.emit('participantReconnected', [...l.room.participants.values()][0])`)

	c.pull(`l.tokens = 'hang'; const r = l.room; r.emit('disconnected', r, Object.assign(new Error('gone'), {code: 53001})); r.disconnect()`)
	c.phase("rejoining")
	c.until("it tries to", `w.levers.hung.length > 0`)
	g.look(c, "rejoining")
	c.pull(`l.tokens = 'fail'; l.hung.forEach(f => f())`) // it gives up after some tries
}

// afterTheCall is what the customer comes back to, another page taking over,
// the end, and the rating. lost is a page whose line is broken.
func (g *tour) afterTheCall(lost *tab) {
	g.t.Helper()
	first := g.open("first", g.link)
	first.ready()
	first.agreeAndJoin()
	first.phase("in_call")
	c := g.open("second", g.link, call(network.Enable, network.EnableParams{}))
	c.ready()
	c.agreeAndJoin()
	c.phase("in_call")
	first.phase("lost")
	g.look(first, "elsewhere")
	g.leave(first)

	g.room.click("#leave-button")
	g.room.phase("left")
	g.look(g.room, "agent-left")
	c.until("alone", `d.querySelector('.stage[data-layout="alone"]')`)
	g.look(c, "alone")
	c.click("#leave-button")
	c.see("#rating-form")
	g.look(c, "after")
	c.click("#rating-send")
	c.see("#rating-note")
	c.click(`label[for="rating-4"]`)
	c.gone("the complaint is gone", "#rating-note")
	g.look(c, "rating")
	c.run(blockURLs("*://*:*/*/rating"))
	c.click("#rating-send")
	c.read("kept on this device")
	g.look(c, "rating-kept")
	c.run(blockURLs())
	c.see("#rating-thanks")
	g.look(c, "thanks")

	lost.phase("lost")
	g.look(lost, "lost")
	g.leave(lost)
	g.room.click("#end-button")
	g.room.click("#end-button")
	g.room.phase("over")
	g.look(g.room, "agent-over")
	late := g.open("late", g.link)
	g.look(late, "ended")
	g.leave(late)
}
