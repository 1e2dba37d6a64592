package rest

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
)

const (
	// defaultTaskChannel is the one of a Task whose maker does not say: Twilio's default.
	defaultTaskChannel = "default"
	// maxTaskTimeout is how many seconds at most a Task may wait: two weeks.
	maxTaskTimeout = 1209600
)

func createTask(c *call) error {
	k := store.Task{
		Attributes: c.form("Attributes"), TaskChannel: cmp.Or(c.form("TaskChannel"), defaultTaskChannel), WorkflowSID: c.form("WorkflowSid"),
		TaskQueueSID: c.form("TaskQueueSid"), RoutingTarget: c.form("RoutingTarget"),
	}
	forWorker := strings.HasPrefix(k.RoutingTarget, "WK")
	k.IgnoreCapacity = forWorker
	if c.form("IgnoreCapacity") != "" {
		k.IgnoreCapacity = yes(c.form("IgnoreCapacity"))
		if k.IgnoreCapacity && !forWorker {
			return invalid("IgnoreCapacity needs a RoutingTarget that is a Worker")
		}
	}
	err := errors.Join(
		c.taskRouterAttributes(),
		c.integer("Priority", &k.Priority, 0, 1<<31-1, invalid("Invalid parameter Priority")),
		c.integer("Timeout", &k.Timeout, 1, maxTaskTimeout, invalid("Invalid parameter Timeout")),
		c.virtualStart(&k.VirtualStart),
	)
	if err != nil {
		return err
	}
	if k, err = taskrouter.CreateTask(c.store, k); err != nil {
		return err
	}
	return answerTask(c, http.StatusCreated, k)
}

// virtualStart reads VirtualStartTime, which is not in the future nor before 1900.
func (c *call) virtualStart(v *time.Time) error {
	if c.form("VirtualStartTime") == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, c.form("VirtualStartTime"))
	if err != nil || at.After(c.store.Now()) || at.Year() < 1900 {
		return invalid("Invalid parameter VirtualStartTime")
	}
	*v = at
	return nil
}

func answerTask(c *call, status int, k store.Task) error {
	n, err := c.store.TaskRouter.Names(k)
	if err != nil {
		return err
	}
	return c.tagged(status, k.ETag(), taskRouterOf(c).task(namedTask{k, n}))
}

// namedTask is a Task, and what it names.
type namedTask struct {
	store.Task
	names store.Names
}

func listTasks(c *call) error {
	tasks, err := c.store.Tasks.List()
	if err != nil {
		return err
	}
	names, err := c.store.TaskRouter.NamesOf(tasks)
	if err != nil {
		return err
	}
	all := make([]namedTask, len(tasks))
	for i, k := range tasks {
		all[i] = namedTask{k, names[i]}
	}
	priority, addons := 0, false
	matching, err := c.condition("EvaluateTaskAttributes")
	err = errors.Join(err, c.integer("Priority", &priority, 0, 1<<31-1, invalid("Invalid parameter Priority")), c.boolean("HasAddons", &addons))
	if err != nil {
		return err
	}
	// SDKs repeat the parameter; by hand it is a list with commas.
	statuses := strings.Split(strings.Join(c.r.Form["AssignmentStatus"], ","), ",")
	all = slices.DeleteFunc(all, func(k namedTask) bool {
		return c.form("AssignmentStatus") != "" && !slices.Contains(statuses, k.AssignmentStatus) ||
			c.has("Priority") && k.Priority != priority ||
			c.has("WorkflowSid") && k.names.Workflow.SID != c.form("WorkflowSid") ||
			c.has("WorkflowName") && k.names.Workflow.FriendlyName != c.form("WorkflowName") ||
			c.has("TaskQueueSid") && k.names.TaskQueue.SID != c.form("TaskQueueSid") ||
			c.has("TaskQueueName") && k.names.TaskQueue.FriendlyName != c.form("TaskQueueName") ||
			c.has("RoutingTarget") && k.RoutingTarget != c.form("RoutingTarget") ||
			addons || // no Task has any
			matching != nil && !taskrouter.TaskMatches(*matching, k.Task)
	})
	// "Priority:desc,DateCreated:asc"
	err = ordered(c, all, map[string]func(a, b namedTask) int{
		"DateCreated":      func(a, b namedTask) int { return a.Created.Compare(b.Created) },
		"Priority":         func(a, b namedTask) int { return cmp.Compare(a.Priority, b.Priority) },
		"VirtualStartTime": func(a, b namedTask) int { return a.VirtualStart.Compare(b.VirtualStart) },
	})
	if err != nil {
		return err
	}
	return list(c, "tasks", maxTaskRouterPage, all, func(k namedTask) string { return k.SID }, taskRouterOf(c).task)
}

