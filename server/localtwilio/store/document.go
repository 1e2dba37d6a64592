package store

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// Document is a Sync Document.
type Document struct {
	SID        string          // ET…
	Service    string          `json:",omitempty"` // IS…; empty in the account's own
	UniqueName string          // empty where its maker named none
	Data       json.RawMessage // a JSON object
	Revision   int             // from 0; see ETag
	Event      int             // number of the newest change; see Store.LastEvent
	Expires    time.Time       // zero for never
	CreatedBy  string          // "system" for REST
	Created    time.Time
	Updated    time.Time
}

// ETag is the Document's revision as REST shows it and If-Match takes it,
// without quotes.
func (d Document) ETag() string { return strconv.Itoa(d.Revision) }

func (d Document) expired(now time.Time) bool { return !d.Expires.IsZero() && !now.Before(d.Expires) }

// Documents are the Sync Documents of one Service: the account's own, unless In says
// otherwise.
type Documents struct {
	db      *db
	all     SyncServices
	service string // as Document.Service
}

// In returns the Documents of a Sync Service.
func (s Documents) In(service string) Documents {
	s.service = s.all.within(service)
	return s
}

// Create makes a Document of d's UniqueName, Data and Expires; other
// fields are set. A nil Data is an empty object. It returns ErrNameTaken.
func (s Documents) Create(d Document) (Document, error) {
	err := s.db.update(doing{what: "create document", key: d.UniqueName}, func(t *tx) error {
		d.Service = s.service
		if sid := t.lookupIn(bDocumentNames, d.Service, d.UniqueName); sid != "" {
			old, err := get[Document](t, bDocuments, sid)
			if err != nil {
				return err
			}
			if !old.expired(t.now) {
				return ErrNameTaken
			}
			if err := t.documents().remove(old); err != nil {
				return err
			}
		}
		d.SID, d.Revision, d.Created, d.Updated = NewSID("ET"), 0, t.now, t.now
		if d.CreatedBy == "" {
			d.CreatedBy = "system"
		}
		if d.Data == nil {
			d.Data = json.RawMessage("{}")
		}
		if d.UniqueName != "" {
			if err := t.bucket(bDocumentNames).Put([]byte(scoped(d.Service, d.UniqueName)), []byte(d.SID)); err != nil {
				return err
			}
		}
		if err := t.link(bDocumentOrder, "", d.SID); err != nil {
			return err
		}
		if err := t.stampTo(&d.Event); err != nil {
			return err
		}
		t.emit(&DocumentCreated{Document: d})
		return t.documents().save(d)
	})
	if err != nil {
		return Document{}, err
	}
	return d, nil
}

// Get finds a Document by SID or unique name. An expired one is not found.
func (s Documents) Get(key string) (d Document, err error) {
	err = s.db.view(doing{what: "find document", key: key}, func(t *tx) error {
		d, err = t.documents().find(s.service, key)
		return err
	})
	return d, err
}

// List lists all Documents in the order they were made.
func (s Documents) List() (list []Document, err error) {
	err = s.db.view(doing{what: "list documents"}, func(t *tx) error {
		all, err := linked[Document](t, bDocumentOrder, "", bDocuments)
		for _, d := range all {
			if d.Service == s.service && !d.expired(t.now) {
				list = append(list, d)
			}
		}
		return err
	})
	return list, err
}

// Page lists up to size Documents in the order they were made, from the one after the
// SID, or from the first with an empty one, and says whether more follow. It reads no
// others. A SID that is not in the order any more is ErrNotFound.
func (s Documents) Page(after string, size int) (list []Document, more bool, err error) {
	err = s.db.view(doing{what: "list documents after", key: after}, func(t *tx) error {
		c := t.bucket(bDocumentOrder).Cursor()
		k, sid := c.First()
		if after != "" {
			for k != nil && string(sid) != after {
				k, sid = c.Next()
			}
			if k == nil {
				return ErrNotFound
			}
			k, sid = c.Next()
		}
		for ; k != nil; k, sid = c.Next() {
			d, err := get[Document](t, bDocuments, string(sid))
			switch {
			case errors.Is(err, ErrNotFound) || err == nil && (d.Service != s.service || d.expired(t.now)):
				continue
			case err != nil:
				return err
			case len(list) == size:
				more = true
				return nil
			}
			list = append(list, d)
		}
		return nil
	})
	return list, more, err
}

// Update changes a Document by f, which may set Data and Expires, and
// raises its revision. With ifMatch not empty the present ETag must equal it,
// else ErrRevision.
func (s Documents) Update(key, ifMatch string, f func(*Document) error) (d Document, err error) {
	err = s.db.update(doing{what: "update document", key: key}, func(t *tx) error {
		if d, err = t.documents().find(s.service, key); err != nil {
			return err
		}
		if ifMatch != "" && ifMatch != d.ETag() {
			return ErrRevision
		}
		old := d
		if err := f(&d); err != nil {
			return err
		}
		d.SID, d.Service, d.UniqueName, d.Created, d.CreatedBy = old.SID, old.Service, old.UniqueName, old.Created, old.CreatedBy
		d.Revision, d.Updated = old.Revision+1, t.now
		if err := errors.Join(t.documents().dropExpiry(old), t.stampTo(&d.Event)); err != nil {
			return err
		}
		t.emit(&DocumentUpdated{Document: d})
		return t.documents().save(d)
	})
	return d, err
}

// Delete removes a Document and its Permissions.
func (s Documents) Delete(key string) error {
	return s.db.update(doing{what: "delete document", key: key}, func(t *tx) error {
		d, err := t.documents().find(s.service, key)
		if err != nil {
			return err
		}
		return t.documents().remove(d)
	})
}

// documentsTx is what a transaction does with Documents.
type documentsTx struct{ *tx }

func (t *tx) documents() documentsTx { return documentsTx{t} }

func (t documentsTx) find(service, key string) (Document, error) {
	if sid := t.lookupIn(bDocumentNames, service, key); sid != "" {
		key = sid
	}
	d, err := get[Document](t.tx, bDocuments, key)
	if err == nil && (d.Service != service || d.expired(t.now)) {
		return Document{}, ErrNotFound
	}
	return d, err
}

func (t documentsTx) save(d Document) error {
	if !d.Expires.IsZero() {
		if err := t.schedule(d.Expires, d.SID); err != nil {
			return err
		}
	}
	return t.put(bDocuments, d.SID, d)
}

func (t documentsTx) dropExpiry(d Document) error {
	if d.Expires.IsZero() {
		return nil
	}
	return t.unschedule(d.Expires, d.SID)
}

func (t documentsTx) remove(d Document) error {
	err := errors.Join(t.dropExpiry(d), t.unlink(bDocumentOrder, "", d.SID), t.bucket(bDocuments).Delete([]byte(d.SID)))
	if d.UniqueName != "" {
		err = errors.Join(err, t.bucket(bDocumentNames).Delete([]byte(scoped(d.Service, d.UniqueName))))
	}
	err = errors.Join(err, t.deleteUnder(bPermissions, d.SID), t.stampTo(&d.Event))
	t.emit(&DocumentRemoved{Document: d})
	return err
}
