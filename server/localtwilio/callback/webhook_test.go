package callback_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// everyEvent are the filters of who wants to know all.
var everyEvent = []string{
	store.OnConversationAdded, store.OnConversationUpdated, store.OnConversationStateUpdated, store.OnConversationRemoved,
	store.OnMessageAdded, store.OnMessageUpdated, store.OnMessageRemoved,
	store.OnParticipantAdded, store.OnParticipantUpdated, store.OnParticipantRemoved, store.OnUserAdded, store.OnUserUpdated,
}

// hook sets the webhook of the account, to all events.
func hook(t *testing.T, s *store.Store, target, method string) {
	t.Helper()
	must(s.ChatServices.Configure(func(g *store.ChatConfiguration) error {
		g.Webhook = store.ChatTarget{PostURL: target, Method: method, Filters: everyEvent}
		return nil
	}))(t)
}

// wantPost checks what the next call says; "" is a parameter that must not be there.
func wantPost(t *testing.T, r *receiver, want map[string]string) url.Values {
	t.Helper()
	v := r.next(t)
	for name, value := range want {
		if v.Get(name) != value || value == "" && v.Has(name) {
			t.Errorf("%s: %s is %q, want %q", v.Get("EventType"), name, v.Get(name), value)
		}
	}
	for name := range v {
		if !strings.HasPrefix(name, "Date") && name != "StateUpdated" {
			continue
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", v.Get(name)); err != nil {
			t.Errorf("%s: %v", v.Get("EventType"), err)
		}
	}
	return v
}

func TestWebhooksOfConversation(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		t.Run(method, func(t *testing.T) {
			s := start(t)
			rec := newReceiver(t, s)
			hook(t, s, rec.URL+"/hook?x=1", method)
			a := s.Account()
			by := store.Origin{Source: "SDK", Identity: "ada", Webhooks: true}
			chats, people := s.Conversations.By(by), s.ChatParticipants.By(by)
			want := func(event string, more map[string]string) {
				t.Helper()
				all := map[string]string{
					"EventType": event, "AccountSid": a.SID, "ChatServiceSid": a.ChatServiceSID, "Source": "SDK", "ClientIdentity": "ada", "RetryCount": "0",
				}
				maps.Copy(all, more)
				wantPost(t, rec, all)
			}
			c := must(chats.Create(store.Conversation{UniqueName: "c", FriendlyName: "C & D"}))(t)
			want("onConversationAdded", map[string]string{"ConversationSid": c.SID, "UniqueName": "c", "FriendlyName": "C & D", "Attributes": "{}", "State": "active"})
			p := must(people.Add(c.SID, store.ChatParticipant{Identity: "ada"}))(t)
			// Of the new user and the new Participant two lines tell, in any order.
			first, second := rec.next(t), rec.next(t)
			if first.Get("EventType") != "onUserAdded" {
				first, second = second, first
			}
			if first.Get("EventType") != "onUserAdded" || first.Get("Identity") != "ada" || !strings.HasPrefix(first.Get("UserSid"), "US") || first.Get("FriendlyName") != "ada" {
				t.Errorf("user %v", first)
			}
			if second.Get("EventType") != "onParticipantAdded" || second.Get("ParticipantSid") != p.SID || second.Get("Identity") != "ada" || second.Get("RoleSid") != p.RoleSID || second.Has("DateUpdated") {
				t.Errorf("participant %v", second)
			}
			must(people.Update(c.SID, "ada", func(p *store.ChatParticipant) error { p.LastRead = 3; return nil }))(t)
			want("onParticipantUpdated", map[string]string{"ParticipantSid": p.SID, "LastReadMessageIndex": "3"})

			m := must(chats.AddMessage(c.SID, store.Message{Author: "ada", Body: "Hello"}))(t)
			about := map[string]string{"MessageSid": m.SID, "Index": "0", "Author": "ada", "ParticipantSid": p.SID, "Body": "Hello", "Attributes": "{}", "Media": ""}
			want("onMessageAdded", about)
			must(chats.UpdateMessage(c.SID, m.SID, func(m *store.Message) error { m.Body = "Bye"; return nil }))(t)
			about["Body"] = "Bye"
			want("onMessageUpdated", about)
			if err := chats.RemoveMessage(c.SID, m.SID); err != nil {
				t.Fatal(err)
			}
			want("onMessageRemoved", about)
			file := must(s.Conversations.Media().Create(store.Media{Attachment: store.Attachment{SID: store.NewSID("ME"), Filename: "a.png", ContentType: "image/png", Size: 7}}))(t)
			must(chats.AddMessage(c.SID, store.Message{Author: "bob", Media: store.Attach(file.SID)}))(t)
			want("onMessageAdded", map[string]string{
				"Index": "1", "ParticipantSid": "", // bob is not in it
				"Media": `[{"ContentType":"image/png","Filename":"a.png","Sid":"` + file.SID + `","Size":7}]`,
			})

			must(chats.Update(c.SID, func(c *store.Conversation) error { c.FriendlyName = "E"; return nil }))(t)
			want("onConversationUpdated", map[string]string{"FriendlyName": "E", "State": "active"})
			must(chats.Update(c.SID, func(c *store.Conversation) error { c.State = store.ChatInactive; return nil }))(t)
			want("onConversationStateUpdated", map[string]string{"StateFrom": "active", "StateTo": "inactive", "Reason": "API"})
			must(chats.AddMessage(c.SID, store.Message{Author: "ada", Body: "Again"}))(t)
			want("onMessageAdded", map[string]string{"Index": "2"})
			want("onConversationStateUpdated", map[string]string{"StateFrom": "inactive", "StateTo": "active", "Reason": "EVENT"})
			must(chats.Update(c.SID, func(c *store.Conversation) error { c.State, c.Attributes = store.ChatClosed, `{"a":1}`; return nil }))(t)
			want("onConversationUpdated", map[string]string{"Attributes": `{"a":1}`, "State": "closed"})
			want("onConversationStateUpdated", map[string]string{"StateTo": "closed"})

			if err := chats.Delete(c.SID); err != nil {
				t.Fatal(err)
			}
			want("onConversationRemoved", map[string]string{"ConversationSid": c.SID})
			must(s.ChatUsers.By(by).Update("ada", func(u *store.ChatUser) error { u.FriendlyName = "Ada"; return nil }))(t)
			want("onUserUpdated", map[string]string{"Identity": "ada", "FriendlyName": "Ada", "ConversationSid": ""})
		})
	}
}

