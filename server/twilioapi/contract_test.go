package twilioapi_test

import (
	"encoding/json"
	"testing"

	"escalate/server/escalation"
	"escalate/server/escalation/escalationtest"
	"escalate/server/localtwilio/store"
)

// TestContract holds twilio-go over local Twilio to what the use cases rely on,
// as the double is held to it.
func TestContract(t *testing.T) {
	escalationtest.Contract(t, func(t *testing.T) escalationtest.Account {
		// What is over a limit of Twilio's is a request that it does not describe.
		w := newWorldWith(t, options{faulty: true})
		s := w.local.Store()
		return escalationtest.Account{
			Deps: escalation.Deps{Documents: w.api.Documents(), Rooms: w.api.Rooms(), Tasks: w.api.Tasks(), Chat: w.api.Chat(), Tokens: w.api.Tokens()},
			NewTask: func(attributes string) (string, string) {
				sid, _ := w.task(w.ana)
				if _, err := s.Tasks.Update(sid, "", func(k *store.Task) error {
					k.Attributes = attributes
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				return sid, w.ana.Worker
			},
			Stranger: w.bob.Worker,
			NewConversation: func(c escalation.Conversation) string {
				made, err := s.Conversations.Create(store.Conversation{FriendlyName: c.FriendlyName, Attributes: string(c.Attributes)})
				if err != nil {
					t.Fatal(err)
				}
				return made.SID
			},
			Messages: func(conversation string) []escalation.Message {
				all, err := s.Conversations.Messages(conversation, 0)
				if err != nil {
					t.Fatal(err)
				}
				var list []escalation.Message
				for _, m := range all {
					list = append(list, escalation.Message{Author: m.Author, Body: m.Body, Attributes: json.RawMessage(m.Attributes)})
				}
				return list
			},
			Enter: func(room, identity string) string {
				p, err := s.Participants.Add(room, identity)
				if err != nil {
					return ""
				}
				return p.SID
			},
			Pass: w.pass,
		}
	})
}
