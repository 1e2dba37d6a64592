// Package taskrouter routes Tasks: through the filters of their Workflow into
// TaskQueues, and from there to the Workers who match, are available and have
// room on the Task's TaskChannel.
//
// To have something done by a Worker, make a Task; that is all:
//
//	k, err := taskrouter.CreateTask(st, store.Task{Attributes: `{"name":"Ada"}`, TaskChannel: "chat"})
//
// An Engine that runs on the same store (local Twilio has one) sees it there and
// offers it: a Reservation appears, as store.ReservationCreated. A RoutingTarget
// names the Worker, TaskQueue or Workflow that it is for; without one it goes
// through the account's Workflow. The Worker's answer is
// store.Reservations.SetStatus, whoever gives it.
//
// What is decided is decided by a plan (plan.go), which is without time,
// goroutines and store of its own; the Engine carries it out. What time brings
// (Reservations not answered, Tasks and steps that have waited long enough) is in
// the store's timetable and comes from there as events, so nothing here polls.
//
// Sources: https://www.twilio.com/docs/taskrouter/workflow-configuration,
// …/lifecycle-task-workflows-and-assignment, …/worker-presence (skip_if),
// …/multitasking (capacity). Callbacks of Workflows and Workspaces are not made.
package taskrouter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"escalate/server/localtwilio/store"
)

// Engine routes the Tasks of a store until it is closed.
type Engine struct {
	store *store.Store
	log   *slog.Logger
	stop  func() // ends the watch
	once  sync.Once
	plan  *plan // is the watch's goroutine's alone once it runs
}

// Start begins to route: first what waits already, then what comes. A nil log
// discards.
func Start(st *store.Store, log *slog.Logger) (*Engine, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{store: st, log: log}
	// Events wait until what was there before them is read.
	read := make(chan error, 1)
	loaded := false
	e.stop = st.Watch(func(v store.Event) {
		if !loaded {
			loaded = true
			if <-read != nil {
				return
			}
		}
		if e.plan != nil && e.see(v) {
			e.carryOut()
		}
	})
	plan, err := load(st)
	if err != nil {
		read <- err
		e.stop()
		return nil, fmt.Errorf("start routing: %w", err)
	}
	e.plan = plan
	e.tellFaults()
	e.carryOut()
	read <- nil
	return e, nil
}

// Close ends routing and waits for it. Calling it again does nothing.
func (e *Engine) Close() { e.once.Do(e.stop) }

// see tells the plan what has happened, and reports whether it concerns it.
func (e *Engine) see(v store.Event) bool {
	p := e.plan
	switch c := v.Change.(type) {
	case *store.TaskCreated:
		p.putTask(c.Task)
	case *store.TaskUpdated:
		p.putTask(c.Task)
	case *store.RoutingDue:
		p.putTask(c.Task)
	case *store.TaskRemoved:
		p.forgetTask(c.Task.SID)
	case *store.WorkerCreated:
		e.readChannels(c.Worker)
	case *store.WorkerUpdated:
		p.putWorker(c.Worker)
	case *store.WorkerRemoved:
		delete(p.workers, c.Worker.SID)
	case *store.WorkerChannelUpdated:
		p.putChannel(c.Channel)
	case *store.ReservationCreated:
		p.putReservation(c.Reservation, c.Task)
		e.follow(c.Reservation, c.Task)
	case *store.ReservationUpdated:
		p.putReservation(c.Reservation, c.Task)
		e.follow(c.Reservation, c.Task)
	case *store.RoutingChanged:
		e.reread()
	default:
		return false
	}
	return true
}

// failed logs what could not be done. That a thing is gone, or no longer what it was, is no fault:
// an event that says so is on its way.
func (e *Engine) failed(what string, err error) {
	if err == nil || errors.Is(err, store.ErrClosed) {
		return
	}
	level := slog.LevelError
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrTransition) {
		level = slog.LevelDebug
	}
	e.log.Log(context.Background(), level, what, "err", err)
}

// tellFaults logs the Workflows that cannot be read.
func (e *Engine) tellFaults() {
	for _, w := range e.plan.workflows {
		if w.fault != nil {
			e.log.Error("read a workflow: its tasks wait until it is changed", "workflow", w.SID, "name", w.FriendlyName, "err", w.fault)
		}
	}
}

// readChannels learns of a Worker and how many Tasks they may have.
func (e *Engine) readChannels(w store.Worker) {
	channels, err := e.store.TaskRouter.WorkerChannels.List(w.SID)
	if err != nil {
		e.failed("read a worker's channels", err)
		return
	}
	e.plan.putWorker(w)
	for _, c := range channels {
		e.plan.putChannel(c)
	}
}

// reread learns how Tasks are routed from now. Tasks on their way go on as they
// began, but those of a Workflow that says otherwise.
func (e *Engine) reread() {
	s, err := readSettings(e.store)
	if err != nil {
		e.failed("read how tasks are routed", err)
		return
	}
	e.plan.setSettings(s)
	e.tellFaults()
	for _, w := range e.plan.workers {
		e.readChannels(w.Worker)
	}
}

// follow brings a Worker into the Activity that a Reservation's status asks for.
func (e *Engine) follow(r store.Reservation, k store.Task) {
	activity := e.plan.activityAfter(r, k)
	if activity == "" {
		return
	}
	w, err := e.store.Workers.Update(r.WorkerSID, func(w *store.Worker) error {
		w.ActivitySID = activity
		return nil
	})
	if err != nil {
		e.failed("set a worker's activity", err)
		return
	}
	e.plan.putWorker(w)
}

// carryOut does what the plan says until there is nothing to do.
func (e *Engine) carryOut() {
	tried := map[string]bool{}
	for {
		d, ok := e.plan.next(e.store.Now(), tried)
		if !ok {
			return
		}
		err := e.do(d)
		if err == nil {
			continue
		}
		e.failed("route a task", err)
		// The plan took the Task for what it no longer is.
		tried[d.task.SID] = true
		if k, err := e.store.Tasks.Get(d.task.SID); err == nil {
			e.plan.putTask(k)
		} else {
			e.plan.removeTask(d.task.SID)
		}
	}
}

func (e *Engine) do(d decision) error {
	sid := d.task.SID
	switch {
	case d.cancel != "":
		k, err := e.store.Tasks.Cancel(sid, d.cancel)
		if err == nil {
			e.plan.putTask(k)
		}
		return err
	case d.workers != nil:
		made, k, err := e.store.Reservations.Offer(sid, d.workers, d.timeout)
		if err != nil {
			return err
		}
		e.plan.putTask(k)
		for _, r := range made {
			e.plan.putReservation(r, k)
		}
		return nil
	}
	k, err := e.store.Tasks.SetRoute(sid, d.route, d.queue, d.priority)
	if err == nil {
		e.plan.putTask(k)
	}
	return err
}
