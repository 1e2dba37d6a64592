package store

import (
	"encoding/json"
	"errors"
)

// Flex is what Flex keeps beside TaskRouter and Conversations, a field for each
// family of things.
type Flex struct {
	Interactions  Shelf[Interaction, *Interaction]
	Flows         Shelf[FlexFlow, *FlexFlow]
	WebChannels   Shelf[WebChannel, *WebChannel]
	Addresses     Shelf[Address, *Address]
	Configuration FlexConfiguration
}

func newFlex(d *db) Flex {
	return Flex{
		Interactions:  Shelf[Interaction, *Interaction]{db: d, what: "interaction", prefix: "KD", bucket: bInteractions, order: bInteractionOrder, saved: scheduleInteraction},
		Flows:         Shelf[FlexFlow, *FlexFlow]{db: d, what: "flex flow", prefix: "FO", bucket: bFlexFlows, order: bFlexFlowOrder},
		WebChannels:   Shelf[WebChannel, *WebChannel]{db: d, what: "web channel", prefix: "CH", bucket: bWebChannels, order: bWebChannelOrder},
		Addresses:     Shelf[Address, *Address]{db: d, what: "address", prefix: "IG", bucket: bAddresses, order: bAddressOrder},
		Configuration: FlexConfiguration{d},
	}
}

// Statuses of an Interaction's channel.
const (
	ChannelActive   = "active"
	ChannelInactive = "inactive" // no agent is in it, though the Conversation is open
	ChannelClosed   = "closed"
)

// Interaction is a customer's contact with Flex. It has one channel, whose fields
// are its own.
type Interaction struct {
	Record                 // SID KD…
	ChannelSID      string // UO…
	Channel         string // its type: web or chat
	Status          string // of the channel
	ConversationSID string // the channel's
	ContextSID      string // HQ…; may be empty
	Invites         []Invite
	Participants    []InteractionParticipant
	Transfers       []Transfer
}

// Invite asks agents into an Interaction's channel, by a Task.
type Invite struct {
	SID     string // KG…
	TaskSID string
	// Parted says that the agent who accepted has left the channel, which goes on
	// without them, by leaving or by a transfer. Their Task ends, or has ended, by that.
	Parted bool
}

// InteractionParticipant is one who is in an Interaction's channel.
type InteractionParticipant struct {
	SID            string // UT…
	Type           string // customer, agent, supervisor, external
	Identity       string // in the Conversation
	TaskSID        string // of an agent
	WorkerSID      string
	ReservationSID string
}

// Transfer is an Interaction's way from one agent to others.
type Transfer struct {
	Record         // SID UX…
	Type    string // cold
	Status  string // active, failed, completed
	From    string // UT…
	To      string // WK…, WQ… or WW…
	NoteSID string
	Summary string // its SID
}

// scheduleInteraction enters into the timetable when a closed Interaction is
// forgotten.
func scheduleInteraction(t *tx, i Interaction) error {
	if i.Status != ChannelClosed {
		return nil
	}
	return t.schedule(i.Updated.Add(Kept), i.SID)
}

// forgetInteraction prunes a closed Interaction, if it is time.
func (t *tx) forgetInteraction(sid string) error {
	i, err := get[Interaction](t, bInteractions, sid)
	if err != nil || i.Status != ChannelClosed || t.now.Before(i.Updated.Add(Kept)) {
		return err
	}
	return Shelf[Interaction, *Interaction]{bucket: bInteractions, order: bInteractionOrder}.remove(t, sid)
}

// What becomes of a Conversation that a customer begins at an Address.
const (
	CreationDefault = "default" // it is left alone
	CreationStudio  = "studio"  // the account's Studio Flow sends it to Flex
)

// Address is an address of Conversations by which customers reach the account.
type Address struct {
	Record              // SID IG…
	Type         string // chat
	Name         string // the address itself
	FriendlyName string // for people; may be empty
	Creation     string // default or studio; empty where customers cannot begin
}

// FlexFlow says, for Flex's first generation of web chats, what becomes of one.
type FlexFlow struct {
	Record                 // SID FO…
	FriendlyName    string // for people
	ChannelType     string // web
	ContactIdentity string
	Enabled         bool
	IntegrationType string // task
	Integration     FlexIntegration
}

// FlexIntegration is how a FlexFlow's Tasks are made. What is empty is the
// account's.
type FlexIntegration struct {
	WorkspaceSID string `json:"workspace_sid,omitempty"`
	WorkflowSID  string `json:"workflow_sid,omitempty"`
	Channel      string `json:"channel,omitempty"` // unique name of the TaskChannel
	Timeout      int    `json:"timeout,omitempty"` // seconds
	Priority     int    `json:"priority,omitempty"`
}

// WebChannel is a web chat of Flex's first generation; its SID is its
// Conversation's.
type WebChannel struct {
	Record
	FlowSID        string // FO…
	InteractionSID string // KD…; empty where the flow makes no Task
}

// FlexConfiguration is what was set of the account's Flex configuration.
type FlexConfiguration struct{ db *db }

// Get returns the fields that were set, by their names in JSON.
func (s FlexConfiguration) Get() (fields map[string]json.RawMessage, err error) {
	err = s.db.view(doing{what: "read the Flex configuration"}, func(t *tx) error {
		fields, err = get[map[string]json.RawMessage](t, bMeta, "flex_configuration")
		if errors.Is(err, ErrNotFound) {
			fields, err = map[string]json.RawMessage{}, nil
		}
		return err
	})
	return fields, err
}

// Set sets fields by their names in JSON; others stay as they are.
func (s FlexConfiguration) Set(fields map[string]json.RawMessage) error {
	return s.db.update(doing{what: "set the Flex configuration"}, func(t *tx) error {
		all, err := get[map[string]json.RawMessage](t, bMeta, "flex_configuration")
		if errors.Is(err, ErrNotFound) {
			all, err = map[string]json.RawMessage{}, nil
		}
		if err != nil {
			return err
		}
		for name, v := range fields {
			all[name] = v
		}
		return t.put(bMeta, "flex_configuration", all)
	})
}

// flexDefaults makes the address and the flow of web chats that every account
// begins with, where they are missing.
func (t *tx) flexDefaults(a Account) error {
	put := func(bucket, order, sid string, v any) error {
		if t.bucket(bucket).Get([]byte(sid)) != nil {
			return nil
		}
		return errors.Join(t.link(order, "", sid), t.put(bucket, sid, v))
	}
	record := func(sid string) Record { return Record{SID: sid, Created: t.now, Updated: t.now} }
	return errors.Join(
		put(bAddresses, bAddressOrder, a.AddressSID, Address{
			Record: record(a.AddressSID), Type: "chat", Name: "web-chat", FriendlyName: "Flex web chat", Creation: CreationStudio,
		}),
		put(bFlexFlows, bFlexFlowOrder, a.FlexFlowSID, FlexFlow{
			Record: record(a.FlexFlowSID), FriendlyName: "Flex Web Channel Flow", ChannelType: "web", Enabled: true,
			IntegrationType: "task",
		}),
	)
}
