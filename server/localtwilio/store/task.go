package store

import (
	"errors"
	"fmt"
	"reflect"
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

	WorkflowSID    string // WW…
	TaskQueueSID   string // WQ…, in which it waits or waited
	QueueEntered   time.Time
	VirtualStart   time.Time // by which Tasks are ordered
	RoutingTarget  string    // WK…, WQ… or WW… that whoever made it named
	IgnoreCapacity bool      // offered to the RoutingTarget also when busy or unavailable
	Route          Route
}

// Route is the way of a Task through its Workflow; package taskrouter makes it.
type Route struct {
	Steps []Step
	At    int // the present step
	Since time.Time
}

// Step is where a Task waits, and for whom.
type Step struct {
	TaskQueueSID string
	Workers      string // an expression that they match beside the TaskQueue's; empty for all
	OrderBy      string // how they are ordered; empty for who waits longest
	SkipIf       string // an expression that ends the step at once where nobody is free
	WorkerSID    string // the one Worker that it is for; empty for all
	Priority     *int   // that the Task gets; nil for its own
	Timeout      int    // seconds; 0 for as long as the Task lives
	Filter       int    // which of the Workflow's filters it is of; below 0 for none
}

// due is when the present step ends by itself; zero for never.
func (r Route) due() time.Time {
	if r.At >= len(r.Steps) || r.Steps[r.At].Timeout == 0 {
		return time.Time{}
	}
	return r.Since.Add(time.Duration(r.Steps[r.At].Timeout) * time.Second)
}

// Due reports whether the present step has had its time.
func (r Route) Due(now time.Time) bool {
	due := r.due()
	return !due.IsZero() && !now.Before(due)
}

// Waiting reports whether no Worker has the Task yet.
func (k Task) Waiting() bool {
	return k.AssignmentStatus == TaskPending || k.AssignmentStatus == TaskReserved
}

// expires is when a Task that no Worker has taken is canceled.
func (k Task) expires() time.Time { return k.Created.Add(time.Duration(k.Timeout) * time.Second) }

// ReasonExpired is the Reason of a Task that was canceled since nobody took it in time.
const ReasonExpired = "Task TTL Exceeded"

// MaxAttributes is the most that the attributes of a Task or a Worker may be, in
// characters of the JSON text, spaces included: TaskRouter's documented limit,
// which no account can have raised.
const MaxAttributes = 4096

