package rest

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
)

func listWorkers(c *call) error {
	all, err := c.store.Workers.List()
	if err != nil {
		return err
	}
	matching, err := c.condition("TargetWorkersExpression")
	if err != nil {
		return err
	}
	queues, err := c.store.TaskRouter.TaskQueues.List()
	if err != nil {
		return err
	}
	// Whoever is in no TaskQueue of the name is out.
	for name, is := range map[string]func(store.TaskQueue) bool{
		"TaskQueueSid":  func(q store.TaskQueue) bool { return q.SID == c.form("TaskQueueSid") },
		"TaskQueueName": func(q store.TaskQueue) bool { return q.FriendlyName == c.form("TaskQueueName") },
	} {
		if c.has(name) {
			all = slices.DeleteFunc(all, func(w store.Worker) bool {
				return !slices.ContainsFunc(queues, func(q store.TaskQueue) bool { return is(q) && queueTakes(q, w) })
			})
		}
	}
	all = slices.DeleteFunc(all, func(w store.Worker) bool {
		return c.has("FriendlyName") && w.FriendlyName != c.form("FriendlyName") ||
			c.has("ActivityName") && w.Activity != c.form("ActivityName") ||
			c.has("ActivitySid") && w.ActivitySID != c.form("ActivitySid") ||
			c.has("Available") && w.Available != yes(c.form("Available")) ||
			matching != nil && !taskrouter.WorkerMatches(*matching, w)
	})
	err = ordered(c, all, map[string]func(a, b store.Worker) int{
		"DateStatusChanged": func(a, b store.Worker) int { return a.Changed.Compare(b.Changed) },
	})
	if err != nil {
		return err
	}
	return list(c, "workers", maxTaskRouterPage, all, func(w store.Worker) string { return w.SID }, taskRouterOf(c).worker)
}

func createWorker(c *call) error {
	if err := errors.Join(c.required("FriendlyName"), c.taskRouterAttributes(), c.existingActivity("ActivitySid")); err != nil {
		return err
	}
	w := store.Worker{FriendlyName: c.form("FriendlyName"), Attributes: c.form("Attributes"), ActivitySID: c.form("ActivitySid")}
	if w.ActivitySID == "" {
		space, err := c.store.TaskRouter.Workspace()
		if err != nil {
			return err
		}
		w.ActivitySID = space.DefaultActivitySID
	}
	w, err := c.store.Workers.Create(w)
	if err != nil {
		return c.taken("Worker", c.form("FriendlyName"), err)
	}
	return c.tagged(http.StatusCreated, w.ETag(), taskRouterOf(c).worker(w))
}

// taskRouterAttributes refuses attributes that are no JSON object.
func (c *call) taskRouterAttributes() error {
	if c.form("Attributes") != "" && !isObject(c.form("Attributes")) {
		return invalid("Attributes must be a JSON object")
	}
	return nil
}

func fetchWorker(c *call) error {
	w, err := c.store.Workers.Get(c.path("worker"))
	if err != nil {
		return err
	}
	return c.tagged(http.StatusOK, w.ETag(), taskRouterOf(c).worker(w))
}

func updateWorker(c *call) error {
	reject := false
	err := errors.Join(c.taskRouterAttributes(), c.existingActivity("ActivitySid"), c.boolean("RejectPendingReservations", &reject))
	if err != nil {
		return err
	}
	w, err := c.store.Workers.UpdateIf(c.path("worker"), c.ifMatch(), func(w *store.Worker) error {
		if c.form("Attributes") != "" {
			w.Attributes = c.form("Attributes")
		}
		if v := c.form("ActivitySid"); v != "" {
			w.ActivitySID = v
		}
		return c.named("FriendlyName", &w.FriendlyName)
	})
	if err != nil {
		return c.taken("Worker", c.form("FriendlyName"), err)
	}
	if reject && c.form("ActivitySid") != "" && !w.Available {
		if err := rejectPending(c, w); err != nil {
			return err
		}
	}
	return c.tagged(http.StatusOK, w.ETag(), taskRouterOf(c).worker(w))
}

// rejectPending rejects what is offered to a Worker. What has an answer meanwhile keeps it.
func rejectPending(c *call, w store.Worker) error {
	all, err := c.store.Reservations.OfWorker(w.SID)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Status != store.ReservationPending {
			continue
		}
		if _, err := c.store.Reservations.SetStatus(r.SID, store.ReservationRejected); err != nil && !errors.Is(err, store.ErrTransition) {
			return err
		}
	}
	return nil
}

func deleteWorker(c *call) error {
	if err := c.store.Workers.Delete(c.path("worker"), c.ifMatch()); err != nil {
		return err
	}
	return c.noContent()
}

func (v taskRouterView) worker(w store.Worker) any {
	u := v.workspace() + "/Workers/" + w.SID
	return object{
		"account_sid": v.account.SID, "activity_name": w.Activity, "activity_sid": w.ActivitySID, "attributes": w.Attributes,
		"available": w.Available, "date_created": date(w.Created), "date_updated": date(w.Updated), "date_status_changed": date(w.Changed),
		"friendly_name": w.FriendlyName, "sid": w.SID, "workspace_sid": v.account.WorkspaceSID, "url": u,
		"links": object{
			"activity": v.workspace() + "/Activities/" + w.ActivitySID, "channels": u + "/Channels", "worker_channels": u + "/Channels",
			"reservations": u + "/Reservations", "workspace": v.workspace(),
		},
	}
}
