package rest

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
)

func listActivities(c *call) error {
	all, err := c.store.TaskRouter.Activities.List()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(a store.Activity) bool {
		return c.has("FriendlyName") && a.FriendlyName != c.form("FriendlyName") || c.has("Available") && a.Available != yes(c.form("Available"))
	})
	return list(c, "activities", maxTaskRouterPage, all, func(a store.Activity) string { return a.SID }, taskRouterOf(c).activity)
}

func createActivity(c *call) error {
	if err := c.required("FriendlyName"); err != nil {
		return err
	}
	name := c.form("FriendlyName")
	a, err := c.store.TaskRouter.Activities.Create(store.Activity{Resource: store.Resource{FriendlyName: name}, Available: yes(c.form("Available"))})
	if err != nil {
		return c.taken("Activity", name, err)
	}
	return c.json(http.StatusCreated, taskRouterOf(c).activity(a))
}

func fetchActivity(c *call) error {
	a, err := c.store.TaskRouter.Activities.Get(c.path("activity"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).activity(a))
}

func updateActivity(c *call) error {
	a, err := c.store.TaskRouter.Activities.Update(c.path("activity"), func(a *store.Activity) error {
		return c.named("FriendlyName", &a.FriendlyName)
	})
	if err != nil {
		return c.taken("Activity", c.form("FriendlyName"), err)
	}
	return c.json(http.StatusOK, taskRouterOf(c).activity(a))
}

func deleteActivity(c *call) error {
	if err := c.store.TaskRouter.Activities.Delete(c.path("activity")); err != nil {
		return err
	}
	return c.noContent()
}

// existingActivity refuses a parameter that names an Activity that there is not.
func (c *call) existingActivity(name string) error {
	if c.form(name) == "" {
		return nil
	}
	_, err := c.store.TaskRouter.Activities.Get(c.form(name))
	if errors.Is(err, store.ErrNotFound) {
		return invalid("Invalid parameter " + name + ": there is no Activity " + c.form(name))
	}
	return err
}

// activityNames are the names of the Activities by their SIDs.
func activityNames(c *call) (map[string]string, error) {
	all, err := c.store.TaskRouter.Activities.List()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range all {
		names[a.SID] = a.FriendlyName
	}
	return names, nil
}

func (v taskRouterView) activity(a store.Activity) any {
	return object{
		"account_sid": v.account.SID, "workspace_sid": v.account.WorkspaceSID, "sid": a.SID, "friendly_name": a.FriendlyName, "available": a.Available,
		"date_created": date(a.Created), "date_updated": date(a.Updated), "url": v.workspace() + "/Activities/" + a.SID,
		"links": object{"workspace": v.workspace()},
	}
}
