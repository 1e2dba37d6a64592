package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// Limits of Sync, from its documents and the error dictionary.
const (
	maxDocument     = 16 << 10 // bytes of Data
	maxDocumentTTL  = 31536000 // seconds
	maxDocumentName = 256
	maxSyncPage     = 100
)

// inService makes sure of the Service before a handler runs.
func inService(f handler) handler {
	return func(c *call) error {
		if s := c.path("service"); s != c.account.SyncServiceSID && s != "default" {
			return notFound(c.r.URL.Path)
		}
		return f(c)
	}
}

func listSyncServices(c *call) error {
	return list(c, "services", maxSyncPage, []string{c.account.SyncServiceSID}, func(s string) string { return s },
		func(string) any { return syncOf(c).service() })
}

func fetchSyncService(c *call) error { return c.json(http.StatusOK, syncOf(c).service()) }

func createDocument(c *call) error {
	d := store.Document{UniqueName: c.form("UniqueName")}
	if c.has("UniqueName") && (d.UniqueName == "" || len(d.UniqueName) > maxDocumentName || sids.Looks(d.UniqueName)) {
		return bad(codeSyncName, "Invalid unique name")
	}
	if _, err := documentChange(c, &d); err != nil {
		return err
	}
	d, err := c.store.Documents.Create(d)
	if errors.Is(err, store.ErrNameTaken) {
		return &Error{Status: http.StatusConflict, Code: codeSyncNameTaken, Message: "Unique name already exists"}
	}
	if err != nil {
		return err
	}
	return c.tagged(http.StatusCreated, d.ETag(), syncOf(c).document(d))
}

func listDocuments(c *call) error {
	all, err := c.store.Documents.List()
	if err != nil {
		return err
	}
	return list(c, "documents", maxSyncPage, all, func(d store.Document) string { return d.SID }, syncOf(c).document)
}

func fetchDocument(c *call) error {
	d, err := c.store.Documents.Get(c.path("document"))
	if err != nil {
		return err
	}
	return c.tagged(http.StatusOK, d.ETag(), syncOf(c).document(d))
}

func updateDocument(c *call) error {
	match := c.ifMatch()
	if _, err := strconv.Atoi(match); match != "" && err != nil {
		return bad(codeSyncIfMatch, "Invalid If-Match header")
	}
	var change store.Document
	given, err := documentChange(c, &change)
	if err != nil {
		return err
	}
	d, err := c.store.Documents.Update(c.path("document"), match, func(d *store.Document) error {
		if given.data {
			d.Data = change.Data
		}
		// Without a Ttl the old deadline stays: an update does not extend it.
		if given.ttl {
			d.Expires = change.Expires
		}
		return nil
	})
	if errors.Is(err, store.ErrRevision) {
		return &Error{
			Status: http.StatusPreconditionFailed, Code: codeSyncRevision,
			Message: "The revision of the document does not match the expected revision",
		}
	}
	if err != nil {
		return err
	}
	return c.tagged(http.StatusOK, d.ETag(), syncOf(c).document(d))
}

func deleteDocument(c *call) error {
	if err := c.store.Documents.Delete(c.path("document")); err != nil {
		return err
	}
	return c.noContent()
}

type documentGiven struct{ data, ttl bool }

// documentChange reads Data and Ttl into d and says which were given.
func documentChange(c *call, d *store.Document) (given documentGiven, err error) {
	if given.data = c.has("Data"); given.data {
		text := c.form("Data")
		if len(text) > maxDocument {
			return given, &Error{Status: http.StatusRequestEntityTooLarge, Code: codeSyncTooLarge, Message: "Document data exceeds 16 KiB"}
		}
		if !isObject(text) {
			return given, invalid("Data must be a JSON object")
		}
		d.Data = json.RawMessage(text)
	}
	if given.ttl = c.form("Ttl") != ""; given.ttl {
		ttl := 0
		if err := c.integer("Ttl", &ttl, 0, maxDocumentTTL, bad(codeSyncTTL, "Invalid TTL")); err != nil {
			return given, err
		}
		d.Expires = time.Time{} // 0 is never
		if ttl > 0 {
			d.Expires = c.store.Now().Add(time.Duration(ttl) * time.Second)
		}
	}
	return given, nil
}

func listPermissions(c *call) error {
	all, err := c.store.Documents.Permissions(c.path("document"))
	if err != nil {
		return err
	}
	return list(c, "permissions", maxSyncPage, all, func(p store.Permission) string { return p.Identity }, syncOf(c).permission)
}

func fetchPermission(c *call) error {
	p, err := c.store.Documents.Permission(c.path("document"), c.path("identity"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, syncOf(c).permission(p))
}

func updatePermission(c *call) error {
	p := store.Permission{Identity: c.path("identity")}
	for name, v := range map[string]*bool{"Read": &p.Read, "Write": &p.Write, "Manage": &p.Manage} {
		if !c.has(name) {
			return invalid("Missing required parameter " + name + " in the post body")
		}
		if err := c.boolean(name, v); err != nil {
			return err
		}
	}
	p, err := c.store.Documents.SetPermission(c.path("document"), p)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, syncOf(c).permission(p))
}

func deletePermission(c *call) error {
	if err := c.store.Documents.DeletePermission(c.path("document"), c.path("identity")); err != nil {
		return err
	}
	return c.noContent()
}

// syncView shows the resources of Sync.
type syncView struct {
	base    string // what URLs begin with
	account store.Account
}

func syncOf(c *call) syncView { return syncView{base: c.target.base, account: c.account} }

func (v syncView) service() any {
	u := v.base + "/v1/Services/" + v.account.SyncServiceSID
	return object{
		"sid": v.account.SyncServiceSID, "unique_name": "default", "account_sid": v.account.SID, "friendly_name": "Flex Sync Service",
		"date_created": nil, "date_updated": nil, "url": u, "webhook_url": nil, "webhooks_from_rest_enabled": false,
		"reachability_webhooks_enabled": false, "acl_enabled": false,
		"reachability_debouncing_enabled": false, "reachability_debouncing_window": 5000,
		"links": object{"documents": u + "/Documents"},
	}
}

func (v syncView) document(d store.Document) any {
	u := v.base + "/v1/Services/" + v.account.SyncServiceSID + "/Documents/" + d.SID
	return object{
		"sid": d.SID, "unique_name": orNull(d.UniqueName), "account_sid": v.account.SID, "service_sid": v.account.SyncServiceSID,
		"url": u, "links": object{"permissions": u + "/Permissions"},
		"revision": d.ETag(), "data": d.Data, "date_expires": date(d.Expires),
		"date_created": date(d.Created), "date_updated": date(d.Updated), "created_by": d.CreatedBy,
	}
}

func (v syncView) permission(p store.Permission) any {
	return object{
		"account_sid": v.account.SID, "service_sid": v.account.SyncServiceSID, "document_sid": p.DocumentSID, "identity": p.Identity,
		"read": p.Read, "write": p.Write, "manage": p.Manage,
		"url": v.base + "/v1/Services/" + v.account.SyncServiceSID + "/Documents/" + p.DocumentSID + "/Permissions/" + p.Identity,
	}
}
