package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/store"
)

// unsupportedFlow are the parameters of a FlexFlow for what is not here: Studio,
// webhooks, and channels that outlive their chat.
var unsupportedFlow = []string{
	"Integration.FlowSid", "Integration.Url", "Integration.RetryCount", "Integration.CreationOnMessage", "Integration.CreationOnMessage=false",
	"LongLived", "LongLived=false", "JanitorEnabled", "JanitorEnabled=true",
}

// flexFlow reads a FlexFlow's parameters into f.
func flexFlow(c *call, f *store.FlexFlow) error {
	if v := c.form("ChatServiceSid"); v != "" && v != c.account.ChatServiceSID {
		return invalid("There is no Service " + v)
	}
	for name, to := range map[string]*string{
		"FriendlyName": &f.FriendlyName, "ChannelType": &f.ChannelType, "ContactIdentity": &f.ContactIdentity, "IntegrationType": &f.IntegrationType,
	} {
		if c.has(name) {
			*to = c.form(name)
		}
	}
	if f.ChannelType != "web" {
		return invalid("ChannelType " + f.ChannelType + " is not supported by local Twilio: web is")
	}
	if f.IntegrationType != "" && f.IntegrationType != "task" {
		return invalid("IntegrationType " + f.IntegrationType + " is not supported by local Twilio: task is")
	}
	for name, to := range map[string]*string{
		"Integration.WorkspaceSid": &f.Integration.WorkspaceSID, "Integration.WorkflowSid": &f.Integration.WorkflowSID, "Integration.Channel": &f.Integration.Channel,
	} {
		if c.has(name) {
			*to = c.form(name)
		}
	}
	return errors.Join(
		c.boolean("Enabled", &f.Enabled),
		c.integer("Integration.Timeout", &f.Integration.Timeout, 1, 1<<31-1, invalid("Invalid parameter Integration.Timeout")),
		c.integer("Integration.Priority", &f.Integration.Priority, 0, 1<<31-1, invalid("Invalid parameter Integration.Priority")),
	)
}

func createFlexFlow(c *call) error {
	f := store.FlexFlow{Enabled: true, IntegrationType: "task"}
	if err := errors.Join(c.required("FriendlyName", "ChatServiceSid", "ChannelType"), flexFlow(c, &f)); err != nil {
		return err
	}
	f, err := c.store.Flex.Flows.Create(f)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, showFlexFlow(c)(f))
}

func listFlexFlows(c *call) error {
	all, err := c.store.Flex.Flows.List()
	if err != nil {
		return err
	}
	if c.has("FriendlyName") {
		all = slices.DeleteFunc(all, func(f store.FlexFlow) bool { return f.FriendlyName != c.form("FriendlyName") })
	}
	return list(c, "flex_flows", maxFlexPage, all, func(f store.FlexFlow) string { return f.SID }, showFlexFlow(c))
}

func fetchFlexFlow(c *call) error {
	f, err := c.store.Flex.Flows.Get(c.path("flow"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showFlexFlow(c)(f))
}

func updateFlexFlow(c *call) error {
	f, err := c.store.Flex.Flows.Update(c.path("flow"), func(f *store.FlexFlow) error { return flexFlow(c, f) })
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showFlexFlow(c)(f))
}

func deleteFlexFlow(c *call) error {
	if err := c.store.Flex.Flows.Delete(c.path("flow")); err != nil {
		return err
	}
	return c.noContent()
}

func showFlexFlow(c *call) func(store.FlexFlow) any {
	return func(f store.FlexFlow) any {
		return object{
			"account_sid": c.account.SID, "sid": f.SID, "friendly_name": f.FriendlyName, "chat_service_sid": c.account.ChatServiceSID,
			"channel_type": f.ChannelType, "contact_identity": orNull(f.ContactIdentity), "enabled": f.Enabled, "integration_type": f.IntegrationType,
			"integration": f.Integration, "long_lived": false, "janitor_enabled": true,
			"date_created": date(f.Created), "date_updated": date(f.Updated), "url": c.target.base + "/v1/FlexFlows/" + f.SID,
		}
	}
}

// createWebChannel begins a chat of Flex's first generation.
func createWebChannel(c *call) error {
	if err := c.required("FlexFlowSid", "Identity", "CustomerFriendlyName", "ChatFriendlyName"); err != nil {
		return err
	}
	f, err := c.store.Flex.Flows.Get(c.form("FlexFlowSid"))
	if errors.Is(err, store.ErrNotFound) {
		return invalid("There is no FlexFlow " + c.form("FlexFlowSid"))
	}
	if err != nil {
		return err
	}
	v, err := flexOf(c).AtFlow(f, interaction.WebChat{
		FriendlyName: c.form("ChatFriendlyName"), UniqueName: c.form("ChatUniqueName"), Customer: c.form("CustomerFriendlyName"),
		Identity: c.form("Identity"), PreEngaged: c.form("PreEngagementData"),
	})
	if err != nil {
		return flexFault(err)
	}
	return c.json(http.StatusCreated, showWebChannel(c)(v))
}

func listWebChannels(c *call) error {
	all, err := c.store.Flex.WebChannels.List()
	if err != nil {
		return err
	}
	return list(c, "flex_chat_channels", maxFlexPage, all, func(v store.WebChannel) string { return v.SID }, showWebChannel(c))
}

func fetchWebChannel(c *call) error {
	v, err := c.store.Flex.WebChannels.Get(c.path("channel"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showWebChannel(c)(v))
}

// updateWebChannel ends the chat by the status inactive.
func updateWebChannel(c *call) error {
	if s := c.form("ChatStatus"); s != "" && s != "inactive" {
		return invalid("ChatStatus must be inactive")
	}
	if c.form("PostEngagementData") != "" && !isObject(c.form("PostEngagementData")) {
		return invalid("PostEngagementData must be a JSON object")
	}
	v, err := c.store.Flex.WebChannels.Update(c.path("channel"), func(*store.WebChannel) error { return nil })
	if err != nil {
		return err
	}
	if data := c.form("PostEngagementData"); data != "" {
		_, err := c.store.Conversations.Update(v.SID, func(x *store.Conversation) error {
			all := map[string]json.RawMessage{}
			if err := json.Unmarshal([]byte(x.Attributes), &all); err != nil {
				return err
			}
			if all == nil { // the attributes are null
				all = map[string]json.RawMessage{}
			}
			all["post_engagement_data"] = json.RawMessage(data)
			raw, err := json.Marshal(all)
			x.Attributes = string(raw)
			return err
		})
		if err != nil {
			return err
		}
	}
	if c.form("ChatStatus") == "inactive" {
		// Its Interaction follows.
		if err := flexOf(c).CloseConversation(v.SID); err != nil {
			return err
		}
	}
	return c.json(http.StatusOK, showWebChannel(c)(v))
}

func deleteWebChannel(c *call) error {
	v, err := c.store.Flex.WebChannels.Get(c.path("channel"))
	if err != nil {
		return err
	}
	if err := flexOf(c).CloseConversation(v.SID); err != nil {
		return err
	}
	if err := c.store.Flex.WebChannels.Delete(v.SID); err != nil {
		return err
	}
	return c.noContent()
}

func showWebChannel(c *call) func(store.WebChannel) any {
	return func(v store.WebChannel) any {
		return object{
			"account_sid": c.account.SID, "flex_flow_sid": v.FlowSID, "sid": v.SID,
			"date_created": date(v.Created), "date_updated": date(v.Updated), "url": c.target.base + "/v1/WebChannels/" + v.SID,
		}
	}
}
