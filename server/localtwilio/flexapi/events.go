package flexapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"escalate/server/localtwilio/socket"
	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

const (
	// beat is how often a bridge speaks: the library gives up after 30 s.
	beat = 10 * time.Second
	// bridgeQueue is how many events a desktop may lag behind before its bridge
	// is dropped; it reads everything again when it comes back.
	bridgeQueue = 256
	// comesBack is within which a desktop whose connection was lost is expected again: the
	// library tries after one second.
	comesBack = 3 * time.Second
)

// bridge is the WebSocket on which a Worker's desktop hears of TaskRouter.
type bridge struct {
	worker string // its SID
	since  uint64 // event after which it began
	ws     *socket.Conn
	over   func() // called when it has ended
}

// Serve implements socket.Handler: desktops say nothing here, and reading notices that they go.
func (b *bridge) Serve() {
	_, _, _ = b.ws.Read(0)
	b.over()
}

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
	log     *slog.Logger
	sockets *socket.Group[*bridge]
}

func newBridges(st *store.Store, log *slog.Logger) *bridges {
	return &bridges{views: views{st}, log: log, sockets: socket.NewGroup[*bridge](socket.Options{
		Type: socket.Text, Queue: bridgeQueue, Beat: beat, Log: log.With("socket", "event bridge"),
	})}
}

// serve serves one until either side ends it, or its token does. The library's options
// closeExistingSessions and setWorkerOfflineIfDisconnected are in the query.
func (b *bridges) serve(w http.ResponseWriter, r *http.Request, h holder) {
	if r.URL.Query().Get("closeExistingSessions") == "true" {
		for _, d := range b.of(h.WorkerSID) {
			d.ws.Drop()
		}
	}
	offline := r.URL.Query().Get("setWorkerOfflineIfDisconnected") == "true"
	b.sockets.Serve(w, r, func(ws *socket.Conn) *bridge {
		left, a := h.Expires.Sub(b.store.Now()), b.store.Account()
		ws.EndAfter(left)
		d := &bridge{worker: h.WorkerSID, since: b.store.Seq(), ws: ws, over: func() {
			if offline {
				b.sockets.AfterFunc(comesBack, func() { b.setOffline(h.WorkerSID) })
			}
		}}
		// The library counts a token's life in milliseconds.
		d.send("init", object{"channel_id": h.WorkerSID, "account_sid": a.SID, "workspace_sid": a.WorkspaceSID, "token_lifetime": left.Milliseconds()})
		return d
	})
}

// of are a Worker's bridges.
func (b *bridges) of(worker string) []*bridge {
	return slices.DeleteFunc(b.sockets.All(), func(d *bridge) bool { return d.worker != worker })
}

// setOffline brings a Worker, no desktop of whom has come back, into the Activity of those who
// do not answer.
func (b *bridges) setOffline(worker string) {
	if len(b.of(worker)) > 0 {
		return
	}
	w, err := b.store.TaskRouter.Workspace()
	if err == nil {
		_, err = b.store.Workers.Update(worker, func(v *store.Worker) error {
			v.ActivitySID = w.TimeoutActivitySID
			return nil
		})
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrClosed) {
		b.log.Warn("set a worker offline", "worker", worker, "err", err)
	}
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
		b.tell(e, c.Reservation.WorkerSID, "reservation.created", v, err)
	case *store.ReservationUpdated:
		v, err := b.reservation(c.Reservation, c.Task)
		b.tell(e, c.Reservation.WorkerSID, reservationEvents[c.Reservation.Status], v, err)
	case *store.TaskUpdated:
		b.taskUpdated(e, c.Task, c.Was)
	case *store.WorkerUpdated:
		w, was := b.worker(c.Worker), c.Was
		if c.Worker.ActivitySID != was.ActivitySID || c.Worker.Activity != was.Activity {
			b.tell(e, c.Worker.SID, "worker.activity.update", w, nil)
		}
		if c.Worker.Attributes != was.Attributes || c.Worker.FriendlyName != was.FriendlyName {
			b.tell(e, c.Worker.SID, "worker.attributes.update", w, nil)
		}
	case *store.WorkerChannelUpdated:
		if c.Channel.Capacity != c.Was.Capacity {
			b.tell(e, c.Channel.WorkerSID, "worker.capacity.update", b.channel(c.Channel), nil)
		}
		if c.Channel.Available != c.Was.Available {
			b.tell(e, c.Channel.WorkerSID, "worker.channel.availability.update", b.channel(c.Channel), nil)
		}
	}
}

// taskEvents are the names of a Task's new statuses as events; any other change is task.updated.
var taskEvents = map[string]string{store.TaskWrapping: "task.wrapup", store.TaskCompleted: "task.completed", store.TaskCanceled: "task.canceled"}

// taskUpdated tells all who have or had a Reservation of a Task.
func (b *bridges) taskUpdated(e store.Event, k store.Task, was string) {
	all, err := b.store.Reservations.OfTask(k.SID)
	if err != nil {
		return // the Task is gone again, or the store is closing
	}
	v, err := b.task(k)
	event := "task.updated"
	if k.AssignmentStatus != was {
		event = cmp.Or(taskEvents[k.AssignmentStatus], event)
	}
	told := map[string]bool{}
	for _, r := range all {
		if !told[r.WorkerSID] {
			told[r.WorkerSID] = true
			b.tell(e, r.WorkerSID, event, v, err)
		}
	}
	// Whoever was to have it, and was never offered it, hears that they will not.
	if w := k.RoutingTarget; k.AssignmentStatus == store.TaskCanceled && !told[w] && sids.Is("WK", w) {
		b.tell(e, w, "reservation.failed", v, err)
	}
}

// tell sends an event to a Worker's desktops, unless what it tells of could not be
// read: then the store is closing. A desktop that came after e reads what it has
// made, and hearing of it as news would be taken back to what no longer is.
func (b *bridges) tell(e store.Event, worker, event string, payload any, err error) {
	if err != nil {
		return
	}
	for _, d := range b.of(worker) {
		if e.Seq > d.since {
			d.send(event, payload)
		}
	}
}
