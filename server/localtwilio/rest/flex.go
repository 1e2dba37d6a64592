package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/store"
)

// flexRoutes are the operations of Flex. Its configuration is answered by package
// flexapi, since desktops ask for it as well.
var flexRoutes = []route{
	{post, "/v2/WebChats", createWebChat},
	{post, "/v1/Interactions", refusing(createInteraction, "WebhookTtid")},
	{get, interactionPath, fetchInteraction},
	{post, interactionPath, refusing(fetchInteraction, "WebhookTtid")},
	{get, interactionPath + "/Channels", listInteractionChannels},
	{get, interactionChannel, onChannel(fetchInteractionChannel)},
	{post, interactionChannel, onChannel(updateInteractionChannel)},
	{post, interactionChannel + "/Invites", onChannel(createInvite)},
	{get, interactionChannel + "/Invites", onChannel(listInvites)},
	{post, interactionChannel + "/Participants", refusing(onChannel(createInteractionParticipant), "RoutingProperties")},
	{get, interactionChannel + "/Participants", onChannel(listInteractionParticipants)},
	{post, interactionChannel + "/Participants/{participant}", onChannel(updateInteractionParticipant)},
	{post, interactionChannel + "/Transfers", onChannel(createTransfer)},
	{get, interactionChannel + "/Transfers/{transfer}", onChannel(fetchTransfer)},
	{post, interactionChannel + "/Transfers/{transfer}", onChannel(updateTransfer)},
	{post, "/v1/FlexFlows", refusing(createFlexFlow, unsupportedFlow...)},
	{get, "/v1/FlexFlows", listFlexFlows},
	{get, flexFlowPath, fetchFlexFlow},
	{post, flexFlowPath, refusing(updateFlexFlow, unsupportedFlow...)},
	{del, flexFlowPath, deleteFlexFlow},
	{post, "/v1/WebChannels", createWebChannel},
	{get, "/v1/WebChannels", listWebChannels},
	{get, webChannel, fetchWebChannel},
	{post, webChannel, updateWebChannel},
	{del, webChannel, deleteWebChannel},
}

// maxFlexPage is the largest page of Flex's lists.
const maxFlexPage = 1000

func flexOf(c *call) interaction.Orchestrator { return interaction.Orchestrator{Store: c.store} }

// flexFault is err as Flex answers it.
func flexFault(err error) error {
	if f := (*interaction.Fault)(nil); errors.As(err, &f) {
		return bad(f.Code, f.Message)
	}
	if errors.Is(err, store.ErrNameTaken) {
		return &Error{Status: http.StatusConflict, Code: codeConversationExists, Message: "Conversation with provided unique name already exists"}
	}
	return err
}

// required returns the answer to parameters that are missing.
func (c *call) required(names ...string) error {
	for _, name := range names {
		if c.form(name) == "" {
			return invalid("Missing required parameter " + name)
		}
	}
	return nil
}

// object reads a parameter that is a JSON object into v. An absent one leaves v alone.
func (c *call) object(name string, v any) error {
	if !c.has(name) {
		return nil
	}
	if text := c.form(name); !isObject(text) || json.Unmarshal([]byte(text), v) != nil {
		return invalid("Invalid parameter " + name + ": expected a JSON object")
	}
	return nil
}

// createWebChat begins a customer's chat: what the servers of web chat pages call.
func createWebChat(c *call) error {
	if err := c.required("AddressSid"); err != nil {
		return err
	}
	sid, identity, err := flexOf(c).AtAddress(c.form("AddressSid"), interaction.WebChat{
		FriendlyName: c.form("ChatFriendlyName"), Customer: c.form("CustomerFriendlyName"), PreEngaged: c.form("PreEngagementData"),
	})
	if err != nil {
		return flexFault(err)
	}
	c.api.log.Debug("a web chat begins", "conversation", sid, "ui", c.r.Header.Get("Ui-Version"))
	return c.json(http.StatusCreated, object{"conversation_sid": sid, "identity": identity})
}

func createInteraction(c *call) error {
	if err := c.required("Channel"); err != nil {
		return err
	}
	var channel interaction.Channel
	var routing *interaction.Routing
	if c.has("Routing") {
		routing = &interaction.Routing{}
	}
	if err := errors.Join(c.object("Channel", &channel), c.object("Routing", routing)); err != nil {
		return err
	}
	if v := c.form("InteractionContextSid"); v != "" && !strings.HasPrefix(v, "HQ") {
		return invalid("Invalid parameter InteractionContextSid")
	}
	i, k, err := flexOf(c).Begin(channel, routing)
	if err != nil {
		return flexFault(err)
	}
	if c.has("InteractionContextSid") {
		i, err = c.store.Flex.Interactions.Update(i.SID, func(i *store.Interaction) error {
			i.ContextSID = c.form("InteractionContextSid")
			return nil
		})
		if err != nil {
			return err
		}
	}
	v := interactionOf(c).show(i)
	if k.SID != "" {
		v["routing"] = interactionOf(c).routing(c.store, k.SID)
	}
	return c.json(http.StatusCreated, v)
}

