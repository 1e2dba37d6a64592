package taskrouter

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter/expression"
)

// plan knows everything that routing depends on, and says what to do next. It asks
// nobody: it is told what has happened.
type plan struct {
	*settings
	workers map[string]*worker
	tasks   map[string]store.Task // that no Worker has yet
	holds   map[string]hold       // live Reservations, by their SID
	// refused numbers, for each Task, the Workers who did not take it, the latest highest.
	refused  map[string]map[string]int
	refusals int
}

// worker is a Worker and their channels, by the TaskChannels' unique names.
type worker struct {
	store.Worker
	document expression.Document
	channels map[string]store.WorkerChannel
}

// hold is a Task that a Worker is offered or has.
type hold struct{ worker, channel, task string }

// decision is one thing to do with a Task: cancel it, offer it, or else send it to
// another step.
type decision struct {
	task    store.Task
	cancel  string   // the reason
	workers []string // to whom it is offered
	timeout int      // seconds that they have

	route    store.Route
	queue    string
	priority int
}

func newPlan(s *settings) *plan {
	return &plan{settings: s, workers: map[string]*worker{}, tasks: map[string]store.Task{}, holds: map[string]hold{}, refused: map[string]map[string]int{}}
}

// load reads what a store has.
func load(st *store.Store) (*plan, error) {
	s, err := readSettings(st)
	if err != nil {
		return nil, err
	}
	p := newPlan(s)
	workers, err := st.Workers.List()
	if err != nil {
		return nil, err
	}
	for _, w := range workers {
		p.putWorker(w)
		channels, err := st.TaskRouter.WorkerChannels.List(w.SID)
		if err != nil {
			return nil, err
		}
		for _, c := range channels {
			p.putChannel(c)
		}
	}
	tasks, err := st.Tasks.List()
	if err != nil {
		return nil, err
	}
	for _, k := range tasks {
		if k.AssignmentStatus == store.TaskCompleted || k.AssignmentStatus == store.TaskCanceled {
			continue
		}
		p.putTask(k)
		reservations, err := st.Reservations.OfTask(k.SID)
		if err != nil {
			return nil, err
		}
		for _, r := range reservations {
			p.putReservation(r, k)
		}
	}
	return p, nil
}

// putWorker takes a Worker as they are; news that is older than what is known is passed over.
func (p *plan) putWorker(w store.Worker) {
	known := p.workers[w.SID]
	if known == nil {
		known = &worker{channels: map[string]store.WorkerChannel{}}
		p.workers[w.SID] = known
	} else if known.Revision > w.Revision {
		return
	}
	known.Worker, known.document = w, workerDocument(w)
}

func (p *plan) putChannel(c store.WorkerChannel) {
	if w := p.workers[c.WorkerSID]; w != nil {
		w.channels[c.TaskChannel] = c
	}
}

// putTask takes a Task as it is; news that is older than what is known is passed over.
func (p *plan) putTask(k store.Task) {
	if old, known := p.tasks[k.SID]; known && old.Revision > k.Revision {
		return
	}
	if !k.Waiting() {
		p.removeTask(k.SID)
		return
	}
	p.tasks[k.SID] = k
}

func (p *plan) removeTask(sid string) {
	delete(p.tasks, sid)
	delete(p.refused, sid)
}

// forgetTask is for a Task that is deleted, as its Reservations are.
func (p *plan) forgetTask(sid string) {
	p.removeTask(sid)
	maps.DeleteFunc(p.holds, func(_ string, h hold) bool { return h.task == sid })
}

func (p *plan) putReservation(r store.Reservation, k store.Task) {
	if r.Live() {
		p.holds[r.SID] = hold{r.WorkerSID, k.TaskChannel, k.SID}
		if w := p.workers[r.WorkerSID]; w != nil {
			c := w.channels[k.TaskChannel]
			c.LastReserved = r.Created
			w.channels[k.TaskChannel] = c
		}
		return
	}
	delete(p.holds, r.SID)
	if _, waits := p.tasks[k.SID]; !waits || r.Status != store.ReservationRejected && r.Status != store.ReservationTimeout {
		return
	}
	if p.refused[k.SID] == nil {
		p.refused[k.SID] = map[string]int{}
	}
	p.refusals++
	p.refused[k.SID][r.WorkerSID] = p.refusals
}

