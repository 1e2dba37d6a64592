package callback

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"escalate/server/localtwilio/store"
)

// webhooks are the calls of Conversations' webhooks for an event. The names of the
// parameters are from Twilio's page "Conversations Webhooks".
func webhooks(account store.Account, e store.Event) []delivery {
	if e.Notice == nil {
		return nil
	}
	all := make([]delivery, 0, len(e.Notice.Calls))
	for _, call := range e.Notice.Calls {
		form := webhookForm(account, e, call.Event)
		subject := cmp.Or(form.Get("ConversationSid"), form.Get("UserSid"))
		all = append(all, delivery{
			line: subject + " " + call.URL, url: call.URL, method: call.Method, timeout: webhookTimeout,
			form: func(try int) url.Values {
				form.Set("RetryCount", strconv.Itoa(try))
				return form
			},
			about: []any{"of", subject, "event", call.Event},
		})
	}
	return all
}

// webhookForm returns what a webhook says of an event.
func webhookForm(account store.Account, e store.Event, event string) url.Values {
	v := values{"AccountSid": {account.SID}, "EventType": {event}}
	v.add("Source", e.Notice.By.Source)
	v.add("ClientIdentity", e.Notice.By.Identity)
	switch c := e.Change.(type) {
	case *store.ConversationCreated:
		v.conversation(account, c.Conversation)
	case *store.ConversationUpdated:
		if event == store.OnConversationStateUpdated {
			v.state(account, c)
			break
		}
		v.conversation(account, c.Conversation)
		v.date("DateUpdated", c.Conversation.Updated)
	case *store.ConversationRemoved:
		v.conversation(account, c.Conversation)
		v.date("DateUpdated", c.Conversation.Updated)
		v.date("DateRemoved", e.At)
	case *store.MessageAdded:
		v.message(account, c.Conversation, c.Message, e.Notice.AuthorSID)
	case *store.MessageUpdated:
		v.message(account, c.Conversation, c.Message, e.Notice.AuthorSID)
		v.date("DateUpdated", c.Message.Updated)
	case *store.MessageRemoved:
		v.message(account, c.Conversation, c.Message, e.Notice.AuthorSID)
		v.date("DateUpdated", c.Message.Updated)
		v.date("DateRemoved", e.At)
	case *store.ChatParticipantAdded:
		v.participant(account, c.Conversation, c.ChatParticipant)
	case *store.ChatParticipantUpdated:
		v.participant(account, c.Conversation, c.ChatParticipant)
		v.date("DateUpdated", c.ChatParticipant.Updated)
	case *store.ChatParticipantRemoved:
		v.participant(account, c.Conversation, c.ChatParticipant)
		v.date("DateUpdated", c.ChatParticipant.Updated)
		v.date("DateRemoved", e.At)
	case *store.ChatUserCreated:
		v.user(account, c.ChatUser)
	case *store.ChatUserUpdated:
		v.user(account, c.ChatUser)
		v.date("DateUpdated", c.ChatUser.Updated)
	}
	return url.Values(v)
}

// values are the parameters of a webhook.
type values url.Values

// add adds a parameter that Twilio leaves out where there is nothing to say.
func (v values) add(name, value string) {
	if value != "" {
		url.Values(v).Set(name, value)
	}
}

func (v values) set(name, value string) { url.Values(v).Set(name, value) }

func (v values) date(name string, at time.Time) { v.set(name, at.UTC().Format(timestamp)) }

// in says which Conversation something is in.
func (v values) in(account store.Account, c store.Conversation) {
	v.set("ConversationSid", c.SID)
	v.set("ChatServiceSid", c.Service(account))
	v.set("MessagingServiceSid", cmp.Or(c.MessagingServiceSID, account.MessagingServiceSID))
}

func (v values) conversation(account store.Account, c store.Conversation) {
	v.in(account, c)
	v.add("FriendlyName", c.FriendlyName)
	v.add("UniqueName", c.UniqueName)
	v.set("Attributes", c.Attributes)
	v.set("State", c.State)
	v.date("DateCreated", c.Created)
}

func (v values) state(account store.Account, c *store.ConversationUpdated) {
	v.in(account, c.Conversation)
	v.set("StateFrom", c.StateFrom)
	v.set("StateTo", c.Conversation.State)
	v.set("Reason", c.StateReason)
	v.date("StateUpdated", c.Conversation.Updated)
}

func (v values) message(account store.Account, c store.Conversation, m store.Message, author string) {
	v.in(account, c)
	v.set("MessageSid", m.SID)
	v.set("Index", strconv.Itoa(m.Index))
	v.set("Author", m.Author)
	v.add("ParticipantSid", author)
	v.set("Body", m.Body)
	v.set("Attributes", m.Attributes)
	v.date("DateCreated", m.Created)
	if len(m.Media) == 0 {
		return
	}
	list := make([]map[string]any, 0, len(m.Media))
	for _, a := range m.Media {
		list = append(list, map[string]any{"Sid": a.SID, "Filename": a.Filename, "ContentType": a.ContentType, "Size": a.Size})
	}
	text, _ := json.Marshal(list) // strings and numbers
	v.set("Media", string(text))
}

func (v values) participant(account store.Account, c store.Conversation, p store.ChatParticipant) {
	v.in(account, c)
	v.set("ParticipantSid", p.SID)
	v.set("Identity", p.Identity)
	v.set("RoleSid", p.RoleSID)
	v.set("Attributes", p.Attributes)
	v.date("DateCreated", p.Created)
	if p.LastRead >= 0 {
		v.set("LastReadMessageIndex", strconv.Itoa(p.LastRead))
	}
}

func (v values) user(account store.Account, u store.ChatUser) {
	v.set("ChatServiceSid", cmp.Or(u.ServiceSID, account.ChatServiceSID))
	v.set("UserSid", u.SID)
	v.set("Identity", u.Identity)
	v.set("RoleSid", u.RoleSID)
	v.set("FriendlyName", u.FriendlyName)
	v.set("Attributes", u.Attributes)
	v.date("DateCreated", u.Created)
}
