package flexapi_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"escalate/server/localtwilio/flexapi"
	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/store"
)

// contact is an Interaction with its Task, in a store that no Server follows.
type contact struct {
	*store.Store
	interaction.Orchestrator
	worker store.Worker
	sid    string // KD…
	chat   string // CH…
	task   string // WT…
}

func newContact(t *testing.T, s *store.Store) *contact {
	t.Helper()
	c := &contact{Store: s, Orchestrator: interaction.Orchestrator{Store: s}}
	c.worker = must(s.Workers.Create(store.Worker{FriendlyName: "alex"}))(t)
	c.chat = must(s.Conversations.Create(store.Conversation{}))(t).SID
	must(s.ChatParticipants.Add(c.chat, store.ChatParticipant{Identity: "maya"}))(t)
	var channel interaction.Channel
	channel.Type, channel.Properties.MediaChannelSID = "web", c.chat
	i, k, err := c.Begin(channel, &interaction.Routing{})
	if err != nil {
		t.Fatal(err)
	}
	c.sid, c.task = i.SID, k.SID
	return c
}

func (c *contact) interaction(t *testing.T) store.Interaction {
	t.Helper()
	return must(c.Flex.Interactions.Get(c.sid))(t)
}

// accept gives the Task to the Worker, who does not join the channel yet.
func (c *contact) accept(t *testing.T) store.Reservation {
	t.Helper()
	r := must(c.Reservations.Create(c.task, c.worker.SID))(t)
	return must(c.Reservations.SetStatus(r.SID, store.ReservationAccepted))(t)
}

// join accepts and has the Worker join the channel.
func (c *contact) join(t *testing.T) store.InteractionParticipant {
	t.Helper()
	r := c.accept(t)
	if err := c.Follow(store.Event{Change: &store.ReservationUpdated{Reservation: r, Task: must(c.Tasks.Get(c.task))(t)}}); err != nil {
		t.Fatal(err)
	}
	_, err := c.ChatParticipants.Add(c.chat, store.ChatParticipant{Identity: c.worker.FriendlyName})
	if err != nil && !errors.Is(err, store.ErrNameTaken) { // where the Flex API runs, it was quicker
		t.Fatal(err)
	}
	all := c.interaction(t).Participants
	return all[len(all)-1]
}

func (c *contact) setTask(t *testing.T, status string) {
	t.Helper()
	must(c.Tasks.Update(c.task, "", func(k *store.Task) error { k.AssignmentStatus = status; return nil }))(t)
}

func (c *contact) closeChat(t *testing.T) {
	t.Helper()
	must(c.Conversations.Update(c.chat, func(v *store.Conversation) error { v.State = store.ChatClosed; return nil }))(t)
}

// removed is the status of what is not there any more.
const removed = "removed"

// contactState is what has become of a contact.
type contactState struct {
	channel, chat, task string
	agent               bool // is in the channel
}

func (c *contact) state(t *testing.T) contactState {
	t.Helper()
	i := c.interaction(t)
	s := contactState{channel: i.Status, chat: removed, task: removed}
	if v, err := c.Conversations.Get(c.chat); err == nil {
		s.chat = v.State
	} else if !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	if k, err := c.Tasks.Get(c.task); err == nil {
		s.task = k.AssignmentStatus
	} else if !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	s.agent = slices.ContainsFunc(i.Participants, func(p store.InteractionParticipant) bool { return p.TaskSID == c.task && p.WorkerSID == c.worker.SID })
	return s
}