// setSettings takes how Tasks are routed from now. Those that wait begin again where
// their Workflow was changed so.
func (p *plan) setSettings(s *settings) {
	for sid, k := range p.tasks {
		was, now := p.workflow(k.WorkflowSID), s.workflow(k.WorkflowSID)
		if was != nil && now != nil && was.Evaluated != now.Evaluated && !direct(k.Route) {
			k.Route, k.TaskQueueSID = store.Route{}, ""
			p.tasks[sid] = k
		}
	}
	p.settings = s
}

// activityAfter is the Activity that a Reservation's status brings its Worker into;
// empty for the one that they are in.
func (p *plan) activityAfter(r store.Reservation, k store.Task) string {
	w, q := p.workers[r.WorkerSID], p.queue(k.TaskQueueSID)
	if w == nil {
		return ""
	}
	activity := ""
	switch {
	case r.Status == store.ReservationTimeout:
		activity = p.workspace.TimeoutActivitySID
	case q != nil && r.Status == store.ReservationPending:
		activity = q.ReservationActivitySID
	case q != nil && r.Status == store.ReservationAccepted:
		activity = q.AssignmentActivitySID
	}
	if activity == w.ActivitySID {
		return ""
	}
	return activity
}

// next is what to do first, if there is anything. Tasks of tried are passed over.
func (p *plan) next(now time.Time, tried map[string]bool) (decision, bool) {
	for _, k := range p.waiting() {
		if tried[k.SID] {
			continue
		}
		if d, ok := p.decide(k, now); ok {
			return d, true
		}
	}
	return decision{}, false
}

// waiting are the pending Tasks in the order in which they are offered.
func (p *plan) waiting() []store.Task {
	// A Task comes back before its Reservation is known to have ended, and why.
	held := map[string]bool{}
	for _, h := range p.holds {
		held[h.task] = true
	}
	var all []store.Task
	for _, k := range p.tasks {
		if k.AssignmentStatus == store.TaskPending && !held[k.SID] {
			all = append(all, k)
		}
	}
	order := func(k store.Task) string {
		if q := p.queue(k.TaskQueueSID); q != nil && q.TaskOrder == store.LIFO {
			return store.LIFO
		}
		return store.FIFO
	}
	slices.SortFunc(all, func(a, b store.Task) int {
		if n := cmp.Compare(b.Priority, a.Priority); n != 0 {
			return n
		}
		if x, y := order(a), order(b); x != y {
			if x == p.workspace.PrioritizeQueueOrder {
				return -1
			}
			return 1
		}
		n := cmp.Or(a.VirtualStart.Compare(b.VirtualStart), a.Created.Compare(b.Created), cmp.Compare(a.SID, b.SID))
		if order(a) == store.LIFO {
			return -n
		}
		return n
	})
	return all
}

// decide says what to do with a pending Task; not ok for nothing.
func (p *plan) decide(k store.Task, now time.Time) (d decision, ok bool) {
	d.task = k
	if len(k.Route.Steps) == 0 {
		workers := make([]store.Worker, 0, len(p.workers))
		for _, w := range p.workers {
			workers = append(workers, w.Worker)
		}
		k.Route = p.route(k, workers)
		if len(k.Route.Steps) == 0 {
			if w := p.workflow(k.WorkflowSID); w != nil && w.fault != nil {
				return d, false
			}
			d.cancel = "Task does not match a filter of its Workflow"
			return d, true
		}
		return p.enter(d, k), true
	}
	step := k.Route.Steps[k.Route.At]
	if k.Route.Due(now) {
		// The end of a filter's last step is the Workflow's.
		if next := k.Route.At + 1; next < len(k.Route.Steps) && k.Route.Steps[next].Filter == step.Filter {
			k.Route.At = next
			return p.enter(d, k), true
		}
		d.cancel = "Workflow Timeout"
		return d, true
	}
	d.timeout = store.DefaultReservationTimeout
	if w := p.workflow(k.WorkflowSID); w != nil {
		d.timeout = w.TaskReservationTimeout
	}
	if d.workers = p.candidates(k, step); d.workers != nil {
		return d, true
	}
	if k.Route.At+1 < len(k.Route.Steps) && step.SkipIf != "" && p.skips(step) {
		k.Route.At++
		return p.enter(d, k), true
	}
	return d, false
}

// enter sends a Task into the step that its Route is at.
func (p *plan) enter(d decision, k store.Task) decision {
	d.route = k.Route
	d.queue, d.priority = entered(k)
	return d
}

