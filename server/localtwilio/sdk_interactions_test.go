package localtwilio_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
	flex "github.com/twilio/twilio-go/rest/flex/v1"
	flex2 "github.com/twilio/twilio-go/rest/flex/v2"
	taskrouter "github.com/twilio/twilio-go/rest/taskrouter/v1"

	"escalate/server/localtwilio/store"
)

// becomes waits until get returns want.
func becomes(t *testing.T, what, want string, get func() string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		got := get()
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is %q, want %q", what, got, want)
		}
		time.Sleep(5 * time.Millisecond) // polls a condition
	}
}

// contact is a web chat with its Task and Interaction.
type contact struct {
	sdk
	conversation, identity     string
	task, interaction, channel string
}

// beginChat begins a web chat as the server of a customer's page does.
func beginChat(t *testing.T, s sdk) *contact {
	t.Helper()
	v := must(s.flex2.CreateWebChannel(&flex2.CreateWebChannelParams{
		AddressSid: ptr(s.Account().AddressSID), ChatFriendlyName: ptr("Webchat widget"), CustomerFriendlyName: ptr("Maya"),
		PreEngagementData: ptr(`{"friendlyName":"Maya","query":"E07"}`),
	}))(t)
	c := &contact{sdk: s, conversation: *v.ConversationSid, identity: *v.Identity}
	tasks := must(s.taskrouter.ListTask(s.Account().WorkspaceSID, nil))(t)
	k := tasks[len(tasks)-1]
	var a map[string]any
	if err := json.Unmarshal([]byte(*k.Attributes), &a); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"conversationSid": c.conversation, "channelType": "web", "customerName": "Maya", "name": "Maya", "customerAddress": c.identity,
		"direction": "inbound", "initiatedBy": "customer",
	} {
		if a[name] != want {
			t.Errorf("attribute %s of the Task is %v, want %v", name, a[name], want)
		}
	}
	c.task, c.interaction, c.channel = *k.Sid, fmt.Sprint(a["flexInteractionSid"]), fmt.Sprint(a["flexInteractionChannelSid"])
	return c
}

// accept gives the chat's Task to a Worker.
func (c *contact) accept(t *testing.T, task string, w store.Worker) {
	t.Helper()
	r := offered(t, c.Server, task, w.SID)
	must(c.taskrouter.UpdateTaskReservation(c.Account().WorkspaceSID, task, r.SID, &taskrouter.UpdateTaskReservationParams{ReservationStatus: ptr("accepted")}))(t)
	becomes(t, "the Worker in the channel", "true", func() string { return fmt.Sprint(c.agent(t, w) != "") })
}

// agent is the SID of the Worker's Participant of the channel.
func (c *contact) agent(t *testing.T, w store.Worker) string {
	t.Helper()
	for _, p := range must(c.flex.ListInteractionChannelParticipant(c.interaction, c.channel, nil))(t) {
		if p.RoutingProperties == nil {
			continue // no agent
		}
		if routing, _ := (*p.RoutingProperties).(map[string]any); routing["worker_sid"] == w.SID {
			return *p.Sid
		}
	}
	return ""
}

func (c *contact) taskStatus(t *testing.T, sid string) string {
	t.Helper()
	return *must(c.taskrouter.FetchTask(c.Account().WorkspaceSID, sid))(t).AssignmentStatus
}

func (c *contact) state(t *testing.T) string {
	t.Helper()
	return fmt.Sprint(*must(c.sdk.conversations.FetchConversation(c.conversation))(t).State)
}

func (c *contact) status(t *testing.T) string {
	t.Helper()
	return fmt.Sprint(*must(c.flex.FetchInteractionChannel(c.interaction, c.channel))(t).Status)
}

