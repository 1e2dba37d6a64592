package rest

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
)

const maxTaskRouterPage = 1000

// inWorkspace makes sure of the Workspace before a handler runs.
func inWorkspace(f handler) handler {
	return func(c *call) error {
		if c.path("workspace") != c.account.WorkspaceSID {
			return notFound(c.r.URL.Path)
		}
		return f(c)
	}
}

func fetchWorkspace(c *call) error {
	u := taskRouterOf(c).workspace()
	return c.json(http.StatusOK, object{
		"sid": c.account.WorkspaceSID, "account_sid": c.account.SID, "friendly_name": "Flex Task Assignment", "url": u,
		"links": object{"tasks": u + "/Tasks", "workers": u + "/Workers"},
	})
}

func createTask(c *call) error {
	k := store.Task{Attributes: c.form("Attributes"), TaskChannel: c.form("TaskChannel")}
	if k.Attributes != "" && !isObject(k.Attributes) {
		return invalid("Attributes must be a JSON object")
	}
	err := errors.Join(
		c.integer("Priority", &k.Priority, 0, 1<<31-1, invalid("Invalid parameter Priority")),
		c.integer("Timeout", &k.Timeout, 1, 1<<31-1, invalid("Invalid parameter Timeout")),
	)
	if err != nil {
		return err
	}
	if k, err = c.store.Tasks.Create(k); err != nil {
		return err
	}
	return c.tagged(http.StatusCreated, k.ETag(), taskRouterOf(c).task(k))
}

func listTasks(c *call) error {
	all, err := c.store.Tasks.List()
	if err != nil {
		return err
	}
	if c.form("AssignmentStatus") != "" {
		// SDKs repeat the parameter; by hand it is a list with commas.
		statuses := strings.Split(strings.Join(c.r.Form["AssignmentStatus"], ","), ",")
		all = slices.DeleteFunc(all, func(k store.Task) bool { return !slices.Contains(statuses, k.AssignmentStatus) })
	}
	return list(c, "tasks", maxTaskRouterPage, all, func(k store.Task) string { return k.SID }, taskRouterOf(c).task)
}

func fetchTask(c *call) error {
	k, err := c.store.Tasks.Get(c.path("task"))
	if err != nil {
		return err
	}
	return c.tagged(http.StatusOK, k.ETag(), taskRouterOf(c).task(k))
}

func updateTask(c *call) error {
	if c.has("Attributes") && !isObject(c.form("Attributes")) {
		return invalid("Attributes must be a JSON object")
	}
	k, err := c.store.Tasks.Update(c.path("task"), c.ifMatch(), func(k *store.Task) error {
		if c.has("Attributes") {
			k.Attributes = c.form("Attributes")
		}
		if v := c.form("AssignmentStatus"); v != "" {
			k.AssignmentStatus = v
		}
		if c.has("Reason") {
			k.Reason = c.form("Reason")
		}
		if v := c.form("TaskChannel"); v != "" {
			k.TaskChannel = v
		}
		return c.integer("Priority", &k.Priority, 0, 1<<31-1, invalid("Invalid parameter Priority"))
	})
	if errors.Is(err, store.ErrRevision) {
		return &Error{Status: http.StatusPreconditionFailed, Code: codePrecondition, Message: "Precondition Failed"}
	}
	if err != nil {
		return err
	}
	// The shape of the headers is Twilio's; nothing is limited here.
	c.w.Header().Set("X-Rate-Limit-Limit", "100")
	c.w.Header().Set("X-Rate-Limit-Remaining", "99")
	return c.tagged(http.StatusOK, k.ETag(), taskRouterOf(c).task(k))
}

func deleteTask(c *call) error {
	if err := c.store.Tasks.Delete(c.path("task"), c.ifMatch()); err != nil {
		return err
	}
	return c.noContent()
}

func listWorkers(c *call) error {
	all, err := c.store.Workers.List()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(w store.Worker) bool {
		return c.has("FriendlyName") && w.FriendlyName != c.form("FriendlyName") ||
			c.has("ActivityName") && w.Activity != c.form("ActivityName") ||
			c.has("ActivitySid") && w.ActivitySID != c.form("ActivitySid") ||
			c.has("Available") && strconv.FormatBool(w.Available) != strings.ToLower(c.form("Available"))
	})
	return list(c, "workers", maxTaskRouterPage, all, func(w store.Worker) string { return w.SID }, taskRouterOf(c).worker)
}

func fetchWorker(c *call) error {
	w, err := c.store.Workers.Get(c.path("worker"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).worker(w))
}

