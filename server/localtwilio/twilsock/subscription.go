package twilsock

import (
	"cmp"
	"log/slog"
	"net/http"
	"slices"
)

// syncEvent is the kind of notification that brings changes of Sync objects.
const syncEvent = "twilio.sync.event"

// deliverWithin is how long, in milliseconds, a client waits for word of a
// subscription before it asks again.
const deliverWithin = 10_000

// subscription is one wish of a client to follow an object, or no longer to.
type subscription struct {
	SID  string `json:"object_sid"`
	Type kind   `json:"object_type"`
	// Last is the number of the newest change that the client knows; without it
	// there is nothing that it missed.
	Last *int `json:"last_event_id"`
	// Index and Query are what a Live Query is made of.
	Index string `json:"index_name"`
	Query string `json:"query_string"`
}

// subscriptions tells clients what they follow.
type subscriptions struct {
	objects
	queries *liveQueries
	log     *slog.Logger
}

func (s *subscriptions) routes(m *http.ServeMux) {
	m.Handle("POST /v4/Subscriptions", endpoint(s.subscribe))
}

// subscribe replies at once and tells the outcome of each wish by notification,
// as Sync does.
func (s *subscriptions) subscribe(a *call) error {
	var in struct {
		Action      string         `json:"action"`
		Correlation int64          `json:"correlation_id"`
		Requests    []subscription `json:"requests"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	switch in.Action {
	case "establish":
		for _, q := range in.Requests {
			s.establish(a, q, in.Correlation)
		}
	case "cancel":
		for _, q := range in.Requests {
			a.conn.unsubscribe(q.SID)
			s.tell(a, "subscription_canceled", in.Correlation, object{"object_sid": q.SID, "object_type": q.Type})
		}
	default:
		return invalid("Invalid action")
	}
	return a.respond(http.StatusOK, object{"estimated_delivery_in_ms": deliverWithin, "max_batch_size": 100})
}

// establish begins to follow an object, sends what the client missed of it, and
// says that it is done. It follows before it looks, so that no change falls
// between; what happens meanwhile waits behind what was missed, and one that
// comes twice is known to the client by its number.
func (s *subscriptions) establish(a *call, q subscription, correlation int64) {
	if !a.conn.subscribe(q.SID) {
		s.failed(a, q, correlation, errFull)
		return
	}
	var e entity
	var err error
	if q.Type == liveQuery {
		err = s.queries.follow(a, q)
	} else if e, err = s.open(a.holder, q.Type, q.SID); err == nil && q.Last != nil {
		err = s.replay(a, e, *q.Last)
	}
	if err != nil {
		a.conn.unsubscribe(q.SID)
		s.failed(a, q, correlation, err)
		return
	}
	s.tell(a, "subscription_established", correlation, object{
		"object_sid": q.SID, "object_type": q.Type, "replay_status": "completed", "last_event_id": e.event,
	})
	a.conn.catchUp(q.SID)
}

func (s *subscriptions) failed(a *call, q subscription, correlation int64, err error) {
	f, known := faultOf(err)
	if !known {
		s.log.Error("twilsock subscription", "object", q.SID, "err", err)
	}
	s.tell(a, "subscription_failed", correlation, object{
		"object_sid": q.SID, "object_type": q.Type, "error": object{"status": f.Status, "message": f.Message, "code": f.Code},
	})
}

func (s *subscriptions) tell(a *call, kind string, correlation int64, event object) {
	a.conn.notify(syncEvent, object{
		"event_type": kind, "correlation_id": correlation, "event_protocol_version": 4, "strictly_ordered": true, "event": event,
	})
}

// replay sends the changes of an object after the one of the given number, as
// far as they show in what it is now.
func (s *subscriptions) replay(a *call, e entity, last int) error {
	if e.event <= last {
		return nil
	}
	if e.kind == document {
		a.conn.notifyEvent(documentEvent(e))
		return nil
	}
	if e.kind == stream {
		return nil // what was said is not kept
	}
	items, err := e.items(true)
	if err != nil {
		return err
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.event, b.event) })
	for _, i := range items {
		if i.event > last {
			a.conn.notifyEvent(itemEvent(e, i, replayed(i, last)))
		}
	}
	return nil
}

// replayed says what became of an item since a client saw it, or did not.
func replayed(i item, last int) string {
	switch {
	case i.removed:
		return "removed"
	case i.revision == "0" || i.event > last && i.created.Equal(i.updated):
		return "added"
	default:
		return "updated"
	}
}

// followed is an object that a connection follows. Until the client has what it
// missed, what happens is held back: changes are strictly ordered.
type followed struct {
	behind bool
	held   []syncChange
}

// subscribe makes the connection follow an object, with what happens held back
// until catchUp; false when it follows too many.
func (c *conn) subscribe(sid string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.subs) >= maxSubscriptions {
		return false
	}
	c.subs[sid] = &followed{behind: true}
	return true
}

// catchUp sends what was held back of an object, and lets through what comes.
func (c *conn) catchUp(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.subs[sid]
	if f == nil {
		return
	}
	for _, ch := range f.held {
		c.notifyEvent(ch)
	}
	*f = followed{}
}

func (c *conn) unsubscribe(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.subs, sid)
	delete(c.queries, sid)
}

func (c *conn) follows(sid string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.subs[sid]
	return ok
}

// deliver tells of a change of an object that the connection follows, at once or
// when the client has caught up.
func (c *conn) deliver(ch syncChange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch f := c.subs[ch.sid]; {
	case f == nil:
	case f.behind:
		f.held = append(f.held, ch)
	default:
		c.notifyEvent(ch)
	}
}
