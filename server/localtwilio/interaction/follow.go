package interaction

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"escalate/server/localtwilio/store"
)

// Follow carries on what happens elsewhere to Tasks and Conversations that are
// an Interaction's. It is called with the store's events, in their order.
func (o Orchestrator) Follow(e store.Event) error {
	switch c := e.Change.(type) {
	case *store.ReservationUpdated:
		if c.Reservation.Status == store.ReservationAccepted {
			return o.accepted(c.Reservation, c.Task)
		}
	case *store.TaskUpdated:
		if c.Task.AssignmentStatus == store.TaskCompleted || c.Task.AssignmentStatus == store.TaskCanceled {
			return o.taskEnded(c.Task)
		}
	case *store.ConversationUpdated:
		if c.Conversation.State == "closed" {
			return o.conversationClosed(c.Conversation.SID)
		}
	}
	return nil
}

// interactionOf finds the Interaction of a Task; ErrNotFound for any other Task.
func (o Orchestrator) interactionOf(k store.Task) (store.Interaction, error) {
	var attributes struct {
		Interaction string `json:"flexInteractionSid"`
	}
	// Attributes that are something else are no Interaction's.
	_ = json.Unmarshal([]byte(k.Attributes), &attributes)
	i, err := o.Store.Flex.Interactions.Get(attributes.Interaction)
	if err == nil && !slices.ContainsFunc(i.Invites, func(v store.Invite) bool { return v.TaskSID == k.SID }) {
		err = fmt.Errorf("invite of task %s: %w", k.SID, store.ErrNotFound)
	}
	return i, err
}

// accepted makes the Worker a Participant of the channel.
func (o Orchestrator) accepted(r store.Reservation, k store.Task) error {
	i, err := o.interactionOf(k)
	if err != nil {
		return ignoreGone(err)
	}
	_, err = o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		if slices.ContainsFunc(i.Participants, func(p store.InteractionParticipant) bool { return p.ReservationSID == r.SID }) {
			return nil
		}
		i.Participants = append(i.Participants, store.InteractionParticipant{
			SID: store.NewSID("UT"), Type: "agent", Identity: r.Worker, TaskSID: k.SID, WorkerSID: r.WorkerSID, ReservationSID: r.SID,
		})
		return nil
	})
	return ignoreGone(err)
}

// taskEnded takes the Worker out of the channel, and closes it when no Task of
// its Invites is left.
func (o Orchestrator) taskEnded(k store.Task) error {
	i, err := o.interactionOf(k)
	if err != nil {
		return ignoreGone(err)
	}
	parted := true // by a transfer or by leaving: the channel goes on without
	for _, p := range i.Participants {
		if p.TaskSID != k.SID {
			continue
		}
		parted = false
		if err := o.drop(i, p); err != nil {
			return err
		}
	}
	if i.Status != store.ChannelActive || parted && k.AssignmentStatus == store.TaskCompleted {
		return nil
	}
	for _, v := range i.Invites {
		other, err := o.Store.Tasks.Get(v.TaskSID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if other.AssignmentStatus != store.TaskCompleted && other.AssignmentStatus != store.TaskCanceled {
			return nil
		}
	}
	_, err = o.SetChannel(i, store.ChannelClosed, "closed")
	return ignoreGone(err)
}

// conversationClosed closes the channel of a Conversation that was closed.
func (o Orchestrator) conversationClosed(sid string) error {
	all, err := o.Store.Flex.Interactions.List()
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.ConversationSID == sid && i.Status != store.ChannelClosed {
			if _, err := o.SetChannel(i, store.ChannelClosed, "wrapup"); err != nil {
				return ignoreGone(err)
			}
		}
	}
	return nil
}
