package rest

import (
	"net/http"

	"escalate/server/localtwilio/store"
)

func listTaskChannels(c *call) error {
	all, err := c.store.TaskRouter.TaskChannels.List()
	if err != nil {
		return err
	}
	return list(c, "channels", maxTaskRouterPage, all, func(k store.TaskChannel) string { return k.SID }, taskRouterOf(c).taskChannel)
}

func createTaskChannel(c *call) error {
	if err := c.required("FriendlyName", "UniqueName"); err != nil {
		return err
	}
	k := store.TaskChannel{Resource: store.Resource{FriendlyName: c.form("FriendlyName")}, UniqueName: c.form("UniqueName")}
	if err := c.boolean("ChannelOptimizedRouting", &k.ChannelOptimizedRouting); err != nil {
		return err
	}
	k, err := c.store.TaskRouter.TaskChannels.Create(k)
	if err != nil {
		return c.taken("TaskChannel", c.form("UniqueName"), err)
	}
	return c.json(http.StatusCreated, taskRouterOf(c).taskChannel(k))
}

// findTaskChannel finds the path's TaskChannel, by SID or unique name.
func findTaskChannel(c *call) (store.TaskChannel, error) {
	all, err := c.store.TaskRouter.TaskChannels.List()
	if err != nil {
		return store.TaskChannel{}, err
	}
	for _, k := range all {
		if c.path("channel") == k.SID || c.path("channel") == k.UniqueName {
			return k, nil
		}
	}
	return store.TaskChannel{}, store.ErrNotFound
}

func fetchTaskChannel(c *call) error {
	k, err := findTaskChannel(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).taskChannel(k))
}

func updateTaskChannel(c *call) error {
	k, err := findTaskChannel(c)
	if err != nil {
		return err
	}
	k, err = c.store.TaskRouter.TaskChannels.Update(k.SID, func(k *store.TaskChannel) error {
		if err := c.named("FriendlyName", &k.FriendlyName); err != nil {
			return err
		}
		return c.boolean("ChannelOptimizedRouting", &k.ChannelOptimizedRouting)
	})
	if err != nil {
		return c.taken("TaskChannel", c.form("FriendlyName"), err)
	}
	return c.json(http.StatusOK, taskRouterOf(c).taskChannel(k))
}

func deleteTaskChannel(c *call) error {
	k, err := findTaskChannel(c)
	if err != nil {
		return err
	}
	if err := c.store.TaskRouter.TaskChannels.Delete(k.SID); err != nil {
		return err
	}
	return c.noContent()
}

func (v taskRouterView) taskChannel(k store.TaskChannel) any {
	return object{
		"account_sid": v.account.SID, "workspace_sid": v.account.WorkspaceSID, "sid": k.SID, "friendly_name": k.FriendlyName, "unique_name": k.UniqueName,
		"channel_optimized_routing": k.ChannelOptimizedRouting, "date_created": date(k.Created), "date_updated": date(k.Updated),
		"url": v.workspace() + "/TaskChannels/" + k.SID, "links": object{"workspace": v.workspace()},
	}
}

func listWorkerChannels(c *call) error {
	all, err := c.store.TaskRouter.WorkerChannels.List(c.path("worker"))
	if err != nil {
		return err
	}
	return list(c, "channels", maxTaskRouterPage, all, func(k store.WorkerChannel) string { return k.SID }, taskRouterOf(c).workerChannel)
}

func fetchWorkerChannel(c *call) error {
	all, err := c.store.TaskRouter.WorkerChannels.List(c.path("worker"))
	if err != nil {
		return err
	}
	for _, k := range all {
		switch c.path("channel") {
		case k.SID, k.TaskChannelSID, k.TaskChannel:
			return c.json(http.StatusOK, taskRouterOf(c).workerChannel(k))
		}
	}
	return store.ErrNotFound
}

func updateWorkerChannel(c *call) error {
	k, err := c.store.TaskRouter.WorkerChannels.Update(c.path("worker"), c.path("channel"), func(k *store.WorkerChannel) error {
		if err := c.integer("Capacity", &k.Capacity, 0, 1<<31-1, invalid("Invalid parameter Capacity")); err != nil {
			return err
		}
		return c.boolean("Available", &k.Available)
	})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).workerChannel(k))
}

func (v taskRouterView) workerChannel(k store.WorkerChannel) any {
	return object{
		"account_sid": v.account.SID, "workspace_sid": v.account.WorkspaceSID, "worker_sid": k.WorkerSID, "sid": k.SID,
		"task_channel_sid": k.TaskChannelSID, "task_channel_unique_name": k.TaskChannel, "available": k.Available,
		"configured_capacity": k.Capacity, "available_capacity_percentage": k.Free(), "assigned_tasks": k.Assigned,
		"date_created": date(k.Created), "date_updated": date(k.Updated), "url": v.workspace() + "/Workers/" + k.WorkerSID + "/Channels/" + k.SID,
	}
}
