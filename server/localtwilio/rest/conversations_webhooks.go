package rest

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"escalate/server/localtwilio/store"
)

// maxWebhookURL is in characters, from its error code.
const maxWebhookURL = 512

// scopedEvents are what the webhooks of one Conversation tell of. Of deliveries, which are
// other channels', there are none here.
var scopedEvents = []string{
	store.OnMessageAdded, store.OnMessageUpdated, store.OnMessageRemoved, store.OnConversationUpdated, store.OnConversationStateUpdated,
	store.OnConversationRemoved, store.OnParticipantAdded, store.OnParticipantUpdated, store.OnParticipantRemoved, "onDeliveryUpdated",
}

// chatEvents are what those of a Service and of the account take as filters: all that
// happens, and what a PreWebhookUrl is asked before it happens.
var chatEvents = append([]string{
	store.OnConversationAdded, store.OnUserAdded, store.OnUserUpdated,
	store.OnConversationAdd, store.OnConversationRemove, store.OnConversationUpdate, store.OnMessageAdd, store.OnMessageUpdate, store.OnMessageRemove,
	store.OnParticipantAdd, store.OnParticipantUpdate, store.OnParticipantRemove, store.OnUserUpdate,
}, scopedEvents...)

// readTarget reads who is told of all of a Service or of the account.
func (c *chatCall) readTarget(t *store.ChatTarget) error {
	if c.has("PostWebhookUrl") {
		if t.PostURL = c.form("PostWebhookUrl"); t.PostURL != "" && !isWebURL(t.PostURL) {
			return bad(codePostURL, "Invalid post-webhook url")
		}
	}
	if c.has("PreWebhookUrl") {
		if t.PreURL = c.form("PreWebhookUrl"); t.PreURL != "" && !isWebURL(t.PreURL) {
			return bad(codePreURL, "Invalid pre-webhook url")
		}
	}
	if c.form("Method") != "" {
		t.Method = strings.ToUpper(c.form("Method"))
	}
	if t.Method = cmp.Or(t.Method, http.MethodPost); t.Method != http.MethodGet && t.Method != http.MethodPost {
		return bad(codeWebhookMethod, "Invalid webhook method")
	}
	if c.has("Filters") {
		t.Filters = slices.DeleteFunc(slices.Clone(c.r.Form["Filters"]), func(f string) bool { return f == "" })
		for _, f := range t.Filters {
			if !slices.Contains(chatEvents, f) {
				return bad(codeWebhookFilter, "Invalid conversation webhook filter: "+f)
			}
		}
	}
	return nil
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func shownTarget(t store.ChatTarget) object {
	filters := t.Filters
	if filters == nil {
		filters = []string{}
	}
	return object{
		"method": cmp.Or(t.Method, http.MethodPost), "filters": filters, "pre_webhook_url": orNull(t.PreURL), "post_webhook_url": orNull(t.PostURL),
	}
}

func fetchGlobalWebhook(c *chatCall) error {
	g, err := c.store.ChatServices.Configuration()
	if err != nil {
		return err
	}
	return c.showGlobalWebhook(g)
}

func updateGlobalWebhook(c *chatCall) error {
	g, err := c.store.ChatServices.Configure(func(g *store.ChatConfiguration) error { return c.readTarget(&g.Webhook) })
	if err != nil {
		return err
	}
	return c.showGlobalWebhook(g)
}

func (c *chatCall) showGlobalWebhook(g store.ChatConfiguration) error {
	o := shownTarget(g.Webhook)
	o["account_sid"], o["target"], o["url"] = c.account.SID, "webhook", c.target.base+"/v1/Configuration/Webhooks"
	return c.json(http.StatusOK, o)
}

func fetchServiceWebhook(c *chatCall) error { return c.showServiceWebhook() }

func updateServiceWebhook(c *chatCall) error {
	v, err := c.store.ChatServices.Update(c.service.SID, func(v *store.ChatService) error { return c.readTarget(&v.Webhook) })
	if err != nil {
		return err
	}
	c.service = v
	return c.showServiceWebhook()
}

func (c *chatCall) showServiceWebhook() error {
	o := shownTarget(c.service.Webhook)
	o["url"] = c.root + "/Configuration/Webhooks"
	return c.json(http.StatusOK, c.show(o))
}

func createScopedWebhook(c *chatCall) error {
	switch target := c.form("Target"); target {
	case "":
		return bad(codeWebhookTypeMissing, "Conversation webhook type not provided")
	case "webhook":
	case "studio", "trigger":
		return unsupported("Target (" + target + ")")
	default:
		return bad(codeWebhookType, "Invalid conversation webhook type")
	}
	var w store.ChatWebhook
	if err := scopedWebhook(c, &w); err != nil {
		return err
	}
	w, err := c.conversations().Webhooks().Create(c.path("conversation"), w)
	if errors.Is(err, store.ErrLimit) {
		return bad(codeWebhookLimit, "Too many conversation webhooks")
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, c.webhook(w))
}

// scopedWebhook reads the parameters of a webhook into w.
func scopedWebhook(c *chatCall, w *store.ChatWebhook) error {
	if c.has("Configuration.Url") {
		w.URL = c.form("Configuration.Url")
	}
	if c.has("Configuration.Method") {
		w.Method = strings.ToUpper(c.form("Configuration.Method"))
	}
	if c.has("Configuration.Filters") {
		w.Filters = c.r.Form["Configuration.Filters"]
	}
	w.Method = cmp.Or(w.Method, http.MethodPost)
	switch {
	case w.URL == "":
		return bad(codeWebhookURLMissing, "Conversation webhook URL not provided")
	case len(w.URL) > maxWebhookURL:
		return bad(codeWebhookURLTooLong, "Conversation webhook URL is too long")
	case !isWebURL(w.URL):
		return invalid("Configuration.Url must be an absolute URL")
	case w.Method != http.MethodGet && w.Method != http.MethodPost:
		return bad(codeWebhookMethod, "Invalid webhook method")
	case len(w.Filters) == 0:
		return bad(codeWebhookFilterMissing, "Conversation webhook filter not provided")
	}
	for _, f := range w.Filters {
		if !slices.Contains(scopedEvents, f) {
			return bad(codeWebhookFilter, "Invalid conversation webhook filter: "+f)
		}
	}
	return nil
}

func listScopedWebhooks(c *chatCall) error {
	all, err := c.conversations().Webhooks().List(c.path("conversation"))
	if err != nil {
		return err
	}
	return list(c.call, "webhooks", maxConversationsPage, all, func(w store.ChatWebhook) string { return w.SID }, c.webhook)
}

func fetchScopedWebhook(c *chatCall) error {
	w, err := c.conversations().Webhooks().Get(c.path("conversation"), c.path("webhook"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.webhook(w))
}

func updateScopedWebhook(c *chatCall) error {
	w, err := c.conversations().Webhooks().Update(c.path("conversation"), c.path("webhook"), func(w *store.ChatWebhook) error {
		return scopedWebhook(c, w)
	})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.webhook(w))
}

func deleteScopedWebhook(c *chatCall) error {
	if err := c.conversations().Webhooks().Delete(c.path("conversation"), c.path("webhook")); err != nil {
		return err
	}
	return c.noContent()
}

func (c *chatCall) webhook(w store.ChatWebhook) any {
	return c.show(object{
		"sid": w.SID, "conversation_sid": w.ConversationSID, "target": "webhook",
		"configuration": object{"url": w.URL, "method": w.Method, "filters": w.Filters},
		"date_created":  date(w.Created), "date_updated": date(w.Updated), "url": c.root + "/Conversations/" + w.ConversationSID + "/Webhooks/" + w.SID,
	})
}
