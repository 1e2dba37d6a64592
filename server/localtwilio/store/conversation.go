package store

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"time"
)

// Limits of Conversations, from Twilio's documents.
const (
	MaxMessageBody    = 1600     // characters
	MaxChatName       = 256      // characters of names, identities and authors
	MaxChatAttributes = 16 << 10 // bytes
)

// States of a Conversation.
const (
	ChatActive   = "active"
	ChatInactive = "inactive"
	ChatClosed   = "closed" // for good
)

// Why the State of a Conversation changed, as webhooks say it.
const (
	StateByAPI   = "API"
	StateByTimer = "TIMER"
	StateByEvent = "EVENT" // a Message came
)

// Conversation is a chat.
type Conversation struct {
	SID                 string // CH…
	ServiceSID          string // IS…; empty for the account's own Service
	UniqueName          string // may be empty
	FriendlyName        string
	Attributes          string // JSON
	State               string // active, inactive, closed
	Timers              ChatTimers
	MessagingServiceSID string    // MG…; empty for the account's own
	CreatedBy           string    // an identity; "system" for REST
	LastIndex           int       // of its newest Message; -1 for none
	LastMessage         time.Time // when that came; zero for none
	Event               int       // number of its newest change, Messages included; see Store.LastEvent
	Created             time.Time
	Updated             time.Time
}

// ChatTimers end a Conversation in which nobody writes; zero is never.
type ChatTimers struct {
	Inactive, Closed time.Duration
	// Since is when somebody wrote last, or a timer or the State was set.
	Since time.Time
}

// InactiveAt is when c becomes inactive if nobody writes until then; zero for never.
func (c Conversation) InactiveAt() time.Time {
	if c.State != ChatActive || c.Timers.Inactive == 0 {
		return time.Time{}
	}
	return c.Timers.Since.Add(c.Timers.Inactive)
}

// ClosedAt is when c is closed if nobody writes until then; zero for never.
func (c Conversation) ClosedAt() time.Time {
	if c.State == ChatClosed || c.Timers.Closed == 0 {
		return time.Time{}
	}
	return c.Timers.Since.Add(c.Timers.Closed)
}

// due is when c's State changes if nobody writes until then; zero for never.
func (c Conversation) due() time.Time {
	inactive, closed := c.InactiveAt(), c.ClosedAt()
	if inactive.IsZero() || !closed.IsZero() && closed.Before(inactive) {
		return closed
	}
	return inactive
}

// Service is the SID of the Service that c is in, of account a.
func (c Conversation) Service(a Account) string { return cmp.Or(c.ServiceSID, a.ChatServiceSID) }

// Message is one Message of a Conversation.
type Message struct {
	SID             string // IM…
	ConversationSID string
	Index           int // from 0, without gaps
	Author          string
	UpdatedBy       string // who changed it last; empty for nobody
	Subject         string
	Body            string
	Attributes      string // JSON
	Media           []Attachment
	Event           int // number of its newest change; see Store.LastEvent
	Created         time.Time
	Updated         time.Time
}

// Conversations are the chats and their Messages.
type Conversations struct{ chatScope }

// Create makes a Conversation of c's names, Attributes, State (default active),
// timers and times (default now). It returns ErrNameTaken.
func (s Conversations) Create(c Conversation) (Conversation, error) {
	err := s.update(doing{what: "create conversation", key: c.UniqueName}, func(t chatTx) error {
		if err := t.takeName(&c, ""); err != nil {
			return err
		}
		c.ServiceSID, c.LastIndex, c.LastMessage, c.Timers.Since = t.key(), -1, time.Time{}, t.now
		c.Created, c.Updated = orNow(c.Created, t.now), orNow(c.Updated, t.now)
		c.State, c.Attributes, c.CreatedBy = cmp.Or(c.State, ChatActive), cmp.Or(c.Attributes, "{}"), cmp.Or(c.CreatedBy, "system")
		if err := errors.Join(t.link(bConversationOrder, "", c.SID), t.stampTo(&c.Event)); err != nil {
			return err
		}
		if err := t.tell(c, &ConversationCreated{Conversation: c}, OnConversationAdded); err != nil {
			return err
		}
		return t.saveConversation(c, time.Time{})
	})
	if err != nil {
		return Conversation{}, err
	}
	return c, nil
}

// Get finds a Conversation by SID or unique name.
func (s Conversations) Get(key string) (c Conversation, err error) {
	err = s.view(doing{what: "find conversation", key: key}, func(t chatTx) error {
		c, err = t.conversation(key)
		return err
	})
	return c, err
}

