package demo_test

import (
	"testing"
	"time"

	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
)

// TestWebChatAtTheDesk plays a web chat that began at Twilio, as POST /v2/WebChats
// begins it, from its beginning to its end.
func TestWebChatAtTheDesk(t *testing.T) {
	b := newBench(t)
	engine, err := taskrouter.Start(b.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	orchestrator := interaction.Orchestrator{Store: b.store}
	t.Cleanup(b.store.Watch(func(e store.Event) {
		if err := orchestrator.Follow(e); err != nil {
			t.Errorf("follow %T: %v", e.Change, err)
		}
	}))
	changed := make(chan struct{}, 1)
	t.Cleanup(b.store.Watch(func(store.Event) {
		select {
		case changed <- struct{}{}:
		default:
		}
	}))
	until := func(what string, condition func() bool) {
		t.Helper()
		for deadline := time.After(10 * time.Second); !condition(); {
			select {
			case <-changed:
			case <-deadline:
				t.Fatalf("not seen: %s", what)
			}
		}
	}
	conversation, identity, err := orchestrator.AtAddress(b.store.Account().AddressSID, interaction.WebChat{FriendlyName: "Web chat", Customer: "Priya Rao"})
	if err != nil {
		t.Fatal(err)
	}
	var chat task
	status := func(want string) func() bool {
		return func() bool {
			for _, k := range b.tasks("") {
				if k.ConversationSID == conversation {
					chat = k
				}
			}
			return chat.Status == want
		}
	}
	until("the Task at the desk", status(store.TaskAssigned))
	if chat.Customer != "Priya Rao" || !chat.Mine {
		t.Errorf("task %+v", chat)
	}
	// Both write: the customer from their own page, and from the demo's.
	if _, err := b.store.Conversations.AddMessage(conversation, store.Message{Author: identity, Body: "E07"}); err != nil {
		t.Fatal(err)
	}
	b.say(conversation, "agent", "Which display?")
	b.say(conversation, "customer", "This one")
	for i, want := range []message{
		{conversation, 0, "customer", "Priya Rao", "E07"},
		{conversation, 1, "agent", "Alex Morgan", "Which display?"},
		{conversation, 2, "customer", "Priya Rao", "This one"},
	} {
		if got := b.messages(conversation)[i]; got != want {
			t.Errorf("message %d is %+v, want %+v", i, got, want)
		}
	}
	if all, err := b.store.Conversations.Messages(conversation, 2); err != nil || all[0].Author != identity {
		t.Errorf("the customer wrote as %+v, %v", all, err)
	}
	// The customer ends it, the agent completes.
	if err := orchestrator.CloseConversation(conversation); err != nil {
		t.Fatal(err)
	}
	until("the end at the desk", status(store.TaskWrapping))
	b.ask("POST", "/demo/api/tasks/"+chat.TaskSID+"/status", map[string]string{"status": "completed"}, 200, nil)
	if n := len(b.tasks("")); n != 2 {
		t.Errorf("%d Tasks after completion, want the script's 2", n)
	}
	// The next one comes here too, although the other Worker has done nothing so far.
	if conversation, _, err = orchestrator.AtAddress(b.store.Account().AddressSID, interaction.WebChat{Customer: "Noah Winter"}); err != nil {
		t.Fatal(err)
	}
	until("the next Task at the desk", status(store.TaskAssigned))
}
