package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"escalate/server/localtwilio/store"
)

// seed makes the Workers and begins the chats that are not there yet. Every
// step looks first, so it may run at each start, also after a run that was
// killed half way.
func (cs *chats) seed() error {
	bySeat := map[string]store.Worker{}
	cs.people = map[string]string{}
	for _, p := range workers {
		w, err := cs.seedWorker(p.identity, p.name, p.email, p.activity)
		if err != nil {
			return err
		}
		if err := makeRoom(cs.store, w); err != nil {
			return err
		}
		bySeat[p.identity] = w
		cs.people[p.identity] = p.name
	}
	cs.agent = bySeat[agentIdentity]
	for _, c := range seeds {
		if _, err := cs.begin(c, bySeat[c.worker]); err != nil {
			return fmt.Errorf("begin chat %q: %w", c.name, err)
		}
	}
	return nil
}

func (cs *chats) seedWorker(identity, name, email, activity string) (store.Worker, error) {
	all, err := cs.store.Workers.List()
	if err != nil {
		return store.Worker{}, err
	}
	activitySID, err := cs.activity(activity)
	if err != nil {
		return store.Worker{}, err
	}
	for _, w := range all {
		if w.FriendlyName != identity {
			continue
		}
		// An earlier version let everybody begin available. Where somebody has chosen
		// an Activity since, that is theirs to say.
		if activitySID != "" && w.ActivitySID != activitySID && !w.Changed.After(w.Created) {
			return cs.store.Workers.Update(w.SID, func(w *store.Worker) error {
				w.ActivitySID = activitySID
				return nil
			})
		}
		return w, nil
	}
	attributes, err := json.Marshal(map[string]any{
		"full_name": name, "email": email, "contact_uri": "client:" + identity, "roles": []string{"agent"},
	})
	if err != nil {
		return store.Worker{}, fmt.Errorf("write attributes: %w", err)
	}
	return cs.store.Workers.Create(store.Worker{FriendlyName: identity, Attributes: string(attributes), ActivitySID: activitySID})
}

// activity finds the SID of an Activity by name: empty where somebody has removed or
// renamed it.
func (cs *chats) activity(name string) (sid string, err error) {
	activities, err := cs.store.TaskRouter.Activities.List()
	if err != nil {
		return "", err
	}
	for _, a := range activities {
		if a.FriendlyName == name {
			return a.SID, nil
		}
	}
	return "", nil
}

// room is how many chats a Worker of the demo may have at a time.
const room = 10

// makeRoom gives a Worker room for more chats than TaskRouter does, where nobody has
// said how many.
func makeRoom(s *store.Store, w store.Worker) error {
	_, err := s.TaskRouter.WorkerChannels.Update(w.SID, "chat", func(c *store.WorkerChannel) error {
		if c.Updated.Equal(c.Created) {
			c.Capacity = room
		}
		return nil
	})
	return err
}

// begin makes a chat's Conversation, its Messages and its Task, in this order: a
// Task that exists has all before it. The Worker has it, or is offered it by
// TaskRouter.
func (cs *chats) begin(c chat, w store.Worker) (store.Task, error) {
	conversation, err := cs.conversation(c)
	if err != nil {
		return store.Task{}, err
	}
	_, err = cs.store.ChatParticipants.Add(conversation.SID, store.ChatParticipant{Identity: c.customer.Name})
	if err != nil && !errors.Is(err, store.ErrNameTaken) {
		return store.Task{}, err
	}
	task, err := cs.taskOf(conversation.SID)
	if errors.Is(err, store.ErrNotFound) {
		for _, l := range c.lines[min(conversation.LastIndex+1, len(c.lines)):] {
			author := c.customer.Name
			if l.agent {
				author = c.worker
			}
			if _, err := cs.store.Conversations.AddMessage(conversation.SID, store.Message{Author: author, Body: l.body}); err != nil {
				return store.Task{}, err
			}
		}
		return cs.createTask(conversation.SID, c, w)
	}
	if err != nil {
		return store.Task{}, err
	}
	return task, cs.assign(task, w)
}

// seeded reports whether a chat is one of the script's.
func seeded(c chat) bool {
	return slices.ContainsFunc(seeds, func(s chat) bool { return s.name == c.name })
}

func (cs *chats) conversation(c chat) (store.Conversation, error) {
	found, err := cs.store.Conversations.Get(c.name)
	if !errors.Is(err, store.ErrNotFound) {
		return found, err
	}
	// Flex asks for the channel before it lets files be attached.
	attributes, err := json.Marshal(struct {
		customer
		ChannelType string `json:"channel_type"`
	}{c.customer, "web"})
	if err != nil {
		return store.Conversation{}, fmt.Errorf("write attributes: %w", err)
	}
	return cs.store.Conversations.Create(store.Conversation{
		UniqueName: c.name, FriendlyName: c.customer.Name, Attributes: string(attributes),
	})
}

// createTask makes a Task with the attributes that Flex gives a web chat's: one that
// w has, or a new one that is offered to w.
func (cs *chats) createTask(conversationSID string, c chat, w store.Worker) (store.Task, error) {
	name := c.customer.Name
	attributes, err := json.Marshal(map[string]any{
		"name": name, "customerName": name, "channelType": "web", "direction": "inbound", "conversationSid": conversationSID,
	})
	if err != nil {
		return store.Task{}, fmt.Errorf("write attributes: %w", err)
	}
	task := store.Task{Attributes: string(attributes), TaskChannel: "chat"}
	if cs.offer && !seeded(c) {
		task.RoutingTarget = w.SID
		return cs.store.Tasks.Create(task)
	}
	r, err := cs.store.Reservations.Assign(task, w.SID)
	if err != nil {
		return store.Task{}, err
	}
	return cs.store.Tasks.Get(r.TaskSID)
}

// assign gives a Task that an earlier run left without a Worker to w, who accepts it
// at once.
func (cs *chats) assign(task store.Task, w store.Worker) error {
	if task.AssignmentStatus != store.TaskPending && task.AssignmentStatus != store.TaskReserved {
		return nil
	}
	reservations, err := cs.store.Reservations.OfTask(task.SID)
	if err != nil {
		return err
	}
	for _, r := range reservations {
		if r.WorkerSID == w.SID && r.Status == store.ReservationPending {
			_, err := cs.store.Reservations.SetStatus(r.SID, store.ReservationAccepted)
			return err
		}
	}
	r, err := cs.store.Reservations.Create(task.SID, w.SID)
	if err != nil {
		return err
	}
	_, err = cs.store.Reservations.SetStatus(r.SID, store.ReservationAccepted)
	return err
}