// TestWebhooksTellWhoAsked has webhooks of the account, of a Service and of one Conversation.
func TestWebhooksTellWhoAsked(t *testing.T) {
	s := start(t)
	account, service, own := newReceiver(t, s), newReceiver(t, s), newReceiver(t, s)
	hook(t, s, account.URL, http.MethodPost)
	v := must(s.ChatServices.Create("other"))(t)
	must(s.ChatServices.Update(v.SID, func(v *store.ChatService) error {
		v.Webhook = store.ChatTarget{PostURL: service.URL, Method: http.MethodPost, Filters: []string{store.OnMessageAdded}}
		return nil
	}))(t)
	told, silent := store.Origin{Source: "API", Webhooks: true}, store.Origin{Source: "API"}
	chats := s.Conversations.In(v.SID)
	c := must(chats.By(told).Create(store.Conversation{}))(t) // not in the Service's filters, which are instead of the account's
	must(chats.Webhooks().Create(c.SID, store.ChatWebhook{
		URL: own.URL, Method: http.MethodPost, Filters: []string{store.OnMessageAdded, store.OnConversationRemoved},
	}))(t)
	must(chats.By(silent).AddMessage(c.SID, store.Message{Body: "unheard"}))(t)
	must(chats.By(told).AddMessage(c.SID, store.Message{Body: "heard"}))(t)
	if err := chats.By(told).Delete(c.SID); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*receiver{service, own} {
		wantPost(t, r, map[string]string{"EventType": "onMessageAdded", "Body": "heard", "ChatServiceSid": v.SID, "Source": "API", "ClientIdentity": ""})
	}
	wantPost(t, own, map[string]string{"EventType": "onConversationRemoved"}) // by a webhook that is gone with it

	d := must(s.Conversations.By(told).Create(store.Conversation{}))(t)
	wantPost(t, account, map[string]string{"EventType": "onConversationAdded", "ConversationSid": d.SID, "ChatServiceSid": s.Account().ChatServiceSID})
	for _, r := range []*receiver{account, service, own} {
		if len(r.got) > 0 {
			t.Errorf("told more: %v", <-r.got)
		}
	}
}

// TestWebhookIsTriedAgain counts the tries for a receiver that is away for the first two.
func TestWebhookIsTriedAgain(t *testing.T) {
	s := start(t, time.Millisecond, time.Millisecond)
	rec := newReceiver(t, s)
	rec.failNext(2, http.StatusBadGateway)
	hook(t, s, rec.URL, http.MethodPost)
	chats := s.Conversations.By(store.Origin{Source: "API", Webhooks: true})
	c := must(chats.Create(store.Conversation{}))(t)
	for _, body := range []string{"1", "2", "3"} {
		must(chats.AddMessage(c.SID, store.Message{Body: body}))(t)
	}
	wantPost(t, rec, map[string]string{"EventType": "onConversationAdded", "RetryCount": "2"})
	var bodies []string
	for range 3 {
		bodies = append(bodies, wantPost(t, rec, map[string]string{"RetryCount": "0"}).Get("Body"))
	}
	if !slices.Equal(bodies, []string{"1", "2", "3"}) {
		t.Errorf("told in the order %v", bodies)
	}
}
