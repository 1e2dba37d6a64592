package flexapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"escalate/server/localtwilio/store"
)

// taskRouter is TaskRouter as an agent's desktop uses it. Everybody may read the Workspace's
// Activities, Workers and TaskQueues; of Tasks and Reservations, and of what can be changed,
// each Worker has their own, and supervisors have everybody's.
type taskRouter struct {
	views
	rest passing
}

// request is one of the TaskRouter library's.
type request struct {
	ctx     context.Context
	holder  holder
	method  string
	path    []string // below the API's version
	params  map[string]json.RawMessage
	ifMatch string
}

// errForbidden is returned for what only supervisors may do.
var errForbidden = errors.New("only supervisors may change what is others'")

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
	h, err := s.bridgeHolder(q.Token)
	var v any
	if err == nil {
		ask := request{r.Context(), h, q.Method, strings.Split(strings.Trim(q.URL, "/"), "/"), q.Params, strings.Trim(r.Header.Get("If-Match"), `"`)}
		switch {
		case !s.contacts.answers(ask.path):
			v, err = s.taskRouter.serve(ask)
		case h.plain:
			err = refuseGrant("a TaskRouterGrant is not good for Interactions, for which Flex's own token is")
		default:
			v, err = s.contacts.serve(ask)
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
	path := q.path[2:]
	post := q.method == http.MethodPost
	switch path[0] {
	case "Activities":
		if len(path) == 1 && !post {
			return t.list(q, "/Activities", "activities", of(t.store.TaskRouter.Activities.Get, plainly(t.activity)))
		}
	case "TaskQueues":
		get := of(t.store.TaskRouter.TaskQueues.Get, t.taskQueue)
		switch {
		case len(path) == 1 && !post:
			return t.list(q, "/TaskQueues", "task_queues", get)
		case len(path) == 2 && !post:
			return get(path[1])
		}
	case "Workers":
		get := of(t.store.Workers.Get, plainly(t.views.worker))
		switch {
		case len(path) == 1 && !post:
			return t.list(q, "/Workers", "workers", get)
		case len(path) == 2 && !post:
			return get(path[1])
		case len(path) == 2:
			return t.change(q, "/Workers/"+path[1], path[1], get)
		case len(path) > 2:
			return t.ofWorker(q, path[1], path[2], path[3:])
		}
	case "Tasks":
		switch {
		case len(path) == 1 && post:
			return t.change(q, "/Tasks", q.holder.WorkerSID, t.taskBySID)
		case len(path) > 1:
			return t.ofTask(q, path[1], path[2:])
		}
	}
	return nil, store.ErrNotFound
}

// ofWorker is what is below a Worker.
func (t *taskRouter) ofWorker(q request, worker, kind string, rest []string) (any, error) {
	if worker != q.holder.WorkerSID && !q.holder.supervises() {
		return nil, store.ErrNotFound
	}
	base, post := "/Workers/"+worker, q.method == http.MethodPost
	switch kind {
	case "WorkerChannels", "Channels":
		get := func(name string) (any, error) { return t.channelOf(worker, name) }
		switch {
		case len(rest) == 0 && !post:
			return t.list(q, base+"/Channels", "channels", get)
		case len(rest) == 1 && !post:
			return get(rest[0])
		case len(rest) == 1:
			return t.change(q, base+"/Channels/"+rest[0], worker, get)
		}
	case "Reservations":
		switch {
		case len(rest) == 0 && !post:
			return t.listReservations(q, worker)
		case len(rest) == 1 && !post:
			return t.reservationOfWorker(worker, rest[0])
		case len(rest) == 1:
			return t.change(q, base+"/Reservations/"+rest[0], worker, t.reservationBySID)
		}
	case "Transfers", "CustomerParticipant", "WorkerParticipant", "HoldWorkerParticipant", "KickWorkerParticipant":
		if post {
			return nil, t.conference(q, kind)
		}
	}
	return nil, store.ErrNotFound
}

// conference refuses what needs the conference of a call: these are the requests of the
// library's Task.transfer, hold, kick and updateParticipant, and of Reservation.updateParticipant.
func (t *taskRouter) conference(q request, kind string) error {
	sid, _ := text(q.params, "TaskSid")
	if r, _ := text(q.params, "ReservationSid"); sid == "" && r != "" {
		v, err := t.reservationOf(q.holder, r)
		if err != nil {
			return err
		}
		sid = v.TaskSID
	}
	if _, err := t.taskOf(q.holder, sid); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s needs a Task with a conference, and %s has none: local Twilio has no telephone", errRequest, kind, sid)
}

// ofTask is a Task, and what is below it.
func (t *taskRouter) ofTask(q request, sid string, rest []string) (any, error) {
	k, err := t.taskOf(q.holder, sid)
	if err != nil {
		return nil, err
	}
	post := q.method == http.MethodPost
	switch {
	case len(rest) == 0 && !post:
		return t.task(k)
	case len(rest) == 0:
		return t.change(q, "/Tasks/"+sid, q.holder.WorkerSID, t.taskBySID)
	case rest[0] == "Reservations" && len(rest) == 2 && post:
		r, err := t.reservationOf(q.holder, rest[1])
		if err != nil {
			return nil, err
		}
		return t.change(q, "/Tasks/"+sid+"/Reservations/"+r.SID, r.WorkerSID, t.reservationBySID)
	}
	return nil, store.ErrNotFound
}

// change hands a POST on, and shows what is there then. What is another Worker's is only
// for supervisors.
func (t *taskRouter) change(q request, path, owner string, get func(sid string) (any, error)) (any, error) {
	if owner != q.holder.WorkerSID && !q.holder.supervises() {
		return nil, errForbidden
	}
	var made struct{ SID string }
	if err := t.rest.do(q.ctx, http.MethodPost, path, formOf(q.params), q.ifMatch, &made); err != nil {
		return nil, err
	}
	return get(made.SID)
}

// of makes, of how to find a thing and how to show it, how to show what has a SID.
func of[T any](find func(sid string) (T, error), show func(T) (object, error)) func(sid string) (any, error) {
	return func(sid string) (any, error) {
		v, err := find(sid)
		if err != nil {
			return nil, err
		}
		return show(v)
	}
}

// plainly is show, which cannot fail.
func plainly[T any](show func(T) object) func(T) (object, error) {
	return func(v T) (object, error) { return show(v), nil }
}

// list hands a list on, and shows its page as the library reads it: the next one is asked
// for by the last SID, as AfterSid, or where it is ordered as NextToken.
func (t *taskRouter) list(q request, path, key string, get func(sid string) (any, error)) (any, error) {
	form := formOf(q.params)
	for _, name := range []string{"AfterSid", "NextToken"} {
		after := form.Get(name)
		form.Del(name)
		if after == "" {
			continue
		}
		if _, err := get(after); err != nil {
			return nil, fmt.Errorf("%w: Invalid parameter %s: %s is not in the list", errRequest, name, after)
		}
		form.Set("PageToken", "PA"+after)
	}
	l, err := t.rest.list(q.ctx, path, key, form)
	if err != nil {
		return nil, err
	}
	contents := []any{}
	for _, sid := range l.sids {
		v, err := get(sid)
		if errors.Is(err, store.ErrNotFound) {
			continue // gone meanwhile
		}
		if err != nil {
			return nil, err
		}
		contents = append(contents, v)
	}
	last := ""
	if l.more {
		last = l.sids[len(l.sids)-1]
	}
	return page(contents, last), nil
}

// page is a list's page; last is the SID of its last thing where more follow.
func page(contents []any, last string) object {
	return object{"contents": contents, "total": len(contents), "after_sid": textOrNull(last), "before_sid": nil, "meta": object{"next_token": textOrNull(last)}}
}

// channelOf is a Worker's channel, by its SID or that of its TaskChannel.
func (t *taskRouter) channelOf(worker, name string) (any, error) {
	all, err := t.store.TaskRouter.WorkerChannels.List(worker)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if name == c.SID || name == c.TaskChannelSID || name == c.TaskChannel {
			return t.channel(c), nil
		}
	}
	return nil, store.ErrNotFound
}

