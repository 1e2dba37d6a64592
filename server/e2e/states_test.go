//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// permit sets what the browser answers pages that want camera or microphone.
func (p *tab) permit(s cdpbrowser.PermissionSetting) {
	p.t.Helper()
	// Without it the answer would be that of the browser's first profile.
	profile := chromedp.FromContext(p.ctx).BrowserContextID
	for _, name := range []string{"camera", "microphone"} {
		p.run(call(cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
			Permission: &cdpbrowser.PermissionDescriptor{Name: name}, Setting: s, BrowserContextID: profile}))
	}
}

// TestPermissionDenied is refused by the browser itself. The customer reads
// what to press, the agent reads why nobody comes, and they meet all the same.
func TestPermissionDenied(t *testing.T) {
	p := newParty(t, nil, chromedp.Flag("use-fake-ui-for-media-stream", false))
	c := p.customer(t)
	c.permit(cdpbrowser.PermissionSettingDenied)
	c.click("#join-button")
	c.read("Camera and microphone are blocked")
	c.see("#advice-steps li")
	c.shot("denied")
	p.room.read("was not allowed to use camera or microphone")
	p.desk.shot("denied")

	c.click("#join-quiet-button")
	c.phase("waiting")
	p.room.read("waiting for you")
	c.permit(cdpbrowser.PermissionSettingGranted)
	p.agentIn()
	c.phase("in_call")
	p.room.see(other + `[data-camera="false"][data-microphone="false"]`)
	c.plays("the customer sees and hears without giving anything")
	c.shot("without")

	// Allowed in the meantime, the camera is one click away.
	c.click("#camera-button")
	p.room.see(other + `[data-camera="true"]`)
}

// TestPermissionDismissed closes the question unanswered: asking again is all it takes.
func TestPermissionDismissed(t *testing.T) {
	p := newParty(t, nil)
	// Chromium without a window has no prompt to close; it is played.
	c := p.customer(t, onNewDocument(`{
		const m = navigator.mediaDevices, real = m.getUserMedia.bind(m);
		let asked = 0;
		m.getUserMedia = c => asked++ ? real(c) : Promise.reject(new DOMException("Permission dismissed", "NotAllowedError"));
	}`))
	c.permit(cdpbrowser.PermissionSettingPrompt)
	c.click("#join-button")
	c.read("The question was closed")
	c.gone("nothing is blocked, so there is nothing to unblock", "#advice-steps")
	p.room.read("was not allowed to use camera or microphone")
	p.agentIn()
	c.click("#try-again-button")
	c.see("#mute-button")
	c.click("#join-button")
	p.bothTalk(c)
}

// TestNoDevices is a computer without camera and microphone, on both sides.
func TestNoDevices(t *testing.T) {
	p := newParty(t, nil, chromedp.Flag("use-fake-device-for-media-stream", false))
	c := p.customer(t)
	c.click("#join-button")
	c.read("No camera or microphone found")
	p.room.read("has no camera or microphone")
	c.click("#join-quiet-button")
	c.phase("waiting")
	p.room.click("#join-button")
	p.room.read("No camera or microphone found")
	p.room.click("#join-quiet-button")
	for _, side := range []*tab{p.room, c} {
		side.phase("in_call")
		side.see(other + `[data-camera="false"][data-microphone="false"]`)
	}
	c.shot("both-without")
}

// TestComingAndGoing goes through what happens around a call that works.
func TestComingAndGoing(t *testing.T) {
	p := newParty(t, nil)
	// Something on the way cuts the stream of events: the page asks by itself.
	c := p.customer(t, call(network.Enable, network.EnableParams{}), call(network.SetBlockedURLs, network.SetBlockedURLsParams{
		URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*/events", Block: true}}}))
	c.click("#join-button")
	c.phase("waiting")
	p.room.read("waiting for you")
	p.agentIn()
	c.phase("in_call")
	p.bothTalk(c)

	// Ten seconds without a network.
	c.network(conditions{Offline: true, PacketLoss: 100})
	began := time.Now()
	c.see(".bar-warn:not([hidden]), [data-phase=rejoining]")
	p.room.see(other + ".reconnecting")
	c.until("ten seconds are over", fmt.Sprintf("Date.now() > %d", began.Add(10*time.Second).UnixMilli()))
	c.network(conditions{})
	c.phase("in_call")
	c.gone("whole again", ".bar-warn")
	p.bothTalk(c)
	p.room.until("one customer", fmt.Sprintf(`d.querySelectorAll(%q).length === 1`, other))

	// The customer reloads the page: gone at once, back with one click.
	c.run(chromedp.Reload())
	p.room.untilWithin(5*time.Second, "the customer's tile is gone", fmt.Sprintf(`!d.querySelector(%q)`, other))
	c.ready()
	c.click("#join-button")
	p.bothTalk(c)

	// The agent goes and comes back; the customer is told both.
	p.room.click("#leave-button")
	p.room.phase("left")
	c.see(`.stage[data-layout="alone"]`)
	c.until("it is said", `d.querySelector('#announcer').textContent.includes('has left')`)
	c.shot("agent-left")
	p.room.click("#join-button")
	p.bothTalk(c)
	c.until("it is said", `d.querySelector('#announcer').textContent.includes('is in the call')`)

	// Somebody completes the Room at Twilio: both sides say that it is over.
	var doc struct {
		Data struct{ Room struct{ SID string } }
	}
	account := p.system.Local().Account()
	local(t, p.system, "/sync/v1/Services/"+account.SyncServiceSID+"/Documents/"+p.code, &doc)
	p.post(t, "/video/v1/Rooms/"+doc.Data.Room.SID, "Status=completed")
	c.see("#rating-form")
	c.read("The call has ended")
	p.room.see(`[data-phase="over"], [data-phase="left"]`)
	c.shot("completed")
	p.desk.shot("completed")

	// Whoever closes the page now can still rate at the link, without script: in
	// this browser, and nobody else who has the link.
	res, err := http.Get(p.link)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusGone || strings.Contains(string(body), "<form") {
		t.Errorf("somebody else is answered %d, %v: %s", res.StatusCode, err, body)
	}
	c.run(chromedp.Navigate(p.link))
	c.click(`input[name="score"][value="2"]`)
	c.shot("rate-later")
	c.click(`button[type="submit"]`)
	c.read("Your rating has arrived")
	if !stateOf(t, p.api("")).Rated {
		t.Error("the rating is not stored")
	}
}
