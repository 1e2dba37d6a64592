package rest

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
	"escalate/server/localtwilio/taskrouter/expression"
)

// maxReservedWorkers is to how many Workers at most a Task is offered at once.
const maxReservedWorkers = 50

func listTaskQueues(c *call) error {
	all, err := c.store.TaskRouter.TaskQueues.List()
	if err != nil {
		return err
	}
	if c.has("FriendlyName") {
		all = slices.DeleteFunc(all, func(q store.TaskQueue) bool { return q.FriendlyName != c.form("FriendlyName") })
	}
	if sid := c.form("WorkerSid"); sid != "" {
		w, err := c.store.Workers.Get(sid)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		all = slices.DeleteFunc(all, func(q store.TaskQueue) bool { return err != nil || !queueTakes(q, w) })
	}
	err = ordered(c, all, map[string]func(a, b store.TaskQueue) int{
		"DateUpdated": func(a, b store.TaskQueue) int { return a.Updated.Compare(b.Updated) },
	})
	if err != nil {
		return err
	}
	names, err := activityNames(c)
	if err != nil {
		return err
	}
	return list(c, "task_queues", maxTaskRouterPage, all, func(q store.TaskQueue) string { return q.SID }, func(q store.TaskQueue) any {
		return taskRouterOf(c).taskQueue(q, names)
	})
}

// queueTakes reports whether a TaskQueue's Tasks are for a Worker.
func queueTakes(q store.TaskQueue, w store.Worker) bool {
	e, err := expression.Parse(q.TargetWorkers)
	return err == nil && taskrouter.WorkerMatches(e, w)
}

// readTaskQueue reads a TaskQueue's parameters into q.
func readTaskQueue(c *call, q *store.TaskQueue) error {
	if c.form("TargetWorkers") != "" {
		if _, err := c.condition("TargetWorkers"); err != nil {
			return err
		}
	}
	c.given("TargetWorkers", &q.TargetWorkers)
	c.given("ReservationActivitySid", &q.ReservationActivitySID)
	c.given("AssignmentActivitySid", &q.AssignmentActivitySID)
	return errors.Join(
		c.named("FriendlyName", &q.FriendlyName),
		c.queueOrder("TaskOrder", &q.TaskOrder),
		c.integer("MaxReservedWorkers", &q.MaxReservedWorkers, 1, maxReservedWorkers, invalid("MaxReservedWorkers must be between 1 and 50")),
	)
}

// activitiesOfQueue refuses Activities that there are not.
func activitiesOfQueue(c *call) error {
	return errors.Join(c.existingActivity("ReservationActivitySid"), c.existingActivity("AssignmentActivitySid"))
}

func createTaskQueue(c *call) error {
	q := store.TaskQueue{TargetWorkers: "1==1", TaskOrder: store.FIFO, MaxReservedWorkers: 1}
	if err := errors.Join(c.required("FriendlyName"), activitiesOfQueue(c), readTaskQueue(c, &q)); err != nil {
		return err
	}
	q, err := c.store.TaskRouter.TaskQueues.Create(q)
	if err != nil {
		return c.taken("Queue", c.form("FriendlyName"), err)
	}
	return answerTaskQueue(c, http.StatusCreated, q)
}

func answerTaskQueue(c *call, status int, q store.TaskQueue) error {
	names, err := activityNames(c)
	if err != nil {
		return err
	}
	return c.json(status, taskRouterOf(c).taskQueue(q, names))
}

func fetchTaskQueue(c *call) error {
	q, err := c.store.TaskRouter.TaskQueues.Get(c.path("queue"))
	if err != nil {
		return err
	}
	return answerTaskQueue(c, http.StatusOK, q)
}

func updateTaskQueue(c *call) error {
	if err := activitiesOfQueue(c); err != nil {
		return err
	}
	q, err := c.store.TaskRouter.TaskQueues.Update(c.path("queue"), func(q *store.TaskQueue) error { return readTaskQueue(c, q) })
	if err != nil {
		return c.taken("Queue", c.form("FriendlyName"), err)
	}
	return answerTaskQueue(c, http.StatusOK, q)
}

func deleteTaskQueue(c *call) error {
	if err := c.store.TaskRouter.TaskQueues.Delete(c.path("queue")); err != nil {
		return err
	}
	return c.noContent()
}

func (v taskRouterView) taskQueue(q store.TaskQueue, activities map[string]string) any {
	links := object{"workspace": v.workspace()}
	for name, sid := range map[string]string{"reservation_activity": q.ReservationActivitySID, "assignment_activity": q.AssignmentActivitySID} {
		if sid != "" {
			links[name] = v.workspace() + "/Activities/" + sid
		}
	}
	return object{
		"account_sid": v.account.SID, "workspace_sid": v.account.WorkspaceSID, "sid": q.SID, "friendly_name": q.FriendlyName,
		"target_workers": q.TargetWorkers, "task_order": q.TaskOrder, "max_reserved_workers": q.MaxReservedWorkers,
		"reservation_activity_sid": orNull(q.ReservationActivitySID), "reservation_activity_name": orNull(activities[q.ReservationActivitySID]),
		"assignment_activity_sid": orNull(q.AssignmentActivitySID), "assignment_activity_name": orNull(activities[q.AssignmentActivitySID]),
		"date_created": date(q.Created), "date_updated": date(q.Updated), "url": v.workspace() + "/TaskQueues/" + q.SID, "links": links,
	}
}