// listReservations lists a Worker's that still bind a Task, or those of a ReservationStatus.
// REST cannot be asked for the former, nor for the Tasks with them.
func (t *taskRouter) listReservations(q request, worker string) (any, error) {
	all, err := t.store.Reservations.OfWorker(worker)
	if err != nil {
		return nil, err
	}
	form := formOf(q.params)
	status := form.Get("ReservationStatus")
	all = slices.DeleteFunc(all, func(r store.Reservation) bool {
		return status == "" && !r.Live() || status != "" && r.Status != status
	})
	return t.pageOfReservations(all, form)
}

func (t *taskRouter) pageOfReservations(all []store.Reservation, form url.Values) (any, error) {
	if after := form.Get("AfterSid"); after != "" {
		n := slices.IndexFunc(all, func(r store.Reservation) bool { return r.SID == after })
		if n < 0 {
			return nil, fmt.Errorf("%w: Invalid parameter AfterSid: %s is not in the list", errRequest, after)
		}
		all = all[n+1:]
	}
	size, err := strconv.Atoi(cmp.Or(form.Get("PageSize"), "50"))
	if err != nil || size < 1 {
		return nil, fmt.Errorf("%w: Invalid parameter PageSize", errRequest)
	}
	last := ""
	if len(all) > size {
		all = all[:size]
		last = all[size-1].SID
	}
	contents := []any{}
	for _, r := range all {
		v, err := t.reservationOfTask(r)
		if err != nil {
			return nil, err
		}
		contents = append(contents, v)
	}
	return page(contents, last), nil
}

// reservationOfTask draws a Reservation with its Task.
func (t *taskRouter) reservationOfTask(r store.Reservation) (any, error) {
	k, err := t.store.Tasks.Get(r.TaskSID)
	if err != nil {
		return nil, err
	}
	return t.reservation(r, k)
}

// reservationOf finds a Reservation of the holder's, or for a supervisor anybody's.
func (t *taskRouter) reservationOf(h holder, sid string) (store.Reservation, error) {
	r, err := t.store.Reservations.Get(sid)
	if err == nil && r.WorkerSID != h.WorkerSID && !h.supervises() {
		err = store.ErrNotFound
	}
	return r, err
}

func (t *taskRouter) reservationBySID(sid string) (any, error) {
	r, err := t.store.Reservations.Get(sid)
	if err != nil {
		return nil, err
	}
	return t.reservationOfTask(r)
}

func (t *taskRouter) reservationOfWorker(worker, sid string) (any, error) {
	r, err := t.store.Reservations.Get(sid)
	if err == nil && r.WorkerSID != worker {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return t.reservationOfTask(r)
}

func (t *taskRouter) taskBySID(sid string) (any, error) {
	k, err := t.store.Tasks.Get(sid)
	if err != nil {
		return nil, err
	}
	return t.task(k)
}

// taskOf finds a Task for which the holder has or had a Reservation; for a supervisor any.
func (t *taskRouter) taskOf(h holder, sid string) (store.Task, error) {
	all, err := t.store.Reservations.OfTask(sid)
	if err != nil {
		return store.Task{}, err
	}
	if !h.supervises() && !slices.ContainsFunc(all, func(r store.Reservation) bool { return r.WorkerSID == h.WorkerSID }) {
		return store.Task{}, store.ErrNotFound
	}
	return t.store.Tasks.Get(sid)
}
