package taskrouter_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
)

// bench is a store with an Engine on it, and a clock that the test sets.
type bench struct {
	*store.Store
	t *testing.T

	mu      sync.Mutex
	now     time.Time
	changed chan struct{} // holds one token: something has happened
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), changed: make(chan struct{}, 1)}
	var err error
	if b.Store, err = store.Open("", store.Options{Now: b.clock}); err != nil {
		t.Fatal(err)
	}
	stop := b.Watch(func(store.Event) {
		select {
		case b.changed <- struct{}{}:
		default:
		}
	})
	e, err := taskrouter.Start(b.Store, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		e.Close()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// pass lets time pass and what it brings happen.
func (b *bench) pass(d time.Duration) {
	b.t.Helper()
	b.mu.Lock()
	b.now = b.now.Add(d)
	b.mu.Unlock()
	if err := b.Sweep(); err != nil {
		b.t.Fatal(err)
	}
}

// until waits for f to be true.
func (b *bench) until(what string, f func() bool) {
	b.t.Helper()
	late := time.After(10 * time.Second)
	for !f() {
		select {
		case <-b.changed:
		case <-late:
			b.t.Fatalf("not seen: %s", what)
		}
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (b *bench) worker(name, attributes string) store.Worker {
	b.t.Helper()
	b.pass(time.Millisecond) // who comes first waits longest
	return must(b.Workers.Create(store.Worker{FriendlyName: name, Attributes: attributes}))(b.t)
}

func (b *bench) task(k store.Task) store.Task {
	b.t.Helper()
	return must(taskrouter.CreateTask(b.Store, k))(b.t)
}

func (b *bench) queue(name, workers string) store.TaskQueue {
	b.t.Helper()
	return must(b.TaskRouter.TaskQueues.Create(store.TaskQueue{
		Resource: store.Resource{FriendlyName: name}, TargetWorkers: workers, TaskOrder: store.FIFO, MaxReservedWorkers: 1,
	}))(b.t)
}

func (b *bench) workflow(name, configuration string) store.Workflow {
	b.t.Helper()
	return must(b.TaskRouter.Workflows.Create(store.Workflow{
		Resource: store.Resource{FriendlyName: name}, Configuration: configuration, TaskReservationTimeout: 30,
	}))(b.t)
}

// offered waits for the Task to be offered to w, and returns the Reservation.
func (b *bench) offered(k store.Task, w store.Worker) (r store.Reservation) {
	b.t.Helper()
	b.until(fmt.Sprintf("task offered to %s", w.FriendlyName), func() bool {
		for _, r = range must(b.Reservations.OfTask(k.SID))(b.t) {
			if r.WorkerSID == w.SID && r.Status == store.ReservationPending {
				return true
			}
		}
		return false
	})
	return r
}

func (b *bench) set(r store.Reservation, status string) {
	b.t.Helper()
	must(b.Reservations.SetStatus(r.SID, status))(b.t)
}

// activity brings a Worker into an Activity.
func (b *bench) activity(w store.Worker, name string) {
	b.t.Helper()
	for _, a := range must(b.TaskRouter.Activities.List())(b.t) {
		if a.FriendlyName == name {
			must(b.Workers.Update(w.SID, func(w *store.Worker) error { w.ActivitySID = a.SID; return nil }))(b.t)
			return
		}
	}
	b.t.Fatalf("no activity %s", name)
}

func (b *bench) status(k store.Task) string { return must(b.Tasks.Get(k.SID))(b.t).AssignmentStatus }

// settled waits until all that has happened was dealt with: a Task that only w takes is.
func (b *bench) settled() {
	b.t.Helper()
	w := b.worker("settled "+store.NewSID("XX"), `{}`)
	k := b.task(store.Task{RoutingTarget: w.SID, IgnoreCapacity: true, TaskChannel: "email"})
	b.set(b.offered(k, w), store.ReservationAccepted)
	must(b.Tasks.Update(k.SID, "", func(k *store.Task) error { k.AssignmentStatus = store.TaskCompleted; return nil }))(b.t)
	b.activity(w, "Offline")
	if err := b.Workers.Delete(w.SID, ""); err != nil {
		b.t.Fatal(err)
	}
}

func TestOfferedToWhoMatches(t *testing.T) {
	b := open(t)
	b.worker("anybody", `{}`)
	offline := b.worker("offline", `{"languages":["es"]}`)
	b.activity(offline, "Offline")
	spanish := b.worker("spanish", `{"languages":["en","es"]}`)
	q := b.queue("Spanish", "languages HAS 'es'")
	f := b.workflow("By language", `{"task_routing":{"filters":[
		{"filter_friendly_name":"es","expression":"language == 'es'","targets":[{"queue":"`+q.SID+`","priority":"7"}]}],
		"default_filter":{"queue":"`+b.Account().TaskQueueSID+`"}}}`)
	k := b.task(store.Task{Attributes: `{"language":"es"}`, WorkflowSID: f.SID})
	if k.TaskQueueSID != q.SID || k.Priority != 7 {
		t.Errorf("task %+v", k)
	}
	r := b.offered(k, spanish)
	if r.Timeout != 30 {
		t.Errorf("reservation %+v", r)
	}
	// Their chat is full: the next waits until they have room.
	next := b.task(store.Task{Attributes: `{"language":"es"}`, WorkflowSID: f.SID})
	b.set(r, store.ReservationAccepted)
	b.settled()
	if s := b.status(next); s != store.TaskPending {
		t.Errorf("second task %s", s)
	}
	b.set(r, store.ReservationCompleted)
	b.offered(next, spanish)
	must(b.TaskRouter.WorkerChannels.Update(spanish.SID, "chat", func(c *store.WorkerChannel) error { c.Capacity = 2; return nil }))(t)
	b.offered(b.task(store.Task{Attributes: `{"language":"es"}`, WorkflowSID: f.SID}), spanish)
	if got := b.task(store.Task{WorkflowSID: f.SID}); got.TaskQueueSID != b.Account().TaskQueueSID {
		t.Errorf("default filter %+v", got)
	}
}

func TestNotAnswered(t *testing.T) {
	b := open(t)
	first, second := b.worker("first", `{}`), b.worker("second", `{}`)
	k := b.task(store.Task{})
	r := b.offered(k, first)
	b.pass(store.DefaultReservationTimeout*time.Second - 1)
	if got := must(b.Reservations.Get(r.SID))(t); got.Status != store.ReservationPending {
		t.Errorf("reservation %s too early", got.Status)
	}
	b.pass(1)
	if got := must(b.Reservations.Get(r.SID))(t); got.Status != store.ReservationTimeout {
		t.Errorf("reservation %s", got.Status)
	}
	again := b.offered(k, second)
	if w := must(b.Workers.Get(first.SID))(t); w.Activity != "Offline" || w.Available {
		t.Errorf("who did not answer is %+v", w)
	}
	b.activity(first, "Available")
	// Who refuses is asked again only after the others.
	b.set(again, store.ReservationRejected)
	b.set(b.offered(k, first), store.ReservationRejected)
	b.set(b.offered(k, second), store.ReservationAccepted)
	if s := b.status(k); s != store.TaskAssigned {
		t.Errorf("task %s", s)
	}
	b.settled()
	if all := must(b.Reservations.OfTask(k.SID))(t); len(all) != 4 {
		t.Errorf("reservations %+v", all)
	}
}

func TestTaskExpires(t *testing.T) {
	b := open(t)
	w := b.worker("w", `{}`)
	kept, lost, taken := b.task(store.Task{TaskChannel: "sms", Timeout: 60}), b.task(store.Task{Timeout: 61}), b.task(store.Task{TaskChannel: "voice", Timeout: 60})
	b.set(b.offered(taken, w), store.ReservationAccepted)
	r := b.offered(lost, w)
	b.offered(kept, w)
	b.pass(60 * time.Second)
	if got := must(b.Tasks.Get(kept.SID))(t); got.AssignmentStatus != store.TaskCanceled || got.Reason != store.ReasonExpired {
		t.Errorf("task %+v", got)
	}
	if got := must(b.Reservations.Get(r.SID))(t); got.Status != store.ReservationPending {
		t.Errorf("the other's reservation %s", got.Status)
	}
	b.pass(time.Second)
	if got := must(b.Reservations.Get(r.SID))(t); got.Status != store.ReservationCanceled {
		t.Errorf("reservation %s", got.Status)
	}
	if s := b.status(taken); s != store.TaskAssigned {
		t.Errorf("taken task %s", s)
	}
}

func TestSteps(t *testing.T) {
	b := open(t)
	experts, everyone := b.queue("Experts", "level > 5"), b.Account().TaskQueueSID
	novice := b.worker("novice", `{"level":1}`)
	f := b.workflow("Steps", `{"task_routing":{"filters":[
		{"expression":"1==1","targets":[
			{"queue":"`+experts.SID+`","timeout":20},
			{"queue":"`+everyone+`","timeout":"10","expression":"worker.level == task.level","priority":3}]}]}}`)
	waits := b.task(store.Task{WorkflowSID: f.SID, Attributes: `{"level":1}`})
	ends := b.task(store.Task{WorkflowSID: f.SID, Attributes: `{"level":2}`})
	b.settled()
	if s := b.status(waits); s != store.TaskPending {
		t.Errorf("task %s", s)
	}
	b.pass(20 * time.Second)
	r := b.offered(waits, novice)
	if got := must(b.Tasks.Get(waits.SID))(t); got.TaskQueueSID != everyone || got.Priority != 3 || !got.QueueEntered.After(got.Created) {
		t.Errorf("task in its second step %+v", got)
	}
	b.set(r, store.ReservationAccepted)
	b.settled()
	b.pass(10 * time.Second)
	b.until("the other canceled", func() bool { return b.status(ends) == store.TaskCanceled })
	if got := must(b.Tasks.Get(ends.SID))(t); got.Reason != "Workflow Timeout" {
		t.Errorf("task %+v", got)
	}

	skips := b.workflow("Skips", `{"task_routing":{"filters":[
		{"expression":"1==1","targets":[{"queue":"`+experts.SID+`","skip_if":"workers.available == 0"}]}],
		"default_filter":{"queue":"`+everyone+`"}}}`)
	b.set(r, store.ReservationCompleted)
	k := b.task(store.Task{WorkflowSID: skips.SID})
	r = b.offered(k, novice)
	b.set(r, store.ReservationAccepted)
	expert := b.worker("expert", `{"level":9}`)
	b.offered(b.task(store.Task{WorkflowSID: skips.SID}), expert)
	stays := b.task(store.Task{WorkflowSID: skips.SID})
	b.settled()
	if got := must(b.Tasks.Get(stays.SID))(t); got.AssignmentStatus != store.TaskPending || got.TaskQueueSID != experts.SID {
		t.Errorf("an expert is available, if busy: task %+v", got)
	}
}

func TestOrderOfTasks(t *testing.T) {
	b := open(t)
	w := b.worker("w", `{}`)
	b.activity(w, "Offline")
	late := b.task(store.Task{VirtualStart: b.clock()})
	early := b.task(store.Task{VirtualStart: b.clock().Add(-time.Hour)})
	urgent := b.task(store.Task{Priority: 1})
	b.activity(w, "Available")
	for i, k := range []store.Task{urgent, early, late} {
		r := b.offered(k, w)
		b.set(r, store.ReservationAccepted)
		if i < 2 {
			b.set(r, store.ReservationCompleted)
		}
	}
}

func TestOrderOfWorkers(t *testing.T) {
	b := open(t)
	low, high := b.worker("low", `{"level":1}`), b.worker("high", `{"level":9}`)
	everyone := b.Account().TaskQueueSID
	f := b.workflow("Best first", `{"task_routing":{"default_filter":{"queue":"`+everyone+`","order_by":"worker.level DESC"}}}`)
	b.offered(b.task(store.Task{WorkflowSID: f.SID}), high)
	b.offered(b.task(store.Task{WorkflowSID: f.SID}), low)
	// Without an order, who waits longest.
	b.pass(time.Second)
	b.offered(b.task(store.Task{TaskChannel: "sms", WorkflowSID: b.Account().WorkflowSID}), low)
	b.pass(time.Second)
	b.offered(b.task(store.Task{TaskChannel: "voice", WorkflowSID: b.Account().WorkflowSID}), high)
}

func TestRoutingTarget(t *testing.T) {
	b := open(t)
	other, w := b.worker("other", `{}`), b.worker("w", `{}`)
	b.activity(w, "Break")
	b.offered(b.task(store.Task{RoutingTarget: w.SID, IgnoreCapacity: true}), w)
	k := b.task(store.Task{RoutingTarget: w.SID, TaskChannel: "sms"})
	b.settled()
	if s := b.status(k); s != store.TaskPending {
		t.Errorf("task for a worker on a break %s", s)
	}
	b.activity(w, "Available")
	b.offered(k, w)
	q := b.queue("Others", "friendly_name == 'other'")
	in := b.task(store.Task{RoutingTarget: q.SID})
	if in.TaskQueueSID != q.SID {
		t.Errorf("task %+v", in)
	}
	b.offered(in, other)
	b.offered(b.task(store.Task{TaskQueueSID: q.SID, TaskChannel: "voice"}), other)
	known := b.workflow("Known", `{"task_routing":{"filters":[{"expression":"agent != null","targets":[
		{"known_worker_friendly_name":"task.agent","skip_if":"1==1"}]}],"default_filter":{"queue":"`+q.SID+`"}}}`)
	b.offered(b.task(store.Task{RoutingTarget: known.SID, TaskChannel: "email", Attributes: `{"agent":"W"}`}), w)
	b.offered(b.task(store.Task{WorkflowSID: known.SID, TaskChannel: "email", Attributes: `{"agent":"gone"}`}), other)
	for _, bad := range []store.Task{
		{RoutingTarget: "WK1"}, {RoutingTarget: "WQ1"}, {RoutingTarget: "WW1"}, {RoutingTarget: "XX1"},
		{TaskQueueSID: "WQ1"}, {WorkflowSID: "WW1"}, {TaskChannel: "pigeon"}, {}, // there are two Workflows
	} {
		if _, err := taskrouter.CreateTask(b.Store, bad); !errors.Is(err, taskrouter.ErrTarget) {
			t.Errorf("%+v: error %v", bad, err)
		}
	}
}

func TestOfferedToSeveral(t *testing.T) {
	b := open(t)
	w := []store.Worker{b.worker("a", `{}`), b.worker("b", `{}`), b.worker("c", `{}`)}
	q := must(b.TaskRouter.TaskQueues.Create(store.TaskQueue{Resource: store.Resource{FriendlyName: "Two"}, TargetWorkers: "1==1", MaxReservedWorkers: 2}))(t)
	k := b.task(store.Task{TaskQueueSID: q.SID})
	one, two := b.offered(k, w[0]), b.offered(k, w[1])
	b.set(one, store.ReservationRejected)
	if s := b.status(k); s != store.TaskReserved {
		t.Errorf("task %s while another is asked", s)
	}
	b.set(two, store.ReservationRejected)
	two = b.offered(k, w[2])
	one = b.offered(k, w[0])
	b.set(two, store.ReservationAccepted)
	if got := must(b.Reservations.Get(one.SID))(t); got.Status != store.ReservationRescinded {
		t.Errorf("the slower one's reservation is %s", got.Status)
	}
	if s := b.status(k); s != store.TaskAssigned {
		t.Errorf("task %s", s)
	}
}

func TestReEvaluated(t *testing.T) {
	b := open(t)
	nobody := b.queue("Nobody", "1 == 2")
	f := b.workflow("W", `{"task_routing":{"default_filter":{"queue":"`+nobody.SID+`"}}}`)
	k := b.task(store.Task{WorkflowSID: f.SID})
	w := b.worker("w", `{}`)
	change := func(again int) {
		must(b.TaskRouter.Workflows.Update(f.SID, func(f *store.Workflow) error {
			f.Configuration = `{"task_routing":{"default_filter":{"queue":"` + b.Account().TaskQueueSID + `"}}}`
			f.Evaluated += again
			return nil
		}))(t)
	}
	change(0)
	b.settled()
	if s := b.status(k); s != store.TaskPending {
		t.Errorf("task %s before it was to be evaluated again", s)
	}
	change(1)
	b.offered(k, w)
}

// TestActivities is a TaskQueue that brings its Workers into other Activities.
func TestActivities(t *testing.T) {
	b := open(t)
	w := b.worker("w", `{}`)
	made := func(name string) string {
		return must(b.TaskRouter.Activities.Create(store.Activity{Resource: store.Resource{FriendlyName: name}}))(t).SID
	}
	q := must(b.TaskRouter.TaskQueues.Create(store.TaskQueue{
		Resource: store.Resource{FriendlyName: "Q"}, TargetWorkers: "1==1", ReservationActivitySID: made("Asked"), AssignmentActivitySID: made("Busy"),
	}))(t)
	r := b.offered(b.task(store.Task{TaskQueueSID: q.SID}), w)
	in := func(name string) {
		b.until(name, func() bool { return must(b.Workers.Get(w.SID))(t).Activity == name })
	}
	in("Asked")
	b.set(r, store.ReservationAccepted)
	in("Busy")
}

// TestStartedLate is an Engine that finds what an earlier one left.
func TestStartedLate(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	s := must(store.Open("", store.Options{Now: func() time.Time { return now }}))(t)
	defer s.Close()
	w := must(s.Workers.Create(store.Worker{FriendlyName: "w"}))(t)
	had := must(s.Reservations.Assign(store.Task{}, w.SID))(t)
	// As a program that knows nothing of routes makes it.
	k := must(s.Tasks.Create(store.Task{TaskChannel: "sms"}))(t)
	full := must(s.Tasks.Create(store.Task{}))(t)
	e := must(taskrouter.Start(s, nil))(t)
	defer e.Close()
	if all := must(s.Reservations.OfTask(k.SID))(t); len(all) != 1 || all[0].WorkerSID != w.SID {
		t.Errorf("reservations %+v", all)
	}
	if got := must(s.Tasks.Get(full.SID))(t); got.AssignmentStatus != store.TaskPending || got.TaskQueueSID != s.Account().TaskQueueSID {
		t.Errorf("task for a worker who has %s: %+v", had.TaskSID, got)
	}
}

// TestUnreadableWorkflow: a Workflow that cannot be read is told, its Tasks wait until
// it can, and all else goes on.
func TestUnreadableWorkflow(t *testing.T) {
	s := must(store.Open("", store.Options{}))(t)
	defer s.Close()
	bad := must(s.TaskRouter.Workflows.Create(store.Workflow{
		Resource: store.Resource{FriendlyName: "Nights"}, Configuration: `{"task_routing":{"default_filter":{"queue":"WQgone"}}}`, TaskReservationTimeout: 30,
	}))(t)
	w := must(s.Workers.Create(store.Worker{FriendlyName: "w"}))(t)
	must(s.TaskRouter.WorkerChannels.Update(w.SID, "chat", func(c *store.WorkerChannel) error { c.Capacity = 2; return nil }))(t)
	waits, goes := must(s.Tasks.Create(store.Task{WorkflowSID: bad.SID}))(t), must(s.Tasks.Create(store.Task{}))(t)
	var log strings.Builder
	e := must(taskrouter.Start(s, slog.New(slog.NewTextHandler(&log, nil))))(t)
	late := must(taskrouter.CreateTask(s, store.Task{WorkflowSID: bad.SID}))(t)
	e.Close()
	if told := log.String(); !strings.Contains(told, bad.SID) || !strings.Contains(told, "Nights") || !strings.Contains(told, "WQgone") {
		t.Errorf("the log does not name the Workflow and its fault: %s", told)
	}
	for _, k := range []store.Task{waits, late} {
		if got := must(s.Tasks.Get(k.SID))(t); got.AssignmentStatus != store.TaskPending {
			t.Errorf("a task of the Workflow that cannot be read is %s: %s", got.AssignmentStatus, got.Reason)
		}
	}
	if got := must(s.Tasks.Get(goes.SID))(t); got.AssignmentStatus != store.TaskReserved {
		t.Errorf("another Workflow's task is %s", got.AssignmentStatus)
	}

	b := &bench{Store: s, t: t, changed: make(chan struct{}, 1)}
	defer s.Watch(func(store.Event) {
		select {
		case b.changed <- struct{}{}:
		default:
		}
	})()
	e = must(taskrouter.Start(s, nil))(t)
	defer e.Close()
	must(s.TaskRouter.Workflows.Update(bad.SID, func(w *store.Workflow) error {
		w.Configuration = `{"task_routing":{"default_filter":{"queue":"` + s.Account().TaskQueueSID + `"}}}`
		return nil
	}))(t)
	b.offered(waits, w)
}

func TestConfigurations(t *testing.T) {
	queues := []store.TaskQueue{{Resource: store.Resource{SID: "WQ1"}}}
	for _, bad := range []string{
		``, `[]`, `{}`, `{"task_routing":{}}`, `{"task_routing":{"filters":[]}}`,
		`{"task_routing":{"default_filter":{}}}`, `{"task_routing":{"default_filter":{"queue":"WQ2"}}}`,
		`{"task_routing":{"filters":[{"expression":"1==1","targets":[]}]}}`,
		`{"task_routing":{"filters":[{"expression":"1==","targets":[{"queue":"WQ1"}]}]}}`,
		`{"task_routing":{"filters":[{"targets":[{"queue":"WQ1"}]}]}}`,
		`{"task_routing":{"filters":[{"expression":"1==1","targets":[{"queue":"WQ1","expression":"x"}]}]}}`,
		`{"task_routing":{"filters":[{"expression":"1==1","targets":[{"queue":"WQ1","order_by":"DESC DESC DESC"}]}]}}`,
		`{"task_routing":{"filters":[{"expression":"1==1","targets":[{"queue":"WQ1","skip_if":"never"}]}]}}`,
		`{"task_routing":{"filters":[{"expression":"1==1","targets":[{"queue":"WQ1","timeout":-1}]}]}}`,
		`{"task_routing":{"filters":[{"expression":"1==1","targets":[{"queue":"WQ1","priority":"high"}]}]}}`,
	} {
		if _, err := taskrouter.ParseConfiguration(bad, queues); !errors.Is(err, taskrouter.ErrConfiguration) {
			t.Errorf("%s: error %v", bad, err)
		}
	}
	good := `{"task_routing":{"filters":[{"filter_friendly_name":"x","expression":"1==1","targets":[{"queue":"WQ1","timeout":5},{"timeout":15}]}]}}`
	if _, err := taskrouter.ParseConfiguration(good, queues); err != nil {
		t.Error(err)
	}
	if _, err := taskrouter.ParseConfiguration(strings.Replace(good, `"queue":"WQ1",`, "", 1), queues); err == nil {
		t.Error("a first target without a queue")
	}
}

// TestDeletedTaskFreesItsWorker deletes a Task that somebody has.
func TestDeletedTaskFreesItsWorker(t *testing.T) {
	b := open(t)
	w := b.worker("one", `{}`)
	for _, status := range []string{store.ReservationPending, store.ReservationAccepted} {
		k := b.task(store.Task{})
		if r := b.offered(k, w); status != r.Status {
			b.set(r, status)
		}
		if err := b.Tasks.Delete(k.SID, ""); err != nil {
			t.Fatal(err)
		}
	}
	b.offered(b.task(store.Task{}), w)
}
