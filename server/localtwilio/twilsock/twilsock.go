// Package twilsock is the one socket that Twilio's client libraries keep: the
// npm packages @twilio/conversations and twilio-sync, and Flex, hold it open,
// ask REST through it and are told of changes on it. It knows Conversations and
// Sync as clients see them, and nothing of rooms or media.
//
//	frame (frame.go)         init update message notification client_update reply close
//	requests (call.go)       the HTTP requests inside messages, to Twilio's host names:
//	    aim.…/Client/v2      Configuration, Users, Users/{id}/Conversations, Conversations, Messages,
//	                         Participants, Typing (chat*.go)
//	    cds.…/v3, /v4        Documents, Maps, Lists and their Items, Subscriptions (sync*.go);
//	                         Insights: queries of Workers and Reservations for supervisors (livequery.go)
//	objects (object*.go)     what can be subscribed to. Those of Conversations are Sync objects too,
//	                         by name (CH….channel, CH….messages, CH….roster, US….channels, US….info),
//	                         drawn from the store at the moment of asking
//	events (event.go)        the store's changes as twilio.sync.event
//
// A client that was away says which change it saw last and is sent what came
// since. Not there: media, Streams, push to phones, deleting
// Messages or Conversations.
package twilsock

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// Config says what a Server works with. Store and Verify are required.
type Config struct {
	Store *store.Store
	// Verify checks an Access Token; its errors are those of package token.
	Verify func(raw string) (token.Claims, error)
	// MaxConnections bounds the open WebSockets, 1000 when zero.
	MaxConnections int
	Log            *slog.Logger // nil discards
}

const defaultMaxConnections = 1000

// Server answers any number of sockets.
type Server struct {
	cfg    Config
	log    *slog.Logger
	routes *http.ServeMux

	// ctx ends when Close is called.
	ctx    context.Context
	cancel context.CancelFunc

	revision atomic.Int64 // of what Live Queries find: grows with every look

	mu        sync.Mutex // guards what follows
	closed    bool
	conns     map[*conn]struct{}
	wg        sync.WaitGroup // connections; Add only while !closed
	stopWatch func()
	closing   sync.Once
}

// Start begins to follow the store's changes; connections come in through
// ServeHTTP. It fails when the Config is incomplete.
func Start(c Config) (*Server, error) {
	if c.Store == nil || c.Verify == nil {
		return nil, fmt.Errorf("start twilsock: %w: Store and Verify", errConfig)
	}
	if c.MaxConnections <= 0 {
		c.MaxConnections = defaultMaxConnections
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{cfg: c, log: c.Log, conns: map[*conn]struct{}{}}
	s.revision.Store(c.Store.Now().UnixMilli())
	s.routes = s.router()
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.stopWatch = c.Store.Watch(s.storeEvent)
	return s, nil
}

// Close drops every connection and waits for it; clients come back by
// themselves. It always answers nil.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.stopWatch()
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.cancel()
		s.wg.Wait()
	})
	return nil
}

// ServeHTTP upgrades the request to a WebSocket and serves it until either side
// ends it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		http.Error(w, "shutting down, or too many connections", http.StatusServiceUnavailable)
		return
	}
	defer s.wg.Done()
	// Pages of any origin may connect: what lets a browser in is its token, and
	// there are no cookies.
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.log.Debug("twilsock upgrade refused", "err", err)
		return
	}
	c := newConn(s, ws)
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.mu.Unlock()
	c.serve()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// enter registers a connection that Close waits for, unless there are too many
// or it is closing already.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= s.cfg.MaxConnections {
		return false
	}
	s.wg.Add(1)
	return true
}

func (s *Server) connections() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.conns))
}

// stamp is a time as Twilio's client APIs write it.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
