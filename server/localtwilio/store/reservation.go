package store

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Statuses of a Reservation.
const (
	ReservationPending   = "pending"
	ReservationAccepted  = "accepted"
	ReservationRejected  = "rejected"
	ReservationTimeout   = "timeout"
	ReservationCanceled  = "canceled"
	ReservationRescinded = "rescinded"
	ReservationWrapping  = "wrapping"
	ReservationCompleted = "completed"
)

// Reservation holds a Task for a Worker.
type Reservation struct {
	SID       string // WR…
	TaskSID   string
	WorkerSID string
	Worker    string // the Worker's friendly name
	Status    string
	Timeout   int // seconds that the Worker has to answer; 0 for as long as the Task lives
	Created   time.Time
	Updated   time.Time
	Revision  int // from 0; see ETag
}

// ETag is the Reservation's revision as REST shows it and If-Match takes it, without
// quotes.
func (r Reservation) ETag() string { return strconv.Itoa(r.Revision) }

// expires is when the Worker's time to answer is over.
func (r Reservation) expires() time.Time {
	return r.Created.Add(time.Duration(r.Timeout) * time.Second)
}

// Live reports whether the Reservation still binds its Task.
func (r Reservation) Live() bool {
	return r.Status == ReservationPending || r.Status == ReservationAccepted || r.Status == ReservationWrapping
}

// Reservations are the Tasks that are offered to Workers, or theirs.
type Reservations struct{ db *db }

// Create offers a pending Task to a Worker, who may take any time to answer: the
// Task becomes reserved. Any other Task is ErrTransition.
//
// Where package taskrouter runs, it offers Tasks itself: use Assign there.
func (s Reservations) Create(taskSID, workerSID string) (r Reservation, err error) {
	err = s.db.update(doing{what: "reserve task", key: taskSID, of: "for worker", owner: workerSID}, func(t *tx) error {
		made, _, err := t.tasks().offer(taskSID, []string{workerSID}, 0)
		if err == nil {
			r = made[0]
		}
		return err
	})
	return r, err
}

// Offer offers a pending Task to Workers at once, who have timeout seconds to
// answer: the Task becomes reserved, and is the first's who accepts. Any other Task
// is ErrTransition.
func (s Reservations) Offer(taskSID string, workerSIDs []string, timeout int) (made []Reservation, k Task, err error) {
	err = s.db.update(doing{what: "offer task", key: taskSID}, func(t *tx) error {
		made, k, err = t.tasks().offer(taskSID, workerSIDs, timeout)
		return err
	})
	return made, k, err
}

// Assign makes a Task, as Tasks.Create does, that a Worker has accepted already.
func (s Reservations) Assign(k Task, workerSID string) (r Reservation, err error) {
	if err := CheckAttributes(k.Attributes); err != nil {
		return r, fmt.Errorf("assign task: %w", err)
	}
	err = s.db.update(doing{what: "assign task", of: "to worker", owner: workerSID}, func(t *tx) error {
		if err := t.tasks().create(&k); err != nil {
			return err
		}
		made, _, err := t.tasks().offer(k.SID, []string{workerSID}, 0)
		if err != nil {
			return err
		}
		r = made[0]
		return t.tasks().move(&r, ReservationAccepted)
	})
	return r, err
}

func (t tasksTx) offer(taskSID string, workerSIDs []string, timeout int) (made []Reservation, k Task, err error) {
	k, err = get[Task](t.tx, bTasks, taskSID)
	if err != nil {
		return nil, k, err
	}
	if k.AssignmentStatus != TaskPending {
		return nil, k, fmt.Errorf("%w: task is %s", ErrTransition, k.AssignmentStatus)
	}
	k.AssignmentStatus = TaskReserved
	if err := t.save(&k, TaskPending); err != nil {
		return nil, k, err
	}
	for _, sid := range workerSIDs {
		w, err := get[Worker](t.tx, bWorkers, sid)
		if err != nil {
			return nil, k, err
		}
		r := Reservation{
			SID: NewSID("WR"), TaskSID: k.SID, WorkerSID: w.SID, Worker: w.FriendlyName,
			Status: ReservationPending, Timeout: timeout, Created: t.now, Updated: t.now,
		}
		if timeout > 0 {
			if err := t.schedule(r.expires(), r.SID); err != nil {
				return nil, k, err
			}
		}
		if err := errors.Join(t.put(bReservations, r.SID, r), t.link(bTaskReservations, k.SID, r.SID), t.link(bWorkerReservations, w.SID, r.SID)); err != nil {
			return nil, k, err
		}
		// What is offered to a Worker changes them too, without a word of its own: their
		// desktop counts along (twilio-taskrouter, _reservationCreatedHandler).
		w.Revision++
		if err := t.put(bWorkers, w.SID, w); err != nil {
			return nil, k, err
		}
		t.emit(&ReservationCreated{Task: k, Reservation: r})
		made = append(made, r)
	}
	return made, k, nil
}

// timeout ends a Reservation that the Worker has not answered in time.
func (t tasksTx) timeout(sid string) error {
	r, err := get[Reservation](t.tx, bReservations, sid)
	if err != nil || r.Status != ReservationPending || t.now.Before(r.expires()) {
		return err
	}
	return t.move(&r, ReservationTimeout)
}

// SetStatus is the Worker's answer or progress: accepted, wrapping,
// completed, or a refusal, which returns the Task to the queue. The Task
// follows. A status that cannot follow the present one is ErrTransition.
func (s Reservations) SetStatus(sid, status string) (r Reservation, err error) {
	return s.Reply(sid, Reply{Status: status})
}

