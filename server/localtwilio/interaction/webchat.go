package interaction

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"escalate/server/localtwilio/store"
)

// WebChat is what a customer's page tells of itself when it begins a chat.
type WebChat struct {
	FriendlyName string // of the Conversation
	UniqueName   string // of the Conversation; may be empty
	Customer     string // a name for people
	Identity     string // in the Conversation; empty for a random one
	PreEngaged   string // the data of its form: JSON, or any text
}

// AtAddress begins a web chat at an address of type chat: with a Task where the
// Conversations of the address are sent to Flex.
func (o Orchestrator) AtAddress(address string, w WebChat) (conversation, identity string, err error) {
	a, err := o.Store.Flex.Addresses.Get(address)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Type != "chat" {
		return "", "", &Fault{codeNoAddress, "No address configuration data found for address SID " + address}
	}
	if err != nil {
		return "", "", err
	}
	if a.Creation == "" {
		return "", "", &Fault{codeNoAutoCreation, "Failed to validate address configuration: auto create not enabled"}
	}
	w = w.complete()
	if a.Creation == store.CreationStudio {
		if err := o.checkChat(w, Routing{}); err != nil {
			return "", "", err
		}
	}
	v, err := o.chat(w)
	if err != nil || a.Creation != store.CreationStudio {
		return v.SID, w.Identity, err
	}
	_, err = o.sendToFlex(v, w, Routing{})
	return v.SID, w.Identity, err
}

// AtFlow begins a web chat of Flex's first generation, by a FlexFlow.
func (o Orchestrator) AtFlow(f store.FlexFlow, w WebChat) (store.WebChannel, error) {
	w = w.complete()
	var r Routing
	p, x := &r.Properties, f.Integration
	p.WorkspaceSID, p.WorkflowSID, p.TaskChannel, p.Timeout, p.Priority = x.WorkspaceSID, x.WorkflowSID, x.Channel, x.Timeout, x.Priority
	if f.Enabled {
		if err := o.checkChat(w, r); err != nil {
			return store.WebChannel{}, err
		}
	}
	v, err := o.chat(w)
	if err != nil {
		return store.WebChannel{}, err
	}
	c := store.WebChannel{Record: store.Record{SID: v.SID}, FlowSID: f.SID}
	if f.Enabled {
		i, err := o.sendToFlex(v, w, r)
		if err != nil {
			return c, err
		}
		c.InteractionSID = i.SID
	}
	return o.Store.Flex.WebChannels.Create(c)
}

// complete gives w the names that it has not.
func (w WebChat) complete() WebChat {
	w.Customer = cmp.Or(w.Customer, "Customer")
	if w.Identity == "" {
		w.Identity = store.NewSID("")
	}
	return w
}

// routed is r with the attributes of w's Task.
func (w WebChat) routed(r Routing) (Routing, error) {
	attributes, err := json.Marshal(map[string]string{"name": w.Customer, "customerName": w.Customer, "from": w.Customer})
	if err != nil {
		return r, fmt.Errorf("write attributes: %w", err)
	}
	r.Properties.Attributes = attributes
	return r, nil
}

// checkChat returns a Fault for a chat that sendToFlex could make no Task of.
func (o Orchestrator) checkChat(w WebChat, r Routing) error {
	r, err := w.routed(r)
	if err != nil {
		return err
	}
	i := store.Interaction{
		Record: store.Record{SID: store.NewSID("KD")}, ChannelSID: store.NewSID("UO"), Channel: "web", ConversationSID: store.NewSID("CH"),
		Participants: []store.InteractionParticipant{{Type: "customer", Identity: w.Identity}},
	}
	_, err = o.offer(i, store.Invite{SID: store.NewSID("KG")}, r, "customer")
	return err
}

// chat makes a web chat's Conversation with its customer in it.
func (o Orchestrator) chat(w WebChat) (store.Conversation, error) {
	attributes := map[string]any{"channel_type": "web", "from": w.Customer}
	if w.PreEngaged != "" {
		attributes["pre_engagement_data"] = w.PreEngaged
		if json.Valid([]byte(w.PreEngaged)) {
			attributes["pre_engagement_data"] = json.RawMessage(w.PreEngaged)
		}
	}
	text, err := json.Marshal(attributes)
	if err != nil {
		return store.Conversation{}, fmt.Errorf("write attributes: %w", err)
	}
	v, err := o.Store.Conversations.Create(store.Conversation{FriendlyName: w.FriendlyName, UniqueName: w.UniqueName, Attributes: string(text)})
	if err != nil {
		return v, err
	}
	if _, err := o.Store.ChatUsers.Get(w.Identity); err != nil {
		return v, err
	}
	_, err = o.Store.ChatUsers.Update(w.Identity, func(u *store.ChatUser) error {
		u.FriendlyName = w.Customer
		return nil
	})
	if err != nil {
		return v, err
	}
	_, err = o.Store.ChatParticipants.Add(v.SID, store.ChatParticipant{Identity: w.Identity})
	return v, err
}

// sendToFlex is what the Flow of a web chat's address does.
func (o Orchestrator) sendToFlex(v store.Conversation, w WebChat, r Routing) (store.Interaction, error) {
	r, err := w.routed(r)
	if err != nil {
		return store.Interaction{}, err
	}
	c := Channel{Type: "web", InitiatedBy: "customer"}
	c.Properties.MediaChannelSID = v.SID
	i, _, err := o.Begin(c, &r)
	return i, err
}
