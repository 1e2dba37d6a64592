package store

import (
	"errors"
	"fmt"
	"slices"
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
	Created   time.Time
	Updated   time.Time
}

// live reports whether the Reservation still binds its Task.
func (r Reservation) live() bool {
	return r.Status == ReservationPending || r.Status == ReservationAccepted || r.Status == ReservationWrapping
}

// Reservations are the Tasks that are offered to Workers, or theirs.
type Reservations struct{ db *db }

// Create offers a pending Task to a Worker: the Task becomes reserved. Any
// other Task is ErrTransition.
func (s Reservations) Create(taskSID, workerSID string) (r Reservation, err error) {
	err = s.db.update(doing{what: "reserve task", key: taskSID, of: "for worker", owner: workerSID}, func(t *tx) error {
		k, err := get[Task](t, bTasks, taskSID)
		if err != nil {
			return err
		}
		w, err := get[Worker](t, bWorkers, workerSID)
		if err != nil {
			return err
		}
		if k.AssignmentStatus != TaskPending {
			return fmt.Errorf("%w: task is %s", ErrTransition, k.AssignmentStatus)
		}
		r = Reservation{
			SID: NewSID("WR"), TaskSID: k.SID, WorkerSID: w.SID, Worker: w.FriendlyName,
			Status: ReservationPending, Created: t.now, Updated: t.now,
		}
		if err := errors.Join(t.put(bReservations, r.SID, r), t.link(bTaskReservations, k.SID, r.SID), t.link(bWorkerReservations, w.SID, r.SID)); err != nil {
			return err
		}
		k.AssignmentStatus = TaskReserved
		if err := t.tasks().save(&k); err != nil {
			return err
		}
		t.emit(&ReservationCreated{Task: k, Reservation: r})
		return nil
	})
	if err != nil {
		return Reservation{}, err
	}
	return r, nil
}

// SetStatus is the Worker's answer or progress: accepted, wrapping,
// completed, or a refusal, which returns the Task to the queue. The Task
// follows. A status that cannot follow the present one is ErrTransition.
func (s Reservations) SetStatus(sid, status string) (r Reservation, err error) {
	err = s.db.update(doing{what: "set reservation", key: sid, of: status}, func(t *tx) error {
		if r, err = get[Reservation](t, bReservations, sid); err != nil {
			return err
		}
		if r.Status == status {
			return nil
		}
		if !slices.Contains(reservationMoves[r.Status], status) {
			return fmt.Errorf("%w: reservation is %s, not to become %s", ErrTransition, r.Status, status)
		}
		k, err := get[Task](t, bTasks, r.TaskSID)
		if err != nil {
			return err
		}
		k.AssignmentStatus = taskOf[status]
		if err := t.tasks().save(&k); err != nil {
			return err
		}
		return t.tasks().saveReservation(&r, status, k)
	})
	return r, err
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
		if r.live() {
			if err := t.saveReservation(&r, status, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t tasksTx) saveReservation(r *Reservation, status string, k Task) error {
	r.Status, r.Updated = status, t.now
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
