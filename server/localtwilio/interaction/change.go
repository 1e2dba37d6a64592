package interaction

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// SetChannel changes the status of i's channel. Closed closes its Conversation
// and makes its Tasks wrapping, or completed where routing says "closed"; those
// that nobody has accepted are canceled. Inactive, with the routing "closed",
// completes them and leaves the Conversation open.
func (o Orchestrator) SetChannel(i store.Interaction, status, routing string) (store.Interaction, error) {
	if !slices.Contains([]string{"", "wrapup", "closed"}, routing) {
		return i, invalid("routing status must be wrapup or closed")
	}
	switch status {
	case store.ChannelClosed:
	case store.ChannelInactive:
		if routing != "closed" {
			return i, invalid("an inactive channel needs the routing status closed")
		}
	default:
		return i, &Fault{codeChannelStatus, "Failed to close Channel: the status must be closed or inactive"}
	}
	i, err := o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		if status == store.ChannelInactive && i.Status == store.ChannelClosed {
			return errClosed
		}
		i.Status = status
		return nil
	})
	if err != nil {
		return i, err
	}
	if status == store.ChannelClosed {
		err = o.end(i, routing == "closed")
	} else {
		err = o.endTasks(i, true)
	}
	if err != nil {
		return i, err
	}
	return o.Store.Flex.Interactions.Get(i.SID)
}

// end closes what belongs to a closed channel: its Conversation and its Tasks.
func (o Orchestrator) end(i store.Interaction, complete bool) error {
	if err := o.CloseConversation(i.ConversationSID); err != nil {
		return err
	}
	return o.endTasks(i, complete)
}

func (o Orchestrator) endTasks(i store.Interaction, complete bool) error {
	for _, v := range i.Invites {
		if err := o.endTask(v.TaskSID, complete); err != nil {
			return err
		}
	}
	return nil
}

// CloseConversation closes a Conversation that is open. What belongs to it
// follows; see Follow.
func (o Orchestrator) CloseConversation(sid string) error {
	v, err := o.Store.Conversations.Get(sid)
	if err == nil && v.State != store.ChatClosed {
		_, err = o.Store.Conversations.Update(sid, func(c *store.Conversation) error {
			c.State = store.ChatClosed
			return nil
		})
	}
	if errors.Is(err, store.ErrChatClosed) {
		return nil
	}
	return ignoreGone(err)
}

// endTask completes a Task that an agent has, or lets them wrap up, and cancels
// one that nobody has.
func (o Orchestrator) endTask(sid string, complete bool) error {
	_, err := o.Store.Tasks.Update(sid, "", func(k *store.Task) error {
		switch k.AssignmentStatus {
		case store.TaskPending, store.TaskReserved:
			k.AssignmentStatus, k.Reason = store.TaskCanceled, "the chat was closed"
		case store.TaskAssigned:
			k.AssignmentStatus = store.TaskWrapping
			if complete {
				k.AssignmentStatus = store.TaskCompleted
			}
		case store.TaskWrapping:
			if complete {
				k.AssignmentStatus = store.TaskCompleted
			}
		}
		return nil
	})
	return ignoreGone(err)
}

// Answer is an agent's to an Invite: accept or decline.
func (o Orchestrator) Answer(i store.Interaction, invite, action, reservation string) error {
	n := slices.IndexFunc(i.Invites, func(v store.Invite) bool { return v.SID == invite })
	if n < 0 {
		return fmt.Errorf("answer invite %s: %w", invite, store.ErrNotFound)
	}
	r, err := o.Store.Reservations.Get(reservation)
	if err != nil {
		return err
	}
	if r.TaskSID != i.Invites[n].TaskSID {
		return invalid("the Reservation is not the Invite's")
	}
	status, known := map[string]string{"accept": store.ReservationAccepted, "decline": store.ReservationRejected}[action]
	if !known {
		return invalid("action must be accept or decline")
	}
	_, err = o.Store.Reservations.SetStatus(r.SID, status)
	return err
}

// Add puts one who is no agent into the channel: agents come by Invites.
func (o Orchestrator) Add(i store.Interaction, p store.InteractionParticipant) (store.InteractionParticipant, error) {
	switch {
	case i.Status == store.ChannelClosed:
		return p, errClosed
	case !slices.Contains([]string{"customer", "supervisor", "external"}, p.Type):
		return p, invalid("Type must be customer, supervisor or external: agents come by Invites")
	case p.Identity == "":
		return p, invalid("MediaProperties must have an identity: there are no phones and no e-mail here")
	}
	_, err := o.Store.ChatParticipants.Add(i.ConversationSID, store.ChatParticipant{Identity: p.Identity})
	if errors.Is(err, store.ErrChatClosed) {
		return p, errClosed
	}
	if err != nil && !errors.Is(err, store.ErrNameTaken) {
		return p, err
	}
	p.SID = store.NewSID("UT")
	_, err = o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		i.Participants = append(i.Participants, p)
		return nil
	})
	return p, err
}

