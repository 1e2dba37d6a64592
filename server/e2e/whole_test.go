//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// TestWholePicture looks at what the agent sees of the customer: all of it, until
// they want it to fill the frame, and under the customer's name.
func TestWholePicture(t *testing.T) {
	p := newParty(t, nil)
	c := p.customer(t)
	p.agentIn()
	c.click("#join-button")
	p.bothTalk(c)
	fit := func(want string) string {
		return fmt.Sprintf(`w.getComputedStyle(d.querySelector('.tile:not(.tile-self) > video')).objectFit === %q`, want)
	}
	p.room.until("the agent sees all of it", fit("contain"))
	p.desk.shot("whole")
	p.room.click("#fit-button")
	p.room.until("it fills the frame", fit("cover"))
	p.room.see(`#fit-button[aria-pressed="true"]`)
	p.desk.shot("fills")
	p.room.read("Maya Lindqvist")

	// The customer's page does it the other way round, on every screen.
	c.until("the agent's face fills the frame", fit("cover"))
	for _, size := range []struct{ w, h int64 }{{320, 568}, {390, 844}, {1280, 800}} {
		c.run(call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: size.w, Height: size.h, DeviceScaleFactor: 1}))
		for _, scheme := range []string{"light", "dark"} {
			c.theme(scheme)
			c.see("#fit-button")
			c.shot(fmt.Sprintf("fills-%d-%s", size.w, scheme))
		}
		c.fits(size.w, size.h)
	}
	c.click("#fit-button")
	c.until("whole", fit("contain"))
	c.shot("whole")
	p.room.until("each for themselves", fit("cover"))
}
