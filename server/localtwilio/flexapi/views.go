package flexapi

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"escalate/server/localtwilio/store"
)

// activityName is an Activity that every account has.
type activityName struct {
	name      string
	available bool
}

var activities = []activityName{{"Available", true}, {"Offline", false}, {"Unavailable", false}, {"Break", false}}

type activity struct {
	activityName
	sid string
}

// activitySID is the account's for Available; the others are made from the
// account's SID, so that they are the same at each start.
func activitySID(a store.Account, name string) string {
	if name == "Available" {
		return a.ActivitySID
	}
	return derived("WA", a.SID+name)
}

// derived is a SID that is the same for the same text.
func derived(prefix, text string) string {
	sum := sha256.Sum256([]byte(text))
	return prefix + hex.EncodeToString(sum[:16])
}

// views draws what TaskRouter has, as its client library reads it.
type views struct{ store *store.Store }

func (v views) activity(n activityName) *activity {
	return &activity{n, activitySID(v.store.Account(), n.name)}
}

func (v views) activities() (list []any) {
	a := v.store.Account()
	for _, n := range activities {
		list = append(list, object{
			"account_sid": a.SID, "available": n.available, "date_created": 0, "date_updated": 0, "friendly_name": n.name,
			"sid": activitySID(a, n.name), "workspace_sid": a.WorkspaceSID,
		})
	}
	return list
}

func (v views) worker(w store.Worker) object {
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "activity_name": w.Activity, "activity_sid": w.ActivitySID, "attributes": w.Attributes, "available": w.Available,
		"date_created": unix(w.Created), "date_status_changed": unix(w.Updated), "date_updated": unix(w.Updated), "friendly_name": w.FriendlyName,
		"sid": w.SID, "worker_sid": w.SID, "worker_activity_sid": w.ActivitySID, "date_activity_changed": unix(w.Updated),
		"workspace_sid": a.WorkspaceSID, "version": w.Updated.UnixMilli(),
	}
}

// channel is the Worker's room for chats.
func (v views) channel(w store.Worker) object {
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "assigned_tasks": 0, "available": true, "available_capacity_percentage": 100, "configured_capacity": 10,
		"date_created": unix(w.Created), "date_updated": unix(w.Updated), "last_reserved_time": nil, "sid": derived("WC", w.SID+"chat"),
		"task_channel_sid": a.TaskChannelSID, "task_channel_unique_name": "chat", "worker_sid": w.SID, "workspace_sid": a.WorkspaceSID,
	}
}

func (v views) task(k store.Task) object {
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "addons": "{}", "age": int(v.store.Now().Sub(k.Created).Seconds()), "assignment_status": k.AssignmentStatus, "attributes": k.Attributes,
		"date_created": unix(k.Created), "date_updated": unix(k.Updated), "priority": k.Priority, "queue_name": "Everyone", "queue_sid": a.TaskQueueSID,
		"reason": k.Reason, "routing_target": nil, "sid": k.SID, "task_channel_unique_name": k.TaskChannel, "task_channel_sid": a.TaskChannelSID,
		"timeout": k.Timeout, "workflow_name": "Assign to Anyone", "workflow_sid": a.WorkflowSID, "workspace_sid": a.WorkspaceSID,
		"version": k.Revision, "virtual_start_time": unix(k.Created),
	}
}

// reservationTimeout is how many seconds Flex shows for answering; nothing ends
// a Reservation here.
const reservationTimeout = 86400

func (v views) reservation(r store.Reservation, k store.Task) object {
	a := v.store.Account()
	return object{
		"account_sid": a.SID, "date_created": unix(r.Created), "date_updated": unix(r.Updated), "reservation_status": r.Status, "sid": r.SID,
		"reservation_timeout": reservationTimeout, "task_sid": r.TaskSID, "task": v.task(k), "worker_sid": r.WorkerSID, "worker_name": r.Worker,
		"workspace_sid": a.WorkspaceSID, "version": r.Updated.UnixMilli(),
	}
}

// unix is a time as TaskRouter's events have it: seconds.
func unix(t time.Time) int64 { return t.Unix() }