// List lists all Conversations of the scope in the order they were made.
func (s Conversations) List() (list []Conversation, err error) {
	err = s.view(doing{what: "list conversations"}, func(t chatTx) error {
		list, err = linked[Conversation](t.tx, bConversationOrder, "", bConversations)
		list = slices.DeleteFunc(list, func(c Conversation) bool { return !t.has(c.ServiceSID) })
		return err
	})
	return list, err
}

// Update changes a Conversation by f, which may set UniqueName, FriendlyName,
// Attributes, State, Timers, MessagingServiceSID, Created and Updated. It returns
// ErrNameTaken, and ErrChatClosed for a closed one.
func (s Conversations) Update(key string, f func(*Conversation) error) (c Conversation, err error) {
	err = s.update(doing{what: "update conversation", key: key}, func(t chatTx) error {
		if c, err = t.open(key); err != nil {
			return err
		}
		old := c
		if err := f(&c); err != nil {
			return err
		}
		c.SID, c.ServiceSID, c.LastIndex, c.LastMessage, c.CreatedBy = old.SID, old.ServiceSID, old.LastIndex, old.LastMessage, old.CreatedBy
		if err := t.takeName(&c, old.UniqueName); err != nil {
			return err
		}
		if c.Updated.Equal(old.Updated) {
			c.Updated = t.now
		}
		if c.State != old.State || c.Timers != old.Timers {
			c.Timers.Since = t.now
		}
		return t.changed(old, &c, StateByAPI)
	})
	return c, err
}

// Delete removes a Conversation and all that is in it. Those who are in it are told that they
// are no longer.
func (s Conversations) Delete(key string) error {
	return s.update(doing{what: "delete conversation", key: key}, func(t chatTx) error {
		c, err := t.conversation(key)
		if err != nil {
			return err
		}
		return t.removeConversation(c)
	})
}

// AddMessage appends a Message of m's Author (default system), Subject, Body,
// Attributes, Media and times (default now) to a Conversation, and makes that active.
// It returns ErrChatClosed for a closed one, and ErrMedia for Media that there is not.
func (s Conversations) AddMessage(conversation string, m Message) (Message, error) {
	err := s.update(doing{what: "add message to conversation", key: conversation}, func(t chatTx) error {
		c, err := t.open(conversation)
		if err != nil {
			return err
		}
		old := c
		c.LastIndex++
		c.Updated, c.LastMessage, c.Timers.Since = t.now, t.now, t.now
		if c.State == ChatInactive {
			c.State = ChatActive
		}
		if err := t.stampTo(&c.Event); err != nil {
			return err
		}
		m.Event = c.Event
		m.SID, m.ConversationSID, m.Index, m.Created, m.Updated = NewSID("IM"), c.SID, c.LastIndex, orNow(m.Created, t.now), orNow(m.Updated, t.now)
		if m.Author == "" {
			m.Author = "system"
		}
		if m.Attributes == "" {
			m.Attributes = "{}"
		}
		if err := t.media().attach(c, &m); err != nil {
			return err
		}
		if err := t.put(bMessages, string(numbered(c.SID, uint64(m.Index))), m); err != nil {
			return err
		}
		if err := t.tell(c, &MessageAdded{Conversation: c, Message: m}, OnMessageAdded); err != nil {
			return err
		}
		if c.State != old.State {
			u := ConversationUpdated{Conversation: c, StateFrom: old.State, StateReason: StateByEvent}
			if err := t.tell(c, &u, OnConversationStateUpdated); err != nil {
				return err
			}
		}
		return t.saveConversation(c, old.due())
	})
	if err != nil {
		return Message{}, err
	}
	return m, nil
}

// Messages lists a Conversation's Messages in order, from the given index on.
func (s Conversations) Messages(conversation string, from int) (list []Message, err error) {
	err = s.view(doing{what: "list messages of conversation", key: conversation}, func(t chatTx) error {
		conv, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		c := t.bucket(bMessages).Cursor()
		for k, raw := c.Seek(numbered(conv.SID, uint64(max(from, 0)))); k != nil && bytes.HasPrefix(k, []byte(conv.SID)); k, raw = c.Next() {
			var m Message
			if err := decode(bMessages, string(k), raw, &m); err != nil {
				return err
			}
			list = append(list, m)
		}
		return nil
	})
	return list, err
}

// conversation finds one of the scope.
func (t chatTx) conversation(key string) (Conversation, error) {
	if sid := t.lookup(bConversationNames, t.prefixed(key)); sid != "" {
		key = sid
	}
	c, err := get[Conversation](t.tx, bConversations, key)
	if err == nil && !t.has(c.ServiceSID) {
		return Conversation{}, ErrNotFound
	}
	return c, err
}

