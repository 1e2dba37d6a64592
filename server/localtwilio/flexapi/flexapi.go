// Package flexapi is what the Flex UI asks of Twilio beside the socket of
// twilsock and the Tokens that it starts with: configuration, session and
// plugins, and TaskRouter as an agent's desktop uses it. It works on the same
// store as REST, so each sees what the other does.
//
//	flex-api      /v1/Configuration, /v1/account/provision/status, /v1/Channels/{conversation}/Roles/{role}/Users
//	flex          /plugins, /api/v1/Session
//	iam           /v1/Accounts/{account}/Tokens/Info and …/Tokens/Refresh, also at flex-api
//	event-bridge  /v1/wschannels: events over a WebSocket, requests by POST (taskrouter.go, events.go),
//	              for Flex tokens and for Access Tokens with a TaskRouterGrant (access.go)
//	status        /api/v2/summary.json
//	assets        countries.json and files that are not here
//
// As Flex does, it puts a Worker who accepts a chat's Task into the chat's
// Conversation, and takes them out when the Task is over (seats.go).
//
// Interactions are what package interaction makes of them (interactions.go).
//
// It knows nothing of media and of any product; a plugin is a URL to it. Not
// there: voice, Insights. What supervisors see is twilsock's, which answers their
// queries.
package flexapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// Products are the names of what is answered: the first labels of Twilio's host
// names. Of iam it is a part; see Answers.
var Products = []string{"flex-api", "flex", "event-bridge", "status", "assets", "iam"}

// Plugin is a Flex plugin that desktops are told to load.
type Plugin struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Src     string `json:"src"` // URL of its script
}

// Config says what a Server works with. Store and REST are required.
type Config struct {
	Store *store.Store
	// REST answers requests to Twilio's hosts: TaskRouter's are handed on to it.
	REST http.Handler
	// Verify checks an Access Token; nil takes none.
	Verify func(raw string) (token.Claims, error)
	Log    *slog.Logger // nil discards
}

// Server serves the Flex UI.
type Server struct {
	store      *store.Store
	verify     func(string) (token.Claims, error)
	log        *slog.Logger
	routes     *http.ServeMux
	taskRouter *taskRouter
	contacts   *interactions
	seats      *seats
	bridges    *bridges

	mu      sync.Mutex
	plugins []Plugin // guarded by mu

	stop    func() // ends the watch
	closing sync.Once
}

// ErrConfig is returned by Start without a Store, or without REST.
var ErrConfig = errors.New("no store, or no REST API")

// Start begins to follow the store's changes, seats Workers who have chats, and
// brings Interactions to what happened while nobody followed; what goes wrong with
// one is logged.
func Start(c Config) (*Server, error) {
	if c.Store == nil || c.REST == nil {
		return nil, fmt.Errorf("start the Flex API: %w", ErrConfig)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		store: c.Store, verify: c.Verify, log: c.Log, plugins: []Plugin{},
		taskRouter: &taskRouter{views{c.Store}, passing{c.REST, c.Store}}, contacts: &interactions{views{c.Store}, interaction.Orchestrator{Store: c.Store}}, seats: &seats{c.Store, c.Log}, bridges: newBridges(c.Store, c.Log),
	}
	s.routes = s.router()
	s.stop = c.Store.Watch(s.storeEvent)
	if err := s.seats.all(); err != nil {
		_ = s.Close()
		return nil, err
	}
	if err := s.contacts.orchestrator.CatchUp(); err != nil {
		s.log.Warn("catch up with what happened to interactions", "err", err)
	}
	return s, nil
}

// SetPlugins says which plugins desktops load from now on.
func (s *Server) SetPlugins(p ...Plugin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plugins = append([]Plugin{}, p...)
}

// Close ends the bridges and waits for them. It always returns nil.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.stop()
		s.bridges.sockets.Close()
	})
	return nil
}

// Answers reports whether a request for a product's path is ours; iam has the
// one that validates tokens for servers elsewhere, and flex-api what servers ask
// of Flex with the account's credentials.
func Answers(product, path string) bool {
	if product == "flex-api" {
		return strings.HasPrefix(path, "/v1/Configuration") || path == "/v1/account/provision/status" || strings.HasPrefix(path, "/v1/Channels/") || strings.HasPrefix(path, "/v1/Accounts/")
	}
	if product == "iam" {
		return strings.HasSuffix(path, "/Tokens/Info") || strings.HasSuffix(path, "/Tokens/Refresh") || strings.HasSuffix(path, "/Tokens/refresh")
	}
	for _, p := range Products {
		if p == product {
			return true
		}
	}
	return false
}

