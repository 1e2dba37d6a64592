package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Activity is what a Worker may be doing.
type Activity struct {
	Resource       // WA…
	Available bool // whether a Worker in it is offered Tasks
}

// TaskChannel is a kind of Tasks, of which a Worker may have some at a time.
type TaskChannel struct {
	Resource   // TC…
	UniqueName string
	// ChannelOptimizedRouting prefers the Worker who waits longest for a Task of
	// this TaskChannel, not of any.
	ChannelOptimizedRouting bool
}

// Orders in which a TaskQueue's Tasks are offered.
const (
	FIFO = "FIFO"
	LIFO = "LIFO"
)

// TaskQueue is where Tasks wait for the Workers whom an expression names.
type TaskQueue struct {
	Resource                      // WQ…
	TargetWorkers          string // an expression; empty for nobody
	TaskOrder              string
	MaxReservedWorkers     int    // to how many Workers a Task is offered at once
	ReservationActivitySID string // which Activity an offer brings a Worker into; empty for none
	AssignmentActivitySID  string // and accepting it
}

// Workflow says in which TaskQueues a Task waits, and for how long.
type Workflow struct {
	Resource                      // WW…
	Configuration          string // JSON
	TaskReservationTimeout int    // seconds that a Worker has to answer an offer
	// Evaluated counts how often waiting Tasks were told to begin again.
	Evaluated int
}

// DefaultReservationTimeout is how many seconds a Worker has to answer an offer
// where the Workflow does not say: Twilio's default.
const DefaultReservationTimeout = 120

// Workspace is the one that the account has.
type Workspace struct {
	FriendlyName         string
	DefaultActivitySID   string // of new Workers
	TimeoutActivitySID   string // of Workers who did not answer an offer
	PrioritizeQueueOrder string // FIFO or LIFO: which TaskQueues come first
	Created              time.Time
	Updated              time.Time
}

// TaskRouter is what a Workspace's Tasks are routed by.
type TaskRouter struct {
	db *db

	Activities     Catalog[Activity, *Activity]
	TaskChannels   Catalog[TaskChannel, *TaskChannel]
	TaskQueues     Catalog[TaskQueue, *TaskQueue]
	Workflows      Catalog[Workflow, *Workflow]
	WorkerChannels WorkerChannels
}

func newTaskRouter(d *db) TaskRouter {
	r := TaskRouter{db: d, WorkerChannels: WorkerChannels{d}}
	r.Activities = Catalog[Activity, *Activity]{d, "WA", "activity", rules[Activity]{updated: activityRenamed, removed: activityFree}}
	r.TaskChannels = Catalog[TaskChannel, *TaskChannel]{d, "TC", "task channel", rules[TaskChannel]{
		name: func(c TaskChannel) string { return c.UniqueName }, removed: taskChannelFree,
	}}
	r.TaskQueues = Catalog[TaskQueue, *TaskQueue]{d, "WQ", "task queue", rules[TaskQueue]{removed: taskQueueFree}}
	r.Workflows = Catalog[Workflow, *Workflow]{d, "WW", "workflow", rules[Workflow]{removed: workflowFree}}
	return r
}

// Workspace returns the Workspace.
func (r TaskRouter) Workspace() (w Workspace, err error) {
	err = r.db.view(doing{what: "find workspace"}, func(t *tx) error {
		w, err = get[Workspace](t, bRouting, workspaceKey)
		return err
	})
	return w, err
}

// UpdateWorkspace changes the Workspace by f.
func (r TaskRouter) UpdateWorkspace(f func(*Workspace) error) (w Workspace, err error) {
	err = r.db.update(doing{what: "update workspace"}, func(t *tx) error {
		if w, err = get[Workspace](t, bRouting, workspaceKey); err != nil {
			return err
		}
		created := w.Created
		if err := f(&w); err != nil {
			return err
		}
		w.Created, w.Updated = created, t.now
		t.emit(&RoutingChanged{})
		return t.put(bRouting, workspaceKey, w)
	})
	return w, err
}

// workspaceKey is where the Workspace is kept.
const workspaceKey = "WS"

