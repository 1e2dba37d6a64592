package store

import (
	"fmt"
	"time"
)

// Worker is a TaskRouter Worker: an agent.
type Worker struct {
	SID          string // WK…
	FriendlyName string // the Flex user's identity; unique
	Attributes   string // a JSON object
	Activity     string // the Activity's name
	ActivitySID  string // WA…
	Available    bool
	Created      time.Time
	Updated      time.Time
}

// CreateWorker makes a Worker of w's FriendlyName and Attributes. Without an
// Activity it is available. It returns ErrNameTaken or ErrAttributesTooLong.
func (s *Store) CreateWorker(w Worker) (Worker, error) {
	if err := checkAttributes(w.Attributes); err != nil {
		return Worker{}, fmt.Errorf("create worker %q: %w", w.FriendlyName, err)
	}
	err := s.update(fmt.Sprintf("create worker %q", w.FriendlyName), func(t *tx) error {
		all, err := linked[Worker](t, bWorkerOrder, "", bWorkers)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.FriendlyName == w.FriendlyName {
				return ErrNameTaken
			}
		}
		w.SID, w.Created, w.Updated = NewSID("WK"), t.now, t.now
		if w.Attributes == "" {
			w.Attributes = "{}"
		}
		if w.Activity == "" {
			w.Activity, w.ActivitySID, w.Available = "Available", t.s.account.ActivitySID, true
		}
		if err := t.link(bWorkerOrder, "", w.SID); err != nil {
			return err
		}
		t.emit(&WorkerCreated{Worker: w})
		return t.put(bWorkers, w.SID, w)
	})
	if err != nil {
		return Worker{}, err
	}
	return w, nil
}

// Worker finds a Worker by SID.
func (s *Store) Worker(sid string) (w Worker, err error) {
	err = s.view(fmt.Sprintf("find worker %q", sid), func(t *tx) error {
		w, err = get[Worker](t, bWorkers, sid)
		return err
	})
	return w, err
}

// Workers lists all Workers in the order they were made.
func (s *Store) Workers() (list []Worker, err error) {
	err = s.view("list workers", func(t *tx) error {
		list, err = linked[Worker](t, bWorkerOrder, "", bWorkers)
		return err
	})
	return list, err
}

// UpdateWorker changes a Worker by f, which may not change its SID or name. Too
// long attributes are ErrAttributesTooLong.
func (s *Store) UpdateWorker(sid string, f func(*Worker) error) (w Worker, err error) {
	err = s.update(fmt.Sprintf("update worker %q", sid), func(t *tx) error {
		if w, err = get[Worker](t, bWorkers, sid); err != nil {
			return err
		}
		old := w
		if err := f(&w); err != nil {
			return err
		}
		w.SID, w.FriendlyName, w.Created, w.Updated = old.SID, old.FriendlyName, old.Created, t.now
		if w.Attributes != old.Attributes {
			if err := checkAttributes(w.Attributes); err != nil {
				return err
			}
		}
		t.emit(&WorkerUpdated{Worker: w})
		return t.put(bWorkers, w.SID, w)
	})
	return w, err
}
