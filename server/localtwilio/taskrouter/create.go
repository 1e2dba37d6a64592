package taskrouter

import (
	"errors"
	"fmt"
	"slices"

	"escalate/server/localtwilio/store"
)

// ErrTarget is returned for a Task whose Workflow, TaskQueue, TaskChannel or
// RoutingTarget there is not, or cannot be told.
var ErrTarget = errors.New("task cannot be routed")

// CreateTask makes a Task, as store.Tasks.Create does, and routes it: by k's
// RoutingTarget (a Worker, TaskQueue or Workflow), else to its TaskQueueSID, else by
// its WorkflowSID, else by the one Workflow that there is. TaskChannel is a unique
// name or a SID. What k names and the Workspace has not is ErrTarget.
func CreateTask(st *store.Store, k store.Task) (store.Task, error) {
	s, workers, k, err := aimed(st, k)
	if err != nil {
		return store.Task{}, fmt.Errorf("create task: %w", err)
	}
	k.Route = s.route(k, workers)
	if len(k.Route.Steps) > 0 {
		k.TaskQueueSID, k.Priority = entered(k)
	}
	return st.Tasks.Create(k)
}

// Check returns the error that CreateTask would return for k, and makes nothing:
// ErrTarget or store.ErrAttributesTooLong.
func Check(st *store.Store, k store.Task) error {
	if _, _, _, err := aimed(st, k); err != nil {
		return fmt.Errorf("check task: %w", err)
	}
	return store.CheckAttributes(k.Attributes)
}

// aimed is k with what it names resolved, and what is needed to route it.
func aimed(st *store.Store, k store.Task) (*settings, []store.Worker, store.Task, error) {
	s, err := readSettings(st)
	if err != nil {
		return nil, nil, k, err
	}
	if k, err = s.aim(k); err != nil {
		return nil, nil, k, err
	}
	workers, err := st.Workers.List()
	if err != nil {
		return nil, nil, k, err
	}
	if prefix(k.RoutingTarget) == "WK" && !slices.ContainsFunc(workers, func(w store.Worker) bool { return w.SID == k.RoutingTarget }) {
		return nil, nil, k, fmt.Errorf("%w: no worker %s", ErrTarget, k.RoutingTarget)
	}
	return s, workers, k, nil
}

// aim resolves what k names.
func (s *settings) aim(k store.Task) (store.Task, error) {
	if k.TaskChannel != "" {
		i := slices.IndexFunc(s.channels, func(c store.TaskChannel) bool {
			return c.UniqueName == k.TaskChannel || c.SID == k.TaskChannel
		})
		if i < 0 {
			return k, fmt.Errorf("%w: no task channel %s", ErrTarget, k.TaskChannel)
		}
		k.TaskChannel = s.channels[i].UniqueName
	}
	switch prefix(k.RoutingTarget) {
	case "", "WK":
	case "WQ":
		k.TaskQueueSID = k.RoutingTarget
	case "WW":
		k.WorkflowSID = k.RoutingTarget
	default:
		return k, fmt.Errorf("%w: RoutingTarget %s is no worker, task queue or workflow", ErrTarget, k.RoutingTarget)
	}
	if k.TaskQueueSID != "" && s.queue(k.TaskQueueSID) == nil {
		return k, fmt.Errorf("%w: no task queue %s", ErrTarget, k.TaskQueueSID)
	}
	if k.WorkflowSID == "" {
		switch {
		case len(s.workflows) == 1 || k.TaskQueueSID != "" || prefix(k.RoutingTarget) == "WK":
			if len(s.workflows) > 0 {
				k.WorkflowSID = s.workflows[0].SID
			}
		default:
			return k, fmt.Errorf("%w: there is not one workflow, so WorkflowSid is needed", ErrTarget)
		}
	} else if s.workflow(k.WorkflowSID) == nil {
		return k, fmt.Errorf("%w: no workflow %s", ErrTarget, k.WorkflowSID)
	}
	return k, nil
}

// prefix is the kind of a SID.
func prefix(sid string) string { return sid[:min(2, len(sid))] }

// route is the way of a Task from its beginning.
func (s *settings) route(k store.Task, workers []store.Worker) store.Route {
	switch {
	case prefix(k.RoutingTarget) == "WK":
		queue := k.TaskQueueSID
		if queue == "" && len(s.queues) > 0 {
			queue = s.queues[0].SID
		}
		return store.Route{Steps: []store.Step{{TaskQueueSID: queue, WorkerSID: k.RoutingTarget, Filter: noFilter}}}
	case k.TaskQueueSID != "" && prefix(k.RoutingTarget) != "WW" && len(k.Route.Steps) == 0:
		return store.Route{Steps: []store.Step{{TaskQueueSID: k.TaskQueueSID, Filter: noFilter}}}
	}
	w := s.workflow(k.WorkflowSID)
	if w == nil {
		return store.Route{}
	}
	return store.Route{Steps: w.parsed.steps(k, workers)}
}

// noFilter is the filter of a step that is no Workflow's.
const noFilter = -1

// direct reports whether a way leads past every Workflow.
func direct(r store.Route) bool { return len(r.Steps) > 0 && r.Steps[0].Filter == noFilter }

// entered is the TaskQueue and the Priority that a Task has in its present step.
func entered(k store.Task) (queue string, priority int) {
	s := k.Route.Steps[k.Route.At]
	queue, priority = k.TaskQueueSID, k.Priority
	if s.TaskQueueSID != "" {
		queue = s.TaskQueueSID
	}
	if s.Priority != nil {
		priority = *s.Priority
	}
	return queue, priority
}
