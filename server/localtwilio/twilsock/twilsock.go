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
// since. Files go to the Media Content Service (package mcs); here are their SIDs
// (chatmedia.go). Not there: push to phones.
package twilsock

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"escalate/server/localtwilio/socket"
	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// Config says what a Server works with. Store and Verify are required.
type Config struct {
	Store *store.Store
	// Verify checks an Access Token; its errors are those of package token.
	Verify func(raw string) (token.Claims, error)
	// Ask is asked before Conversations are changed; nil asks nobody.
	Ask store.AskChat
	// MaxConnections bounds the open WebSockets, 1000 when zero.
	MaxConnections int
	// Door counts the sockets of clients without a token; nil is one of the Server's own.
	Door *socket.Door
	Log  *slog.Logger // nil discards
}

const defaultMaxConnections = 1000

// Server serves any number of sockets.
type Server struct {
	cfg    Config
	log    *slog.Logger
	routes *http.ServeMux

	objects objects
	queries *liveQueries
	sockets *socket.Group[*conn]

	stopWatch func()
	cancel    context.CancelFunc // of what requests wait for
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
	if c.Door == nil {
		c.Door = socket.NewDoor(socket.DoorLimits{})
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Ask == nil {
		c.Ask = func(context.Context, store.Origin, string, string, func(*store.ChatAction) error) (r store.ChatRevision, err error) {
			return r, nil
		}
	}
	s := &Server{cfg: c, log: c.Log, objects: objects{c.Store}, queries: newLiveQueries(c.Store)}
	s.sockets = socket.NewGroup[*conn](socket.Options{
		Type: socket.Binary, Queue: queueSize, MaxFrame: maxFrame, MaxConns: c.MaxConnections, Door: c.Door, MaxFirst: maxFirst,
		Limit: func() *rate.Limiter { return rate.NewLimiter(framesPerSecond, frameBurst) },
		Beat:  tokenEvery, Log: c.Log.With("socket", "twilsock"),
	})
	s.routes = http.NewServeMux()
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	(&chatAPI{s.objects, rights{s.objects.store}, s.sockets, asker{ctx, c.Ask, s.objects.store}}).routes(s.routes)
	(&syncAPI{s.objects}).routes(s.routes)
	(&subscriptions{s.objects, s.queries, s.log}).routes(s.routes)
	s.queries.routes(s.routes)
	s.stopWatch = c.Store.Watch(s.storeEvent)
	return s, nil
}

// Close drops every connection and waits for it; clients come back by
// themselves. It always returns nil.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.stopWatch()
		s.cancel()
		s.sockets.Close()
	})
	return nil
}

// ServeHTTP upgrades the request to a WebSocket and serves it until either side
// ends it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media := s.mediaService(r)
	s.sockets.Serve(w, r, func(ws *socket.Conn) *conn { return newConn(s, ws, media) })
}

// stamp is a time as Twilio's client APIs write it.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
