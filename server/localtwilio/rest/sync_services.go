package rest

import (
	"errors"
	"net/http"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
)

func createSyncService(c *call) error {
	var s store.SyncService
	if err := syncServiceChange(c, &s); err != nil {
		return err
	}
	s, err := c.store.SyncServices.Create(s)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, syncOf(c).serviceOf(s))
}

func listSyncServices(c *call) error {
	all, err := c.store.SyncServices.List()
	if err != nil {
		return err
	}
	return list(c, "services", maxSyncPage, all, func(s store.SyncService) string { return s.SID }, syncOf(c).serviceOf)
}

func fetchSyncService(c *call) error {
	s, err := c.store.SyncServices.Get(c.path("service"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, syncOf(c).serviceOf(s))
}

func updateSyncService(c *call) error {
	s, err := c.store.SyncServices.Update(c.path("service"), func(s *store.SyncService) error { return syncServiceChange(c, s) })
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, syncOf(c).serviceOf(s))
}

func deleteSyncService(c *call) error {
	err := c.store.SyncServices.Delete(c.path("service"))
	if errors.Is(err, store.ErrDefaultService) {
		return invalid("The default Service of local Twilio cannot be deleted")
	}
	if err != nil {
		return err
	}
	return c.noContent()
}

// syncServiceChange reads what is given of a Service into s.
func syncServiceChange(c *call, s *store.SyncService) error {
	if c.has("FriendlyName") {
		s.FriendlyName = c.form("FriendlyName")
	}
	if utf8.RuneCountInString(s.FriendlyName) > maxServiceName {
		return invalid("FriendlyName is longer than 256 characters")
	}
	return errors.Join(
		c.boolean("AclEnabled", &s.ACL),
		c.boolean("WebhooksFromRestEnabled", &s.WebhooksFromREST),
		c.boolean("ReachabilityWebhooksEnabled", &s.ReachabilityWebhooks),
		c.boolean("ReachabilityDebouncingEnabled", &s.Debouncing),
		c.integer("ReachabilityDebouncingWindow", &s.DebouncingWindow, store.MinDebouncing, store.MaxDebouncing,
			invalid("ReachabilityDebouncingWindow must be between 1000 and 30000")),
	)
}

func (v syncView) serviceOf(s store.SyncService) any {
	u := v.base + "/v1/Services/" + s.SID
	return object{
		"sid": s.SID, "unique_name": orNull(s.UniqueName), "account_sid": v.account.SID, "friendly_name": orNull(s.FriendlyName),
		"date_created": date(s.Created), "date_updated": date(s.Updated), "url": u, "webhook_url": nil,
		"webhooks_from_rest_enabled": s.WebhooksFromREST, "reachability_webhooks_enabled": s.ReachabilityWebhooks, "acl_enabled": s.ACL,
		"reachability_debouncing_enabled": s.Debouncing, "reachability_debouncing_window": s.DebouncingWindow,
		"links": object{"documents": u + "/Documents", "lists": u + "/Lists", "maps": u + "/Maps", "streams": u + "/Streams"},
	}
}
