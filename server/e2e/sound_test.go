//go:build e2e

package e2e

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSoundOfASharedTab shares a tab that plays a tone, with the microphone muted:
// the agent hears it, beside the microphone, until the share ends.
func TestSoundOfASharedTab(t *testing.T) {
	p := newParty(t, nil, chromedp.Flag("auto-select-desktop-capture-source", false),
		chromedp.Flag("auto-select-tab-capture-source-by-title", "A tab with a tone"), chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	tone := p.b.open(t, "tone", "data:text/html,"+url.PathEscape(`<title>A tab with a tone</title><h1>A tone</h1><script>
		const c = new AudioContext(), o = c.createOscillator(); o.frequency.value = 660; o.connect(c.destination); o.start(); c.resume();
		window.c = c</script>`), 640, 480)
	tone.until("it sounds", `w.c.state === 'running'`)
	c := p.b.open(t, "customer", p.link, 1280, 800)
	c.ready()
	p.agentIn()
	c.click("#join-button")
	p.bothTalk(c)
	c.click("#mute-button")
	p.room.see(other + `[data-microphone="false"]`)

	c.click("#share-button")
	p.room.until("the agent sees the tab", `d.querySelector('.tile-screen:not([hidden]) video')?.videoWidth > 0`)
	const player = `d.querySelector('.tile-screen audio')`
	p.room.until("and has its sound", player+`?.srcObject?.getAudioTracks().some(t => t.readyState === 'live') && !`+player+`.paused`)
	// What is decoded of that one Track, by the browser's own measure.
	p.room.until("the agent hears it", `(await (async () => {
		const id = `+player+`.srcObject.getAudioTracks()[0].id;
		for (const pc of w.spiedPCs) for (const s of (await pc.getStats()).values())
			if (s.type === 'inbound-rtp' && s.trackIdentifier === id && s.totalAudioEnergy > 0.001) return true;
		return false;
	})())`)
	p.room.see(other + `[data-microphone="false"]`)
	p.desk.shot("tab-with-sound")

	c.click("#share-button")
	p.room.until("it ends with the share", `!`+player+`?.srcObject`)
	c.click("#mute-button")
	p.bothTalk(c)
	c.quiet()
}