// seed makes what a Flex account comes with, where it is missing: at first all of
// it, and later what the account's settings name.
func (r TaskRouter) seed(t *tx, a Account) error {
	_, err := get[Workspace](t, bRouting, workspaceKey)
	first := errors.Is(err, ErrNotFound)
	if err != nil && !first {
		return err
	}
	offline := derived("WA", a.SID+"Offline")
	if err := r.Activities.ensure(t, Activity{Resource: Resource{a.ActivitySID, "Available", t.now, t.now}, Available: true}); err != nil {
		return err
	}
	if first {
		err := t.put(bRouting, workspaceKey, Workspace{
			FriendlyName: "Flex Task Assignment", DefaultActivitySID: offline, TimeoutActivitySID: offline, PrioritizeQueueOrder: FIFO, Created: t.now, Updated: t.now,
		})
		if err != nil {
			return err
		}
		for _, name := range []string{"Offline", "Unavailable", "Break"} {
			if err := r.Activities.append(t, Activity{Resource: Resource{derived("WA", a.SID+name), name, t.now, t.now}}); err != nil {
				return err
			}
		}
		for _, name := range []string{"default", "voice", "sms", "video", "email"} {
			c := TaskChannel{Resource: Resource{derived("TC", a.SID+name), strings.ToUpper(name[:1]) + name[1:], t.now, t.now}, UniqueName: name}
			if err := r.TaskChannels.append(t, c); err != nil {
				return err
			}
		}
	}
	everyone := TaskQueue{Resource: Resource{a.TaskQueueSID, "Everyone", t.now, t.now}, TargetWorkers: "1==1", TaskOrder: FIFO, MaxReservedWorkers: 1}
	anyone := Workflow{
		Resource:      Resource{a.WorkflowSID, "Assign to Anyone", t.now, t.now},
		Configuration: `{"task_routing":{"filters":[],"default_filter":{"queue":"` + a.TaskQueueSID + `"}}}`, TaskReservationTimeout: DefaultReservationTimeout,
	}
	return errors.Join(
		r.TaskChannels.ensure(t, TaskChannel{Resource: Resource{a.TaskChannelSID, "Programmable Chat", t.now, t.now}, UniqueName: "chat"}),
		r.TaskQueues.ensure(t, everyone),
		r.Workflows.ensure(t, anyone),
	)
}

// ensure makes sure of a Resource that the account's settings name. One of its
// name that has another SID is from before they changed: it takes the new one.
func (c Catalog[T, P]) ensure(t *tx, v T) error {
	r := P(&v).resource()
	if _, _, err := c.find(t, r.SID); !errors.Is(err, ErrNotFound) {
		return err
	}
	all, err := c.all(t)
	if err != nil {
		return err
	}
	for _, o := range all {
		if other := P(&o).resource(); other.FriendlyName == r.FriendlyName {
			return t.renameSID(other.SID, r.SID)
		}
	}
	return c.append(t, v)
}

// renameSID gives what had a SID another, wherever routing names it.
func (t *tx) renameSID(from, to string) error {
	for _, name := range []string{bRouting, bWorkers, bTasks, bWorkerChannels} {
		b := t.bucket(name)
		c := b.Cursor()
		changed := map[string][]byte{}
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if bytes.Contains(v, []byte(from)) {
				changed[string(k)] = bytes.ReplaceAll(v, []byte(from), []byte(to))
			}
		}
		for k, v := range changed {
			if err := b.Put([]byte(k), v); err != nil {
				return err
			}
		}
	}
	return nil
}

// derived is a SID that is the same for the same text.
func derived(prefix, text string) string {
	sum := sha256.Sum256([]byte(text))
	return prefix + hex.EncodeToString(sum[:16])
}

// activityRenamed gives the Workers who are in an Activity its new name.
func activityRenamed(t *tx, old, now Activity) error {
	if old.FriendlyName == now.FriendlyName {
		return nil
	}
	workers, err := linked[Worker](t, bWorkerOrder, "", bWorkers)
	if err != nil {
		return err
	}
	for _, w := range workers {
		if w.ActivitySID != now.SID {
			continue
		}
		was := w
		w.Activity = now.FriendlyName
		t.emit(&WorkerUpdated{Worker: w, Was: was})
		if err := t.put(bWorkers, w.SID, w); err != nil {
			return err
		}
	}
	return nil
}

