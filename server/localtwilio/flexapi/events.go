package flexapi

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"escalate/server/localtwilio/socket"
	"escalate/server/localtwilio/store"
)

const (
	// beat is how often a bridge speaks: the library gives up after 30 s.
	beat = 10 * time.Second
	// bridgeQueue is how many events a desktop may lag behind before its bridge
	// is dropped; it reads everything again when it comes back.
	bridgeQueue = 256
)

// bridge is the WebSocket on which a Worker's desktop hears of TaskRouter.
type bridge struct {
	worker string // its SID
	ws     *socket.Conn
}

// Serve implements socket.Handler: desktops say nothing here, and reading notices that they go.
func (b *bridge) Serve() { _, _, _ = b.ws.Read(0) }

// Beat implements socket.Handler.
func (b *bridge) Beat() error {
	b.ws.Send([]byte(" "))
	return nil
}

func (b *bridge) send(event string, payload any) {
	frame, err := json.Marshal(object{"event_type": event, "payload": payload})
	if err != nil {
		b.ws.Drop()
		return
	}
	b.ws.Send(frame)
}

// bridges tells desktops what changes in TaskRouter.
type bridges struct {
	views
	sockets *socket.Group[*bridge]
}

func newBridges(st *store.Store, log *slog.Logger) *bridges {
	return &bridges{views: views{st}, sockets: socket.NewGroup[*bridge](socket.Options{
		Type: socket.Text, Queue: bridgeQueue, Beat: beat, Log: log.With("socket", "event bridge"),
	})}
}

// serve serves one until either side ends it, or its token does.
func (b *bridges) serve(w http.ResponseWriter, r *http.Request, h holder) {
	b.sockets.Serve(w, r, func(ws *socket.Conn) *bridge {
		left, a := h.Expires.Sub(b.store.Now()), b.store.Account()
		ws.EndAfter(left)
		d := &bridge{worker: h.WorkerSID, ws: ws}
		d.send("init", object{"channel_id": h.WorkerSID, "account_sid": a.SID, "workspace_sid": a.WorkspaceSID, "token_lifetime": int(left.Seconds())})
		return d
	})
}

// reservationEvents are the names of a Reservation's statuses as events.
var reservationEvents = map[string]string{
	store.ReservationAccepted: "reservation.accepted", store.ReservationWrapping: "reservation.wrapup", store.ReservationCompleted: "reservation.completed",
	store.ReservationRejected: "reservation.rejected", store.ReservationTimeout: "reservation.timeout",
	store.ReservationCanceled: "reservation.canceled", store.ReservationRescinded: "reservation.rescinded",
}

// storeEvent tells desktops what has changed. It runs on the watch's goroutine.
func (b *bridges) storeEvent(e store.Event) {
	switch c := e.Change.(type) {
	case *store.ReservationCreated:
		v, err := b.reservation(c.Reservation, c.Task)
		b.tell(c.Reservation.WorkerSID, "reservation.created", v, err)
	case *store.ReservationUpdated:
		v, err := b.reservation(c.Reservation, c.Task)
		b.tell(c.Reservation.WorkerSID, reservationEvents[c.Reservation.Status], v, err)
	case *store.TaskUpdated:
		all, err := b.store.Reservations.OfTask(c.Task.SID)
		if err != nil {
			return // the Task is gone again, or the store is closing
		}
		v, err := b.task(c.Task)
		for _, r := range all {
			b.tell(r.WorkerSID, "task.updated", v, err)
		}
	case *store.WorkerUpdated:
		b.tell(c.Worker.SID, "worker.activity.update", b.worker(c.Worker), nil)
		b.tell(c.Worker.SID, "worker.attributes.update", b.worker(c.Worker), nil)
	}
}

// tell sends an event to a Worker's desktops, unless what it tells of could not be
// read: then the store is closing.
func (b *bridges) tell(worker, event string, payload any, err error) {
	if err != nil {
		return
	}
	for _, d := range b.sockets.All() {
		if d.worker == worker {
			d.send(event, payload)
		}
	}
}