func TestWebChats(t *testing.T) {
	s := startSDK(t)
	c := beginChat(t, s)
	v := must(s.conversations.FetchConversation(c.conversation))(t)
	var a struct {
		Pre  struct{ Query string } `json:"pre_engagement_data"`
		From string
	}
	if err := json.Unmarshal([]byte(*v.Attributes), &a); err != nil || a.Pre.Query != "E07" || a.From != "Maya" || *v.FriendlyName != "Webchat widget" {
		t.Errorf("conversation %+v, %v", *v, err)
	}
	if all := must(s.conversations.ListConversationParticipant(c.conversation, nil))(t); len(all) != 1 || *all[0].Identity != c.identity {
		t.Errorf("participants %+v", all)
	}
	if u := must(s.Store().ChatUsers.Get(c.identity))(t); u.FriendlyName != "Maya" {
		t.Errorf("user %+v", u)
	}
	if other := beginChat(t, s); other.identity == c.identity || other.conversation == c.conversation {
		t.Error("two chats are one")
	}
	_, err := s.flex2.CreateWebChannel(&flex2.CreateWebChannelParams{AddressSid: ptr(store.NewSID("IG"))})
	wantCode(t, err, 400, 45765)
	_, err = s.flex2.CreateWebChannel(&flex2.CreateWebChannelParams{})
	wantCode(t, err, 400, 20001)
}

func TestWebChatEnds(t *testing.T) {
	s := startSDK(t)
	w := must(s.Store().Workers.Create(store.Worker{FriendlyName: "ada"}))(t)
	must(s.Store().TaskRouter.WorkerChannels.Update(w.SID, "chat", func(c *store.WorkerChannel) error { c.Capacity = 10; return nil }))(t)
	tests := []struct {
		name     string
		accepted bool
		end      func(*testing.T, *contact) error
		task     string
	}{
		{"the channel closed", true, func(_ *testing.T, c *contact) error {
			_, err := s.flex.UpdateInteractionChannel(c.interaction, c.channel, &flex.UpdateInteractionChannelParams{Status: ptr("closed")})
			return err
		}, "wrapping"},
		{"the channel closed for good", true, func(_ *testing.T, c *contact) error {
			_, err := s.flex.UpdateInteractionChannel(c.interaction, c.channel, &flex.UpdateInteractionChannelParams{Status: ptr("closed"), Routing: ptr(any(map[string]any{"status": "closed"}))})
			return err
		}, "completed"},
		{"nobody accepted", false, func(_ *testing.T, c *contact) error {
			_, err := s.flex.UpdateInteractionChannel(c.interaction, c.channel, &flex.UpdateInteractionChannelParams{Status: ptr("closed")})
			return err
		}, "canceled"},
		{"the Task completed", true, func(_ *testing.T, c *contact) error {
			_, err := s.taskrouter.UpdateTask(s.Account().WorkspaceSID, c.task, &taskrouter.UpdateTaskParams{AssignmentStatus: ptr("completed")})
			return err
		}, "completed"},
		{"the Task canceled", false, func(_ *testing.T, c *contact) error {
			_, err := s.taskrouter.UpdateTask(s.Account().WorkspaceSID, c.task, &taskrouter.UpdateTaskParams{AssignmentStatus: ptr("canceled")})
			return err
		}, "canceled"},
		{"the Conversation closed", true, func(_ *testing.T, c *contact) error {
			_, err := s.conversations.UpdateConversation(c.conversation, &conversations.UpdateConversationParams{State: ptr("closed")})
			return err
		}, "wrapping"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := beginChat(t, s)
			if tt.accepted {
				c.accept(t, c.task, w)
			}
			if err := tt.end(t, c); err != nil {
				t.Fatal(err)
			}
			becomes(t, "the Conversation", "closed", func() string { return c.state(t) })
			becomes(t, "the channel", "closed", func() string { return c.status(t) })
			becomes(t, "the Task", tt.task, func() string { return c.taskStatus(t, c.task) })
			if tt.task == "completed" {
				becomes(t, "the Worker in the channel", "", func() string { return c.agent(t, w) })
			}
			_, err := s.conversations.CreateConversationMessage(c.conversation, &conversations.CreateConversationMessageParams{Body: ptr("late")})
			wantCode(t, err, 400, 50377)
		})
	}
}

