//go:build e2e

package e2e

import "testing"

// TestQuestionNobodyAnswers overlooks the browser's question on both sides. A
// sentence says where it is; one asks again, the other goes on without.
func TestQuestionNobodyAnswers(t *testing.T) {
	p := newParty(t, nil)
	// Chromium without a window shows no question; one without an answer is played.
	overlooked := onNewDocument(`{
		const m = navigator.mediaDevices, real = m?.getUserMedia.bind(m);
		let asked = 0;
		if (m) m.getUserMedia = c => asked++ ? real(c) : new Promise(answer => { window.answerLate = () => real(c).then(s => { window.late = s; answer(s); }); });
	}`)
	c := p.customer(t, overlooked)
	c.click("#join-button")
	c.phase("asking")
	p.room.read("permission prompt")
	c.read("Your browser is still asking for camera and microphone")
	c.shot("overlooked")
	c.click("#join-quiet-button")
	c.phase("waiting")
	c.shot("waiting-without")
	// Answered now, it lights nothing.
	c.do(`w.answerLate()`)
	c.until("the light is out", `w.late && w.late.getTracks().every(t => t.readyState === 'ended')`)

	p.desk.do(`const f = d.getElementById('room-frame').contentWindow, m = f.navigator.mediaDevices, real = m.getUserMedia.bind(m);
		let asked = 0;
		m.getUserMedia = c => asked++ ? real(c) : new Promise(() => {})`)
	p.room.click("#join-button")
	p.room.read("Your browser is still asking for camera and microphone")
	p.desk.shot("overlooked")
	p.room.click("#join-button")
	p.room.phase("in_call")
	c.phase("in_call")
	c.see(other + `[data-camera="true"][data-microphone="true"]`)
	p.room.see(other + `[data-camera="false"][data-microphone="false"]`)
	// The microphone is one click away.
	c.click("#mute-button")
	p.room.see(other + `[data-microphone="true"]`)
	c.quiet()
}
