package escalation_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"escalate/server/escalation"
)

func TestCustomersName(t *testing.T) {
	type object = map[string]any
	for _, c := range []struct {
		what         string
		task         object
		conversation escalation.Conversation
		want         string
	}{
		{"Flex's", object{"customerName": "Maria Lopez", "name": "web chat"}, escalation.Conversation{FriendlyName: "x"}, "Maria Lopez"},
		{"the Task's", object{"name": "Kim"}, escalation.Conversation{FriendlyName: "x"}, "Kim"},
		{"of Insights", object{"customers": object{"name": "Kim", "phone": "+1"}}, escalation.Conversation{FriendlyName: "x"}, "Kim"},
		{"the Conversation's", object{}, escalation.Conversation{FriendlyName: "Kim"}, "Kim"},
		{"its attributes'", object{}, escalation.Conversation{FriendlyName: "Chat", Attributes: json.RawMessage(`{"name":"Kim"}`)}, "Kim"},
		{"attributes that are none", object{"customers": "x", "name": 7}, escalation.Conversation{FriendlyName: "Kim", Attributes: json.RawMessage(`[`)}, "Kim"},
		{"a number is no name", object{"name": "+1 555 000 1111", "from": "Kim"}, escalation.Conversation{FriendlyName: "whatsapp:+15550001111"}, "Kim"},
		{"who wrote", object{"from": "Kim"}, escalation.Conversation{}, "Kim"},
		{"nobody's", object{"from": "+15550001111"}, escalation.Conversation{}, ""},
		{"turned around", object{"name": "Kim\u202egnp\n\u200b"}, escalation.Conversation{}, "Kimgnp"},
		{"long", object{"name": strings.Repeat("é", 3000)}, escalation.Conversation{}, strings.Repeat("é", 100)},
		{"only controls", object{"name": "\u202e\u200f"}, escalation.Conversation{FriendlyName: "Kim"}, "Kim"},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t, nil)
			c.task["conversationSid"] = chat1
			w.Tasks.Add(task1, ana.Worker, c.task)
			w.Chat.Set(chat1, c.conversation)
			e := w.escalate(task1)
			if e.CustomerName != c.want {
				t.Errorf("escalated for %q, want %q", e.CustomerName, c.want)
			}
			v := must(w.Task(w.ctx, ana, task1))(t)
			if v.Escalation == nil || v.Escalation.CustomerName != c.want {
				t.Errorf("the Task's escalation is %+v, want one for %q", v.Escalation, c.want)
			}
			// It is personal data: nothing of it is kept, and the code's holder gets none.
			if c.want != "" && strings.Contains(string(w.Documents.Data(e.Code)), c.want) {
				t.Errorf("the name is in the Document: %s", w.Documents.Data(e.Code))
			}
			if got := must(w.Get(w.ctx, e.Code))(t); got.CustomerName != "" {
				t.Errorf("whoever has the code reads %q", got.CustomerName)
			}
		})
	}
}

// A Task that knows the name costs no request; a Conversation that cannot be read
// costs no call.
func TestCustomersNameIsNoObstacle(t *testing.T) {
	w := newWorld(t, nil)
	w.escalate(task1)
	if n := w.Calls("chat.fetch"); n != 0 {
		t.Errorf("%d reads of a Conversation for a name that the Task has", n)
	}
	w.Fail(func(op, _ string) error {
		if op == "chat.fetch" {
			return errors.New("boom")
		}
		return nil
	})
	if e := w.escalate(task2); e.Code == "" || e.CustomerName != "" {
		t.Errorf("%+v", e)
	}
}

func TestAgentsNameTurnsNoSentenceAround(t *testing.T) {
	w := newWorld(t, nil)
	evil := ana
	evil.Name = "Ana\u202e \u2067moc.live\u200b\n"
	e, _, err := w.Escalate(w.ctx, evil, task1, escalation.Invite{Send: true, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if e.Agent.Name != "Ana moc.live" {
		t.Errorf("the customer reads %q", e.Agent.Name)
	}
	invite := w.Invite(e, "en")
	if strings.ContainsAny(invite, "\u202e\u2067\u200b") {
		t.Errorf("the invite is %q", invite)
	}
}