func TestInteractions(t *testing.T) {
	s := startSDK(t)
	ada, bob := must(s.Store().Workers.Create(store.Worker{FriendlyName: "ada"}))(t), must(s.Store().Workers.Create(store.Worker{FriendlyName: "bob"}))(t)
	v := must(s.conversations.CreateConversation(nil))(t)
	must(s.conversations.CreateConversationParticipant(*v.Sid, &conversations.CreateConversationParticipantParams{Identity: ptr("maya")}))(t)
	channel := map[string]any{"type": "web", "initiated_by": "api", "properties": map[string]any{"media_channel_sid": *v.Sid}}
	routing := func(properties map[string]any) *any { return ptr(any(map[string]any{"properties": properties})) }
	i := must(s.flex.CreateInteraction(&flex.CreateInteractionParams{
		Channel: ptr(any(channel)), InteractionContextSid: ptr(store.NewSID("HQ")),
		Routing: routing(map[string]any{"workspace_sid": s.Account().WorkspaceSID, "worker_sid": ada.SID, "attributes": map[string]any{"customerName": "Maya"}}),
	}))(t)
	if got := must(s.flex.FetchInteraction(*i.Sid))(t); *got.InteractionContextSid == "" || *got.Routing == nil {
		t.Errorf("interaction %+v", *got)
	}
	_, err := s.flex.UpdateInteraction(*i.Sid, &flex.UpdateInteractionParams{WebhookTtid: ptr("flex_interactionwebhook_2")})
	wantCode(t, err, 400, 20001)
	channels := must(s.flex.ListInteractionChannel(*i.Sid, nil))(t)
	if len(channels) != 1 || fmt.Sprint(*channels[0].Status) != "active" {
		t.Fatalf("channels %+v", channels)
	}
	c := &contact{sdk: s, conversation: *v.Sid, interaction: *i.Sid, channel: *channels[0].Sid}
	invites := must(s.flex.ListInteractionChannelInvite(c.interaction, c.channel, nil))(t)
	if len(invites) != 1 {
		t.Fatalf("invites %+v", invites)
	}
	k := must(s.Store().Tasks.List())(t)[0]
	must(s.Store().Reservations.SetStatus(offered(t, s.Server, k.SID, ada.SID).SID, store.ReservationAccepted))(t)
	becomes(t, "ada in the channel", "true", func() string { return fmt.Sprint(c.agent(t, ada) != "") })

	p := must(s.flex.CreateInteractionChannelParticipant(c.interaction, c.channel, &flex.CreateInteractionChannelParticipantParams{
		Type: ptr("supervisor"), MediaProperties: ptr(any(map[string]any{"identity": "robin"})),
	}))(t)
	must(s.conversations.FetchConversationParticipant(c.conversation, "robin"))(t)
	must(s.flex.UpdateInteractionChannelParticipant(c.interaction, c.channel, *p.Sid, &flex.UpdateInteractionChannelParticipantParams{Status: ptr("closed")}))(t)
	_, err = s.conversations.FetchConversationParticipant(c.conversation, "robin")
	wantCode(t, err, 404, 20404)

	// A cold transfer: ada's Task ends, bob has one, the chat goes on.
	x := must(s.flex.CreateInteractionTransfer(c.interaction, c.channel, &flex.CreateInteractionTransferParams{
		Body: &map[string]any{"type": "cold", "from": c.agent(t, ada), "to": bob.SID},
	}))(t)
	if got := must(s.flex.FetchInteractionTransfer(c.interaction, c.channel, *x.Sid))(t); fmt.Sprint(*got.Status) != "completed" || *got.To != bob.SID {
		t.Errorf("transfer %+v", *got)
	}
	becomes(t, "ada's Task", "completed", func() string { return c.taskStatus(t, k.SID) })
	becomes(t, "ada in the channel", "", func() string { return c.agent(t, ada) })
	tasks := must(s.Store().Tasks.List())(t)
	second := tasks[len(tasks)-1]
	if len(tasks) != 2 {
		t.Fatalf("tasks %+v", tasks)
	}
	must(s.Store().Reservations.SetStatus(offered(t, s.Server, second.SID, bob.SID).SID, store.ReservationAccepted))(t)
	becomes(t, "bob in the channel", "true", func() string { return fmt.Sprint(c.agent(t, bob) != "") })
	if c.state(t) != "active" || c.status(t) != "active" {
		t.Errorf("after the transfer: %s, %s", c.state(t), c.status(t))
	}

	// Parked, and taken up again by another Invite.
	must(s.flex.UpdateInteractionChannel(c.interaction, c.channel, &flex.UpdateInteractionChannelParams{Status: ptr("inactive"), Routing: ptr(any(map[string]any{"status": "closed"}))}))(t)
	becomes(t, "bob's Task", "completed", func() string { return c.taskStatus(t, second.SID) })
	becomes(t, "bob in the channel", "", func() string { return c.agent(t, bob) })
	if c.state(t) != "active" || c.status(t) != "inactive" {
		t.Errorf("parked: %s, %s", c.state(t), c.status(t))
	}
	must(s.flex.CreateInteractionChannelInvite(c.interaction, c.channel, &flex.CreateInteractionChannelInviteParams{Routing: routing(map[string]any{"worker_sid": ada.SID})}))(t)
	if c.status(t) != "active" {
		t.Errorf("invited again: %s", c.status(t))
	}

	must(s.flex.UpdateInteractionChannel(c.interaction, c.channel, &flex.UpdateInteractionChannelParams{Status: ptr("closed")}))(t)
	_, err = s.flex.CreateInteractionChannelInvite(c.interaction, c.channel, &flex.CreateInteractionChannelInviteParams{Routing: routing(nil)})
	wantCode(t, err, 400, 45354)
	_, err = s.flex.UpdateInteractionChannel(c.interaction, c.channel, &flex.UpdateInteractionChannelParams{Status: ptr("open")})
	wantCode(t, err, 400, 45359)
	_, err = s.flex.UpdateInteractionChannel(c.interaction, c.channel, &flex.UpdateInteractionChannelParams{})
	wantCode(t, err, 400, 45358)
	_, err = s.flex.CreateInteraction(&flex.CreateInteractionParams{Channel: ptr(any(map[string]any{"type": "sms", "initiated_by": "api"}))})
	wantCode(t, err, 400, 20001)
	_, err = s.flex.FetchInteraction(store.NewSID("KD"))
	wantCode(t, err, 404, 20404)
}