// Reply is what becomes of a Reservation; see Reservations.SetStatus.
type Reply struct {
	Status  string
	IfMatch string // the Reservation's ETag; empty for any
	// ActivitySID is the Activity into which a Worker goes who rejects; empty for the
	// present one.
	ActivitySID string
}

// Reply is SetStatus with conditions. It returns ErrRevision where IfMatch is not the
// present ETag, and ErrActivity.
func (s Reservations) Reply(sid string, v Reply) (r Reservation, err error) {
	err = s.db.update(doing{what: "set reservation", key: sid, of: v.Status}, func(t *tx) error {
		if r, err = get[Reservation](t, bReservations, sid); err != nil {
			return err
		}
		if v.IfMatch != "" && v.IfMatch != r.ETag() {
			return ErrRevision
		}
		if v.Status == ReservationRejected && v.ActivitySID != "" {
			// First, so that it is not offered to the Worker again who goes.
			_, err := t.updateWorker(r.WorkerSID, "", func(w *Worker) error {
				w.ActivitySID = v.ActivitySID
				return nil
			})
			if err != nil {
				return err
			}
		}
		return t.tasks().move(&r, v.Status)
	})
	return r, err
}

// move gives a Reservation a status, and its Task and the other Reservations of
// that what follows: who accepts first has the Task, which stays reserved as long
// as others are asked.
func (t tasksTx) move(r *Reservation, status string) error {
	if r.Status == status {
		return nil
	}
	if !slices.Contains(reservationMoves[r.Status], status) {
		return fmt.Errorf("%w: reservation is %s, not to become %s", ErrTransition, r.Status, status)
	}
	k, err := get[Task](t.tx, bTasks, r.TaskSID)
	if err != nil {
		return err
	}
	others, err := linked[Reservation](t.tx, bTaskReservations, k.SID, bReservations)
	if err != nil {
		return err
	}
	was := k.AssignmentStatus
	others = slices.DeleteFunc(others, func(o Reservation) bool { return o.SID == r.SID || o.Status != ReservationPending })
	k.AssignmentStatus = taskOf[status]
	if k.AssignmentStatus == TaskPending && len(others) > 0 {
		k.AssignmentStatus = TaskReserved
	}
	if err := t.save(&k, was); err != nil {
		return err
	}
	if err := t.saveReservation(r, status, k); err != nil {
		return err
	}
	if k.AssignmentStatus == TaskReserved {
		return nil
	}
	rest := ReservationRescinded
	if status == ReservationCanceled {
		rest = ReservationCanceled
	}
	for _, o := range others {
		if err := t.saveReservation(&o, rest, k); err != nil {
			return err
		}
	}
	return nil
}

// Get finds a Reservation by SID.
func (s Reservations) Get(sid string) (r Reservation, err error) {
	err = s.db.view(doing{what: "find reservation", key: sid}, func(t *tx) error {
		r, err = get[Reservation](t, bReservations, sid)
		return err
	})
	return r, err
}

// OfTask lists a Task's Reservations in the order they were made.
func (s Reservations) OfTask(taskSID string) (list []Reservation, err error) {
	err = s.db.view(doing{what: "list reservations of task", key: taskSID}, func(t *tx) error {
		if _, err := get[Task](t, bTasks, taskSID); err != nil {
			return err
		}
		list, err = linked[Reservation](t, bTaskReservations, taskSID, bReservations)
		return err
	})
	return list, err
}

// OfWorker lists a Worker's Reservations in the order they were made.
func (s Reservations) OfWorker(workerSID string) (list []Reservation, err error) {
	err = s.db.view(doing{what: "list reservations of worker", key: workerSID}, func(t *tx) error {
		if _, err := get[Worker](t, bWorkers, workerSID); err != nil {
			return err
		}
		list, err = linked[Reservation](t, bWorkerReservations, workerSID, bReservations)
		return err
	})
	return list, err
}

// reservationMoves are the statuses that may follow each.
var reservationMoves = map[string][]string{
	ReservationPending:  {ReservationAccepted, ReservationRejected, ReservationTimeout, ReservationCanceled, ReservationRescinded},
	ReservationAccepted: {ReservationWrapping, ReservationCompleted, ReservationCanceled},
	ReservationWrapping: {ReservationCompleted, ReservationCanceled},
}

// taskOf is what a Reservation's new status makes of its Task.
var taskOf = map[string]string{
	ReservationAccepted:  TaskAssigned,
	ReservationWrapping:  TaskWrapping,
	ReservationCompleted: TaskCompleted,
	ReservationRejected:  TaskPending,
	ReservationTimeout:   TaskPending,
	ReservationRescinded: TaskPending,
	ReservationCanceled:  TaskCanceled,
}

// reservationFollows gives k's live Reservation the status that k's demands.
func (t tasksTx) reservationFollows(k Task) error {
	status, ok := map[string]string{
		TaskWrapping: ReservationWrapping, TaskCompleted: ReservationCompleted, TaskCanceled: ReservationCanceled,
	}[k.AssignmentStatus]
	if !ok {
		return nil
	}
	list, err := linked[Reservation](t.tx, bTaskReservations, k.SID, bReservations)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Live() {
			if err := t.saveReservation(&r, status, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t tasksTx) saveReservation(r *Reservation, status string, k Task) error {
	r.Status, r.Updated, r.Revision = status, t.now, r.Revision+1
	t.emit(&ReservationUpdated{Task: k, Reservation: *r})
	return t.put(bReservations, r.SID, *r)
}

func (t tasksTx) removeReservation(r Reservation) error {
	return errors.Join(
		t.unlink(bTaskReservations, r.TaskSID, r.SID),
		t.unlink(bWorkerReservations, r.WorkerSID, r.SID),
		t.bucket(bReservations).Delete([]byte(r.SID)),
	)
}