func (s *Server) router() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET /flex-api/v1/Configuration", s.configuration)
	m.HandleFunc("POST /flex-api/v1/Configuration", s.configure)
	m.HandleFunc("GET /flex-api/v1/Configuration/Public", s.publicConfiguration)
	m.HandleFunc("GET /flex-api/v1/account/provision/status", s.provisioningStatus)
	m.HandleFunc("GET /flex/plugins", s.handle(s.listPlugins))
	m.HandleFunc("/flex/api/v1/Session", s.session)
	for _, product := range []string{"iam", "flex-api"} { // which of the two depends on Flex's version
		m.HandleFunc("/"+product+"/v1/Accounts/{account}/Tokens/Info", s.handle(s.tokenInfo))
		for _, name := range []string{"Refresh", "refresh"} { // which of the two as well
			m.HandleFunc("/"+product+"/v1/Accounts/{account}/Tokens/"+name, s.handle(s.refresh))
		}
	}
	m.HandleFunc("POST /flex-api/v1/Channels/{conversation}/Roles/{role}/Users", s.handle(s.seats.join))
	m.HandleFunc("GET /event-bridge/v1/wschannels", s.bridge)
	m.HandleFunc("POST /event-bridge/v1/wschannels", s.channels)
	m.HandleFunc("GET /status/api/v2/summary.json", func(w http.ResponseWriter, _ *http.Request) {
		respond(w, http.StatusOK, object{"page": object{}, "components": []any{object{"name": "FLEX", "status": "operational"}}, "incidents": []any{}, "scheduled_maintenances": []any{}, "status": object{"indicator": "none", "description": "All Systems Operational"}})
	})
	m.HandleFunc("GET /assets/assets/countries.json", func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, []any{}) })
	m.HandleFunc("GET /assets/assets/flagPositions.json", func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, object{}) })
	return m
}

// ServeHTTP serves a request for a product, whose path begins with the name of
// the product.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.routes.Handler(r); pattern == "" {
		s.log.Debug("flex asks for what is not here", "method", r.Method, "path", reached.Shape(r.URL.Path))
		s.fail(w, r, store.ErrNotFound)
		return
	}
	s.routes.ServeHTTP(w, r)
}

// bridge opens a desktop's event bridge.
func (s *Server) bridge(w http.ResponseWriter, r *http.Request) {
	h, err := s.bridgeHolder(tokenOf(r))
	if err == nil && h.WorkerSID == "" {
		err = refuseGrant("the TaskRouterGrant names no Worker, whose events they would be")
	}
	if err != nil {
		// The client library has no word for it: it says that it could not connect.
		s.log.Warn("event bridge refused", "err", err)
		s.fail(w, r, err)
		return
	}
	s.bridges.serve(w, r, h)
}

// storeEvent follows the store's changes. It runs on the watch's goroutine.
func (s *Server) storeEvent(e store.Event) {
	if c, ok := e.Change.(*store.ReservationUpdated); ok {
		s.seats.seat(c.Reservation, c.Task)
	}
	if err := s.contacts.orchestrator.Follow(e); err != nil && !errors.Is(err, store.ErrClosed) {
		s.log.Warn("follow what happens to interactions", "err", err)
	}
	s.bridges.storeEvent(e)
}

// handle makes an http.HandlerFunc of f, for holders of a Flex token.
func (s *Server) handle(f func(holder, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		h, err := s.holderOf(tokenOf(r))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		v, err := f(h, r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		respond(w, http.StatusOK, v)
	}
}

// maxBody bounds a request's body.
const maxBody = 1 << 20

// tokenOf finds the Flex token where Flex puts it: a field of a form or of the
// query, a header of its own, Basic credentials of the user "token", a Bearer
// token, or a field of a JSON object.
func tokenOf(r *http.Request) string {
	if r.ParseForm() == nil {
		for _, name := range []string{"token", "Token"} {
			if v := r.Form.Get(name); v != "" {
				return v
			}
		}
	}
	if v := r.Header.Get("X-Flex-JWE"); v != "" {
		return v
	}
	if _, password, ok := credentials(r); ok {
		return password
	}
	if v, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found {
		return v
	}
	// Flex renews its token with one in a JSON object.
	var body struct{ Token string }
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		return ""
	}
	return body.Token
}

var (
	errNoToken      = errors.New("the request has no Flex token")
	errAdmin        = errors.New("the token's holder has not the role admin")
	errUnauthorized = errors.New("the token is not a Flex token of this account, or was given back; an Access Token is none")
	errRequest      = errors.New("the request makes no sense")
)

// fail replies with err as Twilio would.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, code, message := http.StatusInternalServerError, 20500, "Internal server error"
	if v := (*refusal)(nil); errors.As(err, &v) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(v.status)
		_, _ = w.Write(v.body) // the desktop has gone; there is nobody to tell
		return
	}
	switch {
	case token.Code(err) != 0:
		status, code, message = http.StatusUnauthorized, token.Code(err), err.Error()
	case errors.Is(err, errForbidden):
		status, code, message = http.StatusForbidden, 20403, err.Error()
	case errors.Is(err, store.ErrTokenExpired):
		status, code, message = http.StatusUnauthorized, 20104, "Access Token expired"
	case errors.Is(err, errNoToken), errors.Is(err, errAdmin), errors.Is(err, errUnauthorized):
		status, code, message = http.StatusUnauthorized, 20003, "Authenticate: "+err.Error()
	case errors.Is(err, store.ErrNotFound):
		status, code, message = http.StatusNotFound, 20404, "The requested resource was not found"
	case errors.Is(err, store.ErrRevision):
		status, code, message = http.StatusPreconditionFailed, 20412, "Precondition Failed"
	case errors.Is(err, store.ErrTransition), errors.Is(err, store.ErrActivity), errors.Is(err, store.ErrAttributesTooLong), errors.Is(err, errRequest):
		status, code, message = http.StatusBadRequest, 20001, err.Error()
	default:
		s.log.Error("flex request", "method", r.Method, "path", reached.Shape(r.URL.Path), "err", err)
	}
	respond(w, status, object{"code": code, "message": message, "status": status, "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code)})
}

type object map[string]any

func respond(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the desktop has gone; there is nobody to tell
}
