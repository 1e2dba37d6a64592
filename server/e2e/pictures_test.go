//go:build e2e && pictures

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestPictures takes the README's pictures from the running product, in which two
// people who were drawn speak with each other: `make pictures`.
func TestPictures(t *testing.T) {
	s := start(t, nil)
	seat := newBrowser(t, chromedp.Flag("use-file-for-fake-video-capture", agentPerson.film(t, 960, 540)), chromedp.Flag("hide-scrollbars", true))
	phone := newBrowser(t, chromedp.Flag("use-file-for-fake-video-capture", customerPerson.film(t, 960, 540)), chromedp.Flag("hide-scrollbars", true))

	desk := seat.open(t, "desk", s.URL()+"/demo/agent", 1200, 750)
	desk.see("#video-button")
	var path string
	if err := desk.eval(&path, "return d.getElementById('customer-side').getAttribute('href')"); err != nil {
		t.Fatal(err)
	}
	desk.keep("desk", 1200, 750, 1)

	chat := phone.open(t, "chat", s.URL()+path, 1000, 625)
	desk.click("#video-button")
	chat.see(`#chat-messages a[href*="/join/"]`)
	var link string
	if err := chat.eval(&link, `return d.querySelector('#chat-messages a[href*="/join/"]').href`); err != nil {
		t.Fatal(err)
	}
	chat.read("Can I just show you?") // the chat is there, not the link alone
	chat.keep("chat", 1000, 625, 1)

	room := desk.in(frame)
	room.click("#join-button")
	room.see("#leave-button")
	customer := phone.open(t, "customer", link, 390, 780)
	customer.click("#join-button")
	customer.see(other + " video")
	customer.mediaUntil("the agent's picture, at its full size", func(m media) bool { return m.Frames > 30 && m.Width >= 640 })
	customer.keep("call", 390, 780, 2)

	customer.click("#leave-button")
	customer.see("#rating-form")
	customer.click(`label[for="rating-5"]`)
	customer.fill("#rating-comment", "Solved in two minutes. Thank you!")
	customer.keep("rating", 390, 780, 2)
}

// keep takes a picture of the page on a screen of so many CSS pixels into
// docs/pictures. WebP: half of what a PNG has, and without a JPEG's fringes
// around letters.
func (p *tab) keep(name string, width, height int64, scale float64) {
	p.t.Helper()
	p.run(call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: scale}))
	p.drawn()
	quality := int64(82)
	shot, err := chromedp.Run(p.ctx, chromedp.Action[page.CaptureScreenshotResult](func(ctx context.Context, t *chromedp.Target) (page.CaptureScreenshotResult, error) {
		return cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
	}))
	if err != nil {
		p.t.Fatalf("%s: picture %s: %v", p.name, name, err)
	}
	dir := filepath.Join("..", "..", "docs", "pictures")
	if err := os.WriteFile(filepath.Join(dir, name+".webp"), shot.Data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