func activityFree(t *tx, a Activity) error {
	s, err := get[Workspace](t, bRouting, workspaceKey)
	if err != nil {
		return err
	}
	if s.DefaultActivitySID == a.SID || s.TimeoutActivitySID == a.SID {
		return fmt.Errorf("%w: the workspace names activity %s", ErrReferenced, a.SID)
	}
	workers, err := linked[Worker](t, bWorkerOrder, "", bWorkers)
	if err != nil {
		return err
	}
	for _, w := range workers {
		if w.ActivitySID == a.SID {
			return fmt.Errorf("%w: worker %s is in activity %s", ErrReferenced, w.SID, a.SID)
		}
	}
	queues, err := under[TaskQueue](t, bRouting, "WQ")
	if err != nil {
		return err
	}
	for _, q := range queues {
		if q.ReservationActivitySID == a.SID || q.AssignmentActivitySID == a.SID {
			return fmt.Errorf("%w: task queue %s names activity %s", ErrReferenced, q.SID, a.SID)
		}
	}
	return nil
}

// livingTask returns ErrReferenced when a Task that is not over is one of those that f looks for.
func livingTask(t *tx, f func(Task) bool) error {
	all, err := linked[Task](t, bTaskOrder, "", bTasks)
	if err != nil {
		return err
	}
	for _, k := range all {
		if !k.ended() && f(k) {
			return fmt.Errorf("%w: by task %s", ErrReferenced, k.SID)
		}
	}
	return nil
}

func taskChannelFree(t *tx, c TaskChannel) error {
	return livingTask(t, func(k Task) bool { return k.TaskChannel == c.UniqueName })
}

func taskQueueFree(t *tx, q TaskQueue) error {
	workflows, err := under[Workflow](t, bRouting, "WW")
	if err != nil {
		return err
	}
	for _, w := range workflows {
		if strings.Contains(w.Configuration, q.SID) {
			return fmt.Errorf("%w: workflow %s names task queue %s", ErrReferenced, w.SID, q.SID)
		}
	}
	return livingTask(t, func(k Task) bool { return k.TaskQueueSID == q.SID })
}

func workflowFree(t *tx, w Workflow) error {
	return livingTask(t, func(k Task) bool { return k.WorkflowSID == w.SID })
}

// Names are what a Task names by SID.
type Names struct {
	TaskQueue   TaskQueue
	Workflow    Workflow
	TaskChannel TaskChannel
}

// Names finds what a Task names. A Task that an earlier version made names nothing: it
// was in the account's own TaskQueue and Workflow.
func (r TaskRouter) Names(k Task) (Names, error) {
	list, err := r.NamesOf([]Task{k})
	if err != nil {
		return Names{}, err
	}
	return list[0], nil
}

// NamesOf finds what each of the Tasks names, as Names does.
func (r TaskRouter) NamesOf(tasks []Task) (list []Names, err error) {
	err = r.db.view(doing{what: "find what tasks name"}, func(t *tx) error {
		a, err := get[Account](t, bMeta, accountKey)
		if err != nil {
			return err
		}
		queues, err := r.TaskQueues.all(t)
		if err != nil {
			return err
		}
		workflows, err := r.Workflows.all(t)
		if err != nil {
			return err
		}
		channels, err := r.TaskChannels.all(t)
		if err != nil {
			return err
		}
		for _, k := range tasks {
			list = append(list, Names{
				TaskQueue:   first(queues, func(q TaskQueue) bool { return q.SID == cmp.Or(k.TaskQueueSID, a.TaskQueueSID) }),
				Workflow:    first(workflows, func(w Workflow) bool { return w.SID == cmp.Or(k.WorkflowSID, a.WorkflowSID) }),
				TaskChannel: first(channels, func(c TaskChannel) bool { return c.UniqueName == k.TaskChannel }),
			})
		}
		return nil
	})
	return list, err
}

// first is the first of a list that f finds, else nothing.
func first[T any](list []T, f func(T) bool) (v T) {
	if i := slices.IndexFunc(list, f); i >= 0 {
		v = list[i]
	}
	return v
}
