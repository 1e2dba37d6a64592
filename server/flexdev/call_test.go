//go:build e2e

package flexdev_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"escalate/server/localtwilio/store"
)

// until waits for a condition on what others see, which a change of the store
// may bring about.
func (d *desk) until(what string, condition func() bool) {
	d.t.Helper()
	changed := make(chan struct{}, 1)
	defer d.s.Local().Store().Watch(func(store.Event) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for deadline := time.After(patience); !condition(); {
		select {
		case <-changed:
		case <-deadline:
			d.t.Fatalf("not so within %v: %s", patience, what)
		}
	}
}

// reload loads Flex's page again, as F5 does.
func (d *desk) reload() {
	d.t.Helper()
	d.flex.run(chromedp.Reload())
	d.flex.until("Flex started again", `document.documentElement.dataset.flex === 'ready'`, boot)
}

// TestReloadDuringACall reloads Flex in the middle of a call, which cuts the
// agent off: Flex offers the way back, the customer waits in the Room, and the
// agent is not locked out of anything.
func TestReloadDuringACall(t *testing.T) {
	d := newDesk(t)
	link := d.escalate(maya)
	customer := d.call(link)
	if got := d.lockHolder(); got != codeIn(link) {
		t.Fatalf("in the call the lock is %q's, want %q's", got, codeIn(link))
	}

	d.reload()
	d.notice("The page was reloaded, which took you out of the video call with " + maya)
	d.flex.until("the chat, and not the room over it", place+` !== 'docked' && `+uncovered(composer), patience)
	d.flex.shot("reload-1-offer")
	customer.until("the customer is still in the Room", `document.querySelector('#leave-button')`, patience)
	d.flex.run(click(button("Back to the call")))
	d.flex.until("the room over its tab", place+` === 'docked'`, patience)
	d.flex.until("the way to join", room+`?.querySelector('#join-button')`, patience)
	d.flex.shot("reload-2-rejoin")
	d.join()
	if got := d.lockHolder(); got != codeIn(link) {
		t.Errorf("after the reload the lock is %q's, want %q's", got, codeIn(link))
	}
	customer.movesOn("the agent's picture again", `document`)
	d.flex.movesOn("the customer's picture again", room)

	// Not stuck either: after a reload another session can begin.
	d.reload()
	d.notice("The page was reloaded")
	// Whoever goes there without the notice needs it no longer.
	d.selects(maya)
	d.flex.run(clickText("Video Room"))
	d.flex.until("the room over its tab", place+` === 'docked'`, patience)
	if d.flex.text(`String(`+says("The page was reloaded")+`)`) != "false" {
		t.Error("the notice stays over the Task's header")
	}
	other := d.escalate(tom)
	d.join()
	if got := d.lockHolder(); got != codeIn(other) {
		t.Errorf("the lock is %q's, want that of the other session, %q", got, codeIn(other))
	}
	d.flex.run(click(room + `.querySelector('#leave-button')`))
	d.until("the lock free once the call is left", func() bool { return d.lockHolder() == "" })
	// A call that was left is none to come back to.
	d.flex.until("nothing kept of it", `!sessionStorage.getItem('plugin-escalate.call')`, patience)
	d.flex.quiet(d.s)
}

// TestGuards tries every way in which an agent could lose the conversation
// during a call. A click on End is in TestPluginInFlex.
func TestGuards(t *testing.T) {
	d := newDesk(t)
	link := d.escalate(maya)
	d.call(link)

	// What Flex has no button for here is asked of its actions, as its buttons
	// do. Flex has no action to cancel a Task; plugins bring theirs.
	d.flex.eval(`Twilio.Flex.Actions.registerAction('CancelTask', () => { window.cancelled = true; })`)
	task := taskOf(maya)
	for _, c := range []struct{ action, payload, way string }{
		{"WrapupTask", `{ task: ` + task + ` }`, "Leave and wrap up"},
		{"WrapupTask", `{ sid: ` + task + `.sid }`, "Leave and wrap up"},
		{"CompleteTask", `{ sid: ` + task + `.sid }`, "Leave and complete"},
		{"TransferTask", `{ task: ` + task + `, targetSid: 'WQ00000000000000000000000000000000' }`, "Leave and go on"},
		{"StartChannelTransfer", `{ conversationSid: ` + task + `.attributes.conversationSid }`, "Leave and go on"},
		{"PauseChannel", `{ reservationSid: ` + task + `.sid }`, "Leave and go on"},
		{"LeaveChannel", `{ reservationSid: ` + task + `.sid }`, "Leave and go on"},
		{"CancelTask", `{ task: ` + task + ` }`, "Leave and go on"},
	} {
		if got := d.invoke(c.action, c.payload); got != "refused" {
			t.Fatalf("%s was %s", c.action, got)
		}
		d.flex.until(c.action+": the way out", button(c.way), patience)
		d.flex.eval(`Twilio.Flex.Notifications.dismissAll()`)
	}
	if d.flex.text(`String(Boolean(window.cancelled))`) != "false" {
		t.Error("the Task was cancelled")
	}
	if got := reservationsOf(t, d.s, maya); len(got) != 1 || got[0] != store.ReservationAccepted {
		t.Errorf("the reservation is %v", got)
	}
	// Another Task may be closed meanwhile.
	if got := d.invoke("WrapupTask", `{ task: `+taskOf(tom)+` }`); got != "done" {
		t.Errorf("wrap-up of another Task was %s", got)
	}

	// Log out, by the user's menu.
	d.flex.run(click(`document.querySelector('[data-testid=profile-card-button]')`))
	d.flex.until("the button to log out", `document.querySelector('.Twilio-UserControls-LogoutButton')?.getClientRects().length`, patience)
	d.flex.run(click(`document.querySelector('.Twilio-UserControls-LogoutButton')`))
	d.notice("You are still in the video call")
	d.flex.until("the way out, with nothing over it", `(() => {
		const e = `+button("Leave and go on")+`, r = e?.getBoundingClientRect();
		return e?.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2));
	})()`, patience)
	d.flex.shot("guards-1-logout")
	d.flex.movesOn("the customer's picture after all that", room)

	// The call's own Leave makes the notice pointless: it goes.
	d.flex.run(click(room + `.querySelector('#leave-button')`))
	d.flex.until("no notice in the way", `!`+says("You are still in the video call"), patience)
	if got := d.invoke("CancelTask", `{ task: `+task+` }`); got != "done" {
		t.Errorf("after the call CancelTask was %s", got)
	}
	d.flex.quiet(d.s)
}

// TestServersWordCounts closes a Task in a Flex that knows of no call, while the
// agent is in one in another browser.
func TestServersWordCounts(t *testing.T) {
	d := newDesk(t)
	link := d.escalate(maya)
	customer := d.call(link)
	here, there := d.flex, d.elsewhere("")

	d.flex = there
	d.selects(maya)
	d.flex.run(click(button("End chat") + ` || ` + button("End")))
	d.flex.until("the way out", button("Leave and wrap up"), patience)
	d.flex.shot("guards-2-server-says-no")
	become(t, d.s, maya, store.ReservationAccepted)
	const byPlugin = "/agent-desktop" // the address of Flex, and not by the page in its iframe
	asked := there.requests("/api/", byPlugin)
	d.flex.run(click(button("Leave and wrap up")))
	become(t, d.s, maya, store.ReservationWrapping)
	customer.until("the customer is asked how it was", `document.querySelector('#rating-form')`, patience)
	here.until("the other page's call is over", place+` !== 'floating' && !`+room+`?.querySelector('#leave-button')`, patience)
	there.until("the button to complete it", button("Complete"), patience)
	if got := there.requests("/api/", byPlugin)[len(asked):]; len(got) != 1 || !strings.Contains(got[0], "/end") {
		t.Errorf("Leave and wrap up asked the server %v, want it to end the session and nothing else", got)
	}
	here.quiet(d.s)
	there.quiet(d.s)
}

// TestOneCallAtATime begins a second session while one is running, and what goes
// before: no server, a slow one, the link sent again. The agent's Flex token is
// renewed by Flex meanwhile.
func TestOneCallAtATime(t *testing.T) {
	d := newDesk(t, script(seen+short))
	// The server does not answer.
	d.selects(maya)
	d.flex.until("the Video icon", videoButton, patience)
	d.flex.run(call(network.SetBlockedURLs, network.SetBlockedURLsParams{
		URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/api/escalations", Block: true}}}))
	d.flex.run(click(videoButton))
	d.notice("The video server does not answer")
	d.flex.until("the icon to try again", videoButton+`.ariaDisabled === 'false'`, patience)
	d.flex.shot("one-1-no-server")
	d.flex.run(call(network.SetBlockedURLs, network.SetBlockedURLsParams{}))

	// A slow one, and a Flex that is still loading the chat: the icon is busy, and a
	// second click makes no second link.
	d.flex.eval(loading)
	d.flex.eval(`window.held = new Promise((go) => { window.letGo = go; })`)
	d.flex.run(click(videoButton))
	d.flex.until("a busy icon", videoButton+`.getAttribute('aria-busy') === 'true' && `+videoButton+`.ariaDisabled === 'true' && !`+says("The video server does not answer"), patience)
	d.flex.shot("one-2-busy")
	d.flex.eval(`letGo()`)
	d.flex.until("the server's answer", `window.answered`, patience)
	d.flex.eval(`window.loading = false; Twilio.Flex.Manager.getInstance().store.dispatch({ type: 'TEST' })`)
	d.flex.until("the room over its tab", place+` === 'docked'`, patience)
	d.flex.until("the way to join", room+`?.querySelector('#join-button')`, patience)
	link := d.flex.text(room + `.getElementById('join-link').value`)
	d.invited(maya, link, 1)
	d.call(link)

	// The link once more, from the icon.
	d.flex.run(click(videoButton))
	d.flex.until("the menu", `document.getElementById('escalate-resend')`, patience)
	d.flex.run(click(`document.getElementById('escalate-resend')`))
	d.notice("The link was sent again")
	d.flex.shot("one-3-sent-again")
	d.invited(maya, link, 2)

	// Flex gets a new token: so does the page in the iframe, and the old one is
	// not used any more.
	old := d.flex.text(token)
	d.flex.eval(room + `.defaultView.addEventListener('message', (e) => { if (e.data?.type === 'token') window.handedOver = e.data.token; })`)
	d.flex.until("a new token in Flex", token+` !== `+quote(old), time.Minute)
	d.flex.until("the page in the iframe has it", `window.handedOver === `+token, patience)
	if err := d.s.Local().Store().FlexTokens.Revoke(old); err != nil {
		t.Fatal(err)
	}
	d.flex.run(click(room+`.getElementById('more-button')`), click(room+`.getElementById('resend-button')`))
	d.invited(maya, link, 3)
	for _, r := range d.flex.requests("token=flex.", "") {
		if strings.Contains(r, d.s.URL()+"/") {
			t.Errorf("a token in a URL: %s", r)
		}
	}
	d.flex.movesOn("the customer's picture after the new token", room)

	// The other Task has an icon too; it leads to the call that is running.
	d.selects(tom)
	d.flex.until("a small window", place+` === 'floating'`, patience)
	d.flex.until("the Video icon", videoButton, patience)
	d.flex.run(click(videoButton))
	d.notice("You are in a video call with " + maya)
	d.flex.shot("one-4-elsewhere")
	d.flex.run(click(button("Back to the call")))
	d.flex.until("the running call", place+` === 'docked' && document.querySelector('.Twilio-TaskCanvasHeader').innerText.includes(`+quote(maya)+`)`, patience)

	// So does its tab.
	d.selects(tom)
	d.flex.run(clickText("Video Room"))
	d.flex.until("the tab says where the agent is", `document.querySelector('.escalate-place')?.innerText.includes(`+quote("You are in a video call with "+maya)+`)`, patience)
	d.flex.shot("one-5-tab-elsewhere")
	d.flex.run(click(`document.querySelector('.escalate-place button')`))
	d.flex.until("the running call", place+` === 'docked' && document.querySelector('.Twilio-TaskCanvasHeader').innerText.includes(`+quote(maya)+`)`, patience)
	if got := d.lockHolder(); got != codeIn(link) {
		t.Errorf("the lock is %q's, want %q's", got, codeIn(link))
	}
	d.flex.quiet(d.s, "/api/escalations")
}

// token is the Flex token that Flex has.
const token = `Twilio.Flex.Manager.getInstance().store.getState().flex.session.ssoTokenPayload.token`

// seen lets a test hold requests for a session back: until window.held is kept.
const seen = `(() => {
  const { fetch } = window;
  window.fetch = async (input, init) => {
    if (!/\/api\/escalations$/.test(String(input))) return fetch(input, init);
    if (window.held) await window.held;
    const answer = await fetch(input, init);
    window.answered = true;
    return answer;
  };
})();`

// loading takes the chats out of Flex's state while window.loading is set, as
// they are when it starts.
const loading = `(() => {
  const { store } = Twilio.Flex.Manager.getInstance(), { getState } = store;
  store.getState = () => {
    const state = getState();
    return window.loading ? { ...state, flex: { ...state.flex, chat: { ...state.flex.chat, conversations: {} } } } : state;
  };
  window.loading = true;
})()`

// short makes Flex believe that its token ends soon: it renews one that has 3
// minutes left or less.
const short = `(() => {
  const { json } = Response.prototype;
  Response.prototype.json = async function () {
    const body = await json.call(this);
    if (this.url.includes('/flex/api/session')) body.expiration = new Date(Date.now() + 195000).toISOString();
    return body;
  };
})();`

// invited waits until a customer's chat holds the link n times.
func (d *desk) invited(customer, link string, n int) {
	d.t.Helper()
	d.until("the invitation in the chat", func() bool {
		tasks, err := d.s.Local().Store().Tasks.List()
		if err != nil {
			d.t.Fatal(err)
		}
		found := 0
		for _, k := range tasks {
			if names := namesIn(d.t, k); names[0] != customer && names[1] != customer {
				continue
			}
			all, err := d.s.Local().Store().Conversations.Messages(conversationIn(d.t, k), 0)
			if err != nil {
				d.t.Fatal(err)
			}
			for _, m := range all {
				if strings.Contains(m.Body, link) {
					found++
				}
			}
		}
		return found == n
	})
}