// TestInteractionsFollow: whatever happens to a contact's Task or chat, the rest
// of it follows: while the Flex API runs, and when it starts, for what happened
// while it did not run or that a killed process left half done.
func TestInteractionsFollow(t *testing.T) {
	t.Parallel()
	update := func(t *testing.T, c *contact, f func(*store.Interaction)) {
		t.Helper()
		must(c.Flex.Interactions.Update(c.sid, func(i *store.Interaction) error { f(i); return nil }))(t)
	}
	tests := []struct {
		name   string
		happen func(*testing.T, *contact)
		want   contactState
		killed bool // nothing of the kind happens while the Flex API runs
	}{
		{"nothing", func(*testing.T, *contact) {}, contactState{"active", "active", "pending", false}, false},
		{"accepted", func(t *testing.T, c *contact) { c.accept(t) }, contactState{"active", "active", "assigned", true}, false},
		{"the chat closed, nobody accepted", func(t *testing.T, c *contact) { c.closeChat(t) }, contactState{"closed", "closed", "canceled", false}, false},
		{"the chat closed", func(t *testing.T, c *contact) { c.join(t); c.closeChat(t) }, contactState{"closed", "closed", "wrapping", true}, false},
		{"accepted and the chat closed", func(t *testing.T, c *contact) { c.accept(t); c.closeChat(t) }, contactState{"closed", "closed", "wrapping", true}, false},
		{"the chat removed", func(t *testing.T, c *contact) {
			if err := c.Conversations.Delete(c.chat); err != nil {
				t.Fatal(err)
			}
		}, contactState{"closed", removed, "canceled", false}, false},
		{"the Task completed", func(t *testing.T, c *contact) { c.join(t); c.setTask(t, "completed") }, contactState{"closed", "closed", "completed", false}, false},
		{"accepted and the Task completed", func(t *testing.T, c *contact) { c.accept(t); c.setTask(t, "completed") }, contactState{"closed", "closed", "completed", false}, false},
		{"the Task canceled", func(t *testing.T, c *contact) { c.setTask(t, "canceled") }, contactState{"closed", "closed", "canceled", false}, false},
		{"the accepted Task canceled", func(t *testing.T, c *contact) { c.join(t); c.setTask(t, "canceled") }, contactState{"closed", "closed", "canceled", false}, false},
		{"the Task removed", func(t *testing.T, c *contact) {
			c.join(t)
			if err := c.Tasks.Delete(c.task, ""); err != nil {
				t.Fatal(err)
			}
		}, contactState{"closed", "closed", removed, false}, false},
		{"the agent left", func(t *testing.T, c *contact) {
			p := c.join(t)
			must(c.Remove(c.interaction(t), p.SID, "closed"))(t)
		}, contactState{"active", "active", "completed", false}, false},
		{"the agent's leaving begun", func(t *testing.T, c *contact) {
			c.join(t)
			update(t, c, func(i *store.Interaction) {
				i.Participants, i.Invites[0].Parted = i.Participants[:1], true
			})
		}, contactState{"active", "active", "completed", false}, true},
		{"parked", func(t *testing.T, c *contact) {
			c.join(t)
			must(c.SetChannel(c.interaction(t), store.ChannelInactive, "closed"))(t)
		}, contactState{"inactive", "active", "completed", false}, false},
		{"the channel's end begun", func(t *testing.T, c *contact) {
			c.join(t)
			update(t, c, func(i *store.Interaction) { i.Status = store.ChannelClosed })
		}, contactState{"closed", "closed", "wrapping", true}, true},
		{"parking begun", func(t *testing.T, c *contact) {
			c.join(t)
			update(t, c, func(i *store.Interaction) { i.Status = store.ChannelInactive })
		}, contactState{"inactive", "active", "completed", false}, true},
		{"an Invite into the parked channel begun", func(t *testing.T, c *contact) {
			update(t, c, func(i *store.Interaction) { i.Status = store.ChannelInactive })
		}, contactState{"active", "active", "pending", false}, true},
	}
	for _, tt := range tests {
		t.Run("while it runs: "+tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.killed {
				t.Skip("happens to no process that runs")
			}
			s := must(store.Open("", store.Options{}))(t)
			defer s.Close()
			server := must(flexapi.Start(flexapi.Config{Store: s, REST: rest.New(s, rest.Config{})}))(t)
			defer server.Close()
			changed := make(chan struct{}, 1)
			defer s.Watch(func(store.Event) {
				select {
				case changed <- struct{}{}:
				default:
				}
			})()
			c := newContact(t, s)
			tt.happen(t, c)
			tick, late := time.NewTicker(5*time.Millisecond), time.After(patience) // an Interaction's change is no event
			defer tick.Stop()
			for c.state(t) != tt.want {
				select {
				case <-changed:
				case <-tick.C:
				case <-late:
					t.Fatalf("contact %+v, want %+v", c.state(t), tt.want)
				}
			}
		})
		t.Run("when it starts: "+tt.name, func(t *testing.T) {
			t.Parallel()
			s := must(store.Open("", store.Options{}))(t)
			defer s.Close()
			c := newContact(t, s)
			tt.happen(t, c)
			var before store.Interaction
			for start := range 2 { // the second finds nothing to do
				server := must(flexapi.Start(flexapi.Config{Store: s, REST: rest.New(s, rest.Config{})}))(t)
				if got := c.state(t); got != tt.want {
					t.Errorf("contact %+v, want %+v", got, tt.want)
				}
				if err := server.Close(); err != nil {
					t.Error(err)
				}
				if i := c.interaction(t); start > 0 && !i.Updated.Equal(before.Updated) {
					t.Error("a start without news changes the interaction")
				}
				before = c.interaction(t)
			}
		})
	}
}

// TestLateNewsOfWhoHasLeft: an agent who has left is not brought back, nor does the
// channel end, when the store's events are only read then.
func TestLateNewsOfWhoHasLeft(t *testing.T) {
	t.Parallel()
	s := must(store.Open("", store.Options{}))(t)
	defer s.Close()
	c := newContact(t, s)
	accepted := &store.ReservationUpdated{Reservation: c.accept(t), Task: must(c.Tasks.Get(c.task))(t)}
	follow := func(change store.Change) {
		t.Helper()
		if err := c.Follow(store.Event{Change: change}); err != nil {
			t.Fatal(err)
		}
	}
	follow(accepted)
	agent := c.interaction(t).Participants[1]
	must(c.Remove(c.interaction(t), agent.SID, "closed"))(t)
	follow(accepted)
	if c.state(t).agent {
		t.Error("the agent is back in the channel")
	}
	follow(&store.TaskUpdated{Task: must(c.Tasks.Get(c.task))(t), Was: store.TaskAssigned})
	if got, want := c.state(t), (contactState{"active", "active", "completed", false}); got != want {
		t.Errorf("contact %+v, want %+v", got, want)
	}
}
