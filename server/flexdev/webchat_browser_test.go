//go:build e2e

package flexdev_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"escalate/server/localtwilio/store"
)

// TestWebChatInFlex plays a web chat from its beginning to its end: the customer on
// the client library of Conversations, the agent in the real Flex UI, whose Task is an
// Interaction's.
func TestWebChatInFlex(t *testing.T) {
	const customer = "Priya Rao"
	d := newDesk(t)
	st := d.s.Local().Store()
	page := open(t, d.browser, d.s.URL()+"/webchat")
	page.until("the form", `document.readyState === 'complete'`, patience)
	page.eval(`document.getElementById('name').value = ` + quote(customer) + `; document.getElementById('query').value = 'My display shows <b>E07</b>'; document.getElementById('begin').requestSubmit()`)
	page.until("the customer's own words", says("My display shows <b>E07</b>"), patience)

	// The Task is offered and accepted.
	become(t, d.s, customer, store.ReservationPending)
	d.flex.until("the offered Task", says(customer), patience)
	d.flex.run(clickText(customer))
	d.flex.until("the button to accept it", button("Accept"), patience)
	d.flex.run(click(button("Accept")))
	become(t, d.s, customer, store.ReservationAccepted)
	d.flex.until("the customer's words", says("My display shows <b>E07</b>"), patience)

	// Both write, and an image goes both ways.
	d.flex.run(chromedp.SendKeys(composer, "Which one?"), click(button("Send")))
	page.until("the agent's words", says("Which one?"), patience)
	page.eval(`const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 }); canvas.toBlob((b) => {
		const files = new DataTransfer();
		files.items.add(new File([b], 'display.png', { type: 'image/png' }));
		document.getElementById('file').files = files.files;
		document.getElementById('file').dispatchEvent(new Event('change'));
	})`)
	page.until("the customer's image", `document.querySelector('li.own img')?.naturalWidth === 8`, patience)
	d.flex.until("the image in Flex", says("display.png"), patience)
	conversation := ""
	for _, k := range tasksOf(t, d, customer) {
		conversation = conversationIn(t, k)
	}
	d.flex.eval(`(async () => {
		const canvas = new OffscreenCanvas(9, 9);
		canvas.getContext('2d').fillRect(0, 0, 9, 9);
		const chat = await Twilio.Flex.Manager.getInstance().conversationsClient.getConversationBySid(` + quote(conversation) + `);
		await chat.prepareMessage().addMedia({ contentType: 'image/png', filename: 'plug.png', media: await canvas.convertToBlob() }).build().send();
	})()`)
	page.until("the agent's image", `[...document.querySelectorAll('li:not(.own) img')].some((e) => e.naturalWidth === 9)`, patience)

	// The link arrives so that it can be clicked, and opens the way to join.
	link := d.escalate(customer)
	page.until("the link", `[...document.querySelectorAll('#messages a')].some((a) => a.href.includes('/join/'))`, patience)
	if got := page.text(`[...document.querySelectorAll('#messages a')].pop().href`); codeIn(got) != codeIn(link) {
		t.Errorf("the link in the chat is %s, that of the room %s", got, link)
	}
	join := open(t, d.browser, page.text(`[...document.querySelectorAll('#messages a')].pop().href`))
	join.until("the way to join", `document.getElementById('join-button')`, patience)

	// The agent ends the chat, and everybody sees it.
	d.selects(customer)
	d.flex.run(click(button("End chat") + ` || ` + button("End")))
	become(t, d.s, customer, store.ReservationWrapping)
	page.until("the customer told that it is over", says("This chat has ended"), patience)
	d.flex.until("the button to complete it", button("Complete"), patience)
	d.flex.run(click(button("Complete")))
	become(t, d.s, customer, store.ReservationCompleted)
	if v, err := st.Conversations.Get(conversation); err != nil || v.State != "closed" {
		t.Errorf("the Conversation is %s, %v", v.State, err)
	}
}

// tasksOf are the Tasks of a customer.
func tasksOf(t *testing.T, d *desk, customer string) (tasks []store.Task) {
	t.Helper()
	all, err := d.s.Local().Store().Tasks.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		if strings.Contains(k.Attributes, quote(customer)) {
			tasks = append(tasks, k)
		}
	}
	return tasks
}
