package store

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Assignment statuses of a Task.
const (
	TaskPending   = "pending"
	TaskReserved  = "reserved"
	TaskAssigned  = "assigned"
	TaskWrapping  = "wrapping"
	TaskCompleted = "completed"
	TaskCanceled  = "canceled"
)

// Task is a TaskRouter Task.
type Task struct {
	SID              string // WT…
	Attributes       string // a JSON object
	AssignmentStatus string
	Reason           string // of its end
	Priority         int
	Timeout          int    // seconds
	TaskChannel      string // the channel's unique name: chat, voice, …
	Revision         int    // from 0; see ETag
	Created          time.Time
	Updated          time.Time
}

// MaxAttributes is the most that the attributes of a Task or a Worker may be, in
// characters of the JSON text, spaces included: TaskRouter's documented limit,
// which no account can have raised.
const MaxAttributes = 4096

// checkAttributes returns ErrAttributesTooLong for more than MaxAttributes.
func checkAttributes(text string) error {
	if n := utf8.RuneCountInString(text); n > MaxAttributes {
		return fmt.Errorf("%w: %d characters, at most %d", ErrAttributesTooLong, n, MaxAttributes)
	}
	return nil
}

// ETag is the Task's revision as REST shows it and If-Match takes it, without
// quotes.
func (k Task) ETag() string { return strconv.Itoa(k.Revision) }

// Tasks are the Tasks of TaskRouter.
type Tasks struct{ db *db }

// Create makes a pending Task of k's Attributes, Priority, Timeout (default
// a day) and TaskChannel (default chat). It returns ErrAttributesTooLong.
func (s Tasks) Create(k Task) (Task, error) {
	if err := checkAttributes(k.Attributes); err != nil {
		return Task{}, fmt.Errorf("create task: %w", err)
	}
	err := s.db.update(doing{what: "create task"}, func(t *tx) error {
		k.SID, k.AssignmentStatus, k.Revision, k.Created, k.Updated = NewSID("WT"), TaskPending, 0, t.now, t.now
		if k.Attributes == "" {
			k.Attributes = "{}"
		}
		if k.TaskChannel == "" {
			k.TaskChannel = "chat"
		}
		defaultInt(&k.Timeout, 86400)
		if err := t.link(bTaskOrder, "", k.SID); err != nil {
			return err
		}
		t.emit(&TaskCreated{Task: k})
		return t.put(bTasks, k.SID, k)
	})
	if err != nil {
		return Task{}, err
	}
	return k, nil
}

// Get finds a Task by SID.
func (s Tasks) Get(sid string) (k Task, err error) {
	err = s.db.view(doing{what: "find task", key: sid}, func(t *tx) error {
		k, err = get[Task](t, bTasks, sid)
		return err
	})
	return k, err
}

// List lists all Tasks in the order they were made.
func (s Tasks) List() (list []Task, err error) {
	err = s.db.view(doing{what: "list tasks"}, func(t *tx) error {
		list, err = linked[Task](t, bTaskOrder, "", bTasks)
		return err
	})
	return list, err
}

// Update changes a Task by f and raises its revision. With ifMatch not
// empty the present ETag must equal it, else ErrRevision. A new
// AssignmentStatus takes the Task's Reservation along; one that cannot follow
// the present one is ErrTransition, and too long attributes are
// ErrAttributesTooLong.
func (s Tasks) Update(sid, ifMatch string, f func(*Task) error) (k Task, err error) {
	err = s.db.update(doing{what: "update task", key: sid}, func(t *tx) error {
		if k, err = get[Task](t, bTasks, sid); err != nil {
			return err
		}
		if ifMatch != "" && ifMatch != k.ETag() {
			return ErrRevision
		}
		old := k
		if err := f(&k); err != nil {
			return err
		}
		k.SID, k.Created, k.Revision = old.SID, old.Created, old.Revision
		if k.Attributes != old.Attributes {
			if err := checkAttributes(k.Attributes); err != nil {
				return err
			}
		}
		if k.AssignmentStatus != old.AssignmentStatus {
			if !slices.Contains(taskMoves[old.AssignmentStatus], k.AssignmentStatus) {
				return fmt.Errorf("%w: task is %s, not to become %s", ErrTransition, old.AssignmentStatus, k.AssignmentStatus)
			}
			if err := t.tasks().reservationFollows(k); err != nil {
				return err
			}
		}
		return t.tasks().save(&k)
	})
	return k, err
}

// Delete removes a Task and its Reservations.
func (s Tasks) Delete(sid string) error {
	return s.db.update(doing{what: "delete task", key: sid}, func(t *tx) error {
		k, err := get[Task](t, bTasks, sid)
		if err != nil {
			return err
		}
		return t.tasks().remove(k)
	})
}

// tasksTx is what a transaction does with Tasks and the Reservations that follow
// them.
type tasksTx struct{ *tx }

func (t *tx) tasks() tasksTx { return tasksTx{t} }

func (t tasksTx) remove(k Task) error {
	list, err := linked[Reservation](t.tx, bTaskReservations, k.SID, bReservations)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := t.removeReservation(r); err != nil {
			return err
		}
	}
	if err := t.unlink(bTaskOrder, "", k.SID); err != nil {
		return err
	}
	t.emit(&TaskRemoved{Task: k})
	return t.bucket(bTasks).Delete([]byte(k.SID))
}

// taskMoves are the statuses that a Task may be given, by its present one;
// reserved and assigned come from its Reservation only.
var taskMoves = map[string][]string{
	TaskPending:  {TaskCanceled},
	TaskReserved: {TaskCanceled},
	TaskAssigned: {TaskWrapping, TaskCompleted, TaskCanceled},
	TaskWrapping: {TaskCompleted, TaskCanceled},
}

// save raises the revision of k, saves and announces it.
func (t tasksTx) save(k *Task) error {
	k.Revision++
	k.Updated = t.now
	if k.ended() {
		if err := t.schedule(k.forgotten(), k.SID); err != nil {
			return err
		}
	}
	t.emit(&TaskUpdated{Task: *k})
	return t.put(bTasks, k.SID, *k)
}
