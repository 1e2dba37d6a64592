//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestSDKBlocked keeps twilio-video.js away, as an ad blocker does that dislikes
// its name. Both are told what it is, and a click loads it anew.
func TestSDKBlocked(t *testing.T) {
	p := newParty(t, nil)
	c := p.customer(t, call(network.Enable, network.EnableParams{}), blockURLs("*://*:*/static/vendor/twilio-video*"))
	c.click("#join-button")
	c.read("A part of this page is held back")
	c.see("#try-again-button")
	c.shot("sdk_blocked")
	if strings.Contains(c.text("#join-quiet-button"), "and microphone") {
		t.Error("joining without devices is offered, as if they were the trouble")
	}
	p.room.read("An ad blocker or a network keeps a part of the page from")
	c.until("no light stays on", `!w.escalateEarlyMedia`)

	// It is still held back: the same again, and not the camera. The words of
	// before stand until then, so what is waited for is another try, and its end.
	const tries = `d.querySelectorAll('script[src*="again="]').length`
	var before int
	if err := c.eval(&before, "return "+tries); err != nil {
		t.Fatal(err)
	}
	c.click("#join-button")
	c.until("another try", fmt.Sprintf("%s > %d", tries, before))
	c.phase("green_room")
	c.read("A part of this page is held back")

	c.run(blockURLs())
	c.click("#try-again-button")
	c.until("the preview", `d.querySelector('#preview-video')?.videoWidth > 0`)
	p.agentIn()
	c.click("#join-button")
	p.bothTalk(c)
}

// TestSDKSlow is a line on which twilio-video.js takes its time.
func TestSDKSlow(t *testing.T) {
	_, f := startBehind(t, nil)
	b := newBrowser(t)
	_, link := invite(t, b, f.URL)
	release := f.delay("/static/vendor/twilio-video")
	// Not opened at once: a browser that is quick with the rest calls a page loaded
	// only when all of its scripts are there.
	c := b.open(t, "customer", "about:blank", 390, 844)
	c.run(call(page.Navigate, page.NavigateParams{URL: link}))
	c.click("#check-button")
	c.read("Still loading the video call")
	c.shot("sdk_slow")
	release()
	c.until("the preview", `d.querySelector('#preview-video')?.videoWidth > 0`)
	c.gone("it says no more that it is loading", ".preview-asking")
}

// TestHomeScreen opens a link in a page that was put on an iPhone's home screen,
// whose name is that of an app's web view.
func TestHomeScreen(t *testing.T) {
	const bare = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
	p := newParty(t, nil)
	as := func(agent string) step {
		return call(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent})
	}
	c := p.b.open(t, "app", p.link, 390, 844, as(bare))
	c.read("Open this link in your browser")

	c = p.b.open(t, "home-screen", p.link+"?lang=de", 390, 844, as(bare), onNewDocument(`navigator.standalone = true`))
	c.ready()
	c.read("lädt Sie zu einem Videoanruf ein")

	c = p.b.open(t, "bank", p.link, 390, 844, as(bare+" Safari/604.1 BankOnline/3.2"))
	c.ready()
}

// TestLinkOverHTTP opens the link over http at a name that is not this machine's
// own: the page has no camera, and the agent reads why.
func TestLinkOverHTTP(t *testing.T) {
	p := newParty(t, nil, chromedp.Flag("host-resolver-rules", "MAP video.example 127.0.0.1"))
	link, err := url.Parse(p.link)
	if err != nil {
		t.Fatal(err)
	}
	link.Host = "video.example:" + link.Port()
	c := p.b.open(t, "customer", link.String(), 390, 844)
	c.read("This page was not opened securely")
	c.read(p.link) // the one to open instead
	p.room.read("opened the link with http instead of https")
	p.desk.shot("over-http")
}
