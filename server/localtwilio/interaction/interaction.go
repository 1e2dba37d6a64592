// Package interaction is what Flex does between a customer's channel and
// TaskRouter: an Interaction has a channel, which is a Conversation, and Invites
// into it, which are Tasks. Web chats begin here. REST and the Flex UI's socket
// both use it, and the store's changes are followed: whatever way a Task or a
// Conversation ends, the other ends too.
//
//	begins     Conversation, customer as its Participant, Interaction, Invite, Task
//	accepted   the Worker is a Participant of both
//	closed     Conversation closed; Tasks wrapping or completed, those not accepted yet canceled
//	inactive   the Task completed and the Worker gone, the Conversation open: another Invite goes on
//
// It knows no HTTP. Phones, e-mail and voice are not here, nor Studio: the one
// Flow there is sends to Flex.
package interaction

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
	"escalate/server/sids"
)

// Fault is returned for what makes no sense, is not supported, or that the state
// of things does not allow.
type Fault struct {
	Code    int // of Twilio's error dictionary
	Message string
}

// Error is the message.
func (f *Fault) Error() string { return f.Message }

// Codes of Twilio's error dictionary.
const (
	codeInvalid           = 20001
	codeChannelStatus     = 45359 // missing is 45358
	codeConversationEnded = 45354
	codeNoAutoCreation    = 45761
	codeNoAddress         = 45765
)

func invalid(text string) error { return &Fault{codeInvalid, text} }

var errClosed = &Fault{codeConversationEnded, "Cannot create a Channel for a closed Conversation"}

// Orchestrator begins, changes and ends Interactions in a store.
type Orchestrator struct{ Store *store.Store }

// Channel is the channel of an Interaction to be.
type Channel struct {
	Type        string `json:"type"`
	InitiatedBy string `json:"initiated_by"`
	Properties  struct {
		MediaChannelSID string `json:"media_channel_sid"` // a Conversation that is there; else one is made
	} `json:"properties"`
	Participants []struct {
		Identity string `json:"identity"`
		Address  string `json:"address"`
		Name     string `json:"name"`
	} `json:"participants"`
}

// Routing is how agents are invited.
type Routing struct {
	Properties struct {
		WorkspaceSID string          `json:"workspace_sid"`
		WorkflowSID  string          `json:"workflow_sid"`
		QueueSID     string          `json:"queue_sid"`
		WorkerSID    string          `json:"worker_sid"`
		TaskChannel  string          `json:"task_channel_unique_name"`
		ChannelSID   string          `json:"task_channel_sid"`
		Priority     int             `json:"priority"`
		Timeout      int             `json:"timeout"` // seconds
		Attributes   json.RawMessage `json:"attributes"`
	} `json:"properties"`
}

// channelTypes are the types of channels that a Conversation alone can be.
var channelTypes = []string{"web", "chat"}

// Begin makes an Interaction and, unless r is nil, its first Invite. What they name
// is checked before anything is made.
func (o Orchestrator) Begin(c Channel, r *Routing) (store.Interaction, store.Task, error) {
	i, err := o.plan(c)
	if err != nil {
		return store.Interaction{}, store.Task{}, err
	}
	if r != nil {
		if _, err := o.offer(i, store.Invite{SID: store.NewSID("KG")}, *r, c.InitiatedBy); err != nil {
			return store.Interaction{}, store.Task{}, err
		}
	}
	if c.Properties.MediaChannelSID == "" {
		conversation, err := o.Store.Conversations.Create(store.Conversation{FriendlyName: c.Participants[0].Name})
		if err != nil {
			return store.Interaction{}, store.Task{}, err
		}
		i.ConversationSID = conversation.SID
	}
	for _, p := range i.Participants {
		_, err := o.Store.ChatParticipants.Add(i.ConversationSID, store.ChatParticipant{Identity: p.Identity})
		if err != nil && !errors.Is(err, store.ErrNameTaken) {
			return store.Interaction{}, store.Task{}, err
		}
	}
	if i, err = o.Store.Flex.Interactions.Create(i); err != nil || r == nil {
		return i, store.Task{}, err
	}
	_, task, err := o.Invite(i, *r, c.InitiatedBy)
	if err != nil {
		return i, task, err
	}
	i, err = o.Store.Flex.Interactions.Get(i.SID)
	return i, task, err
}

// plan returns the Interaction that a channel is to be of, with a SID and the
// customers that it will have. A Conversation that is not there yet has a SID that
// is not yet its own.
func (o Orchestrator) plan(c Channel) (store.Interaction, error) {
	i := store.Interaction{
		Record: store.Record{SID: store.NewSID("KD")}, ChannelSID: store.NewSID("UO"), Channel: c.Type,
		Status: store.ChannelActive, ConversationSID: cmp.Or(c.Properties.MediaChannelSID, store.NewSID("CH")),
	}
	if !slices.Contains(channelTypes, c.Type) {
		return i, invalid("channels of type " + c.Type + " are not supported by local Twilio: web and chat are")
	}
	if c.Properties.MediaChannelSID == "" && len(c.Participants) == 0 {
		return i, invalid("a channel needs participants or a media_channel_sid")
	}
	var who []string
	if sid := c.Properties.MediaChannelSID; sid != "" {
		v, err := o.Store.Conversations.Get(sid)
		if err == nil && v.State == store.ChatClosed {
			err = errClosed
		}
		if errors.Is(err, store.ErrNotFound) {
			err = invalid("there is no Conversation " + sid)
		}
		if err != nil {
			return i, err
		}
		i.ConversationSID = v.SID // sid may be its unique name
		there, err := o.Store.ChatParticipants.List(v.SID)
		if err != nil {
			return i, err
		}
		for _, p := range there {
			if !p.Left {
				who = append(who, p.Identity)
			}
		}
	}
	for _, p := range c.Participants {
		if p.Identity == "" && p.Address == "" {
			return i, invalid("a channel's participants need an identity")
		}
		if identity := cmp.Or(p.Identity, p.Address); !slices.Contains(who, identity) {
			who = append(who, identity)
		}
	}
	for _, identity := range who {
		i.Participants = append(i.Participants, store.InteractionParticipant{SID: store.NewSID("UT"), Type: "customer", Identity: identity})
	}
	return i, nil
}

