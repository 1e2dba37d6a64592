package interaction_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/store"
)

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func open(t *testing.T) interaction.Orchestrator {
	t.Helper()
	s := must(store.Open("", store.Options{}))(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return interaction.Orchestrator{Store: s}
}

// chat is a channel with one customer and no Conversation yet.
func chat() interaction.Channel {
	c := interaction.Channel{Type: "web"}
	c.Participants = append(c.Participants, struct {
		Identity string `json:"identity"`
		Address  string `json:"address"`
		Name     string `json:"name"`
	}{Identity: "maya", Name: "Maya"})
	return c
}

// TestNoAttributes: attributes that are null in JSON, as they come or as text, are none.
func TestNoAttributes(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, text := range []string{``, `null`, `"null"`, `{}`, `"{}"`} {
		var r interaction.Routing
		r.Properties.Attributes = json.RawMessage(text)
		_, k, err := o.Begin(chat(), &r)
		if err != nil || !strings.Contains(k.Attributes, `"flexInteractionSid"`) {
			t.Errorf("attributes %s: %v, the Task's are %s", text, err, k.Attributes)
		}
	}
	for _, text := range []string{`[]`, `"[]"`, `7`, `"x"`} {
		var r interaction.Routing
		r.Properties.Attributes = json.RawMessage(text)
		if _, _, err := o.Begin(chat(), &r); err == nil {
			t.Errorf("attributes %s are taken", text)
		}
	}
}

// TestInviteIsThereBeforeItsTask: whoever is told of a Task finds its Interaction,
// as quick as they may be.
func TestInviteIsThereBeforeItsTask(t *testing.T) {
	t.Parallel()
	o := open(t)
	const chats = 20
	missing := make(chan string, chats)
	defer o.Store.Watch(func(e store.Event) {
		c, ok := e.Change.(*store.TaskCreated)
		if !ok {
			return
		}
		all, err := o.Store.Flex.Interactions.List()
		if err != nil {
			missing <- err.Error()
			return
		}
		last := all[len(all)-1]
		if slices.ContainsFunc(last.Invites, func(v store.Invite) bool {
			return v.TaskSID == c.Task.SID && strings.Contains(c.Task.Attributes, v.SID)
		}) {
			missing <- ""
			return
		}
		missing <- fmt.Sprintf("task %s is of no Invite of %+v", c.Task.SID, last)
	})()
	for range chats {
		if _, _, err := o.Begin(chat(), &interaction.Routing{}); err != nil {
			t.Fatal(err)
		}
		if fault := <-missing; fault != "" {
			t.Fatal(fault)
		}
	}
}

// TestNothingIsMadeOfWhatIsRefused: an Interaction whose routing names what is not
// there leaves no Conversation, Interaction, Invite or Task.
func TestNothingIsMadeOfWhatIsRefused(t *testing.T) {
	t.Parallel()
	routings := map[string]func(*interaction.Routing){
		"workspace":         func(r *interaction.Routing) { r.Properties.WorkspaceSID = store.NewSID("WS") },
		"workflow":          func(r *interaction.Routing) { r.Properties.WorkflowSID = store.NewSID("WW") },
		"queue":             func(r *interaction.Routing) { r.Properties.QueueSID = store.NewSID("WQ") },
		"worker":            func(r *interaction.Routing) { r.Properties.WorkerSID = store.NewSID("WK") },
		"queue as a worker": func(r *interaction.Routing) { r.Properties.WorkerSID = store.NewSID("WQ") },
		"task channel":      func(r *interaction.Routing) { r.Properties.TaskChannel = "pigeon" },
		"task channel SID":  func(r *interaction.Routing) { r.Properties.ChannelSID = store.NewSID("TC") },
		"priority":          func(r *interaction.Routing) { r.Properties.Priority = -1 },
		"timeout":           func(r *interaction.Routing) { r.Properties.Timeout = -1 },
		"attributes":        func(r *interaction.Routing) { r.Properties.Attributes = []byte(`[1]`) },
		"long attributes": func(r *interaction.Routing) {
			r.Properties.Attributes = []byte(`{"x":"` + strings.Repeat("x", store.MaxAttributes-20) + `"}`) // with Flex's own too long
		},
	}
	begin := func(o interaction.Orchestrator, r interaction.Routing) error {
		_, _, err := o.Begin(chat(), &r)
		return err
	}
	for name, set := range routings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			var r interaction.Routing
			set(&r)
			wantFault(t, begin(o, r), 20001)
			wantNothing(t, o)
			i, _, err := o.Begin(chat(), nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = o.Invite(i, r, "")
			wantFault(t, err, 20001)
			if i := must(o.Store.Flex.Interactions.Get(i.SID))(t); len(i.Invites) > 0 {
				t.Errorf("the Interaction has Invites %+v", i.Invites)
			}
		})
	}
	for name, x := range map[string]store.FlexIntegration{"workflow": {WorkflowSID: store.NewSID("WW")}, "task channel": {Channel: "pigeon"}} {
		t.Run("flow: "+name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			_, err := o.AtFlow(store.FlexFlow{Enabled: true, Integration: x}, interaction.WebChat{})
			wantFault(t, err, 20001)
			wantNothing(t, o)
		})
	}
	t.Run("address: long name", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		_, _, err := o.AtAddress(o.Store.Account().AddressSID, interaction.WebChat{Customer: strings.Repeat("x", store.MaxAttributes)})
		wantFault(t, err, 20001)
		wantNothing(t, o)
	})
}

func wantFault(t *testing.T, err error, code int) {
	t.Helper()
	if f := (*interaction.Fault)(nil); !errors.As(err, &f) || f.Code != code {
		t.Errorf("error %v, want a Fault of code %d", err, code)
	}
}

func wantNothing(t *testing.T, o interaction.Orchestrator) {
	t.Helper()
	conversations, interactions, tasks := must(o.Store.Conversations.List())(t), must(o.Store.Flex.Interactions.List())(t), must(o.Store.Tasks.List())(t)
	if len(conversations)+len(interactions)+len(tasks) > 0 {
		t.Errorf("made conversations %+v, interactions %+v, tasks %+v", conversations, interactions, tasks)
	}
}

// TestClosedStaysClosed: a request that was begun before the channel was closed does
// not open it again.
func TestClosedStaysClosed(t *testing.T) {
	t.Parallel()
	o := open(t)
	stale, _, err := o.Begin(chat(), nil)
	if err != nil {
		t.Fatal(err)
	}
	must(o.SetChannel(stale, store.ChannelClosed, ""))(t)
	_, err = o.SetChannel(stale, store.ChannelInactive, "closed")
	wantFault(t, err, 45354)
	_, _, err = o.Invite(stale, interaction.Routing{}, "")
	wantFault(t, err, 45354)
	_, err = o.Add(stale, store.InteractionParticipant{Type: "customer", Identity: "late"})
	wantFault(t, err, 45354)
	if i := must(o.Store.Flex.Interactions.Get(stale.SID))(t); i.Status != store.ChannelClosed || len(i.Invites) > 0 || len(i.Participants) > 1 {
		t.Errorf("interaction %+v", i)
	}
	if tasks := must(o.Store.Tasks.List())(t); len(tasks) > 0 {
		t.Errorf("tasks %+v", tasks)
	}
}
