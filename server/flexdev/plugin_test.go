//go:build e2e

package flexdev_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"escalate/server/localtwilio/store"
)

// decodes is the condition that the other side's picture moves on in a document,
// by more frames than window.frames there were.
func decodes(doc string) string {
	return `[...(` + doc + `?.querySelectorAll('.tile:not(.tile-self) video') ?? [])].some((v) => v.videoWidth > 0 && v.getVideoPlaybackQuality().totalVideoFrames > (window.framesBefore ?? 0) + 5)`
}

// movesOn waits for the other side's picture to move on from now.
func (p *tab) movesOn(what, doc string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](`window.framesBefore = Math.max(0, ...[...(` + doc + `?.querySelectorAll('.tile:not(.tile-self) video') ?? [])].map((v) => v.getVideoPlaybackQuality().totalVideoFrames)); undefined`))
	p.until(what, decodes(doc), patience)
}

// TestPluginInFlex plays a whole escalation in the real Flex UI: from the Video
// icon to the completed Task, with a call that outlives a look at another Task.
func TestPluginInFlex(t *testing.T) {
	s, browser := stage(t)
	flex := open(t, browser, s.URL()+"/flex", script(ledger))
	flex.until("Flex started", `['ready', 'failed'].includes(document.documentElement.dataset.flex)`, boot)
	// What Flex itself asks for covers the Task's header and other notices until it is clicked away.
	flex.run(chromedp.Evaluate[chromedp.Void](`Twilio.Flex.Notifications.dismissAll(); undefined`))
	before := flex.entries()
	if i := slices.IndexFunc(before, func(e string) bool { return !strings.Contains(e, " listeners for ") }); i >= 0 {
		t.Errorf("before any Task the plugin holds %q", before[i])
	}
	shop := open(t, browser, s.URL()+"/demo/chat")
	shop.until("the chat page", `!document.getElementById('new-chat').disabled`, patience)
	shop.run(chromedp.Click("#new-chat"))
	flex.until("the offered Task", says(newcomer), patience)
	flex.run(clickText(newcomer))
	flex.until("the button to accept it", button("Accept"), patience)
	flex.run(click(button("Accept")))
	become(t, s, newcomer, store.ReservationAccepted)

	// The icon: the link is in both chats, the tab is open.
	flex.until("the Video icon", `document.getElementById('escalate-video-button')`, patience)
	flex.shot("plugin-1-icon")
	flex.run(click(`document.getElementById('escalate-video-button')`))
	shop.until("the link in the customer's chat", `document.querySelector('a[href*="/join/"]')`, patience)
	link := shop.text(`document.querySelector('a[href*="/join/"]').href`)
	flex.until("the room over its tab", place+` === 'docked'`, patience)
	flex.until("the way to join", room+`?.querySelector('#join-button')`, patience)
	flex.shot("plugin-2-room")
	flex.run(click(room + `.querySelector('#join-button')`))
	flex.until("the agent in the Room", room+`?.querySelector('#leave-button')`, patience)

	customer := open(t, browser, link)
	customer.until("the program", `document.documentElement.dataset.start === 'ready'`, patience)
	customer.run(click(`document.getElementById('join-button')`))
	customer.until("the customer in the Room", `document.querySelector('#leave-button')`, patience)
	customer.movesOn("the agent's picture at the customer", `document`)
	flex.movesOn("the customer's picture in Flex", room)
	flex.shot("plugin-3-call")
	if got := flex.entries(); !slices.ContainsFunc(got, func(e string) bool { return strings.HasPrefix(e, "listener message on ") }) {
		t.Errorf("in the call the ledger knows of no listener for messages: %q", got)
	}

	// Another Task and back: the same page, the same call.
	flex.run(chromedp.Evaluate[chromedp.Void](`document.getElementById('escalate-room-frame').contentWindow.marked = true; undefined`))
	flex.run(clickText("Tom Becker"))
	flex.until("a small window", place+` === 'floating'`, patience)
	flex.movesOn("the picture in the small window", room)
	flex.shot("plugin-4-floating")
	flex.run(click(`document.getElementById('escalate-mute')`))
	customer.until("the agent is muted", `document.querySelector('.tile:not(.tile-self)[data-microphone="false"]')`, patience)
	flex.run(click(`document.getElementById('escalate-mute')`))
	customer.until("the agent is heard again", `document.querySelector('.tile:not(.tile-self)[data-microphone="true"]')`, patience)
	flex.run(click(`document.getElementById('escalate-back')`))
	flex.until("the room back in its tab", place+` === 'docked' && document.getElementById('escalate-room-frame').contentWindow.marked`, patience)
	flex.movesOn("the picture in the tab again", room)

	// A second click offers more, and no second link.
	flex.run(click(`document.getElementById('escalate-video-button')`))
	flex.until("the menu", `document.getElementById('escalate-resend')`, patience)
	flex.shot("plugin-5-menu")
	if got := flex.text(menuFits); got != "" {
		t.Errorf("the menu: %s", got)
	}
	flex.run(click(`document.getElementById('escalate-open')`))
	flex.until("no menu", `!document.querySelector('.escalate-menu')`, patience)

	// The Task is not closed over the call; the notice has the way out.
	flex.run(click(button("End chat") + ` || ` + button("End")))
	flex.until("the notice with the way out", button("Leave and wrap up"), patience)
	become(t, s, newcomer, store.ReservationAccepted)
	flex.shot("plugin-6-refused")
	flex.run(click(button("Leave and wrap up")))
	become(t, s, newcomer, store.ReservationWrapping)
	customer.until("the customer is asked how it was", `document.querySelector('#rating-form')`, patience)
	flex.until("the button to complete it", button("Complete"), patience)
	flex.shot("plugin-7-wrapping")
	flex.run(click(button("Complete")))
	become(t, s, newcomer, store.ReservationCompleted)
	defer func() {
		if t.Failed() {
			t.Logf("the plugin holds %q", flex.entries())
		}
	}()
	flex.until("that the plugin holds what it held before: "+strings.Join(before, ", "), `JSON.stringify(ledger.entries()) === `+quote(flex.text(`JSON.stringify(`+list(before)+`)`)), patience)
	flex.shot("plugin-8-completed")
	flex.quiet(s)
}

// menuFits is empty when the whole menu can be seen, below the icon's edge.
const menuFits = `(() => {
  const m = document.querySelector('.escalate-menu').getBoundingClientRect();
  const i = ` + videoButton + `.getBoundingClientRect();
  const seen = [[m.left, m.top], [m.right, m.top], [m.left, m.bottom], [m.right, m.bottom]].every(([x, y]) => {
    const at = document.elementFromPoint(x + (x === m.left ? 9 : -9), y + (y === m.top ? 9 : -9));
    return at?.closest('.escalate-menu');
  });
  const near = Math.abs(m.left - i.left) <= 8 && m.top >= i.bottom && m.top - i.bottom <= 8;
  return seen && near ? '' : JSON.stringify({ menu: m, icon: i });
})()`

// list is a JavaScript array of texts.
func list(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