// attributesOf reads attributes that are an object, or an object's text.
func attributesOf(raw json.RawMessage) (map[string]any, error) {
	all := map[string]any{}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	if len(raw) > 0 && json.Unmarshal(raw, &all) != nil {
		return nil, invalid("attributes must be a JSON object")
	}
	if all == nil { // they are null
		all = map[string]any{}
	}
	return all, nil
}

// Invite asks an agent into the channel of i, by a Task whose attributes are the
// routing's and what Flex adds to them.
func (o Orchestrator) Invite(i store.Interaction, r Routing, initiatedBy string) (store.Invite, store.Task, error) {
	v := store.Invite{SID: store.NewSID("KG"), TaskSID: store.NewSID("WT")}
	if i.Status == store.ChannelClosed {
		return v, store.Task{}, errClosed
	}
	task, err := o.offer(i, v, r, initiatedBy)
	if err != nil {
		return v, task, err
	}
	// Before its Task: a Worker may have that, and end it, while this still runs.
	_, err = o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		if i.Status == store.ChannelClosed {
			return errClosed
		}
		i.Invites = append(i.Invites, v)
		return nil
	})
	if err != nil {
		return v, task, err
	}
	if task, err = taskrouter.CreateTask(o.Store, task); err != nil {
		_, undo := o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
			i.Invites = slices.DeleteFunc(i.Invites, func(x store.Invite) bool { return x.SID == v.SID })
			return nil
		})
		return v, task, errors.Join(err, undo)
	}
	if _, err = o.Store.Flex.Interactions.Update(i.SID, activate); errors.Is(err, errClosed) {
		err = errors.Join(err, o.endTask(task.SID, false)) // closed before its Task was there to be ended
	}
	return v, task, err
}

// activate makes a channel active that is not closed.
func activate(i *store.Interaction) error {
	if i.Status == store.ChannelClosed {
		return errClosed
	}
	i.Status = store.ChannelActive
	return nil
}

// completeAttributes gives attributes what Flex adds: where the chat is, and who it is with
// where the routing does not say.
func completeAttributes(attributes map[string]any, i store.Interaction, v store.Invite, initiatedBy string) {
	attributes["conversationSid"], attributes["flexInteractionSid"] = i.ConversationSID, i.SID
	attributes["flexInteractionChannelSid"], attributes["flexChannelInviteSid"] = i.ChannelSID, v.SID
	attributes["channelType"] = i.Channel
	set := func(name string, value any) {
		if _, given := attributes[name]; !given && value != "" {
			attributes[name] = value
		}
	}
	set("initiatedBy", initiatedBy)
	set("direction", map[string]string{"agent": "outbound"}[initiatedBy])
	set("direction", "inbound")
	for _, p := range i.Participants {
		if p.Type == "customer" {
			set("customerAddress", p.Identity)
			set("customerName", p.Identity)
			set("from", p.Identity)
		}
	}
	set("name", attributes["customerName"])
	set("conversations", map[string]any{
		"conversation_id": i.SID, "media": []any{map[string]string{"type": "ChatTranscript", "sid": i.ConversationSID}},
	})
}

// offer returns the Task that the Invite v into i is to be, or a Fault for a routing
// that makes none: one that names what is not there.
func (o Orchestrator) offer(i store.Interaction, v store.Invite, r Routing, initiatedBy string) (store.Task, error) {
	a, p := o.Store.Account(), r.Properties
	if p.WorkspaceSID != "" && p.WorkspaceSID != a.WorkspaceSID {
		return store.Task{}, invalid("there is no Workspace " + p.WorkspaceSID)
	}
	if p.WorkerSID != "" && !sids.Is("WK", p.WorkerSID) {
		return store.Task{}, invalid("there is no Worker " + p.WorkerSID)
	}
	if p.Priority < 0 || p.Timeout < 0 {
		return store.Task{}, invalid("priority and timeout must not be negative")
	}
	attributes, err := attributesOf(p.Attributes)
	if err != nil {
		return store.Task{}, err
	}
	completeAttributes(attributes, i, v, initiatedBy)
	text, err := json.Marshal(attributes)
	if err != nil {
		return store.Task{}, fmt.Errorf("write attributes: %w", err)
	}
	k := store.Task{
		SID: v.TaskSID, Attributes: string(text), TaskChannel: cmp.Or(p.TaskChannel, p.ChannelSID, "chat"), Priority: p.Priority, Timeout: p.Timeout,
		WorkflowSID: cmp.Or(p.WorkflowSID, a.WorkflowSID), TaskQueueSID: p.QueueSID,
		RoutingTarget: p.WorkerSID, IgnoreCapacity: p.WorkerSID != "",
	}
	err = taskrouter.Check(o.Store, k)
	if errors.Is(err, taskrouter.ErrTarget) || errors.Is(err, store.ErrAttributesTooLong) {
		err = invalid(err.Error())
	}
	return k, err
}