// TestTransfersToQueues: the routing of an Invite is that of its own Task, also in another
// TaskQueue, Workflow and TaskChannel than the account's.
func TestTransfersToQueues(t *testing.T) {
	s := startSDK(t)
	ws := s.Account().WorkspaceSID
	ada := must(s.Store().Workers.Create(store.Worker{FriendlyName: "ada"}))(t)
	queue := *must(s.taskrouter.CreateTaskQueue(ws, &taskrouter.CreateTaskQueueParams{FriendlyName: ptr("second level"), TargetWorkers: ptr("1==1")}))(t).Sid
	third := *must(s.taskrouter.CreateTaskQueue(ws, &taskrouter.CreateTaskQueueParams{FriendlyName: ptr("third level"), TargetWorkers: ptr("1==1")}))(t).Sid
	workflow := *must(s.taskrouter.CreateWorkflow(ws, &taskrouter.CreateWorkflowParams{
		FriendlyName: ptr("to the third"), Configuration: ptr(`{"task_routing":{"default_filter":{"queue":"` + third + `"}}}`),
	}))(t).Sid
	web := *must(s.taskrouter.CreateTaskChannel(ws, &taskrouter.CreateTaskChannelParams{FriendlyName: ptr("web"), UniqueName: ptr("web")}))(t).Sid
	v := must(s.conversations.CreateConversation(nil))(t)
	i := must(s.flex.CreateInteraction(&flex.CreateInteractionParams{
		Channel: ptr(any(map[string]any{"type": "web", "initiated_by": "api", "properties": map[string]any{"media_channel_sid": *v.Sid}})),
		Routing: ptr(any(map[string]any{"properties": map[string]any{"workspace_sid": ws, "task_channel_unique_name": "web"}})),
	}))(t)
	c := &contact{sdk: s, conversation: *v.Sid, interaction: *i.Sid}
	c.channel = *must(s.flex.ListInteractionChannel(*i.Sid, nil))(t)[0].Sid

	check := func(at string, routing *any, workflow, queue string) {
		t.Helper()
		if routing == nil {
			t.Fatalf("%s: no routing", at)
		}
		p, _ := (*routing).(map[string]any)["properties"].(map[string]any)
		k := must(s.taskrouter.FetchTask(ws, fmt.Sprint(p["sid"])))(t)
		if p["workflow_sid"] != workflow || p["queue_sid"] != queue || p["task_channel_sid"] != web || p["task_channel_unique_name"] != "web" {
			t.Errorf("%s: routing %v, want Workflow %s, TaskQueue %s, TaskChannel %s", at, p, workflow, queue, web)
		}
		if entered, _ := p["task_queue_entered_date"].(float64); int64(entered) != k.TaskQueueEnteredDate.Unix() {
			t.Errorf("%s: in the TaskQueue since %v, the Task says %v", at, p["task_queue_entered_date"], k.TaskQueueEnteredDate)
		}
	}
	check("begun", i.Routing, s.Account().WorkflowSID, s.Account().TaskQueueSID)
	for n, to := range []struct{ sid, workflow, queue string }{{queue, s.Account().WorkflowSID, queue}, {workflow, workflow, third}} {
		tasks := must(s.Store().Tasks.List())(t)
		c.accept(t, tasks[len(tasks)-1].SID, ada)
		must(s.flex.CreateInteractionTransfer(c.interaction, c.channel, &flex.CreateInteractionTransferParams{
			Body: &map[string]any{"type": "cold", "from": c.agent(t, ada), "to": to.sid},
		}))(t)
		becomes(t, "ada in the channel", "", func() string { return c.agent(t, ada) })
		check("fetched after the transfer to "+to.sid, must(s.flex.FetchInteraction(c.interaction))(t).Routing, to.workflow, to.queue)
		invites := must(s.flex.ListInteractionChannelInvite(c.interaction, c.channel, nil))(t)
		if len(invites) != n+2 {
			t.Fatalf("%d Invites, want %d", len(invites), n+2)
		}
		check("first Invite", invites[0].Routing, s.Account().WorkflowSID, s.Account().TaskQueueSID)
		check("Invite by the transfer to "+to.sid, invites[n+1].Routing, to.workflow, to.queue)
	}
}