// open finds a Conversation that is not closed.
func (t chatTx) open(key string) (Conversation, error) {
	c, err := t.conversation(key)
	if err == nil && c.State == ChatClosed {
		err = ErrChatClosed
	}
	return c, err
}

// takeName gives c, which was called old, its unique name, and a new c its SID.
func (t chatTx) takeName(c *Conversation, old string) error {
	if c.SID == "" {
		c.SID = NewSID("CH")
	} else if c.UniqueName == old {
		return nil
	}
	names := t.bucket(bConversationNames)
	if t.lookup(bConversationNames, t.of(*c).prefixed(c.UniqueName)) != "" {
		return ErrNameTaken
	}
	if old != "" {
		if err := names.Delete([]byte(t.of(*c).prefixed(old))); err != nil {
			return err
		}
	}
	if c.UniqueName == "" {
		return nil
	}
	return names.Put([]byte(t.of(*c).prefixed(c.UniqueName)), []byte(c.SID))
}

// of is the scope of c's Service; c may be one that is being made in t's.
func (t chatTx) of(c Conversation) chatScope {
	s := t.chatScope
	if s.service == "" {
		s.service = cmp.Or(c.ServiceSID, s.own)
	}
	return s
}

// changed saves what has become of old, and tells of it.
func (t chatTx) changed(old Conversation, c *Conversation, reason string) error {
	if err := t.stampTo(&c.Event); err != nil {
		return err
	}
	u, events := ConversationUpdated{Conversation: *c}, []string{OnConversationUpdated}
	if c.State != old.State {
		u.StateFrom, u.StateReason = old.State, reason
		if c.settings() == old.settings() {
			events = nil
		}
		events = append(events, OnConversationStateUpdated)
	}
	if err := t.tell(*c, &u, events...); err != nil {
		return err
	}
	return t.saveConversation(*c, old.due())
}

// settings are what of c can be set, but for the State.
func (c Conversation) settings() [6]any {
	return [...]any{c.UniqueName, c.FriendlyName, c.Attributes, c.MessagingServiceSID, c.Timers.Inactive, c.Timers.Closed}
}

// saveConversation saves c, which was due.
func (t chatTx) saveConversation(c Conversation, was time.Time) error {
	if due := c.due(); !due.Equal(was) {
		if !was.IsZero() {
			if err := t.unschedule(was, c.SID); err != nil {
				return err
			}
		}
		if !due.IsZero() {
			if err := t.schedule(due, c.SID); err != nil {
				return err
			}
		}
	}
	return t.put(bConversations, c.SID, c)
}

// timeOut changes the State of a Conversation in which nobody wrote, if it is time.
func (t chatTx) timeOut(sid string) error {
	c, err := get[Conversation](t.tx, bConversations, sid)
	if due := c.due(); err != nil || due.IsZero() || t.now.Before(due) {
		return err
	}
	old := c
	c.State, c.Updated = ChatInactive, t.now
	if at := old.ClosedAt(); !at.IsZero() && !t.now.Before(at) {
		c.State = ChatClosed
	}
	t.origin = Origin{Webhooks: true}
	return t.changed(old, &c, StateByTimer)
}

// removeConversation removes c, of which webhooks tell once, for all that is in it. Those
// who were in it stay as having left, so that a client that is away now can be told.
func (t chatTx) removeConversation(c Conversation) error {
	if due := c.due(); !due.IsZero() {
		if err := t.unschedule(due, c.SID); err != nil {
			return err
		}
	}
	if err := t.tell(c, &ConversationRemoved{Conversation: c}, OnConversationRemoved); err != nil {
		return err
	}
	people, err := t.participants(c)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Left {
			continue
		}
		if err := t.removeParticipant(c, p); err != nil {
			return err
		}
	}
	messages, err := under[Message](t.tx, bMessages, c.SID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if err := t.media().release(m); err != nil {
			return err
		}
	}
	if c.UniqueName != "" {
		if err := t.bucket(bConversationNames).Delete([]byte(t.of(c).prefixed(c.UniqueName))); err != nil {
			return err
		}
	}
	return errors.Join(
		t.deleteUnder(bMessages, c.SID), t.deleteUnder(bRemovedMessages, c.SID), t.removeWebhooks(c.SID),
		t.unlink(bConversationOrder, "", c.SID), t.bucket(bConversations).Delete([]byte(c.SID)),
	)
}

// orNow is at, now for the zero time.
func orNow(at, now time.Time) time.Time {
	if at.IsZero() {
		return now
	}
	return at
}
