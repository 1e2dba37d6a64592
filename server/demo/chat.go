package demo

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"escalate/server/localtwilio/store"
)

// maxMessage is Conversations' limit of a Message, in characters.
const maxMessage = 1600

// messageView is a Message as the pages draw it.
type messageView struct {
	SID             string     `json:"sid"`
	ConversationSID string     `json:"conversationSid"`
	Index           int        `json:"index"`
	Role            string     `json:"role"` // agent, customer or system
	Name            string     `json:"name"`
	Body            string     `json:"body"`
	Files           []fileView `json:"files"`
	CreatedAt       time.Time  `json:"createdAt"`
}

// messageView says who wrote m by its author: a Worker's identity, the
// customer's, or anything else.
func (cs *chats) messageView(c store.Conversation, m store.Message) (messageView, error) {
	customer, err := cs.customerIdentity(c)
	if err != nil {
		return messageView{}, err
	}
	v := messageView{
		SID: m.SID, ConversationSID: m.ConversationSID, Index: m.Index,
		Role: "system", Name: "Automatic message", Body: m.Body, Files: fileViews(m), CreatedAt: m.Created,
	}
	if name, ok := cs.people[m.Author]; ok {
		v.Role, v.Name = "agent", name
	} else if m.Author == customer {
		v.Role, v.Name = "customer", customerOf(c).Name
	}
	return v, nil
}

// customerIdentity is who the customer is in a Conversation: its first Participant
// who is no agent. In the demo's own chats that is the customer's name; what begins
// other web chats makes up another.
func (cs *chats) customerIdentity(c store.Conversation) (string, error) {
	all, err := cs.store.ChatParticipants.List(c.SID)
	if err != nil {
		return "", err
	}
	for _, p := range all {
		var attributes struct {
			MemberType string `json:"member_type"`
		}
		// Attributes that are something else are no agent's.
		_ = json.Unmarshal([]byte(p.Attributes), &attributes)
		if cs.people[p.Identity] == "" && attributes.MemberType != "agent" {
			return p.Identity, nil
		}
	}
	return customerOf(c).Name, nil
}

// customerOf reads the customer from a Conversation's attributes: those of the
// demo's own chats, or of a web chat that began elsewhere.
func customerOf(c store.Conversation) customer {
	var attributes struct {
		customer
		From string `json:"from"`
	}
	// Attributes that are something else leave the friendly name.
	_ = json.Unmarshal([]byte(c.Attributes), &attributes)
	who := attributes.customer
	who.Name = cmp.Or(who.Name, attributes.From, c.FriendlyName)
	who.Topic = cmp.Or(who.Topic, "Web chat")
	if who.Facts == nil {
		who.Facts = []fact{}
	}
	return who
}

// findChat returns the chat that the customer's page asks for, else the first
// of the demo Worker's that is open: it is also the desk's first.
func (d *Demo) findChat(r *http.Request) (any, error) {
	if sid := r.URL.Query().Get("c"); sid != "" {
		return d.chats.chatOf(sid)
	}
	all, err := d.chats.store.Tasks.List()
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		v, ok, err := d.chats.view(t)
		if err != nil {
			return nil, err
		}
		if ok && v.Mine && v.Status == store.TaskAssigned {
			return v, nil
		}
	}
	return nil, errNoChat
}

// chatOf returns the Task of one of the demo's Conversations.
func (cs *chats) chatOf(conversationSID string) (taskView, error) {
	task, err := cs.taskOf(conversationSID)
	if err != nil {
		return taskView{}, err
	}
	v, ok, err := cs.view(task)
	if err != nil || !ok {
		return taskView{}, orNotFound(err)
	}
	return v, nil
}

// startChat makes a new Conversation and a Task for the demo Worker.
func (d *Demo) startChat(r *http.Request) (any, error) {
	if err := decode(r, &struct{}{}); err != nil {
		return nil, err
	}
	all, err := d.chats.store.Tasks.List()
	if err != nil {
		return nil, err
	}
	who := newcomers[len(all)%len(newcomers)]
	// A name that two newcomers would share at once is no harm: SIDs tell them apart.
	task, err := d.chats.begin(chat{
		name: "demo-" + store.NewSID("CH"), worker: agentIdentity, customer: who, lines: []line{{agent: true, body: greeting}},
	}, d.chats.agent)
	if err != nil {
		return nil, err
	}
	return d.chats.chatOf(conversationOf(task))
}

func (d *Demo) listMessages(r *http.Request) (any, error) {
	chat, err := d.chats.chatOf(mux.Vars(r)["conversation"])
	if err != nil {
		return nil, err
	}
	conversation, err := d.chats.store.Conversations.Get(chat.ConversationSID)
	if err != nil {
		return nil, err
	}
	messages, err := d.chats.store.Conversations.Messages(conversation.SID, 0)
	if err != nil {
		return nil, err
	}
	list := make([]messageView, 0, len(messages))
	for _, m := range messages {
		v, err := d.chats.messageView(conversation, m)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// postMessage adds a Message of the agent or of the customer.
func (d *Demo) postMessage(r *http.Request) (any, error) {
	var ask struct {
		As   string `json:"as"`
		Body string `json:"body"`
	}
	if err := decode(r, &ask); err != nil {
		return nil, err
	}
	body := strings.TrimSpace(ask.Body)
	switch {
	case body == "":
		return nil, errEmpty
	case utf8.RuneCountInString(body) > maxMessage:
		return nil, errTooLong
	}
	conversation, author, err := d.chats.writer(mux.Vars(r)["conversation"], ask.As)
	if err != nil {
		return nil, err
	}
	m, err := d.chats.store.Conversations.AddMessage(conversation.SID, store.Message{Author: author, Body: body})
	if err != nil {
		return nil, err
	}
	return d.chats.messageView(conversation, m)
}

// writer is who writes into one of the demo Worker's open chats, as "agent" or
// as "customer".
func (cs *chats) writer(conversationSID, as string) (c store.Conversation, author string, err error) {
	if !slices.Contains([]string{"agent", "customer"}, as) {
		return c, "", errBadRequest
	}
	chat, err := cs.chatOf(conversationSID)
	if err != nil {
		return c, "", err
	}
	if !chat.Mine {
		return c, "", store.ErrNotFound
	}
	if !slices.Contains([]string{store.TaskAssigned, store.TaskReserved, store.TaskPending}, chat.Status) {
		return c, "", errChatClosed
	}
	if c, err = cs.store.Conversations.Get(chat.ConversationSID); err != nil {
		return c, "", err
	}
	if as == "agent" {
		return c, cs.agent.FriendlyName, nil
	}
	author, err = cs.customerIdentity(c)
	return c, author, err
}

// orNotFound is err, or store.ErrNotFound where there is none.
func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return store.ErrNotFound
}

// ignoreNotFound is err, or nil where it only says that a thing is not there.
func ignoreNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
