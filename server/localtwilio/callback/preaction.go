package callback

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"

	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
)

// maxRevision bounds the answer of a pre-action webhook, in bytes. What it wants
// instead is no longer than what it is asked about.
const maxRevision = 64 << 10

// Ask asks the pre-action webhook, if there is one for the event, and waits for its answer, at
// most 5 s. By Twilio's page "Conversations Webhooks", 200 lets the action happen, changed as its
// JSON says, 4xx rejects it, and it happens as it was for a receiver that is away, late or broken.
// It implements store.AskChat.
func (s *Sender) Ask(ctx context.Context, by store.Origin, service, event string, describe func(*store.ChatAction) error) (r store.ChatRevision, err error) {
	if !by.Webhooks {
		return r, nil
	}
	target, err := s.services.PreTarget(service)
	if err != nil || target.PreURL == "" || !slices.Contains(target.Filters, event) {
		return r, err
	}
	a := store.ChatAction{Event: event, By: by, Service: service}
	if err := describe(&a); err != nil {
		return r, err
	}
	asked, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	status, body, err := s.ask(asked, target, actionForm(s.account, a))
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case s.ctx.Err() != nil:
		return r, s.ctx.Err()
	case err == nil && status >= 400 && status < 500:
		return r, store.ErrRejected
	case err == nil && status != http.StatusOK:
		err = fmt.Errorf("receiver answered %d", status)
	case err == nil:
		r, err = readRevision(body)
	}
	if err != nil {
		s.log.Warn("a pre-action webhook did not answer: carried out as it was", "event", event, "receiver", reached.Place(target.PreURL), "err", unaddressed(err))
		r = store.ChatRevision{}
	}
	return r, nil
}

// ask makes the request and returns the answer.
func (s *Sender) ask(ctx context.Context, target store.ChatTarget, form url.Values) (status int, body []byte, err error) {
	r, err := s.request(ctx, target.PreURL, target.Method, form)
	if err != nil {
		return 0, nil, err
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxRevision))
	return resp.StatusCode, body, err
}

// readRevision reads what is wanted instead.
func readRevision(body []byte) (r store.ChatRevision, err error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return r, nil
	}
	var in struct {
		FriendlyName *string         `json:"friendly_name"`
		Body         *string         `json:"body"`
		Author       *string         `json:"author"`
		Attributes   json.RawMessage `json:"attributes"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return r, fmt.Errorf("read its answer: %w", err)
	}
	r.FriendlyName, r.Body, r.Author = in.FriendlyName, in.Body, in.Author
	if len(in.Attributes) > 0 && string(in.Attributes) != "null" {
		// A JSON string, as Twilio's attributes are, or the JSON itself.
		text := string(in.Attributes)
		if in.Attributes[0] == '"' {
			if err := json.Unmarshal(in.Attributes, &text); err != nil {
				return r, fmt.Errorf("read attributes of its answer: %w", err)
			}
		}
		r.Attributes = &text
	}
	switch {
	case r.Body != nil && utf8.RuneCountInString(*r.Body) > store.MaxMessageBody:
		err = fmt.Errorf("body has more than %d characters", store.MaxMessageBody)
	case r.Author != nil && utf8.RuneCountInString(*r.Author) > store.MaxChatName, r.FriendlyName != nil && utf8.RuneCountInString(*r.FriendlyName) > store.MaxChatName:
		err = fmt.Errorf("a name has more than %d characters", store.MaxChatName)
	case r.Attributes != nil && (len(*r.Attributes) > store.MaxChatAttributes || !json.Valid([]byte(*r.Attributes))):
		err = fmt.Errorf("attributes are no JSON of at most %d bytes", store.MaxChatAttributes)
	}
	return r, err
}

// actionForm is what a pre-action webhook is asked: of what is still to be made there is no SID
// and no time.
func actionForm(account store.Account, a store.ChatAction) url.Values {
	v := values{"AccountSid": {account.SID}, "EventType": {a.Event}}
	v.add("Source", a.By.Source)
	v.add("ClientIdentity", a.By.Identity)
	c := a.Conversation
	switch {
	case a.Message != nil:
		m := *a.Message
		m.Author, m.Attributes = cmp.Or(m.Author, "system"), cmp.Or(m.Attributes, "{}")
		v.message(account, c, m, "")
	case a.Participant != nil:
		p := *a.Participant
		p.Attributes = cmp.Or(p.Attributes, "{}")
		if a.Event == store.OnParticipantAdd {
			p.LastRead = -1 // nothing
		}
		v.participant(account, c, p)
	case a.User != nil:
		v.user(account, *a.User)
	default:
		c.Attributes, c.State = cmp.Or(c.Attributes, "{}"), cmp.Or(c.State, store.ChatActive)
		v.conversation(account, c)
	}
	v.set("ChatServiceSid", a.Service)
	if a.Event == store.OnMessageAdd {
		delete(v, "Index")
	}
	if a.Event == store.OnConversationAdd || a.Event == store.OnMessageAdd || a.Event == store.OnParticipantAdd {
		delete(v, "DateCreated")
	}
	for name := range v {
		if len(v[name]) == 1 && v[name][0] == "" && name != "Body" {
			delete(v, name)
		}
	}
	return url.Values(v)
}
