// Package demo shows the product to someone who has no Twilio account: a desk
// that stands in for the Flex Agent Desktop, and the chat window of a web shop,
// both on local Twilio. It seeds Workers, Tasks and Conversations there, plays
// TaskRouter's and the webchat's part, and serves two pages.
//
// It must not know the product: its pages reach that through the same URLs and
// window messages as Flex would. Whoever can reach it is the demo Worker, so
// it belongs on a loopback listener only.
//
//	GET  /demo, /demo/agent, /demo/chat               pages
//	GET  /demo/static/{file}                          their scripts and styles
//	POST /demo/api/session                            a Flex token of the demo Worker
//	GET  /demo/api/tasks[?worker=other]               live Tasks of the demo Worker, or of the others
//	POST /demo/api/tasks/{task}/status                wrapping, completed
//	GET  /demo/api/chat[?c={conversation}]            a customer's chat; else the first that is open
//	POST /demo/api/chats                              a new Conversation and Task
//	GET  /demo/api/conversations/{sid}/messages       all Messages
//	POST /demo/api/conversations/{sid}/messages       one more, as agent or as customer
//	POST /demo/api/conversations/{sid}/files          one more, with the file that is the body
//	GET  /demo/api/conversations/{sid}/files/{media}  a file
//	GET  /demo/api/events[?conversation={sid}]        server-sent events: hello, message-added, task-updated
package demo

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"

	"github.com/gorilla/mux"

	"escalate/server/localtwilio/mcs"
	"escalate/server/localtwilio/store"
)

// Local is what the demo needs of local Twilio.
type Local interface {
	Store() *store.Store
	// Media returns the files of Messages.
	Media() *mcs.Server
}

// Config is what New needs.
type Config struct {
	Local Local
	// PublicURL is the server's URL where browsers reach it by a name other
	// than localhost; empty otherwise. Requests for other names are refused.
	PublicURL string
	// Offer leaves what TaskRouter offers to the Worker to accept, who then has
	// another desk than the demo's; otherwise it is accepted at once.
	Offer bool
	// Log gets faults that a caller is told nothing about; nil discards.
	Log *slog.Logger
}

// Demo serves the demo's pages and their API.
type Demo struct {
	chats      *chats
	files      *mcs.Server
	publicHost string
	log        *slog.Logger

	stop func() // ends the watch
	once sync.Once
	done chan struct{} // closed by Close: ends the event streams
}

// chats are the chats of the demo's Workers, and their Tasks, as the pages show them.
type chats struct {
	store  *store.Store
	offer  bool              // what is offered to the agent is for another desk to accept
	agent  store.Worker      // the demo Worker, whose desk it is
	people map[string]string // names of the Workers, by identity
}

// New seeds local Twilio, where that has not been done, and makes a Demo.
func New(c Config) (*Demo, error) {
	d := &Demo{
		chats: &chats{store: c.Local.Store(), offer: c.Offer}, files: c.Local.Media(), log: c.Log, done: make(chan struct{}),
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil {
			return nil, fmt.Errorf("read the public URL: %w", err)
		}
		d.publicHost = u.Hostname()
	}
	if err := d.chats.seed(); err != nil {
		return nil, fmt.Errorf("seed the demo: %w", err)
	}
	d.stop = func() {}
	if !d.chats.offer {
		d.stop = d.chats.store.Watch(func(e store.Event) {
			if c, ok := e.Change.(*store.ReservationCreated); ok {
				d.accept(c.Reservation)
			}
		})
		// What was offered before, such as by a run that was killed.
		offered, err := d.chats.store.Reservations.OfWorker(d.chats.agent.SID)
		if err != nil {
			d.stop()
			return nil, fmt.Errorf("look what is offered: %w", err)
		}
		for _, r := range offered {
			d.accept(r)
		}
	}
	return d, nil
}

// Close ends the event streams, which would otherwise hold up a server's
// Shutdown for as long as a page is open.
func (d *Demo) Close() error {
	d.once.Do(func() {
		close(d.done)
		d.stop()
	})
	return nil
}

// accept takes what TaskRouter offers to the Worker whose desk it is.
func (d *Demo) accept(r store.Reservation) {
	if r.WorkerSID != d.chats.agent.SID || r.Status != store.ReservationPending {
		return
	}
	_, err := d.chats.store.Reservations.SetStatus(r.SID, store.ReservationAccepted)
	if err != nil && !errors.Is(err, store.ErrTransition) { // accepted already, or rescinded
		d.log.Error("accept a task", "task", r.TaskSID, "err", err)
	}
}

// Routes adds the demo's pages and API, all under /demo.
func (d *Demo) Routes(r *mux.Router) {
	// A subrouter of its own: its middleware must not touch the product's routes.
	s := r.PathPrefix("/demo").Subrouter()
	s.Use(d.guard)

	s.HandleFunc("", page("index.html")).Methods(http.MethodGet, http.MethodHead)
	s.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/demo", http.StatusMovedPermanently)
	}).Methods(http.MethodGet, http.MethodHead)
	s.HandleFunc("/agent", page("agent.html")).Methods(http.MethodGet, http.MethodHead)
	s.HandleFunc("/chat", page("chat.html")).Methods(http.MethodGet, http.MethodHead)
	s.PathPrefix("/static/").HandlerFunc(static).Methods(http.MethodGet, http.MethodHead)

	s.HandleFunc("/api/session", d.handle(d.session)).Methods(http.MethodPost)
	s.HandleFunc("/api/tasks", d.handle(d.listTasks)).Methods(http.MethodGet)
	s.HandleFunc("/api/tasks/{task}/status", d.handle(d.setStatus)).Methods(http.MethodPost)
	s.HandleFunc("/api/chat", d.handle(d.findChat)).Methods(http.MethodGet)
	s.HandleFunc("/api/chats", d.handle(d.startChat)).Methods(http.MethodPost)
	s.HandleFunc("/api/conversations/{conversation}/messages", d.handle(d.listMessages)).Methods(http.MethodGet)
	s.HandleFunc("/api/conversations/{conversation}/messages", d.handle(d.postMessage)).Methods(http.MethodPost)
	s.HandleFunc("/api/conversations/{conversation}/files", d.postFile).Methods(http.MethodPost)
	s.HandleFunc("/api/conversations/{conversation}/files/{file}", d.file).Methods(http.MethodGet, http.MethodHead)
	s.HandleFunc("/api/events", d.events).Methods(http.MethodGet)
}
