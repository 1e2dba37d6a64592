//go:build e2e

package flexdev_test

import (
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/core"
	"escalate/server/localtwilio/flexapi"
	"escalate/server/localtwilio/store"
)

// says is the condition that a page shows the words.
func says(words string) string { return `document.body.innerText.includes(` + quote(words) + `)` }

// reservationsOf are the statuses of all Reservations for Tasks of a customer,
// as anyone else on local Twilio sees them.
func reservationsOf(t *testing.T, s *core.System, customer string) (statuses []string) {
	t.Helper()
	st := s.Local().Store()
	tasks, err := st.Tasks.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range tasks {
		if !slices.Contains(namesIn(t, k), customer) {
			continue
		}
		all, err := st.Reservations.OfTask(k.SID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			statuses = append(statuses, r.Status)
		}
	}
	return statuses
}

// become waits until the Reservation of a customer's only Task has a status.
func become(t *testing.T, s *core.System, customer, status string) {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer s.Local().Store().Watch(func(store.Event) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for deadline := time.After(patience); ; {
		got := reservationsOf(t, s, customer)
		if slices.Equal(got, []string{status}) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("reservation of %s is %v within %v, want %s", customer, got, patience, status)
		}
	}
}

// TestFlexIsTheOtherEndOfTheChat plays an agent in the real Flex UI and a
// customer in the demo's chat, from the offered Task to its completion.
func TestFlexIsTheOtherEndOfTheChat(t *testing.T) {
	s, browser := stage(t)
	s.Local().FlexPlugins(flexapi.Plugin{Name: "test", Version: "1.0.0", Src: s.URL() + "/flex/test-plugin.js"})
	flex := open(t, browser, s.URL()+"/flex")
	flex.until("Flex started", `['ready', 'failed'].includes(document.documentElement.dataset.flex)`, boot)
	flex.until("the Tasks that the Worker has", says("Maya Lindqvist")+` && `+says("Tom Becker"), patience)
	flex.until("the plugin's init", `document.documentElement.dataset.plugin === 'loaded'`, patience)
	flex.shot("1-started")

	// What was said before Flex came.
	flex.run(clickText("Maya Lindqvist"))
	flex.until("the chat so far", says("E07 is usually a loose sensor plug"), patience)
	flex.until("what the plugin put into the Task's header", says("A plugin was here"), patience)
	flex.shot("2-chat-so-far")

	// A customer begins a chat; Flex is offered its Task.
	shop := open(t, browser, s.URL()+"/demo/chat")
	shop.until("the chat page", `!document.getElementById('new-chat').disabled`, patience)
	shop.run(chromedp.Click("#new-chat"))
	flex.until("the offered Task", says(newcomer), patience)
	become(t, s, newcomer, store.ReservationPending)
	flex.shot("3-offered")
	flex.run(clickText(newcomer))
	flex.until("the button to accept it", button("Accept"), patience)
	flex.shot("4-offer-selected")
	flex.run(click(button("Accept")))
	become(t, s, newcomer, store.ReservationAccepted)
	flex.until("the chat's greeting", says("this is Alex from Fjord & Field"), patience)
	flex.shot("5-accepted")

	// Both ways, without a reload on either side.
	shop.until("an input that takes words", `!document.getElementById('chat-input').disabled`, patience)
	shop.run(chromedp.SendKeys("#chat-input", "My brakes <b>squeal</b>\n"))
	flex.until("the customer's words", says("My brakes <b>squeal</b>"), patience)
	flex.shot("6-customer-wrote")
	flex.run(chromedp.SendKeys(composer, "Since the rain?"), click(button("Send")))
	shop.until("the agent's words", says("Since the rain?"), patience)
	shop.shot("7-agent-answered")
	flex.until("the agent's words in Flex", `document.querySelector('`+composer+`').innerText.trim() === '' && `+says("Since the rain?"), patience)

	// The Task's end is everybody's.
	flex.run(click(button("End chat") + ` || ` + button("End")))
	become(t, s, newcomer, store.ReservationWrapping)
	flex.until("the button to complete it", button("Complete"), patience)
	flex.shot("8-wrapping")
	shop.until("the customer told that it is over", says("This chat has ended"), patience)
	flex.run(click(button("Complete")))
	become(t, s, newcomer, store.ReservationCompleted)
	flex.until("the list without it", `!`+says(newcomer), patience)
	flex.shot("9-completed")
}
