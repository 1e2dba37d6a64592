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
		if over(c.Task) {
			return o.taskEnded(c.Task)
		}
	case *store.TaskRemoved:
		if k := c.Task; !over(k) {
			k.AssignmentStatus = store.TaskCanceled
			return o.taskEnded(k)
		}
	case *store.ConversationUpdated:
		if c.Conversation.State == store.ChatClosed {
			return o.conversationClosed(c.Conversation.SID)
		}
	case *store.ConversationRemoved:
		return o.conversationClosed(c.Conversation.SID)
	}
	return nil
}

// over reports whether a Task has ended.
func over(k store.Task) bool {
	return k.AssignmentStatus == store.TaskCompleted || k.AssignmentStatus == store.TaskCanceled
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
	return o.join(i, r)
}

// parted reports whether the agent of a Task has left i's channel, which goes on
// without them.
func parted(i store.Interaction, task string) bool {
	return slices.ContainsFunc(i.Invites, func(v store.Invite) bool { return v.TaskSID == task && v.Parted })
}

// join makes the Worker of a Reservation a Participant of i's channel, once: news of
// the Reservation may come when they have left again.
func (o Orchestrator) join(i store.Interaction, r store.Reservation) error {
	joined := func(i store.Interaction) bool {
		return parted(i, r.TaskSID) ||
			slices.ContainsFunc(i.Participants, func(p store.InteractionParticipant) bool { return p.ReservationSID == r.SID })
	}
	if joined(i) {
		return nil
	}
	_, err := o.Store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
		if !joined(*i) {
			i.Participants = append(i.Participants, store.InteractionParticipant{
				SID: store.NewSID("UT"), Type: "agent", Identity: r.Worker, TaskSID: r.TaskSID, WorkerSID: r.WorkerSID, ReservationSID: r.SID,
			})
		}
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
	return o.ended(i, k)
}

// ended is taskEnded where the Interaction is known.
func (o Orchestrator) ended(i store.Interaction, k store.Task) error {
	if i.Status == store.ChannelActive && !parted(i, k.SID) {
		left, err := o.tasksLeft(i)
		if err != nil {
			return err
		}
		if !left {
			if _, err := o.SetChannel(i, store.ChannelClosed, "closed"); err != nil {
				return ignoreGone(err)
			}
		}
	}
	for _, p := range i.Participants {
		if p.TaskSID != k.SID {
			continue
		}
		if err := o.drop(i, p); err != nil {
			return err
		}
	}
	return nil
}

// tasksLeft reports whether any Task of i's Invites goes on.
func (o Orchestrator) tasksLeft(i store.Interaction) (bool, error) {
	for _, v := range i.Invites {
		k, err := o.Store.Tasks.Get(v.TaskSID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
		if err == nil && !over(k) {
			return true, nil
		}
	}
	return false, nil
}

// conversationClosed closes the channel of a Conversation that was closed, or is gone.
func (o Orchestrator) conversationClosed(sid string) error {
	all, err := o.Store.Flex.Interactions.List()
	if err != nil {
		return err
	}
	var errs []error
	for _, i := range all {
		if i.ConversationSID == sid && i.Status != store.ChannelClosed {
			_, err := o.SetChannel(i, store.ChannelClosed, "wrapup")
			errs = append(errs, ignoreGone(err))
		}
	}
	return errors.Join(errs...)
}
