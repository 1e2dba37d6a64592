package rest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
	"escalate/server/localtwilio/taskrouter/expression"
)

const maxTaskRouterPage = 1000

// inWorkspace makes sure of the Workspace before a handler runs, and makes answers of
// what the store and the router refuse.
func inWorkspace(f handler) handler {
	return func(c *call) error {
		if c.path("workspace") != c.account.WorkspaceSID {
			return notFound(c.r.URL.Path)
		}
		err := f(c)
		for _, refused := range []error{store.ErrReferenced, store.ErrActivity, taskrouter.ErrTarget, taskrouter.ErrConfiguration} {
			if errors.Is(err, refused) {
				return invalid(err.Error())
			}
		}
		if errors.Is(err, store.ErrRevision) {
			return &Error{Status: http.StatusPreconditionFailed, Code: codePrecondition, Message: "Precondition Failed"}
		}
		return err
	}
}

// taken is err, which for a name that another has is what Twilio says of it.
func (c *call) taken(kind, name string, err error) error {
	if !errors.Is(err, store.ErrNameTaken) {
		return err
	}
	return invalid(fmt.Sprintf("%s named %s already exists for workspace %s for account %s", kind, name, c.account.WorkspaceSID, c.account.SID))
}

// given sets v to a parameter that was given.
func (c *call) given(name string, v *string) {
	if c.has(name) {
		*v = c.form(name)
	}
}

// named is given for a name: one that is given must not be empty.
func (c *call) named(name string, v *string) error {
	if c.has(name) && c.form(name) == "" {
		return invalid("Invalid parameter " + name + ": it is empty")
	}
	c.given(name, v)
	return nil
}

// yes reports whether text is one of those that TaskRouter reads as true.
func yes(text string) bool {
	switch strings.ToLower(text) {
	case "true", "1", "yes":
		return true
	}
	return false
}

// condition reads a parameter that is an expression; nil for none.
func (c *call) condition(name string) (*expression.Expression, error) {
	if c.form(name) == "" {
		return nil, nil //nolint:nilnil // no condition is no fault
	}
	e, err := expression.Parse(c.form(name))
	if err != nil {
		return nil, invalid("Invalid parameter " + name + ": " + err.Error())
	}
	return &e, nil
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
	return c.tagged(http.StatusOK, r.ETag(), taskRouterOf(c).reservation(r))
}

func updateReservation(c *call) error {
	r, err := findReservation(c)
	if err != nil {
		return err
	}
	if c.has("WorkerActivitySid") && c.form("ReservationStatus") != store.ReservationRejected {
		return invalid("WorkerActivitySid needs the ReservationStatus rejected")
	}
	v := store.Reply{Status: c.form("ReservationStatus"), IfMatch: c.ifMatch(), ActivitySID: c.form("WorkerActivitySid")}
	if !c.has("ReservationStatus") {
		v.Status = r.Status
	}
	if r, err = c.store.Reservations.Reply(r.SID, v); err != nil {
		return err
	}
	return c.tagged(http.StatusOK, r.ETag(), taskRouterOf(c).reservation(r))
}

// ordered sorts a list as Ordering says: NAME:asc or NAME:desc, by one of the names.
func ordered[T any](c *call, all []T, by map[string]func(a, b T) int) error {
	if c.form("Ordering") == "" {
		return nil
	}
	terms := strings.Split(c.form("Ordering"), ",")
	// The last term is the first to sort by: each keeps what the next has made where it is equal.
	for _, term := range slices.Backward(terms) {
		name, direction, _ := strings.Cut(strings.TrimSpace(term), ":")
		compare := by[name]
		if compare == nil || direction != "asc" && direction != "desc" {
			return invalid("Invalid parameter Ordering: " + term)
		}
		slices.SortStableFunc(all, func(a, b T) int {
			if direction == "desc" {
				a, b = b, a
			}
			return compare(a, b)
		})
	}
	return nil
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