// CheckAttributes returns ErrAttributesTooLong for more than MaxAttributes.
func CheckAttributes(text string) error {
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

// Create makes a pending Task of k's SID (default a new one), Attributes, Priority, Timeout (default
// a day), TaskChannel (default chat), WorkflowSID (default the account's),
// TaskQueueSID, RoutingTarget, IgnoreCapacity, VirtualStart (default now) and
// Route. It returns ErrAttributesTooLong.
//
// Package taskrouter offers it to a Worker as soon as it is there, and makes its
// Route where it has none.
func (s Tasks) Create(k Task) (Task, error) {
	if err := CheckAttributes(k.Attributes); err != nil {
		return Task{}, fmt.Errorf("create task: %w", err)
	}
	err := s.db.update(doing{what: "create task"}, func(t *tx) error {
		return t.tasks().create(&k)
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

// Update changes a Task by f and raises its revision; where f leaves it as it is,
// nothing is written and nobody told. With ifMatch not empty the present ETag must equal it, else ErrRevision. A new
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
		if reflect.DeepEqual(k, old) {
			return errUnchanged
		}
		if k.Attributes != old.Attributes {
			if err := CheckAttributes(k.Attributes); err != nil {
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
		return t.tasks().save(&k, old.AssignmentStatus)
	})
	return k, err
}

// Delete removes a Task and its Reservations. With ifMatch not empty the present
// ETag must equal it, else ErrRevision.
func (s Tasks) Delete(sid, ifMatch string) error {
	return s.db.update(doing{what: "delete task", key: sid}, func(t *tx) error {
		k, err := get[Task](t, bTasks, sid)
		if err != nil {
			return err
		}
		if ifMatch != "" && ifMatch != k.ETag() {
			return ErrRevision
		}
		return t.tasks().remove(k)
	})
}

// tasksTx is what a transaction does with Tasks and the Reservations that follow
// them.
type tasksTx struct{ *tx }

func (t *tx) tasks() tasksTx { return tasksTx{t} }

// create makes k a pending Task.
func (t tasksTx) create(k *Task) error {
	if k.SID == "" {
		k.SID = NewSID("WT")
	}
	if t.bucket(bTasks).Get([]byte(k.SID)) != nil {
		return ErrNameTaken
	}
	k.AssignmentStatus, k.Revision, k.Created, k.Updated = TaskPending, 0, t.now, t.now
	if k.Attributes == "" {
		k.Attributes = "{}"
	}
	if k.TaskChannel == "" {
		k.TaskChannel = "chat"
	}
	if k.WorkflowSID == "" {
		a, err := get[Account](t.tx, bMeta, "account")
		if err != nil {
			return err
		}
		k.WorkflowSID = a.WorkflowSID
	}
	if k.VirtualStart.IsZero() {
		k.VirtualStart = t.now
	}
	k.Route.Since, k.QueueEntered = t.now, t.now
	defaultInt(&k.Timeout, 86400)
	if err := errors.Join(t.link(bTaskOrder, "", k.SID), t.schedule(k.expires(), k.SID), t.scheduleStep(*k)); err != nil {
		return err
	}
	t.emit(&TaskCreated{Task: *k})
	return t.put(bTasks, k.SID, *k)
}

// scheduleStep enters into the timetable when the Task's step ends by itself.
func (t tasksTx) scheduleStep(k Task) error {
	if due := k.Route.due(); !due.IsZero() {
		return t.schedule(due, k.SID)
	}
	return nil
}

// due carries out what time has brought for a Task: forgotten when it has ended long
// ago, canceled when nobody took it in time, on its way when its step has ended.
func (t tasksTx) due(sid string) error {
	k, err := get[Task](t.tx, bTasks, sid)
	switch {
	case err != nil:
		return err
	case !k.Waiting():
		return t.forget(sid)
	case !t.now.Before(k.expires()):
		return t.cancel(&k, ReasonExpired)
	case k.Route.Due(t.now):
		t.emit(&RoutingDue{Task: k})
	}
	return nil
}

// cancel ends a Task that no Worker has taken.
func (t tasksTx) cancel(k *Task, reason string) error {
	was := k.AssignmentStatus
	k.AssignmentStatus, k.Reason = TaskCanceled, reason
	if err := t.reservationFollows(*k); err != nil {
		return err
	}
	return t.save(k, was)
}

// SetRoute gives a pending Task the way that it is on from now, and with it its
// TaskQueue and Priority. Only a new TaskQueue or Priority is a change that others
// see. A Task that is not pending is ErrTransition.
func (s Tasks) SetRoute(sid string, route Route, queueSID string, priority int) (k Task, err error) {
	err = s.db.update(doing{what: "route task", key: sid}, func(t *tx) error {
		if k, err = get[Task](t, bTasks, sid); err != nil {
			return err
		}
		if k.AssignmentStatus != TaskPending {
			return fmt.Errorf("%w: task is %s", ErrTransition, k.AssignmentStatus)
		}
		first := len(k.Route.Steps) == 0
		seen := !first && (k.TaskQueueSID != queueSID || k.Priority != priority)
		if k.TaskQueueSID != queueSID {
			k.QueueEntered = t.now
		}
		k.Route, k.TaskQueueSID, k.Priority = route, queueSID, priority
		k.Route.Since = t.now
		if err := t.tasks().scheduleStep(k); err != nil {
			return err
		}
		if seen {
			return t.tasks().save(&k, k.AssignmentStatus)
		}
		return t.put(bTasks, k.SID, k)
	})
	return k, err
}

// Cancel ends a Task that no Worker has taken, for the reason given. One that is
// assigned or over is ErrTransition.
func (s Tasks) Cancel(sid, reason string) (k Task, err error) {
	err = s.db.update(doing{what: "cancel task", key: sid}, func(t *tx) error {
		if k, err = get[Task](t, bTasks, sid); err != nil {
			return err
		}
		if !k.Waiting() {
			return fmt.Errorf("%w: task is %s", ErrTransition, k.AssignmentStatus)
		}
		return t.tasks().cancel(&k, reason)
	})
	return k, err
}

func (t tasksTx) remove(k Task) error {
	list, err := linked[Reservation](t.tx, bTaskReservations, k.SID, bReservations)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Live() { // its Worker is told
			if err := t.saveReservation(&r, ReservationCanceled, k); err != nil {
				return err
			}
		}
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

// save raises the revision of k, whose status was another or the same, saves and
// announces it.
func (t tasksTx) save(k *Task, was string) error {
	k.Revision++
	k.Updated = t.now
	if k.ended() {
		if err := t.schedule(k.forgotten(), k.SID); err != nil {
			return err
		}
	}
	t.emit(&TaskUpdated{Task: *k, Was: was})
	return t.put(bTasks, k.SID, *k)
}
