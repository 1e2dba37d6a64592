//go:build e2e

package flexdev_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSupervisorJoinsAndEnds takes a supervisor from Flex's Teams view into the
// call of an agent, where both sides see them, and lets them end it.
func TestSupervisorJoinsAndEnds(t *testing.T) {
	d := newDesk(t)
	super := d.elsewhere("?as=supervisor")
	super.run(chromedp.Evaluate[chromedp.Void](`Twilio.Flex.Actions.invokeAction('NavigateToView', { viewName: 'teams' }); undefined`))
	super.until("the agent and their Tasks", says("Alex Morgan")+` && `+says(maya), patience)
	super.shot("super-1-teams")
	// Before there is a call.
	super.run(clickText(maya))
	super.until("the tab", says("Video Room"), patience)
	super.run(clickText("Video Room"))
	super.until("that there is none", `document.querySelector('.escalate-place')?.innerText.includes('no video call')`, patience)
	super.shot("super-2-no-call")

	link := d.escalate(maya)
	customer := d.call(link)
	super.run(click(button("Check again")))
	super.until("the room over its tab", place+` === 'docked'`, patience)
	super.until("the way to join", room+`?.querySelector('#join-button')`, patience)
	super.shot("super-3-call")
	super.run(click(room + `.querySelector('#join-button')`))
	super.until("the supervisor in the Room", room+`?.querySelector('#leave-button')`, patience)

	// Never hidden: both sides have a tile of theirs, and were told.
	const tiles = `?.querySelectorAll('.tile:not(.tile-self):not(.tile-screen)').length === 2`
	customer.until("the supervisor at the customer", `document`+tiles+` && `+says("Colleague")+` && `+says("Alex"), patience)
	d.flex.until("the supervisor at the agent", room+tiles+` && `+room+`.body.innerText.includes('Colleague')`, patience)
	super.until("both at the supervisor, the agent by name", room+tiles+` && `+room+`.body.innerText.includes('Alex')`, patience)
	super.movesOn("a picture at the supervisor", room)
	super.shot("super-4-in-call")
	d.flex.shot("super-5-agent-sees")
	customer.shot("super-6-customer-sees")

	// Another view, and back: the supervisor's call goes on in the small window.
	super.run(chromedp.Evaluate[chromedp.Void](`Twilio.Flex.Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' }); undefined`))
	super.until("a small window", place+` === 'floating'`, patience)
	super.run(click(`document.getElementById('escalate-back')`))
	super.until("the room back in its tab", place+` === 'docked'`, patience)

	// For everyone, on the second click.
	super.run(click(room + `.getElementById('more-button')`))
	super.run(click(room + `.getElementById('end-button')`))
	super.until("the question", room+`.getElementById('end-button')?.innerText.includes('Really')`, patience)
	super.run(click(room + `.getElementById('end-button')`))
	customer.until("the customer is asked how it was", `document.querySelector('#rating-form')`, patience)
	d.flex.until("the agent's call is over", room+`?.querySelector('[data-phase=over]')`, patience)
	super.until("the supervisor's call is over", room+`?.querySelector('[data-phase=over]')`, patience)
	super.shot("super-7-ended")
	d.until("no lock held", func() bool { return d.lockHolder() == "" })
	d.flex.quiet(d.s)
	super.quiet(d.s)
}