func TestFlexFlowsAndWebChannels(t *testing.T) {
	s := startSDK(t)
	f := must(s.flex.CreateFlexFlow(&flex.CreateFlexFlowParams{
		FriendlyName: ptr("flow"), ChatServiceSid: ptr(s.Account().ChatServiceSID), ChannelType: ptr("web"), IntegrationType: ptr("task"), IntegrationTimeout: ptr(3600), IntegrationPriority: ptr(7),
	}))(t)
	if got := must(s.flex.UpdateFlexFlow(*f.Sid, &flex.UpdateFlexFlowParams{FriendlyName: ptr("renamed")}))(t); *got.FriendlyName != "renamed" {
		t.Errorf("flow %+v", *got)
	}
	if all := must(s.flex.ListFlexFlow(&flex.ListFlexFlowParams{FriendlyName: ptr("renamed")}))(t); len(all) != 1 {
		t.Errorf("flows %+v", all)
	}
	_, err := s.flex.CreateFlexFlow(&flex.CreateFlexFlowParams{FriendlyName: ptr("x"), ChatServiceSid: ptr(s.Account().ChatServiceSID), ChannelType: ptr("sms")})
	wantCode(t, err, 400, 20001)

	v := must(s.flex.CreateWebChannel(&flex.CreateWebChannelParams{FlexFlowSid: f.Sid, Identity: ptr("maya"), CustomerFriendlyName: ptr("Maya"), ChatFriendlyName: ptr("Chat")}))(t)
	if got := must(s.flex.FetchWebChannel(*v.Sid))(t); *got.FlexFlowSid != *f.Sid {
		t.Errorf("web channel %+v", *got)
	}
	if all, tasks := must(s.flex.ListWebChannel(nil))(t), must(s.Store().Tasks.List())(t); len(all) != 1 || len(tasks) != 1 || tasks[0].Timeout != 3600 || tasks[0].Priority != 7 {
		t.Errorf("web channels %+v, tasks %+v", all, tasks)
	}
	// Attributes may be null in JSON.
	must(s.Store().Conversations.Update(*v.Sid, func(x *store.Conversation) error { x.Attributes = "null"; return nil }))(t)
	must(s.flex.UpdateWebChannel(*v.Sid, &flex.UpdateWebChannelParams{ChatStatus: ptr("inactive"), PostEngagementData: ptr(`{"stars":5}`)}))(t)
	if got := must(s.Store().Conversations.Get(*v.Sid))(t).Attributes; got != `{"post_engagement_data":{"stars":5}}` {
		t.Errorf("attributes %s", got)
	}
	becomes(t, "the Task", "canceled", func() string { return must(s.Store().Tasks.List())(t)[0].AssignmentStatus })
	if err := s.flex.DeleteWebChannel(*v.Sid); err != nil {
		t.Error(err)
	}
	_, err = s.flex.FetchWebChannel(*v.Sid)
	wantCode(t, err, 404, 20404)
	if err := s.flex.DeleteFlexFlow(*f.Sid); err != nil {
		t.Error(err)
	}
	_, err = s.flex.FetchFlexFlow(*f.Sid)
	wantCode(t, err, 404, 20404)
}

