package twilioapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	taskrouter "github.com/twilio/twilio-go/rest/taskrouter/v1"

	"escalate/server/escalation"
)

// Tasks is escalation.Tasks over Twilio TaskRouter.
type Tasks struct{ t *Client }

var _ escalation.Tasks = (*Tasks)(nil)

// Fetch reads a Task; ErrNotFound when there is none.
func (r *Tasks) Fetch(ctx context.Context, sid string) (escalation.Task, error) {
	if err := checkSID("WT", sid); err != nil {
		return escalation.Task{}, err
	}
	k := r.t.begin(ctx, opFetchTask)
	// With metadata, because the revision is in a header only.
	answer, err := r.t.taskrouter(k).FetchTaskWithMetadata(r.t.c.WorkspaceSID, sid)
	if err != nil {
		return escalation.Task{}, k.fail(err)
	}
	task := answer.GetResource()
	return escalation.Task{
		SID:        deref(task.Sid),
		Status:     deref(task.AssignmentStatus),
		Attributes: json.RawMessage(deref(task.Attributes)),
		Revision:   etag(answer.GetHeader("ETag")),
	}, nil
}

// maxAttributes is TaskRouter's limit for a Task's attributes: so many
// "characters", of whatever kind. No kind is shorter than a byte.
const maxAttributes = 4096

// UpdateAttributes replaces all attributes of the given revision; ErrConflict
// when there is a newer one, ErrTooLarge when they are too long.
func (r *Tasks) UpdateAttributes(ctx context.Context, sid, revision string, attributes json.RawMessage) error {
	if err := checkSID("WT", sid); err != nil {
		return err
	}
	if revision == "" {
		// An empty If-Match would overwrite whatever is there.
		return fmt.Errorf("update Task %s: no revision: %w", sid, escalation.ErrConflict)
	}
	k := r.t.begin(ctx, opUpdateTask)
	p := new(taskrouter.UpdateTaskParams).SetAttributes(string(attributes)).SetIfMatch(revision)
	_, err := r.t.taskrouter(k).UpdateTask(r.t.c.WorkspaceSID, sid, p)
	if err = k.fail(err); err == nil {
		return nil
	}
	// Twilio has no error code of its own for it. With fewer bytes it must have
	// been for something else.
	if s := statusOf(err); (s == http.StatusBadRequest || s == http.StatusRequestEntityTooLarge) && len(attributes) > maxAttributes {
		return errors.Join(escalation.ErrTooLarge, err)
	}
	return err
}

// AssignedTo says whether the Worker has an accepted Reservation of the Task,
// or is wrapping it up.
func (r *Tasks) AssignedTo(ctx context.Context, sid, worker string) (bool, error) {
	if err := errors.Join(checkSID("WT", sid), checkSID("WK", worker)); err != nil {
		return false, err
	}
	k := r.t.begin(ctx, opListReservation)
	all, err := r.t.taskrouter(k).ListTaskReservation(r.t.c.WorkspaceSID, sid, new(taskrouter.ListTaskReservationParams).SetWorkerSid(worker))
	if err != nil {
		return false, k.fail(err)
	}
	return slices.ContainsFunc(all, func(v taskrouter.TaskrouterV1TaskReservation) bool {
		// The filter is asked of Twilio, but what hangs on it is checked here.
		status := deref(v.ReservationStatus)
		return deref(v.WorkerSid) == worker && (status == "accepted" || status == "wrapping")
	}), nil
}
