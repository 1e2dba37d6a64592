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
	maxSyncData    = 16 << 10 // bytes of Data
	maxStreamData  = 4 << 10  // bytes of a Stream Message's
	maxSyncTTL     = 31536000 // seconds
	maxSyncName    = 256
	maxSyncMapKey  = 320 // characters
	maxSyncPage    = 100
	maxServiceName = 256
)

// inService makes sure of the Service before a handler runs.
func inService(f handler) handler {
	return func(c *call) error {
		if _, err := c.store.SyncServices.Get(c.path("service")); err != nil {
			return err
		}
		return f(c)
	}
}

// documentsOf are the Documents of the path's Service.
func documentsOf(c *call) store.Documents { return c.store.Documents.In(c.path("service")) }

func createDocument(c *call) error {
	d := store.Document{UniqueName: c.form("UniqueName")}
	if err := checkSyncName(c); err != nil {
		return err
	}
	if _, err := documentChange(c, &d); err != nil {
		return err
	}
	d, err := documentsOf(c).Create(d)
	if err != nil {
		return syncNameTaken(err)
	}
	return c.tagged(http.StatusCreated, d.ETag(), syncOf(c).document(d))
}

// listDocuments reads the page that is asked for and no more: with ten thousand
// Documents, a program that goes through all pages would have them read a hundred times.
func listDocuments(c *call) error {
	a, err := c.asked(maxSyncPage)
	if err != nil {
		return err
	}
	if a.number == 0 || a.after != "" {
		part, more, err := documentsOf(c).Page(a.after, a.size)
		if err == nil {
			out, last := make([]any, len(part)), ""
			for i, d := range part {
				out[i] = syncOf(c).document(d)
			}
			if more {
				last = part[len(part)-1].SID
			}
			return c.json(http.StatusOK, map[string]any{"documents": out, "meta": c.meta("documents", a, last)})
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	all, err := documentsOf(c).List()
	if err != nil {
		return err
	}
	return list(c, "documents", maxSyncPage, all, func(d store.Document) string { return d.SID }, syncOf(c).document)
}

func fetchDocument(c *call) error {
	d, err := documentsOf(c).Get(c.path("object"))
	if err != nil {
		return err
	}
	return c.tagged(http.StatusOK, d.ETag(), syncOf(c).document(d))
}

func updateDocument(c *call) error {
	match, err := syncMatch(c)
	if err != nil {
		return err
	}
	var change store.Document
	given, err := documentChange(c, &change)
	if err != nil {
		return err
	}
	d, err := documentsOf(c).Update(c.path("object"), match, func(d *store.Document) error {
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
	if err := documentsOf(c).Delete(c.path("object")); err != nil {
		return err
	}
	return c.noContent()
}

type documentGiven struct{ data, ttl bool }

// documentChange reads Data and Ttl into d and says which were given.
func documentChange(c *call, d *store.Document) (given documentGiven, err error) {
	if d.Data, err = syncData(c, maxSyncData); err != nil {
		return given, err
	}
	d.Expires, given.ttl, err = syncTTL(c, "Ttl")
	given.data = d.Data != nil
	return given, err
}

// syncData reads Data; nil where it is not given.
func syncData(c *call, most int) (json.RawMessage, error) {
	if !c.has("Data") {
		return nil, nil
	}
	text := c.form("Data")
	if len(text) > most {
		return nil, &Error{
			Status: http.StatusRequestEntityTooLarge, Code: codeSyncTooLarge, Message: "Data exceeds " + strconv.Itoa(most>>10) + " KiB",
		}
	}
	if !isObject(text) {
		return nil, invalid("Data must be a JSON object")
	}
	return json.RawMessage(text), nil
}

// syncTTL reads seconds to live under the first of the names that is given, as the time
// at which they end; the zero time is never, which 0 says.
func syncTTL(c *call, names ...string) (expires time.Time, given bool, err error) {
	for _, name := range names {
		if c.form(name) == "" {
			continue
		}
		ttl := 0
		if err := c.integer(name, &ttl, 0, maxSyncTTL, bad(codeSyncTTL, "Invalid TTL")); err != nil {
			return expires, true, err
		}
		if ttl > 0 {
			expires = c.store.Now().Add(time.Duration(ttl) * time.Second)
		}
		return expires, true, nil
	}
	return expires, false, nil
}

// checkSyncName checks UniqueName.
func checkSyncName(c *call) error {
	name := c.form("UniqueName")
	if c.has("UniqueName") && (name == "" || len(name) > maxSyncName || sids.Looks(name)) {
		return bad(codeSyncName, "Invalid unique name")
	}
	return nil
}

// syncNameTaken is err, or that there is such a name.
func syncNameTaken(err error) error {
	if errors.Is(err, store.ErrNameTaken) {
		return &Error{Status: http.StatusConflict, Code: codeSyncNameTaken, Message: "Unique name already exists"}
	}
	return err
}

// syncMatch is the If-Match header, which must be a revision.
func syncMatch(c *call) (string, error) {
	match := c.ifMatch()
	if _, err := strconv.Atoi(match); match != "" && err != nil {
		return "", bad(codeSyncIfMatch, "Invalid If-Match header")
	}
	return match, nil
}

// syncView shows the resources of Sync.
type syncView struct {
	base    string // what URLs begin with
	account store.Account
	service string // SID of the path's Service
}

func syncOf(c *call) syncView {
	v := syncView{base: c.target.base, account: c.account, service: c.path("service")}
	if v.service == store.DefaultSyncService {
		v.service = c.account.SyncServiceSID
	}
	return v
}

// url is that of the path's Service.
func (v syncView) url() string { return v.base + "/v1/Services/" + v.service }

func (v syncView) document(d store.Document) any {
	u := v.url() + "/Documents/" + d.SID
	return object{
		"sid": d.SID, "unique_name": orNull(d.UniqueName), "account_sid": v.account.SID, "service_sid": v.service,
		"url": u, "links": object{"permissions": u + "/Permissions"},
		"revision": d.ETag(), "data": d.Data, "date_expires": date(d.Expires),
		"date_created": date(d.Created), "date_updated": date(d.Updated), "created_by": d.CreatedBy,
	}
}
