package rest

import (
	"net/http"

	"escalate/server/localtwilio/store"
)

// The account has one Workspace, as a Flex account does.

func listWorkspaces(c *call) error {
	w, err := c.store.TaskRouter.Workspace()
	if err != nil {
		return err
	}
	var all []store.Workspace
	if !c.has("FriendlyName") || c.form("FriendlyName") == w.FriendlyName {
		all = append(all, w)
	}
	names, err := activityNames(c)
	if err != nil {
		return err
	}
	return list(c, "workspaces", maxTaskRouterPage, all, func(store.Workspace) string { return c.account.WorkspaceSID }, func(w store.Workspace) any {
		return taskRouterOf(c).showWorkspace(w, names)
	})
}

func createWorkspace(c *call) error {
	if err := c.required("FriendlyName"); err != nil {
		return err
	}
	return invalid("Local Twilio has one Workspace, as a Flex account does, and makes no other")
}

func deleteWorkspace(*call) error {
	return invalid("Local Twilio has one Workspace, as a Flex account does, and keeps it")
}

func fetchWorkspace(c *call) error {
	w, err := c.store.TaskRouter.Workspace()
	if err != nil {
		return err
	}
	return answerWorkspace(c, w)
}

func answerWorkspace(c *call, w store.Workspace) error {
	names, err := activityNames(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).showWorkspace(w, names))
}

func updateWorkspace(c *call) error {
	for _, name := range []string{"DefaultActivitySid", "TimeoutActivitySid"} {
		if err := c.existingActivity(name); err != nil {
			return err
		}
	}
	w, err := c.store.TaskRouter.UpdateWorkspace(func(w *store.Workspace) error {
		if v := c.form("DefaultActivitySid"); v != "" {
			w.DefaultActivitySID = v
		}
		if v := c.form("TimeoutActivitySid"); v != "" {
			w.TimeoutActivitySID = v
		}
		if err := c.named("FriendlyName", &w.FriendlyName); err != nil {
			return err
		}
		return c.queueOrder("PrioritizeQueueOrder", &w.PrioritizeQueueOrder)
	})
	if err != nil {
		return err
	}
	return answerWorkspace(c, w)
}

// queueOrder reads FIFO or LIFO into v.
func (c *call) queueOrder(name string, v *string) error {
	switch c.form(name) {
	case "":
	case store.FIFO, store.LIFO:
		*v = c.form(name)
	default:
		return invalid("Invalid parameter " + name + ": expected FIFO or LIFO")
	}
	return nil
}

func (v taskRouterView) showWorkspace(w store.Workspace, activities map[string]string) any {
	u := v.workspace()
	return object{
		"sid": v.account.WorkspaceSID, "account_sid": v.account.SID, "friendly_name": w.FriendlyName,
		"default_activity_sid": w.DefaultActivitySID, "default_activity_name": activities[w.DefaultActivitySID],
		"timeout_activity_sid": w.TimeoutActivitySID, "timeout_activity_name": activities[w.TimeoutActivitySID],
		"event_callback_url": nil, "events_filter": nil, "multi_task_enabled": true, "prioritize_queue_order": w.PrioritizeQueueOrder,
		"date_created": date(w.Created), "date_updated": date(w.Updated), "url": u,
		"links": object{
			"activities": u + "/Activities", "task_channels": u + "/TaskChannels", "taskqueues": u + "/TaskQueues", "tasks": u + "/Tasks",
			"workers": u + "/Workers", "workflows": u + "/Workflows",
		},
	}
}
