package rest

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
)

// unsupportedAddress are the parameters of an Address Configuration for what is not
// here: telephones, webhooks and other Services.
var unsupportedAddress = []string{
	"AutoCreation.ConversationServiceSid", "AutoCreation.StudioRetryCount", "AutoCreation.WebhookFilters",
	"AutoCreation.WebhookMethod", "AutoCreation.WebhookUrl",
}

// address reads an Address Configuration's parameters into a.
func address(c *call, a *store.Address) error {
	if c.has("FriendlyName") {
		a.FriendlyName = c.form("FriendlyName")
	}
	enabled := a.Creation != ""
	if err := c.boolean("AutoCreation.Enabled", &enabled); err != nil {
		return err
	}
	kind := cmp.Or(c.form("AutoCreation.Type"), a.Creation, store.CreationDefault)
	switch flow := c.form("AutoCreation.StudioFlowSid"); {
	case kind != store.CreationDefault && kind != store.CreationStudio:
		return invalid("AutoCreation.Type " + kind + " is not supported by local Twilio: studio and default are")
	case kind == store.CreationStudio && c.has("AutoCreation.Type") && flow != c.account.StudioFlowSID:
		return invalid("There is no Studio Flow " + flow + ": local Twilio has " + c.account.StudioFlowSID + " alone, which sends to Flex")
	}
	if a.Creation = ""; enabled {
		a.Creation = kind
	}
	return nil
}

func createAddress(c *call) error {
	if err := c.required("Type", "Address"); err != nil {
		return err
	}
	if c.form("Type") != "chat" {
		return invalid("Type " + c.form("Type") + " is not supported by local Twilio: chat is")
	}
	a := store.Address{Type: "chat", Name: c.form("Address")}
	if err := address(c, &a); err != nil {
		return err
	}
	all, err := c.store.Flex.Addresses.List()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(x store.Address) bool { return x.Type == a.Type && x.Name == a.Name }) {
		return &Error{Status: http.StatusConflict, Code: codeAddressExists, Message: "Address configuration already exists"}
	}
	if a, err = c.store.Flex.Addresses.Create(a); err != nil {
		return err
	}
	return c.json(http.StatusCreated, showAddress(c)(a))
}

func listAddresses(c *call) error {
	all, err := c.store.Flex.Addresses.List()
	if err != nil {
		return err
	}
	if c.has("Type") {
		all = slices.DeleteFunc(all, func(a store.Address) bool { return a.Type != c.form("Type") })
	}
	return list(c, "address_configurations", maxConversationsPage, all, func(a store.Address) string { return a.SID }, showAddress(c))
}

// findAddress finds the path's, by SID or by the address itself.
func findAddress(c *call) (store.Address, error) {
	a, err := c.store.Flex.Addresses.Get(c.path("address"))
	if !errors.Is(err, store.ErrNotFound) {
		return a, err
	}
	all, listed := c.store.Flex.Addresses.List()
	for _, x := range all {
		if x.Name == c.path("address") {
			return x, listed
		}
	}
	return a, errors.Join(err, listed)
}

func fetchAddress(c *call) error {
	a, err := findAddress(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showAddress(c)(a))
}

func updateAddress(c *call) error {
	a, err := findAddress(c)
	if err != nil {
		return err
	}
	a, err = c.store.Flex.Addresses.Update(a.SID, func(a *store.Address) error { return address(c, a) })
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showAddress(c)(a))
}

func deleteAddress(c *call) error {
	a, err := findAddress(c)
	if err == nil {
		err = c.store.Flex.Addresses.Delete(a.SID)
	}
	if err != nil {
		return err
	}
	return c.noContent()
}

func showAddress(c *call) func(store.Address) any {
	return func(a store.Address) any {
		creation := object{"enabled": false, "type": "default", "conversation_service_sid": c.account.ChatServiceSID}
		switch a.Creation {
		case store.CreationDefault:
			creation["enabled"] = true
		case store.CreationStudio:
			creation = object{
				"enabled": true, "type": "studio", "conversation_service_sid": c.account.ChatServiceSID, "studio_flow_sid": c.account.StudioFlowSID, "studio_retry_count": 0,
			}
		}
		return object{
			"sid": a.SID, "account_sid": c.account.SID, "type": a.Type, "address": a.Name, "friendly_name": orNull(a.FriendlyName), "auto_creation": creation,
			"address_country": nil, "date_created": date(a.Created), "date_updated": date(a.Updated), "url": c.target.base + "/v1/Configuration/Addresses/" + a.SID,
		}
	}
}
