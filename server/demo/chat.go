package demo

import (
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
// customer's name, or anything else.
func (d *Demo) messageView(c store.Conversation, m store.Message) messageView {
	v := messageView{
		SID: m.SID, ConversationSID: m.ConversationSID, Index: m.Index,
		Role: "system", Name: "Automatic message", Body: m.Body, Files: fileViews(m), CreatedAt: m.Created,
	}
	if name, ok := d.people[m.Author]; ok {
		v.Role, v.Name = "agent", name
	} else if m.Author == customerOf(c).Name {
		v.Role, v.Name = "customer", m.Author
	}
	return v
}

// customerOf reads the customer from a Conversation's attributes.
func customerOf(c store.Conversation) customer {
	who := customer{Facts: []fact{}}
	// Attributes that are something else leave the friendly name.
	_ = json.Unmarshal([]byte(c.Attributes), &who)
	if who.Name == "" {
		who.Name = c.FriendlyName
	}
	return who
}

// findChat returns the chat that the customer's page asks for, else the first
// of the demo Worker's that is open: it is also the desk's first.
func (d *Demo) findChat(r *http.Request) (any, error) {
	if sid := r.URL.Query().Get("c"); sid != "" {
		return d.chatOf(sid)
	}
	all, err := d.store.Tasks.List()
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		v, ok, err := d.view(t)
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
func (d *Demo) chatOf(conversationSID string) (taskView, error) {
	task, err := d.taskOf(conversationSID)
	if err != nil {
		return taskView{}, err
	}
	v, ok, err := d.view(task)
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
	all, err := d.store.Tasks.List()
	if err != nil {
		return nil, err
	}
	who := newcomers[len(all)%len(newcomers)]
	// A name that two newcomers would share at once is no harm: SIDs tell them apart.
	task, err := d.begin(chat{
		name: "demo-" + store.NewSID("CH"), worker: agentIdentity, customer: who, lines: []line{{agent: true, body: greeting}},
	}, d.agent)
	if err != nil {
		return nil, err
	}
	return d.chatOf(conversationOf(task))
}

func (d *Demo) listMessages(r *http.Request) (any, error) {
	chat, err := d.chatOf(mux.Vars(r)["conversation"])
	if err != nil {
		return nil, err
	}
	conversation, err := d.store.Conversations.Get(chat.ConversationSID)
	if err != nil {
		return nil, err
	}
	messages, err := d.store.Conversations.Messages(conversation.SID, 0)
	if err != nil {
		return nil, err
	}
	list := make([]messageView, 0, len(messages))
	for _, m := range messages {
		list = append(list, d.messageView(conversation, m))
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
	conversation, author, err := d.writer(mux.Vars(r)["conversation"], ask.As)
	if err != nil {
		return nil, err
	}
	m, err := d.store.Conversations.AddMessage(conversation.SID, store.Message{Author: author, Body: body})
	if err != nil {
		return nil, err
	}
	return d.messageView(conversation, m), nil
}

// writer is who writes into one of the demo Worker's open chats, as "agent" or
// as "customer".
func (d *Demo) writer(conversationSID, as string) (c store.Conversation, author string, err error) {
	if !slices.Contains([]string{"agent", "customer"}, as) {
		return c, "", errBadRequest
	}
	chat, err := d.chatOf(conversationSID)
	if err != nil {
		return c, "", err
	}
	if !chat.Mine {
		return c, "", store.ErrNotFound
	}
	if !slices.Contains([]string{store.TaskAssigned, store.TaskReserved, store.TaskPending}, chat.Status) {
		return c, "", errChatClosed
	}
	if author = chat.Customer; as == "agent" {
		author = d.agent.FriendlyName
	}
	c, err = d.store.Conversations.Get(chat.ConversationSID)
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
