//go:build e2e

package e2e

import (
	"fmt"
	"path"
	"testing"

	"escalate/app/wire"
)

// show brings a page into view, or out of it, as another tab in front does.
func (p *tab) show(visible bool) {
	p.t.Helper()
	p.do(fmt.Sprintf(`Object.defineProperty(d, 'visibilityState', {value: %q, configurable: true}); d.dispatchEvent(new Event('visibilitychange'))`,
		map[bool]string{true: "visible", false: "hidden"}[visible]))
}

// TestSevenTabs opens the link in six tabs that are then out of view. A browser
// has six connections to a server over HTTP/1.1 for all tabs together; the
// seventh loads and works, and whoever waits in a hidden one is let in.
func TestSevenTabs(t *testing.T) {
	_, f := startBehind(t, map[string]string{"VIDEO_RECORD_BY_DEFAULT": "false"})
	b := newBrowser(t)
	desk, link := invite(t, b, f.URL)
	room := desk.in(frame)
	room.see("#join-button")
	stream := wire.CodePath(path.Base(link), wire.ActionEvents)
	var tabs []*tab
	for i := range 6 {
		c := b.open(t, fmt.Sprintf("hidden%d", i+1), link, 390, 844)
		c.ready()
		c.show(false)
		tabs = append(tabs, c)
		if i == 2 { // there are never more than a few at once, or the next could not load
			eventually(t, "hidden tabs give their streams back", func() bool { return f.answers.to(stream) <= 1 })
		}
	}
	eventually(t, "all hidden tabs have given their streams back", func() bool { return f.answers.to(stream) <= 1 })

	seventh := b.open(t, "seventh", link, 390, 844)
	seventh.ready()
	seventh.click("#join-button")
	seventh.phase("waiting")
	room.read("waiting for you")
	seventh.show(false) // the customer writes in the chat
	eventually(t, "the waiting tab has given its stream back", func() bool { return f.answers.to(stream) <= 1 })
	room.click("#join-button")
	seventh.phase("in_call")
	room.plays("the customer's picture and sound reach the agent")

	// Back in view, a page hears at once.
	tabs[0].show(true)
	eventually(t, "a page in view has a stream", func() bool { return f.answers.to(stream) >= 2 })
	room.click("#more-button")
	room.click("#end-button")
	room.click("#end-button")
	tabs[0].phase("over")
	for _, c := range tabs[1:] {
		c.phase("over") // by looking
	}
	for _, c := range append(tabs, seventh) {
		c.quiet()
	}
}
