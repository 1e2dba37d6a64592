//go:build e2e

package flexdev_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"escalate/server/core"
)

const (
	maya = "Maya Lindqvist" // a customer whose Task the Worker has from the start
	tom  = "Tom Becker"     // another

	videoButton = `document.getElementById('escalate-video-button')`
	// room is the page in the plugin's iframe.
	room = `document.getElementById('escalate-room-frame')?.contentDocument`
	// place is where the plugin has put the iframe.
	place = `document.querySelector('.escalate-room')?.dataset.place`
)

// desk is the real Flex UI with the plugin, and what goes with it.
type desk struct {
	t       *testing.T
	s       *core.System
	browser context.Context
	flex    *tab
}

// newDesk starts Flex as the demo's Worker, after some steps.
func newDesk(t *testing.T, before ...step) *desk {
	t.Helper()
	s, browser := stage(t)
	return &desk{t: t, s: s, browser: browser, flex: started(open(t, browser, s.URL()+"/flex", before...))}
}

// started waits until Flex is up, with nothing before the Task's header.
func started(flex *tab) *tab {
	flex.t.Helper()
	flex.until("Flex started", `['ready', 'failed'].includes(document.documentElement.dataset.flex)`, boot)
	// What Flex itself asks for covers the Task's header and other notices until it is clicked away.
	flex.eval(`Twilio.Flex.Notifications.dismissAll()`)
	return flex
}

// eval runs a statement.
func (p *tab) eval(js string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](js + `; undefined`))
}

// selects a customer's Task.
func (d *desk) selects(customer string) {
	d.t.Helper()
	d.flex.run(clickText(customer))
	d.flex.until("the Task's header", `document.querySelector('.Twilio-TaskCanvasHeader')?.innerText.includes(`+quote(customer)+`)`, patience)
}

// escalate selects a customer's Task, clicks the Video icon and answers the
// customer's link.
func (d *desk) escalate(customer string) (link string) {
	d.t.Helper()
	d.selects(customer)
	d.flex.until("the Video icon", videoButton, patience)
	d.flex.run(click(videoButton))
	d.flex.until("the room over its tab", place+` === 'docked'`, patience)
	d.flex.until("the way to join", room+`?.querySelector('#join-button')`, patience)
	return d.flex.text(room + `.getElementById('join-link').value`)
}

// join goes into the Room that the tab shows.
func (d *desk) join() {
	d.t.Helper()
	d.flex.until("the way to join", room+`?.querySelector('#join-button')`, patience)
	d.flex.run(click(room + `.querySelector('#join-button')`))
	d.flex.until("the agent in the Room", room+`?.querySelector('#leave-button')`, patience)
}

// visit is the customer of a link, in the Room.
func (d *desk) visit(link string) *tab {
	d.t.Helper()
	c := open(d.t, d.browser, link)
	c.until("the program", `document.documentElement.dataset.start === 'ready'`, patience)
	c.run(click(`document.getElementById('join-button')`))
	c.until("the customer in the Room", `document.querySelector('#leave-button')`, patience)
	return c
}

// call has both join by the link, and answers the customer, who sees the agent
// move.
func (d *desk) call(link string) (customer *tab) {
	d.t.Helper()
	d.join()
	customer = d.visit(link)
	customer.movesOn("the agent's picture", `document`)
	return customer
}

// notice waits for words in Flex's bar of notices.
func (d *desk) notice(words string) {
	d.t.Helper()
	d.flex.until("the notice: "+words, `[...document.querySelectorAll('.Twilio-NotificationBar')].some((e) => e.innerText.includes(`+quote(words)+`))`, patience)
}

// invoke runs a Flex action and answers "done", or "refused" when a listener
// aborts it.
func (d *desk) invoke(action, payload string) string {
	d.t.Helper()
	d.flex.eval(`window.outcome = ''; Twilio.Flex.Actions.invokeAction(` + quote(action) + `, ` + payload + `).then(() => { window.outcome = 'done'; }, () => { window.outcome = 'refused'; })`)
	d.flex.until(action+" has an outcome", `window.outcome`, patience)
	return d.flex.text(`window.outcome`)
}

// taskOf is the JavaScript of a customer's Task, as Flex has it.
func taskOf(customer string) string {
	return `[...Twilio.Flex.Manager.getInstance().store.getState().flex.worker.tasks.values()].find((t) => t.attributes.customerName === ` + quote(customer) + `)`
}

// lockHolder is the code of the session that the Worker is in, as the server has
// it; empty for none.
func (d *desk) lockHolder() string {
	d.t.Helper()
	all, err := d.s.Local().Store().Documents.List()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, doc := range all {
		if !strings.HasPrefix(doc.UniqueName, "agentlock.") {
			continue
		}
		var lock struct{ Holder string }
		if err := json.Unmarshal(doc.Data, &lock); err != nil {
			d.t.Fatal(err)
		}
		if lock.Holder != "" {
			return lock.Holder
		}
	}
	return ""
}

// codeIn is the join code at the end of a link.
func codeIn(link string) string {
	code, _, _ := strings.Cut(link[strings.LastIndex(link, "/")+1:], "-")
	return code
}

// elsewhere is Flex in another browser: as the same Worker, or as who the query says.
func (d *desk) elsewhere(query string) *tab {
	d.t.Helper()
	ctx, stop := chromedp.NewContext(d.browser, chromedp.WithNewBrowserContext())
	d.t.Cleanup(stop)
	return started(openIn(d.t, ctx, d.s.URL()+"/flex"+query))
}
