package twilsock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"escalate/server/localtwilio/store"
)

// liveQuery is the kind of a Live Query as something to subscribe to.
const liveQuery kind = "live_query"

// The indexes that Flex's supervisors query. Those of the store's Workers, and
// of the Reservations that still bind one.
const (
	indexWorkers      = "tr-worker"
	indexReservations = "tr-reservation"
)

// query is a Live Query: an index and what its items must fulfil, one term at
// least of each of the groups.
type query struct {
	index string
	all   [][]term
	// missed says that something of the index changed between the answer and the
	// subscription.
	missed bool
}

// term is one comparison: the field is one of the values, or none of them.
type term struct {
	field  string
	values []string
	not    bool
}

var (
	termForm = regexp.MustCompile(`^(?i)data\.([a-z_]+(?:\.[a-z_]+)*)\s*(==|!=|in|not_in)\s*(\[[^\]]*\]|"[^"]*")$`)
	andForm  = regexp.MustCompile(`\s*(?:&&|\bAND\b)\s*`)
	orForm   = regexp.MustCompile(`\s*(?:\|\||\bOR\b)\s*`)
)

// parseQuery reads what Flex asks for: comparisons with texts, joined by "and",
// with those joined by "or" in brackets. Sync's language has more, which is an
// error here.
func parseQuery(index, text string) (query, error) {
	q := query{index: index}
	if index != indexWorkers && index != indexReservations {
		return q, store.ErrNotFound
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return q, nil
	}
	for _, group := range andForm.Split(text, -1) {
		var terms []term
		for _, part := range orForm.Split(strings.Trim(group, "() "), -1) {
			t, ok := parseTerm(part)
			if !ok {
				return q, &fault{Status: http.StatusBadRequest, Code: codeSyncQuery, Message: "Invalid query"}
			}
			terms = append(terms, t)
		}
		q.all = append(q.all, terms)
	}
	return q, nil
}

func parseTerm(text string) (t term, ok bool) {
	m := termForm.FindStringSubmatch(text)
	if m == nil {
		return t, false
	}
	list := m[3]
	if !strings.HasPrefix(list, "[") {
		list = "[" + list + "]"
	}
	t = term{field: m[1], not: m[2] == "!=" || strings.EqualFold(m[2], "not_in")}
	return t, json.Unmarshal([]byte(list), &t.values) == nil
}

// matches reports whether an item's data fulfil the query.
func (q query) matches(data object) bool {
	holds := func(t term) bool { return slices.Contains(t.values, fmt.Sprint(field(data, t.field))) != t.not }
	return !slices.ContainsFunc(q.all, func(terms []term) bool { return !slices.ContainsFunc(terms, holds) })
}

// field is what stands at a dotted path.
func field(data object, path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return data[name]
	}
	inner, _ := data[name].(map[string]any)
	return field(inner, rest)
}

// liveQueries says what Flex's queries find in the store.
type liveQueries struct {
	store    *store.Store
	revision atomic.Int64 // of what is found: grows with every look
}

func newLiveQueries(st *store.Store) *liveQueries {
	l := &liveQueries{store: st}
	l.revision.Store(st.Now().UnixMilli())
	return l
}

func (l *liveQueries) routes(m *http.ServeMux) {
	m.Handle("POST /v3/Insights/{index}/Items", endpoint(l.queryItems))
}