func updateWorker(c *call) error {
	if c.has("Attributes") && !isObject(c.form("Attributes")) {
		return invalid("Attributes must be a JSON object")
	}
	w, err := c.store.Workers.Update(c.path("worker"), func(w *store.Worker) error {
		if c.has("Attributes") {
			w.Attributes = c.form("Attributes")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).worker(w))
}

func listTaskReservations(c *call) error {
	all, err := c.store.Reservations.OfTask(c.path("task"))
	if err != nil {
		return err
	}
	return listReservations(c, all)
}

func listWorkerReservations(c *call) error {
	all, err := c.store.Reservations.OfWorker(c.path("worker"))
	if err != nil {
		return err
	}
	return listReservations(c, all)
}

func listReservations(c *call, all []store.Reservation) error {
	all = slices.DeleteFunc(all, func(r store.Reservation) bool {
		return c.has("ReservationStatus") && r.Status != c.form("ReservationStatus") ||
			c.has("WorkerSid") && r.WorkerSID != c.form("WorkerSid")
	})
	return list(c, "reservations", maxTaskRouterPage, all, func(r store.Reservation) string { return r.SID }, taskRouterOf(c).reservation)
}

// findReservation finds the path's Reservation, which must be its owner's.
func findReservation(c *call) (store.Reservation, error) {
	r, err := c.store.Reservations.Get(c.path("reservation"))
	if err == nil && r.TaskSID != c.path("task") && r.WorkerSID != c.path("worker") {
		err = store.ErrNotFound
	}
	return r, err
}

func fetchReservation(c *call) error {
	r, err := findReservation(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).reservation(r))
}

func updateReservation(c *call) error {
	r, err := findReservation(c)
	if err == nil && c.has("ReservationStatus") {
		r, err = c.store.Reservations.SetStatus(r.SID, c.form("ReservationStatus"))
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).reservation(r))
}

// taskRouterView shows the resources of TaskRouter.
type taskRouterView struct {
	base    string // what URLs begin with
	account store.Account
	now     time.Time
	owner   string // Tasks or Workers: whose Reservations were asked for
}

func taskRouterOf(c *call) taskRouterView {
	v := taskRouterView{base: c.target.base, account: c.account, now: c.store.Now(), owner: "Tasks"}
	if c.path("worker") != "" {
		v.owner = "Workers"
	}
	return v
}

func (v taskRouterView) workspace() string {
	return v.base + "/v1/Workspaces/" + v.account.WorkspaceSID
}

func (v taskRouterView) task(k store.Task) any {
	u := v.workspace() + "/Tasks/" + k.SID
	return object{
		"account_sid": v.account.SID, "age": int(v.now.Sub(k.Created).Seconds()), "assignment_status": k.AssignmentStatus,
		"attributes": k.Attributes, "addons": "{}", "date_created": date(k.Created), "date_updated": date(k.Updated),
		"task_queue_entered_date": date(k.Created), "virtual_start_time": date(k.Created),
		"priority": k.Priority, "reason": orNull(k.Reason), "sid": k.SID, "timeout": k.Timeout,
		"task_queue_sid": v.account.TaskQueueSID, "task_queue_friendly_name": "Everyone",
		"task_channel_sid": v.account.TaskChannelSID, "task_channel_unique_name": k.TaskChannel,
		"workflow_sid": v.account.WorkflowSID, "workflow_friendly_name": "Assign to Anyone",
		"workspace_sid": v.account.WorkspaceSID, "ignore_capacity": false, "routing_target": nil, "url": u,
		"links": object{"reservations": u + "/Reservations", "workspace": v.workspace()},
	}
}

func (v taskRouterView) worker(w store.Worker) any {
	u := v.workspace() + "/Workers/" + w.SID
	return object{
		"account_sid": v.account.SID, "activity_name": w.Activity, "activity_sid": w.ActivitySID, "attributes": w.Attributes,
		"available": w.Available, "date_created": date(w.Created), "date_updated": date(w.Updated), "date_status_changed": date(w.Updated),
		"friendly_name": w.FriendlyName, "sid": w.SID, "workspace_sid": v.account.WorkspaceSID, "url": u,
		"links": object{"reservations": u + "/Reservations", "workspace": v.workspace()},
	}
}

func (v taskRouterView) reservation(r store.Reservation) any {
	task, worker := v.workspace()+"/Tasks/"+r.TaskSID, v.workspace()+"/Workers/"+r.WorkerSID
	u := task
	if v.owner == "Workers" {
		u = worker
	}
	return object{
		"account_sid": v.account.SID, "date_created": date(r.Created), "date_updated": date(r.Updated), "reservation_status": r.Status,
		"sid": r.SID, "task_sid": r.TaskSID, "worker_name": r.Worker, "worker_sid": r.WorkerSID, "workspace_sid": v.account.WorkspaceSID,
		"url":   u + "/Reservations/" + r.SID,
		"links": object{"task": task, "worker": worker, "workspace": v.workspace()},
	}
}
