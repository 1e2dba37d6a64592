//go:build e2e

package flexdev_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// uncovered is the condition that what a selector finds is there to be clicked.
func uncovered(selector string) string {
	return `(() => {
		const e = document.querySelector(` + quote(selector) + `), r = e?.getBoundingClientRect();
		return r?.width > 0 && e.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2));
	})()`
}

// TestTabsOfATask goes through the tabs of a Task, before a call and in it: each
// shows its own, and the call goes on beside those that are not its.
func TestTabsOfATask(t *testing.T) {
	d := newDesk(t)
	link := d.escalate(maya)
	d.flex.run(clickText("Chat"))
	d.flex.until("the chat, and no room over it", place+` === 'hidden' && `+uncovered(composer), patience)
	d.flex.run(clickText("Video Room"))
	d.flex.until("the room over its tab", place+` === 'docked'`, patience)
	d.call(link)
	d.flex.eval(`document.getElementById('escalate-room-frame').contentWindow.marked = true`)
	for _, width := range []int64{1280, 1600} {
		d.flex.run(chromedp.EmulateViewport(width, 800))
		shot := func(name string) { d.flex.shot(fmt.Sprintf("tabs-%d-%s", width, name)) }
		d.flex.run(clickText("Chat"))
		d.flex.until("the chat beside the call", place+` === 'floating' && `+uncovered(composer), patience)
		d.flex.movesOn("the picture in the small window", room)
		shot("chat")
		d.flex.run(clickText("Info"))
		d.flex.until("the Task's attributes", place+` === 'floating' && `+uncovered(".Twilio-TaskInfoPanel"), patience)
		shot("info")
		// The small window leads back, and so does the tab.
		d.flex.run(click(`document.getElementById('escalate-back')`))
		d.flex.until("the room over its tab", place+` === 'docked' && `+uncovered("#escalate-room-frame"), patience)
		d.flex.run(clickText("Chat"))
		d.flex.until("a small window", place+` === 'floating'`, patience)
		d.flex.run(clickText("Video Room"))
		d.flex.until("the same page over its tab", place+` === 'docked' && `+room+`.defaultView.marked`, patience)
		d.flex.run(click(videoButton))
		d.flex.until("the menu", `document.getElementById('escalate-resend')`, patience)
		if got := d.flex.text(menuFits); got != "" {
			t.Errorf("the menu at %d px: %s", width, got)
		}
		shot("menu")
		d.flex.run(click(`document.getElementById('escalate-open')`))
	}
	d.flex.movesOn("the customer's picture after all that", room)
	d.flex.quiet(d.s)
}
