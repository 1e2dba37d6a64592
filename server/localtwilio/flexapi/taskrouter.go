package flexapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"escalate/server/localtwilio/store"
)

// channels answers one request of the TaskRouter library, which come as POSTs
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
		v, err = s.ask(h, q.Method, strings.Split(strings.Trim(q.URL, "/"), "/"), q.Params, strings.Trim(r.Header.Get("If-Match"), `"`))
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	respond(w, http.StatusOK, object{"payload": v})
}

// ask answers a request by its path: Workspaces/{workspace}/….
func (s *Server) ask(h holder, method string, path []string, params map[string]json.RawMessage, ifMatch string) (any, error) {
	if len(path) < 3 || path[0] != "Workspaces" || path[1] != s.store.Account().WorkspaceSID {
		return nil, store.ErrNotFound
	}
	path = path[2:]
	at := func(i int) string {
		if i < len(path) {
			return path[i]
		}
		return ""
	}
	post := method == http.MethodPost
	switch path[0] {
	case "Activities":
		return page(s.activities()), nil
	case "Workers":
		// An agent's desktop is about its own Worker.
		if len(path) == 1 || at(1) != h.WorkerSID {
			return nil, store.ErrNotFound
		}
		switch {
		case len(path) == 2 && post:
			return s.updateWorker(h, params)
		case len(path) == 2:
			return s.workerView(h.worker), nil
		case at(2) == "WorkerChannels" || at(2) == "Channels":
			return page([]any{s.channelView(h.worker)}), nil
		case at(2) == "Reservations" && len(path) == 3:
			return s.listReservations(h)
		case at(2) == "Reservations" && post:
			return s.updateReservation(h, at(3), params)
		case at(2) == "Reservations":
			return s.fetchReservation(h, at(3))
		}
	case "Tasks":
		switch {
		case len(path) == 2 && post:
			return s.updateTask(h, at(1), params, ifMatch)
		case len(path) == 2:
			k, err := s.taskOf(h, at(1))
			if err != nil {
				return nil, err
			}
			return s.taskView(k), nil
		}
	}
	return nil, store.ErrNotFound
}

func page(contents []any) object {
	return object{"contents": contents, "total": len(contents), "after_sid": nil, "before_sid": nil}
}

// updateWorker sets the Worker's Activity or attributes.
func (s *Server) updateWorker(h holder, params map[string]json.RawMessage) (any, error) {
	attributes, setAttributes := text(params, "Attributes")
	if setAttributes && !isObject(attributes) {
		return nil, fmt.Errorf("%w: Attributes must be a JSON object", errRequest)
	}
	var activity *activity
	if sid, given := text(params, "ActivitySid"); given {
		i := slices.IndexFunc(activities, func(a activityName) bool { return activitySID(s.store.Account(), a.name) == sid })
		if i < 0 {
			return nil, fmt.Errorf("%w: unknown Activity", errRequest)
		}
		activity = s.activity(activities[i])
	}
	w, err := s.store.UpdateWorker(h.WorkerSID, func(w *store.Worker) error {
		if setAttributes {
			w.Attributes = attributes
		}
		if activity != nil {
			w.Activity, w.ActivitySID, w.Available = activity.name, activity.sid, activity.available
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.workerView(w), nil
}

// listReservations are those that still bind a Task.
func (s *Server) listReservations(h holder) (any, error) {
	all, err := s.store.WorkerReservations(h.WorkerSID)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, r := range all {
		if !slices.Contains([]string{store.ReservationPending, store.ReservationAccepted, store.ReservationWrapping}, r.Status) {
			continue
		}
		v, err := s.reservationView(r)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return page(list), nil
}

// reservationOf finds a Reservation of the holder's.
func (s *Server) reservationOf(h holder, sid string) (store.Reservation, error) {
	r, err := s.store.Reservation(sid)
	if err == nil && r.WorkerSID != h.WorkerSID {
		err = store.ErrNotFound
	}
	return r, err
}

func (s *Server) fetchReservation(h holder, sid string) (any, error) {
	r, err := s.reservationOf(h, sid)
	if err != nil {
		return nil, err
	}
	return s.reservationView(r)
}

func (s *Server) updateReservation(h holder, sid string, params map[string]json.RawMessage) (any, error) {
	r, err := s.reservationOf(h, sid)
	if err != nil {
		return nil, err
	}
	if status, given := text(params, "ReservationStatus"); given {
		if r, err = s.store.SetReservationStatus(sid, status); err != nil {
			return nil, err
		}
	}
	return s.reservationView(r)
}

// taskOf finds a Task for which the holder has or had a Reservation.
func (s *Server) taskOf(h holder, sid string) (store.Task, error) {
	all, err := s.store.TaskReservations(sid)
	if err != nil {
		return store.Task{}, err
	}
	if !slices.ContainsFunc(all, func(r store.Reservation) bool { return r.WorkerSID == h.WorkerSID }) {
		return store.Task{}, store.ErrNotFound
	}
	return s.store.Task(sid)
}

func (s *Server) updateTask(h holder, sid string, params map[string]json.RawMessage, ifMatch string) (any, error) {
	k, err := s.taskOf(h, sid)
	if err != nil {
		return nil, err
	}
	attributes, setAttributes := text(params, "Attributes")
	if setAttributes && !isObject(attributes) {
		return nil, fmt.Errorf("%w: Attributes must be a JSON object", errRequest)
	}
	status, _ := text(params, "AssignmentStatus")
	reason, setReason := text(params, "Reason")
	k, err = s.store.UpdateTask(k.SID, ifMatch, func(k *store.Task) error {
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
	return s.taskView(k), nil
}

func isObject(text string) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &m) == nil && m != nil
}
