//go:build e2e

package e2e

// agentsTrouble is an agent without camera and microphone; the desk stays open
// without that.
func (g *tour) agentsTrouble() {
	g.t.Helper()
	g.openDesk(onNewDocument(levers))
	g.openRoom()
	g.room.pull(`l.refuse = 'never'`)
	g.room.click("#join-button")
	g.room.phase("asking")
	g.look(g.room, "agent-asking")
	g.leave(g.desk)
	g.openDesk(onNewDocument(levers))
	g.look(g.desk, "desk")
	g.openRoom()
	g.room.pull(`l.refuse = ['NotFoundError', 'Requested device not found']`)
	g.room.click("#join-button")
	g.room.read("No camera or microphone found")
	g.look(g.room, "agent-no-device")
	g.room.pull(`l.refuse = null`)
}

// customersTrouble is everything that can keep a customer from joining.
func (g *tour) customersTrouble() {
	g.t.Helper()
	p := g.open("refused", g.link, onNewDocument(levers))
	p.ready()
	button := "#check-button"
	for _, c := range []struct{ state, name, message, words, agent string }{
		{"denied", "NotAllowedError", "Permission denied", "are blocked", "was not allowed to use"},
		{"dismissed", "NotAllowedError", "Permission dismissed", "question was closed", "was not allowed to use"},
		{"blocked-by-system", "NotAllowedError", "Permission denied by system", "Your device blocks", "blocks camera or microphone in its system settings"},
		{"in-use", "NotReadableError", "Could not start video source", "is in use", "Another program on the device of"},
		{"no-device", "NotFoundError", "Requested device not found", "No camera or microphone found", "has no camera or microphone"},
	} {
		p.pull(`l.refuse = [` + quote(c.name) + `, ` + quote(c.message) + `]`)
		p.click(button)
		p.read(c.words)
		g.room.read(c.agent)
		g.look(p, c.state)
		button = "#try-again-button"
	}
	p.pull(`l.refuse = 'never'`)
	p.click(button)
	p.phase("asking")
	g.room.read("is at the permission prompt")
	g.look(p, "asking")
	g.leave(p)

	p = g.open("joining", g.link, onNewDocument(levers))
	p.ready()
	p.pull(`l.tokens = 'hang'`)
	p.agreeAndJoin()
	p.phase("joining")
	g.look(p, "joining")
	g.leave(p)

	p = g.open("no-way-out", g.link, onNewDocument(`window.WebSocket = class { constructor() { throw new DOMException("blocked", "SecurityError") } }`))
	p.ready()
	p.see(`#network-line[data-network="none"]`)
	g.look(p, "no-network")
	g.leave(p)
}

// beforeTheCall goes from the green room to a Room that is full. The customer's
// page that it answers is not in the call yet.
func (g *tour) beforeTheCall() *tab {
	g.t.Helper()
	g.look(g.room, "agent-idle")
	c := g.open("customer", g.link, onNewDocument(levers), onNewDocument(keepTracks))
	c.ready()
	g.look(c, "green-room")
	c.click("#join-button")
	c.see("#consent-error")
	g.look(c, "consent-missing")
	c.click("#consent-input")
	c.gone("the complaint is gone", "#consent-error")
	c.click("#check-button")
	c.see("#mute-button")
	c.until("the picture is there", `d.querySelector('#preview-video').videoWidth > 0`)
	g.look(c, "checked")
	c.pull(`await l.hook(); l.full = true; l.silent = true`)
	c.click("#join-button")
	c.phase("waiting")
	g.look(c, "waiting")
	g.room.see("#join-button")
	g.look(g.room, "agent-customer-waits")

	g.room.pull(`await l.hook()`)
	g.agentIn()
	c.read("The Video Room is full")
	c.pull(`l.full = false`)
	g.look(c, "room-full")
	return c
}