func fetchInteraction(c *call) error {
	i, err := c.store.Flex.Interactions.Get(c.path("interaction"))
	if err != nil {
		return err
	}
	v := interactionOf(c).show(i)
	if n := len(i.Invites); n > 0 {
		v["routing"] = interactionOf(c).routing(c.store, i.Invites[n-1].TaskSID)
	}
	return c.json(http.StatusOK, v)
}

// onChannel finds the path's Interaction, whose channel must be the path's.
func onChannel(f func(*call, store.Interaction) error) handler {
	return func(c *call) error {
		i, err := c.store.Flex.Interactions.Get(c.path("interaction"))
		if err == nil && i.ChannelSID != c.path("channel") {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		return f(c, i)
	}
}

func listInteractionChannels(c *call) error {
	i, err := c.store.Flex.Interactions.Get(c.path("interaction"))
	if err != nil {
		return err
	}
	return list(c, "channels", maxFlexPage, []store.Interaction{i}, func(i store.Interaction) string { return i.ChannelSID }, interactionOf(c).channel)
}

func fetchInteractionChannel(c *call, i store.Interaction) error {
	return c.json(http.StatusOK, interactionOf(c).channel(i))
}

func updateInteractionChannel(c *call, i store.Interaction) error {
	var routing struct{ Status string }
	if c.form("Status") == "" {
		return bad(codeChannelNoStatus, "Failed to close Channel: missing status parameter")
	}
	if err := c.object("Routing", &routing); err != nil {
		return err
	}
	i, err := flexOf(c).SetChannel(i, c.form("Status"), routing.Status)
	if err != nil {
		return flexFault(err)
	}
	return c.json(http.StatusOK, interactionOf(c).channel(i))
}

func createInvite(c *call, i store.Interaction) error {
	var r interaction.Routing
	if err := errors.Join(c.required("Routing"), c.object("Routing", &r)); err != nil {
		return err
	}
	v, _, err := flexOf(c).Invite(i, r, "")
	if err != nil {
		return flexFault(err)
	}
	return c.json(http.StatusCreated, interactionOf(c).invite(c, i)(v))
}

func listInvites(c *call, i store.Interaction) error {
	return list(c, "invites", maxFlexPage, i.Invites, func(v store.Invite) string { return v.SID }, interactionOf(c).invite(c, i))
}

func createInteractionParticipant(c *call, i store.Interaction) error {
	var media struct{ Identity string }
	if err := errors.Join(c.required("Type", "MediaProperties"), c.object("MediaProperties", &media)); err != nil {
		return err
	}
	p, err := flexOf(c).Add(i, store.InteractionParticipant{Type: c.form("Type"), Identity: media.Identity})
	if err != nil {
		return flexFault(err)
	}
	return c.json(http.StatusCreated, interactionOf(c).participant(i)(p))
}

func listInteractionParticipants(c *call, i store.Interaction) error {
	return list(c, "participants", maxFlexPage, i.Participants, func(p store.InteractionParticipant) string { return p.SID }, interactionOf(c).participant(i))
}

func updateInteractionParticipant(c *call, i store.Interaction) error {
	if err := c.required("Status"); err != nil {
		return err
	}
	p, err := flexOf(c).Remove(i, c.path("participant"), c.form("Status"))
	if err != nil {
		return flexFault(err)
	}
	return c.json(http.StatusOK, interactionOf(c).participant(i)(p))
}

// createTransfer reads JSON, as this resource alone does.
func createTransfer(c *call, i store.Interaction) error {
	var in struct {
		Type, From, To string
		NoteSID        string `json:"noteSid"`
		SummarySID     string `json:"summarySid"`
	}
	if err := json.NewDecoder(c.r.Body).Decode(&in); err != nil {
		return invalid("Request body could not be read as JSON")
	}
	v, err := flexOf(c).Transfer(i, store.Transfer{Type: in.Type, From: in.From, To: in.To, NoteSID: in.NoteSID, Summary: in.SummarySID})
	if err != nil {
		return flexFault(err)
	}
	return c.json(http.StatusCreated, interactionOf(c).transfer(i, v))
}

func fetchTransfer(c *call, i store.Interaction) error {
	n := slices.IndexFunc(i.Transfers, func(v store.Transfer) bool { return v.SID == c.path("transfer") })
	if n < 0 {
		return store.ErrNotFound
	}
	return c.json(http.StatusOK, interactionOf(c).transfer(i, i.Transfers[n]))
}

// updateTransfer refuses: a cold transfer is over as soon as it is made.
func updateTransfer(c *call, i store.Interaction) error {
	if !slices.ContainsFunc(i.Transfers, func(v store.Transfer) bool { return v.SID == c.path("transfer") }) {
		return store.ErrNotFound
	}
	return invalid("the transfer is completed")
}

// interactionView shows the resources of Interactions.
type interactionView struct {
	base    string // what URLs begin with
	account store.Account
}

func interactionOf(c *call) interactionView {
	return interactionView{base: c.target.base, account: c.account}
}

func (v interactionView) url(i store.Interaction) string { return v.base + "/v1/Interactions/" + i.SID }

func (v interactionView) channelURL(i store.Interaction) string {
	return v.url(i) + "/Channels/" + i.ChannelSID
}

func (v interactionView) show(i store.Interaction) object {
	return object{
		"sid": i.SID, "channel": object{"type": i.Channel, "sid": i.ChannelSID}, "routing": nil, "interaction_context_sid": orNull(i.ContextSID),
		"webhook_ttid": nil, "url": v.url(i), "links": object{"channels": v.url(i) + "/Channels"},
	}
}

func (v interactionView) channel(i store.Interaction) any {
	u := v.channelURL(i)
	return object{
		"sid": i.ChannelSID, "interaction_sid": i.SID, "type": i.Channel, "status": i.Status, "error_code": nil, "error_message": "", "url": u,
		"links": object{"participants": u + "/Participants", "invites": u + "/Invites", "transfers": u + "/Transfers"},
	}
}

// routing is the Task of an Invite; nil for one that is not there any more.
func (v interactionView) routing(s *store.Store, taskSID string) any {
	k, err := s.Tasks.Get(taskSID)
	if err != nil {
		return nil
	}
	n, err := s.TaskRouter.Names(k)
	if err != nil {
		return nil
	}
	_, entered := startOf(k)
	return object{"reservation": nil, "properties": object{
		"sid": k.SID, "account_sid": v.account.SID, "workspace_sid": v.account.WorkspaceSID, "workflow_sid": orNull(n.Workflow.SID),
		"queue_sid": orNull(n.TaskQueue.SID), "task_channel_unique_name": k.TaskChannel, "task_channel_sid": orNull(n.TaskChannel.SID),
		"assignment_status": k.AssignmentStatus, "attributes": k.Attributes, "priority": k.Priority, "timeout": k.Timeout, "reason": k.Reason,
		"date_created": k.Created.Unix(), "date_updated": k.Updated.Unix(), "task_queue_entered_date": entered.Unix(),
	}}
}

func (v interactionView) invite(c *call, i store.Interaction) func(store.Invite) any {
	return func(x store.Invite) any {
		return object{
			"sid": x.SID, "interaction_sid": i.SID, "channel_sid": i.ChannelSID, "routing": v.routing(c.store, x.TaskSID),
			"url": v.channelURL(i) + "/Invites/" + x.SID,
		}
	}
}

func (v interactionView) participant(i store.Interaction) func(store.InteractionParticipant) any {
	return func(p store.InteractionParticipant) any {
		var routing any
		if p.TaskSID != "" {
			routing = object{"task_sid": p.TaskSID, "worker_sid": p.WorkerSID, "reservation_sid": p.ReservationSID}
		}
		return object{
			"sid": p.SID, "type": p.Type, "interaction_sid": i.SID, "channel_sid": i.ChannelSID, "routing_properties": routing,
			"url": v.channelURL(i) + "/Participants/" + p.SID,
		}
	}
}

func (v interactionView) transfer(i store.Interaction, x store.Transfer) any {
	return object{
		"sid": x.SID, "instance_sid": v.account.FlexInstanceSID, "account_sid": v.account.SID, "interaction_sid": i.SID, "channel_sid": i.ChannelSID,
		"execution_sid": nil, "type": x.Type, "status": x.Status, "from": x.From, "to": x.To, "note_sid": orNull(x.NoteSID), "summary_sid": orNull(x.Summary),
		"date_created": date(x.Created), "date_updated": date(x.Updated), "url": v.channelURL(i) + "/Transfers/" + x.SID,
	}
}
