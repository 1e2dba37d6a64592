package rest

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
)

// maxReservationTimeout is how many seconds at most a Worker has to answer an offer.
const maxReservationTimeout = 86400

func listWorkflows(c *call) error {
	all, err := c.store.TaskRouter.Workflows.List()
	if err != nil {
		return err
	}
	if c.has("FriendlyName") {
		all = slices.DeleteFunc(all, func(w store.Workflow) bool { return w.FriendlyName != c.form("FriendlyName") })
	}
	return list(c, "workflows", maxTaskRouterPage, all, func(w store.Workflow) string { return w.SID }, taskRouterOf(c).workflow)
}

// readWorkflow reads a Workflow's parameters into w.
func readWorkflow(c *call, w *store.Workflow) error {
	c.given("Configuration", &w.Configuration)
	return errors.Join(
		c.named("FriendlyName", &w.FriendlyName),
		c.integer("TaskReservationTimeout", &w.TaskReservationTimeout, 1, maxReservationTimeout, invalid("TaskReservationTimeout must be between 1 and 86400")),
	)
}

// checkConfiguration refuses a Configuration by which nothing can be routed.
func checkConfiguration(c *call) error {
	if !c.has("Configuration") {
		return nil
	}
	queues, err := c.store.TaskRouter.TaskQueues.List()
	if err != nil {
		return err
	}
	_, err = taskrouter.ParseConfiguration(c.form("Configuration"), queues)
	return err
}

func createWorkflow(c *call) error {
	w := store.Workflow{TaskReservationTimeout: store.DefaultReservationTimeout}
	if err := c.required("FriendlyName", "Configuration"); err != nil {
		return err
	}
	if err := errors.Join(checkConfiguration(c), readWorkflow(c, &w)); err != nil {
		return err
	}
	w, err := c.store.TaskRouter.Workflows.Create(w)
	if err != nil {
		return c.taken("Workflow", c.form("FriendlyName"), err)
	}
	return c.json(http.StatusCreated, taskRouterOf(c).workflow(w))
}

func fetchWorkflow(c *call) error {
	w, err := c.store.TaskRouter.Workflows.Get(c.path("workflow"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, taskRouterOf(c).workflow(w))
}

func updateWorkflow(c *call) error {
	if err := checkConfiguration(c); err != nil {
		return err
	}
	w, err := c.store.TaskRouter.Workflows.Update(c.path("workflow"), func(w *store.Workflow) error {
		if yes(c.form("ReEvaluateTasks")) {
			w.Evaluated++
		}
		return readWorkflow(c, w)
	})
	if err != nil {
		return c.taken("Workflow", c.form("FriendlyName"), err)
	}
	return c.json(http.StatusOK, taskRouterOf(c).workflow(w))
}

func deleteWorkflow(c *call) error {
	if err := c.store.TaskRouter.Workflows.Delete(c.path("workflow")); err != nil {
		return err
	}
	return c.noContent()
}

func (v taskRouterView) workflow(w store.Workflow) any {
	return object{
		"account_sid": v.account.SID, "workspace_sid": v.account.WorkspaceSID, "sid": w.SID, "friendly_name": w.FriendlyName,
		"configuration": w.Configuration, "document_content_type": "application/json", "task_reservation_timeout": w.TaskReservationTimeout,
		"assignment_callback_url": nil, "fallback_assignment_callback_url": nil,
		"date_created": date(w.Created), "date_updated": date(w.Updated), "url": v.workspace() + "/Workflows/" + w.SID,
		"links": object{"workspace": v.workspace()},
	}
}
