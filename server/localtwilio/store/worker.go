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

// Workers are the agents of TaskRouter.
type Workers struct {
	db          *db
	activitySID string // of those who are made available
}

// Create makes a Worker of w's FriendlyName and Attributes. Without an
// Activity it is available. It returns ErrNameTaken or ErrAttributesTooLong.
func (s Workers) Create(w Worker) (Worker, error) {
	if err := checkAttributes(w.Attributes); err != nil {
		return Worker{}, fmt.Errorf("create worker %q: %w", w.FriendlyName, err)
	}
	err := s.db.update(doing{what: "create worker", key: w.FriendlyName}, func(t *tx) error {
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
			w.Activity, w.ActivitySID, w.Available = "Available", s.activitySID, true
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

// Get finds a Worker by SID.
func (s Workers) Get(sid string) (w Worker, err error) {
	err = s.db.view(doing{what: "find worker", key: sid}, func(t *tx) error {
		w, err = get[Worker](t, bWorkers, sid)
		return err
	})
	return w, err
}

// List lists all Workers in the order they were made.
func (s Workers) List() (list []Worker, err error) {
	err = s.db.view(doing{what: "list workers"}, func(t *tx) error {
		list, err = linked[Worker](t, bWorkerOrder, "", bWorkers)
		return err
	})
	return list, err
}

// Update changes a Worker by f, which may not change its SID or name. Too
// long attributes are ErrAttributesTooLong.
func (s Workers) Update(sid string, f func(*Worker) error) (w Worker, err error) {
	err = s.db.update(doing{what: "update worker", key: sid}, func(t *tx) error {
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
