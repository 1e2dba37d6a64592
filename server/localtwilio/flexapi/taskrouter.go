package flexapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"escalate/server/localtwilio/store"
)

// taskRouter is TaskRouter as an agent's desktop uses it: each Worker sees and changes what
// is their own.
type taskRouter struct{ views }

// request is one of the TaskRouter library's.
type request struct {
	holder  holder
	method  string
	path    []string // below the API's version
	params  map[string]json.RawMessage
	ifMatch string
}

// channels serves one request of the TaskRouter library, which come as POSTs
// of their own method, path below the API's version, and parameters.
func (s *Server) channels(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	var q struct {
		URL, Method, Token string
		Params             map[string]json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		s.fail(w, r, fmt.Errorf("%w: %w", errRequest, err))
		return
	}
	h, err := s.holderOf(q.Token)
	var v any
	if err == nil {
		ask := request{h, q.Method, strings.Split(strings.Trim(q.URL, "/"), "/"), q.Params, strings.Trim(r.Header.Get("If-Match"), `"`)}
		if s.contacts.answers(ask.path) {
			v, err = s.contacts.serve(ask)
		} else {
			v, err = s.taskRouter.serve(ask)
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	respond(w, http.StatusOK, object{"payload": v})
}

// serve does what a request asks for by its path: Workspaces/{workspace}/….
func (t *taskRouter) serve(q request) (any, error) {
	if len(q.path) < 3 || q.path[0] != "Workspaces" || q.path[1] != t.store.Account().WorkspaceSID {
		return nil, store.ErrNotFound
	}
	h, path := q.holder, q.path[2:]
	at := func(i int) string {
		if i < len(path) {
			return path[i]
		}
		return ""
	}
	post := q.method == http.MethodPost
	switch path[0] {
	case "Activities":
		return paged(t.activities())
	case "Workers":
		// An agent's desktop is about its own Worker.
		if len(path) == 1 || at(1) != h.WorkerSID {
			return nil, store.ErrNotFound
		}
		switch {
		case len(path) == 2 && post:
			return t.updateWorker(h, q.params)
		case len(path) == 2:
			return t.worker(h.worker), nil
		case at(2) == "WorkerChannels" || at(2) == "Channels":
			return paged(t.channels(h.worker))
		case at(2) == "Reservations" && len(path) == 3:
			return t.listReservations(h)
		case at(2) == "Reservations" && post:
			return t.updateReservation(h, at(3), q.params)
		case at(2) == "Reservations":
			return t.fetchReservation(h, at(3))
		}
	case "Tasks":
		switch {
		case len(path) == 2 && post:
			return t.updateTask(h, at(1), q.params, q.ifMatch)
		case len(path) == 2:
			k, err := t.taskOf(h, at(1))
			if err != nil {
				return nil, err
			}
			return t.task(k)
		}
	}
	return nil, store.ErrNotFound
}

// paged is page of what could be read.
func paged(contents []any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return page(contents), nil
}

func page(contents []any) object {
	return object{"contents": contents, "total": len(contents), "after_sid": nil, "before_sid": nil}
}

// updateWorker sets the Worker's Activity or attributes.
func (t *taskRouter) updateWorker(h holder, params map[string]json.RawMessage) (any, error) {
	attributes, setAttributes := text(params, "Attributes")
	if setAttributes && !isObject(attributes) {
		return nil, fmt.Errorf("%w: Attributes must be a JSON object", errRequest)
	}
	activity, setActivity := text(params, "ActivitySid")
	w, err := t.store.Workers.Update(h.WorkerSID, func(w *store.Worker) error {
		if setAttributes {
			w.Attributes = attributes
		}
		if setActivity {
			w.ActivitySID = activity
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.worker(w), nil
}

// listReservations are those that still bind a Task.
func (t *taskRouter) listReservations(h holder) (any, error) {
	all, err := t.store.Reservations.OfWorker(h.WorkerSID)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, r := range all {
		if !slices.Contains([]string{store.ReservationPending, store.ReservationAccepted, store.ReservationWrapping}, r.Status) {
			continue
		}
		v, err := t.reservationOfTask(r)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return page(list), nil
}

// reservationOfTask draws a Reservation with its Task.
func (t *taskRouter) reservationOfTask(r store.Reservation) (any, error) {
	k, err := t.store.Tasks.Get(r.TaskSID)
	if err != nil {
		return nil, err
	}
	return t.reservation(r, k)
}

// reservationOf finds a Reservation of the holder's.
func (t *taskRouter) reservationOf(h holder, sid string) (store.Reservation, error) {
	r, err := t.store.Reservations.Get(sid)
	if err == nil && r.WorkerSID != h.WorkerSID {
		err = store.ErrNotFound
	}
	return r, err
}

func (t *taskRouter) fetchReservation(h holder, sid string) (any, error) {
	r, err := t.reservationOf(h, sid)
	if err != nil {
		return nil, err
	}
	return t.reservationOfTask(r)
}

func (t *taskRouter) updateReservation(h holder, sid string, params map[string]json.RawMessage) (any, error) {
	r, err := t.reservationOf(h, sid)
	if err != nil {
		return nil, err
	}
	if status, given := text(params, "ReservationStatus"); given {
		if r, err = t.store.Reservations.SetStatus(sid, status); err != nil {
			return nil, err
		}
	}
	return t.reservationOfTask(r)
}

// taskOf finds a Task for which the holder has or had a Reservation.
func (t *taskRouter) taskOf(h holder, sid string) (store.Task, error) {
	all, err := t.store.Reservations.OfTask(sid)
	if err != nil {
		return store.Task{}, err
	}
	if !slices.ContainsFunc(all, func(r store.Reservation) bool { return r.WorkerSID == h.WorkerSID }) {
		return store.Task{}, store.ErrNotFound
	}
	return t.store.Tasks.Get(sid)
}

func (t *taskRouter) updateTask(h holder, sid string, params map[string]json.RawMessage, ifMatch string) (any, error) {
	k, err := t.taskOf(h, sid)
	if err != nil {
		return nil, err
	}
	attributes, setAttributes := text(params, "Attributes")
	if setAttributes && !isObject(attributes) {
		return nil, fmt.Errorf("%w: Attributes must be a JSON object", errRequest)
	}
	status, _ := text(params, "AssignmentStatus")
	reason, setReason := text(params, "Reason")
	k, err = t.store.Tasks.Update(k.SID, ifMatch, func(k *store.Task) error {
		if setAttributes {
			k.Attributes = attributes
		}
		if status != "" {
			k.AssignmentStatus = status
		}
		if setReason {
			k.Reason = reason
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.task(k)
}

func isObject(text string) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &m) == nil && m != nil
}