// candidates are the Workers whom a Task is offered to now: those who match and have
// room, as the step orders them, then who waits longest; behind them those who did not
// take it, the latest last. Nil for none.
func (p *plan) candidates(k store.Task, step store.Step) (sids []string) {
	queue := p.queue(step.TaskQueueSID)
	if queue == nil && step.WorkerSID == "" {
		return nil
	}
	match := p.matcher(k, step, queue)
	channel := p.channel(k.TaskChannel)
	var all []*worker
	for _, w := range p.workers {
		if match(w) && (k.IgnoreCapacity && step.WorkerSID == w.SID || w.Available && p.free(w, k.TaskChannel)) {
			all = append(all, w)
		}
	}
	order, _ := expression.ParseOrder(step.OrderBy) // what cannot be read orders nothing
	slices.SortFunc(all, func(a, b *worker) int {
		return cmp.Or(
			cmp.Compare(p.refused[k.SID][a.SID], p.refused[k.SID][b.SID]),
			order.Compare(p.about(a, k), p.about(b, k)),
			a.idleSince(channel).Compare(b.idleSince(channel)),
			a.Created.Compare(b.Created), cmp.Compare(a.SID, b.SID),
		)
	})
	most := 1
	if queue != nil {
		most = max(1, queue.MaxReservedWorkers)
	}
	for _, w := range all[:min(most, len(all))] {
		sids = append(sids, w.SID)
	}
	return sids
}

// matcher tells which Workers a step is for.
func (p *plan) matcher(k store.Task, step store.Step, queue *store.TaskQueue) func(*worker) bool {
	if step.WorkerSID != "" {
		return func(w *worker) bool { return w.SID == step.WorkerSID }
	}
	// What cannot be read matches nobody; it was refused where it came from.
	inQueue, _ := expression.Parse(queue.TargetWorkers)
	if step.Workers == "" {
		return func(w *worker) bool { return inQueue.Matches(p.about(w, k)) }
	}
	inStep, _ := expression.Parse(step.Workers)
	return func(w *worker) bool {
		d := p.about(w, k)
		return inQueue.Matches(d) && inStep.Matches(d)
	}
}

// about is what an expression sees of a Worker and a Task: the Worker's attributes,
// also below "worker", where their channels are too, and the Task's below "task".
func (p *plan) about(w *worker, k store.Task) expression.Document {
	channels := map[string]any{}
	for name, c := range w.channels {
		n := p.assigned(w, name)
		c.Assigned = n
		channels[name] = map[string]any{
			"assigned_tasks": float64(n), "configured_capacity": float64(c.Capacity), "available_capacity_percentage": float64(c.Free()),
		}
	}
	d := prefixed("worker", w.document)
	own := prefixed("channel", w.document)
	own["channel"] = channels
	d["worker"], d["task"] = map[string]any(own), map[string]any(taskDocument(k))
	return d
}

// assigned counts a Worker's live Reservations of a TaskChannel.
func (p *plan) assigned(w *worker, channel string) (n int) {
	for _, h := range p.holds {
		if h.worker == w.SID && h.channel == channel {
			n++
		}
	}
	return n
}

// free reports whether a Worker takes one more Task of a TaskChannel.
func (p *plan) free(w *worker, channel string) bool {
	c := w.channels[channel]
	return c.Available && p.assigned(w, channel) < c.Capacity
}

// idleSince is when a Worker was last offered something, or else became available.
func (w *worker) idleSince(k store.TaskChannel) time.Time {
	if k.ChannelOptimizedRouting {
		return w.channels[k.UniqueName].LastReserved
	}
	last := w.Changed
	for _, c := range w.channels {
		if c.LastReserved.After(last) {
			last = c.LastReserved
		}
	}
	return last
}

// skips reports whether a step that nobody is free for ends at once.
func (p *plan) skips(step store.Step) bool {
	skip, _ := expression.Parse(step.SkipIf)
	count := map[string]any{"available": 0.0, "unavailable": 0.0}
	add := func(name string) {
		n, _ := count[name].(float64)
		count[name] = n + 1
	}
	for _, a := range p.activities {
		count[a.SID] = 0.0
	}
	inQueue := expression.Expression{}
	if queue := p.queue(step.TaskQueueSID); queue != nil {
		inQueue, _ = expression.Parse(queue.TargetWorkers)
	}
	for _, w := range p.workers {
		if !inQueue.Matches(prefixed("worker", w.document)) {
			continue
		}
		add(w.ActivitySID)
		if w.Available {
			add("available")
		} else {
			add("unavailable")
		}
	}
	return skip.Matches(expression.Document{"workers": count})
}
