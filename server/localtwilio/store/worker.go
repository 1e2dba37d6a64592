package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
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
	Changed      time.Time // of the Activity
	Revision     int       // from 0; see ETag
}

// ETag is the Worker's revision as REST shows it and If-Match takes it, without
// quotes.
func (w Worker) ETag() string { return strconv.Itoa(w.Revision) }

// Workers are the agents of TaskRouter.
type Workers struct {
	db          *db
	activitySID string // of those who are made available
}

// Create makes a Worker of w's FriendlyName, Attributes and ActivitySID. Without
// an Activity it is available. It returns ErrNameTaken, ErrActivity or
// ErrAttributesTooLong.
func (s Workers) Create(w Worker) (Worker, error) {
	if err := CheckAttributes(w.Attributes); err != nil {
		return Worker{}, fmt.Errorf("create worker %q: %w", w.FriendlyName, err)
	}
	err := s.db.update(doing{what: "create worker", key: w.FriendlyName}, func(t *tx) error {
		w.SID, w.Created, w.Updated, w.Changed, w.Revision = NewSID("WK"), t.now, t.now, t.now, 0
		if err := t.workerNameFree(w); err != nil {
			return err
		}
		if w.Attributes == "" {
			w.Attributes = "{}"
		}
		if w.ActivitySID == "" {
			w.ActivitySID = s.activitySID
		}
		if err := t.putInActivity(&w); err != nil {
			return err
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

// Update changes a Worker by f: its FriendlyName, Attributes and ActivitySID. It
// returns ErrNameTaken, ErrActivity or ErrAttributesTooLong.
func (s Workers) Update(sid string, f func(*Worker) error) (w Worker, err error) {
	return s.UpdateIf(sid, "", f)
}

// UpdateIf is Update, for which the present ETag must equal ifMatch where that is
// not empty, else ErrRevision.
func (s Workers) UpdateIf(sid, ifMatch string, f func(*Worker) error) (w Worker, err error) {
	err = s.db.update(doing{what: "update worker", key: sid}, func(t *tx) error {
		w, err = t.updateWorker(sid, ifMatch, f)
		return err
	})
	return w, err
}

func (t *tx) updateWorker(sid, ifMatch string, f func(*Worker) error) (Worker, error) {
	old, err := get[Worker](t, bWorkers, sid)
	if err != nil {
		return old, err
	}
	if ifMatch != "" && ifMatch != old.ETag() {
		return old, ErrRevision
	}
	w := old
	if err := f(&w); err != nil {
		return old, err
	}
	w.SID, w.Created, w.Updated, w.Changed, w.Revision = old.SID, old.Created, t.now, old.Changed, old.Revision+1
	if w.FriendlyName != old.FriendlyName {
		if err := t.workerNameFree(w); err != nil {
			return old, err
		}
	}
	if w.ActivitySID != old.ActivitySID {
		w.Changed = t.now
		if err := t.putInActivity(&w); err != nil {
			return old, err
		}
	}
	if w.Attributes != old.Attributes {
		if err := CheckAttributes(w.Attributes); err != nil {
			return old, err
		}
	}
	t.emit(&WorkerUpdated{Worker: w, Was: old})
	return w, t.put(bWorkers, w.SID, w)
}

// Delete removes a Worker and what is left of their Reservations. With ifMatch not
// empty the present ETag must equal it, else ErrRevision. A Worker who has a Task
// is ErrReferenced.
func (s Workers) Delete(sid, ifMatch string) error {
	return s.db.update(doing{what: "delete worker", key: sid}, func(t *tx) error {
		w, err := get[Worker](t, bWorkers, sid)
		if err != nil {
			return err
		}
		if ifMatch != "" && ifMatch != w.ETag() {
			return ErrRevision
		}
		list, err := linked[Reservation](t, bWorkerReservations, sid, bReservations)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.Live() {
				return fmt.Errorf("%w: worker has reservation %s", ErrReferenced, r.SID)
			}
			if err := t.tasks().removeReservation(r); err != nil {
				return err
			}
		}
		if err := errors.Join(t.unlink(bWorkerOrder, "", sid), t.deleteUnder(bWorkerChannels, sid)); err != nil {
			return err
		}
		t.emit(&WorkerRemoved{Worker: w})
		return t.bucket(bWorkers).Delete([]byte(sid))
	})
}

// putInActivity sets what follows from w's ActivitySID.
func (t *tx) putInActivity(w *Worker) error {
	all, err := under[Activity](t, bRouting, "WA")
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.SID == w.ActivitySID {
			w.Activity, w.Available = a.FriendlyName, a.Available
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrActivity, w.ActivitySID)
}

// workerNameFree returns ErrNameTaken when another Worker has w's name.
func (t *tx) workerNameFree(w Worker) error {
	all, err := linked[Worker](t, bWorkerOrder, "", bWorkers)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.SID != w.SID && strings.EqualFold(o.FriendlyName, w.FriendlyName) {
			return fmt.Errorf("%w: worker named %s already exists", ErrNameTaken, w.FriendlyName)
		}
	}
	return nil
}