// Remove takes a Participant out of the channel. An agent's Task is completed by
// the status closed, and wraps up by wrapup.
func (o Orchestrator) Remove(i store.Interaction, participant, status string) (store.InteractionParticipant, error) {
	n := slices.IndexFunc(i.Participants, func(p store.InteractionParticipant) bool { return p.SID == participant })
	if n < 0 {
		return store.InteractionParticipant{}, fmt.Errorf("remove from interaction %s: %w", i.SID, store.ErrNotFound)
	}
	p := i.Participants[n]
	if status != "closed" && status != "wrapup" {
		return p, invalid("Status must be closed or wrapup")
	}
	if p.TaskSID != "" {
		// Whoever has a Task goes with it; see Follow.
		return p, o.leave(i, p, status == "closed")
	}
	return p, o.drop(i, p)
}

// leave ends the Task of an agent while the channel goes on.
func (o Orchestrator) leave(i store.Interaction, p store.InteractionParticipant, complete bool) error {
	if !complete {
		return o.endTask(p.TaskSID, false)
	}
	// First, since the end of the last agent's Task would close the channel.
	_, err := o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		remove(i, p)
		for n := range i.Invites {
			i.Invites[n].Parted = i.Invites[n].Parted || i.Invites[n].TaskSID == p.TaskSID
		}
		return nil
	})
	if err != nil {
		return err
	}
	return o.part(i, p.Identity, p.TaskSID)
}

// part carries out that an agent has parted: out of the Conversation, and the Task completed.
func (o Orchestrator) part(i store.Interaction, identity, task string) error {
	if err := ignoreGone(o.Store.ChatParticipants.Remove(i.ConversationSID, identity)); err != nil {
		return err
	}
	return o.endTask(task, true)
}

// remove takes p off the Participants of i.
func remove(i *store.Interaction, p store.InteractionParticipant) {
	i.Participants = slices.DeleteFunc(i.Participants, func(x store.InteractionParticipant) bool { return x.SID == p.SID })
}

// drop takes p out of the channel and its Conversation.
func (o Orchestrator) drop(i store.Interaction, p store.InteractionParticipant) error {
	_, err := o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		remove(i, p)
		return nil
	})
	if err != nil {
		return err
	}
	return ignoreGone(o.Store.ChatParticipants.Remove(i.ConversationSID, p.Identity))
}

// Transfer sends the chat of the agent from to another Worker, TaskQueue or
// Workflow, without waiting for them: their Task is a new one, and the agent's is
// completed.
func (o Orchestrator) Transfer(i store.Interaction, v store.Transfer) (store.Transfer, error) {
	n := slices.IndexFunc(i.Participants, func(p store.InteractionParticipant) bool { return p.SID == v.From && p.TaskSID != "" })
	switch {
	case v.Type != "cold":
		return v, invalid("only cold transfers are supported by local Twilio")
	case n < 0:
		return v, invalid("from must be an agent of the channel")
	}
	from := i.Participants[n]
	old, err := o.Store.Tasks.Get(from.TaskSID)
	if err != nil {
		return v, err
	}
	var r Routing
	switch {
	case sids.Is("WQ", v.To):
		r.Properties.QueueSID = v.To
	case sids.Is("WW", v.To):
		r.Properties.WorkflowSID = v.To
	default:
		r.Properties.WorkerSID = v.To
	}
	r.Properties.Attributes, r.Properties.TaskChannel, r.Properties.Priority = json.RawMessage(old.Attributes), old.TaskChannel, old.Priority
	if _, _, err := o.Invite(i, r, ""); err != nil {
		return v, err
	}
	if err := o.leave(i, from, true); err != nil {
		return v, err
	}
	now := o.Store.Now()
	v.Record, v.Status = store.Record{SID: store.NewSID("UX"), Created: now, Updated: now}, "completed"
	_, err = o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		i.Transfers = append(i.Transfers, v)
		return nil
	})
	return v, err
}

// ignoreGone is err, or nil where what was to be changed is not there any more.
func ignoreGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