func TestAddressConfigurations(t *testing.T) {
	s := startSDK(t)
	if all := must(s.conversations.ListConfigurationAddress(&conversations.ListConfigurationAddressParams{Type: ptr("chat")}))(t); len(all) != 1 || *all[0].Sid != s.Account().AddressSID {
		t.Errorf("addresses %+v", all)
	}
	a := must(s.conversations.CreateConfigurationAddress(&conversations.CreateConfigurationAddressParams{Type: ptr("chat"), Address: ptr("shop"), FriendlyName: ptr("Shop")}))(t)
	_, err := s.conversations.CreateConfigurationAddress(&conversations.CreateConfigurationAddressParams{Type: ptr("chat"), Address: ptr("shop")})
	wantCode(t, err, 409, 50409)
	_, err = s.flex2.CreateWebChannel(&flex2.CreateWebChannelParams{AddressSid: a.Sid})
	wantCode(t, err, 400, 45761)
	must(s.conversations.UpdateConfigurationAddress(*a.Sid, &conversations.UpdateConfigurationAddressParams{AutoCreationEnabled: ptr(true), AutoCreationType: ptr("default")}))(t)
	must(s.flex2.CreateWebChannel(&flex2.CreateWebChannelParams{AddressSid: a.Sid}))(t)
	if tasks := must(s.Store().Tasks.List())(t); len(tasks) != 0 {
		t.Errorf("a chat that goes nowhere has tasks %+v", tasks)
	}
	must(s.conversations.UpdateConfigurationAddress(*a.Sid, &conversations.UpdateConfigurationAddressParams{AutoCreationType: ptr("studio"), AutoCreationStudioFlowSid: ptr(s.Account().StudioFlowSID)}))(t)
	must(s.flex2.CreateWebChannel(&flex2.CreateWebChannelParams{AddressSid: a.Sid}))(t)
	if tasks := must(s.Store().Tasks.List())(t); len(tasks) != 1 {
		t.Errorf("a chat that goes to Flex has tasks %+v", tasks)
	}
	_, err = s.conversations.UpdateConfigurationAddress(*a.Sid, &conversations.UpdateConfigurationAddressParams{AutoCreationType: ptr("webhook")})
	wantCode(t, err, 400, 20001)
	_, err = s.conversations.CreateConfigurationAddress(&conversations.CreateConfigurationAddressParams{Type: ptr("sms"), Address: ptr("+15550100")})
	wantCode(t, err, 400, 20001)
	if got := must(s.conversations.FetchConfigurationAddress("shop"))(t); *got.Sid != *a.Sid {
		t.Errorf("address %+v", *got)
	}
	if err := s.conversations.DeleteConfigurationAddress(*a.Sid); err != nil {
		t.Error(err)
	}
	_, err = s.conversations.FetchConfigurationAddress(*a.Sid)
	wantCode(t, err, 404, 20404)
}

func TestFlexConfiguration(t *testing.T) {
	s := startSDK(t)
	before := must(s.flex.FetchConfiguration(nil))(t)
	if *before.AccountSid != s.Account().SID || *before.FlexInstanceSid != s.Account().FlexInstanceSID {
		t.Errorf("configuration %+v", *before)
	}
	must(s.flex.UpdateConfiguration(&flex.UpdateConfigurationParams{Body: &map[string]any{
		"account_sid": s.Account().SID, "ui_attributes": map[string]any{"warmTransfers": map[string]any{"enabled": true}}, "attributes": map[string]any{"a": 1},
	}}))(t)
	if got := must(s.flex.FetchConfiguration(nil))(t); fmt.Sprint(*got.Attributes) != "map[a:1]" || *got.ChatServiceInstanceSid != *before.ChatServiceInstanceSid {
		t.Errorf("configuration %+v", *got)
	}
	_, err := s.flex.UpdateConfiguration(&flex.UpdateConfigurationParams{Body: &map[string]any{"account_sid": s.Account().SID, "chat_service_instance_sid": "IS1"}})
	wantCode(t, err, 400, 20001)
	_, err = s.flex.UpdateConfiguration(&flex.UpdateConfigurationParams{Body: &map[string]any{"attributes": map[string]any{}}})
	wantCode(t, err, 400, 20001)
}
