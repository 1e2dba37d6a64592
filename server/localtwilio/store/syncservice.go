package store

import (
	"errors"
	"slices"
	"time"
)

// SyncService is an instance of Sync: its objects are kept apart from those of others.
type SyncService struct {
	SID          string // IS…
	FriendlyName string
	UniqueName   string // "default" for the account's own; others have none

	// ACL makes identities need a Permission for each object that they did not make.
	ACL bool

	// What Sync's webhooks would be told of; there is no receiver.
	WebhooksFromREST     bool
	ReachabilityWebhooks bool
	Debouncing           bool
	DebouncingWindow     int // milliseconds

	Created, Updated time.Time
}

// Limits of Sync's reachability debouncing, in milliseconds, from the Services document.
const (
	MinDebouncing, MaxDebouncing = 1000, 30000

	defaultDebouncing = 5000
)

// DefaultSyncService is the unique name of the account's own Sync Service.
const DefaultSyncService = "default"

// ErrDefaultService is returned for the wish to delete the account's own Sync Service.
var ErrDefaultService = errors.New("the default Sync Service stays")

// SyncServices are the instances of Sync. One there always is: the account's, which
// goes by DefaultSyncService too.
type SyncServices struct {
	db  *db
	own string // SID of the account's
}

// Create makes a Service as s says; SID and times are set.
func (a SyncServices) Create(s SyncService) (SyncService, error) {
	err := a.db.update(doing{what: "create Sync Service", key: s.FriendlyName}, func(t *tx) error {
		s.SID, s.UniqueName, s.Created, s.Updated = NewSID("IS"), "", t.now, t.now
		if s.DebouncingWindow == 0 {
			s.DebouncingWindow = defaultDebouncing
		}
		return errors.Join(t.link(bSyncServiceOrder, "", s.SID), t.put(bSyncServices, s.SID, s))
	})
	if err != nil {
		return SyncService{}, err
	}
	return s, nil
}

// Get finds a Service by SID, or the account's by its name.
func (a SyncServices) Get(key string) (s SyncService, err error) {
	err = a.db.view(doing{what: "find Sync Service", key: key}, func(t *tx) error {
		s, err = a.find(t, key)
		return err
	})
	return s, err
}

// List lists all Services, the account's first.
func (a SyncServices) List() (list []SyncService, err error) {
	err = a.db.view(doing{what: "list Sync Services"}, func(t *tx) error {
		own, err := a.find(t, a.own)
		if err != nil {
			return err
		}
		others, err := linked[SyncService](t, bSyncServiceOrder, "", bSyncServices)
		list = append([]SyncService{own}, others...)
		return err
	})
	return list, err
}

// Update changes a Service by f.
func (a SyncServices) Update(key string, f func(*SyncService) error) (s SyncService, err error) {
	err = a.db.update(doing{what: "update Sync Service", key: key}, func(t *tx) error {
		if s, err = a.find(t, key); err != nil {
			return err
		}
		old := s
		if err := f(&s); err != nil {
			return err
		}
		s.SID, s.UniqueName, s.Created, s.Updated = old.SID, old.UniqueName, old.Created, t.now
		return t.put(bSyncServices, s.SID, s)
	})
	return s, err
}

// Delete removes a Service and all its objects. It returns ErrDefaultService for the
// account's.
func (a SyncServices) Delete(key string) error {
	return a.db.update(doing{what: "delete Sync Service", key: key}, func(t *tx) error {
		s, err := a.find(t, key)
		if err != nil {
			return err
		}
		if s.SID == a.own {
			return ErrDefaultService
		}
		documents, err := linked[Document](t, bDocumentOrder, "", bDocuments)
		if err != nil {
			return err
		}
		for _, d := range documents {
			if d.Service == s.SID {
				err = errors.Join(err, t.documents().remove(d))
			}
		}
		for _, kind := range []CollectionKind{SyncMap, SyncList, SyncStream} {
			all, bad := linked[Collection](t, bCollectionOrder, string(kind), bCollections)
			err = errors.Join(err, bad)
			for _, c := range slices.DeleteFunc(all, func(c Collection) bool { return c.Service != s.SID }) {
				err = errors.Join(err, t.collections().remove(c))
			}
		}
		return errors.Join(err, t.unlink(bSyncServiceOrder, "", s.SID), t.bucket(bSyncServices).Delete([]byte(s.SID)))
	})
}

// find returns the account's own Service also where nothing was ever said of it.
func (a SyncServices) find(t *tx, key string) (SyncService, error) {
	if key == DefaultSyncService {
		key = a.own
	}
	s, err := get[SyncService](t, bSyncServices, key)
	if errors.Is(err, ErrNotFound) && key == a.own {
		return SyncService{SID: a.own, UniqueName: DefaultSyncService, FriendlyName: "Flex Sync Service", DebouncingWindow: defaultDebouncing}, nil
	}
	return s, err
}

// within is how the objects of a Service name it: not at all in the account's own.
func (a SyncServices) within(service string) string {
	if service == a.own || service == DefaultSyncService {
		return ""
	}
	return service
}

// scoped is an object's unique name in an index over all Services.
func scoped(service, name string) string {
	if service == "" {
		return name
	}
	return service + "\x00" + name
}
