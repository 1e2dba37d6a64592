package flexapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/store"
)

const (
	// beat is how often a bridge speaks: the library gives up after 30 s.
	beat = 10 * time.Second
	// bridgeQueue is how many events a desktop may lag behind before its bridge
	// is dropped; it reads everything again when it comes back.
	bridgeQueue = 256
	// writeTimeout ends a bridge whose other end has stopped reading.
	writeTimeout = 10 * time.Second
)

// bridge is the WebSocket on which a Worker's desktop hears of TaskRouter.
type bridge struct {
	worker string // its SID
	out    chan []byte
	cancel context.CancelFunc
}

// bridge serves one until either side ends it, or its token does.
func (s *Server) bridge(w http.ResponseWriter, r *http.Request) {
	h, err := s.holderOf(tokenOf(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	left := h.Expires.Sub(s.store.Now())
	ctx, cancel := context.WithTimeout(s.ctx, left)
	defer cancel()
	b := &bridge{worker: h.WorkerSID, out: make(chan []byte, bridgeQueue), cancel: cancel}
	a := s.store.Account()
	b.send("init", object{"channel_id": h.WorkerSID, "account_sid": a.SID, "workspace_sid": a.WorkspaceSID, "token_lifetime": int(left.Seconds())})
	if !s.enter(b) {
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
		return
	}
	defer s.leave(b)
	// The token lets a desktop in; there are no cookies.
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.log.Debug("bridge upgrade refused", "err", err)
		return
	}
	defer ws.CloseNow() //nolint:errcheck // it may be closed already
	// Desktops say nothing here; reading notices that they go.
	ctx = ws.CloseRead(ctx)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		frame := []byte(" ")
		select {
		case <-ctx.Done():
			return
		case frame = <-b.out:
		case <-tick.C:
		}
		write, done := context.WithTimeout(ctx, writeTimeout)
		err := ws.Write(write, websocket.MessageText, frame)
		done()
		if err != nil {
			return
		}
	}
}

func (s *Server) enter(b *bridge) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	s.bridges[b] = struct{}{}
	return true
}

func (s *Server) leave(b *bridge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bridges, b)
	s.wg.Done()
}

func (b *bridge) send(event string, payload any) {
	frame, err := json.Marshal(object{"event_type": event, "payload": payload})
	if err != nil {
		b.cancel()
		return
	}
	select {
	case b.out <- frame:
	default:
		b.cancel()
	}
}

// reservationEvents are the names of a Reservation's statuses as events.
var reservationEvents = map[string]string{
	store.ReservationAccepted: "reservation.accepted", store.ReservationWrapping: "reservation.wrapup", store.ReservationCompleted: "reservation.completed",
	store.ReservationRejected: "reservation.rejected", store.ReservationTimeout: "reservation.timeout",
	store.ReservationCanceled: "reservation.canceled", store.ReservationRescinded: "reservation.rescinded",
}

// storeEvent tells desktops what has changed. It runs on the watch's goroutine.
func (s *Server) storeEvent(e store.Event) {
	switch c := e.Change.(type) {
	case *store.ReservationCreated:
		s.tell(c.Reservation.WorkerSID, "reservation.created", s.reservationOfTask(c.Reservation, c.Task))
	case *store.ReservationUpdated:
		s.seat(c.Reservation, c.Task)
		s.tell(c.Reservation.WorkerSID, reservationEvents[c.Reservation.Status], s.reservationOfTask(c.Reservation, c.Task))
	case *store.TaskUpdated:
		all, err := s.store.TaskReservations(c.Task.SID)
		if err != nil {
			return // the Task is gone again, or the store is closing
		}
		for _, r := range all {
			s.tell(r.WorkerSID, "task.updated", s.taskView(c.Task))
		}
	case *store.WorkerUpdated:
		s.tell(c.Worker.SID, "worker.activity.update", s.workerView(c.Worker))
		s.tell(c.Worker.SID, "worker.attributes.update", s.workerView(c.Worker))
	}
}

func (s *Server) tell(worker, event string, payload any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for b := range s.bridges {
		if b.worker == worker {
			b.send(event, payload)
		}
	}
}
