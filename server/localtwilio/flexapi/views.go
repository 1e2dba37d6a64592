package flexapi

import (
	"cmp"
	"time"

	"escalate/server/localtwilio/store"
)

// views draws what TaskRouter has, as its client library reads it.
type views struct{ store *store.Store }

func (v views) activity(n store.Activity) object {
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "available": n.Available, "date_created": unix(n.Created), "date_updated": unix(n.Updated), "friendly_name": n.FriendlyName,
		"sid": n.SID, "workspace_sid": a.WorkspaceSID,
	}
}

func (v views) taskQueue(q store.TaskQueue) (object, error) {
	all, err := v.store.TaskRouter.Activities.List()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, n := range all {
		names[n.SID] = n.FriendlyName
	}
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "workspace_sid": a.WorkspaceSID, "sid": q.SID, "friendly_name": q.FriendlyName, "target_workers": q.TargetWorkers,
		"max_reserved_workers": q.MaxReservedWorkers, "task_order": q.TaskOrder, "lifo_queue": q.TaskOrder == store.LIFO,
		"assignment_activity_sid": textOrNull(q.AssignmentActivitySID), "assignment_activity_name": textOrNull(names[q.AssignmentActivitySID]),
		"reservation_activity_sid": textOrNull(q.ReservationActivitySID), "reservation_activity_name": textOrNull(names[q.ReservationActivitySID]),
		"date_created": unix(q.Created), "date_updated": unix(q.Updated),
	}, nil
}

func (v views) worker(w store.Worker) object {
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "activity_name": w.Activity, "activity_sid": w.ActivitySID, "attributes": w.Attributes, "available": w.Available,
		"date_created": unix(w.Created), "date_status_changed": unix(w.Changed), "date_updated": unix(w.Updated), "friendly_name": w.FriendlyName,
		"sid": w.SID, "worker_sid": w.SID, "worker_activity_sid": w.ActivitySID, "date_activity_changed": unix(w.Changed),
		"workspace_sid": a.WorkspaceSID, "version": w.Revision,
	}
}

// channel is how many Tasks of a TaskChannel a Worker has and may have.
func (v views) channel(c store.WorkerChannel) object {
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "assigned_tasks": c.Assigned, "available": c.Available, "available_capacity_percentage": c.Free(), "configured_capacity": c.Capacity,
		"date_created": unix(c.Created), "date_updated": unix(c.Updated), "last_reserved_time": millisOrNull(c.LastReserved), "sid": c.SID,
		"task_channel_sid": c.TaskChannelSID, "task_channel_unique_name": c.TaskChannel, "worker_sid": c.WorkerSID, "workspace_sid": a.WorkspaceSID,
	}
}

func (v views) task(k store.Task) (object, error) {
	a := v.store.Account()
	n, err := v.store.TaskRouter.Names(k)
	if err != nil {
		return nil, err
	}
	return object{
		"account_sid": a.SID, "addons": "{}", "age": int(v.store.Now().Sub(k.Created).Seconds()), "assignment_status": k.AssignmentStatus, "attributes": k.Attributes,
		"date_created": unix(k.Created), "date_updated": unix(k.Updated), "priority": k.Priority, "queue_name": n.TaskQueue.FriendlyName, "queue_sid": n.TaskQueue.SID,
		"reason": k.Reason, "routing_target": textOrNull(k.RoutingTarget), "sid": k.SID, "task_channel_unique_name": k.TaskChannel, "task_channel_sid": n.TaskChannel.SID,
		"timeout": k.Timeout, "workflow_name": n.Workflow.FriendlyName, "workflow_sid": n.Workflow.SID, "workspace_sid": a.WorkspaceSID,
		"version": k.Revision, "virtual_start_time": timeOrNull(k.VirtualStart),
	}, nil
}

func (v views) reservation(r store.Reservation, k store.Task) (object, error) {
	a := v.store.Account()
	task, err := v.task(k)
	if err != nil {
		return nil, err
	}
	// Flex counts down: what nothing ends has a day.
	timeout := cmp.Or(r.Timeout, 86400)
	return object{
		"account_sid": a.SID, "date_created": unix(r.Created), "date_updated": unix(r.Updated), "reservation_status": r.Status, "sid": r.SID,
		"reservation_timeout": timeout, "task_sid": r.TaskSID, "task": task, "worker_sid": r.WorkerSID, "worker_name": r.Worker,
		"workspace_sid": a.WorkspaceSID, "version": r.Revision,
	}, nil
}

// unix is a time as TaskRouter's events have it: seconds.
func unix(t time.Time) int64 { return t.Unix() }

// timeOrNull is a time as TaskRouter's events have it, null for none.
func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return unix(t)
}

// millisOrNull is a time in milliseconds, as the one of a channel is
// (twilio-taskrouter, WorkerChannelDescriptor.js); null for none.
func millisOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// textOrNull is s, null for empty.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