// queryItems serves an Insights query: its items now, and for a Live Query the
// id to subscribe to.
func (l *liveQueries) queryItems(a *call) error {
	// Whoever may read every Conversation is who Flex shows other agents' work.
	if !a.holder.sync || !a.holder.all {
		return errForbidden
	}
	var in struct {
		Query string `json:"query_string"`
		Type  kind   `json:"type"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	q, err := parseQuery(a.path("index"), in.Query)
	if err != nil {
		return err
	}
	answer := object{"last_event_id": 0, "query_id": nil}
	if in.Type == liveQuery {
		id := store.NewSID("QR")
		// Before it looks: what changes from here on is missed, or found.
		if err := a.conn.remember(id, q); err != nil {
			return err
		}
		answer["query_id"] = id
	}
	if answer["items"], err = l.items(q); err != nil {
		return err
	}
	return a.respond(http.StatusOK, answer)
}

// items are what a query finds, as clients read them.
func (l *liveQueries) items(q query) ([]any, error) {
	found, err := l.find(q)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, i := range found {
		list = append(list, object{"key": i.key, "data": i.data, "revision": i.revision})
	}
	return list, nil
}

// row is an item of an index.
type row struct {
	key      string
	data     object
	revision int64
	gone     bool // no longer in the index
}

// find returns the items that fulfil a query.
func (l *liveQueries) find(q query) (found []row, err error) {
	workers, err := l.store.Workers.List()
	if err != nil {
		return nil, err
	}
	for _, w := range workers {
		if q.index == indexWorkers {
			found = append(found, l.workerRow(w))
			continue
		}
		all, err := l.store.Reservations.OfWorker(w.SID)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			k, err := l.store.Tasks.Get(r.TaskSID)
			if err != nil {
				return nil, err
			}
			found = append(found, l.reservationRow(r, k))
		}
	}
	return slices.DeleteFunc(found, func(i row) bool { return i.gone || !q.matches(i.data) }), nil
}

func (l *liveQueries) workerRow(w store.Worker) row {
	return row{key: w.SID, revision: l.revision.Add(1), data: object{
		"worker_sid": w.SID, "friendly_name": w.FriendlyName, "activity_name": w.Activity, "worker_activity_sid": w.ActivitySID,
		"attributes": attributesOf(w.Attributes), "date_created": stamp(w.Created), "date_updated": stamp(w.Updated),
		"date_activity_changed": stamp(w.Updated), "workspace_sid": l.store.Account().WorkspaceSID,
	}}
}

func (l *liveQueries) reservationRow(r store.Reservation, k store.Task) row {
	status := r.Status
	if status == store.ReservationWrapping {
		status = "wrapup"
	}
	held := []string{store.ReservationPending, store.ReservationAccepted, store.ReservationWrapping}
	return row{key: r.SID, revision: l.revision.Add(1), gone: !slices.Contains(held, r.Status), data: object{
		"reservation_sid": r.SID, "worker_sid": r.WorkerSID, "task_sid": r.TaskSID, "status": status, "task_status": k.AssignmentStatus,
		"attributes": attributesOf(k.Attributes), "date_created": stamp(r.Created), "date_updated": stamp(r.Updated),
		"task_age": int(l.store.Now().Sub(k.Created).Seconds()), "task_priority": k.Priority, "queue_name": "Everyone",
		"task_channel_unique_name": k.TaskChannel,
	}}
}

// attributesOf are attributes as an object; those that are none, an empty one.
func attributesOf(text string) map[string]any {
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil || m == nil {
		return map[string]any{}
	}
	return m
}

// rows are the items that a change of the store touches, by index.
func (l *liveQueries) rows(e store.Event) (index string, list []row) {
	switch c := e.Change.(type) {
	case *store.WorkerUpdated:
		return indexWorkers, []row{l.workerRow(c.Worker)}
	case *store.ReservationCreated:
		return indexReservations, []row{l.reservationRow(c.Reservation, c.Task)}
	case *store.ReservationUpdated:
		return indexReservations, []row{l.reservationRow(c.Reservation, c.Task)}
	case *store.TaskUpdated:
		all, err := l.store.Reservations.OfTask(c.Task.SID)
		if err != nil {
			return "", nil // the Task is gone again, or the store is closing
		}
		for _, r := range all {
			list = append(list, l.reservationRow(r, c.Task))
		}
		return indexReservations, list
	}
	return "", nil
}

// tell tells who follows a Live Query what has become of its items.
func (l *liveQueries) tell(e store.Event, conns []*conn) {
	index, list := l.rows(e)
	for _, c := range conns {
		for id, q := range c.following(index) {
			for _, i := range list {
				body, how := object{"query_id": id, "item_key": i.key, "item_revision": i.revision, "last_event_id": i.revision}, "removed"
				if !i.gone && q.matches(i.data) {
					body["item_data"], how = i.data, "updated"
				}
				c.notifyEvent(syncChange{sid: id, kind: string(liveQuery) + "_item_" + how, body: body})
			}
		}
	}
}

// follow begins to follow a Live Query. One that a connection before this
// made comes with its text. What may have changed since its answer is sent as a
// whole.
func (l *liveQueries) follow(a *call, q subscription) error {
	known, ok := a.conn.query(q.SID)
	if ok && !known.missed {
		return nil
	}
	if !ok {
		var err error
		if known, err = parseQuery(q.Index, q.Query); err != nil {
			return err
		}
		if !a.holder.sync || !a.holder.all {
			return errForbidden
		}
		if err := a.conn.remember(q.SID, known); err != nil {
			return err
		}
	}
	items, err := l.items(known)
	if err != nil {
		return err
	}
	a.conn.notifyEvent(syncChange{sid: q.SID, kind: string(liveQuery) + "_updated", body: object{"query_id": q.SID, "items": items, "last_event_id": l.revision.Load()}})
	return nil
}

// maxQueries bounds the Live Queries of one connection; Flex has one a Worker.
const maxQueries = 1000

// remember keeps a Live Query until the connection cancels it or ends; errFull
// when it has too many.
func (c *conn) remember(id string, q query) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queries) >= maxQueries {
		return errFull
	}
	c.queries[id] = q
	return nil
}

func (c *conn) query(id string) (query, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q, ok := c.queries[id]
	return q, ok
}

// following are the Live Queries of an index that the connection has subscribed
// to; the others miss what is told to these.
func (c *conn) following(index string) map[string]query {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := map[string]query{}
	for id, q := range c.queries {
		if q.index != index {
			continue
		}
		if _, ok := c.subs[id]; ok {
			list[id] = q
		} else {
			q.missed = true
			c.queries[id] = q
		}
	}
	return list
}