func fetchTask(c *call) error {
	k, err := c.store.Tasks.Get(c.path("task"))
	if err != nil {
		return err
	}
	return answerTask(c, http.StatusOK, k)
}

func updateTask(c *call) error {
	if c.has("Attributes") && !isObject(c.form("Attributes")) {
		return invalid("Attributes must be a JSON object")
	}
	channel, err := taskChannelName(c)
	if err != nil {
		return err
	}
	k, err := c.store.Tasks.Update(c.path("task"), c.ifMatch(), func(k *store.Task) error {
		c.given("Attributes", &k.Attributes)
		if v := c.form("AssignmentStatus"); v != "" {
			k.AssignmentStatus = v
		}
		c.given("Reason", &k.Reason)
		k.TaskChannel = cmp.Or(channel, k.TaskChannel)
		return errors.Join(
			c.integer("Priority", &k.Priority, 0, 1<<31-1, invalid("Invalid parameter Priority")),
			c.virtualStart(&k.VirtualStart),
		)
	})
	if err != nil {
		return err
	}
	// The shape of the headers is Twilio's; nothing is limited here.
	c.w.Header().Set("X-Rate-Limit-Limit", "100")
	c.w.Header().Set("X-Rate-Limit-Remaining", "99")
	return answerTask(c, http.StatusOK, k)
}

// taskChannelName is the unique name of the TaskChannel that a request names, by that or by
// SID; empty for none.
func taskChannelName(c *call) (string, error) {
	given := c.form("TaskChannel")
	if given == "" {
		return "", nil
	}
	all, err := c.store.TaskRouter.TaskChannels.List()
	if err != nil {
		return "", err
	}
	for _, v := range all {
		if v.SID == given || v.UniqueName == given {
			return v.UniqueName, nil
		}
	}
	return "", invalid("Invalid parameter TaskChannel: there is no TaskChannel " + given)
}

func deleteTask(c *call) error {
	if err := c.store.Tasks.Delete(c.path("task"), c.ifMatch()); err != nil {
		return err
	}
	return c.noContent()
}

// startOf is when a Task began to wait, and when it came into its TaskQueue.
func startOf(k store.Task) (start, entered time.Time) {
	if k.VirtualStart.IsZero() { // an earlier version made it
		return k.Created, k.Created
	}
	return k.VirtualStart, k.QueueEntered
}

func (v taskRouterView) task(k namedTask) any {
	u, n := v.workspace()+"/Tasks/"+k.SID, k.names
	start, entered := startOf(k.Task)
	return object{
		"account_sid": v.account.SID, "age": int(v.now.Sub(k.Created).Seconds()), "assignment_status": k.AssignmentStatus,
		"attributes": k.Attributes, "addons": "{}", "date_created": date(k.Created), "date_updated": date(k.Updated),
		"task_queue_entered_date": date(entered), "virtual_start_time": date(start),
		"priority": k.Priority, "reason": orNull(k.Reason), "sid": k.SID, "timeout": k.Timeout,
		"task_queue_sid": orNull(n.TaskQueue.SID), "task_queue_friendly_name": orNull(n.TaskQueue.FriendlyName),
		"task_channel_sid": orNull(n.TaskChannel.SID), "task_channel_unique_name": k.TaskChannel,
		"workflow_sid": orNull(n.Workflow.SID), "workflow_friendly_name": orNull(n.Workflow.FriendlyName),
		"workspace_sid": v.account.WorkspaceSID, "ignore_capacity": k.IgnoreCapacity, "routing_target": orNull(k.RoutingTarget), "url": u,
		"links": object{
			"reservations": u + "/Reservations", "workspace": v.workspace(),
			"task_queue": v.workspace() + "/TaskQueues/" + n.TaskQueue.SID, "workflow": v.workspace() + "/Workflows/" + n.Workflow.SID,
		},
	}
}
