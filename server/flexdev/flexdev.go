// Package flexdev is the page of `make flex`: the real Flex UI, logged in as the
// demo's Worker, on local Twilio. It serves a folder that make has filled; none
// of it is embedded, and none of it is in a release. Flex's bundle is installed
// from npm for development and goes nowhere else.
//
// Flex has Twilio's host names built in. The page's shim sends what is meant for
// them to local Twilio; the page's policy keeps everything else on this machine.
//
//	GET  /flex                   the page; also at Flex's own routes, /agent-desktop/… and /teams/…
//	GET  /flex/{file}            the bundle, the shim and the start script
//	POST /flex/api/session       where local Twilio is, and a Flex token of the Worker;
//	                             ?as=supervisor, of the page too, makes it the supervisor's
//
// Beside it is a customer's page of a web chat, on the unmodified client library of
// Conversations, and what its server does (webchat.go):
//
//	GET  /webchat                the page
//	POST /webchat/api/begin      begins a chat by POST /v2/WebChats
//	POST /webchat/api/refresh    another Access Token for the holder of one
//	POST /webchat/api/end        closes the chat
//
// Whoever can reach it is the demo Worker, as with the demo.
package flexdev

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/gorilla/mux"

	"escalate/server/demo"
	"escalate/server/localtwilio/store"
)

// Bundle is the file that must be in the folder.
const Bundle = "flex.js"

// ErrFolder is returned by New for a folder without the bundle.
var ErrFolder = errors.New(`no Flex UI in the folder: run "make flex"`)

// Config is what New needs.
type Config struct {
	Dir     string // the folder that make fills
	Twilio  string // URL of local Twilio
	Account store.Account
	// Seat returns the demo's Worker and a fresh Flex token; Supervisor those of
	// its supervisor.
	Seat, Supervisor func() (demo.Seat, error)
	Log              *slog.Logger // nil discards
}

// Page serves the page.
type Page struct {
	c     Config
	files fs.FS
	csp   string
}

// New makes a Page; it returns ErrFolder where make has not run.
func New(c Config) (*Page, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	u, err := url.Parse(c.Twilio)
	if err != nil {
		return nil, fmt.Errorf("read the URL of local Twilio: %w", err)
	}
	p := &Page{c: c, files: os.DirFS(c.Dir)}
	if _, err := fs.Stat(p.files, Bundle); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Dir, ErrFolder)
	}
	rest, sockets := c.Twilio, "ws://"+u.Host
	if strings.HasPrefix(u.Host, "[") { // a policy has no words for an IPv6 address
		rest, sockets = u.Scheme+":", "ws:"
	}
	// Flex writes styles and, for its templates, functions as it goes.
	p.csp = "default-src 'self'; script-src 'self' 'unsafe-eval' " + rest + "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: " + rest + "; font-src 'self' data:; " +
		"media-src 'self' data: blob:; worker-src 'self' blob:; frame-src 'self'; connect-src 'self' data: blob: " + rest + " " + sockets + "; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return p, nil
}

// Routes adds the page under /flex, and to the addresses that Flex makes of it.
func (p *Page) Routes(r *mux.Router) {
	chatServer{p.c}.routes(r, p)
	s := r.PathPrefix("/flex").Subrouter()
	s.Use(p.guard)
	s.HandleFunc("", p.file("index.html")).Methods(http.MethodGet)
	s.HandleFunc("/api/session", p.session).Methods(http.MethodPost)
	s.PathPrefix("/api/").HandlerFunc(http.NotFound)
	s.HandleFunc("/{file:[a-z-]+\\.(?:js|css|html|js\\.map)}", func(w http.ResponseWriter, r *http.Request) {
		p.file(mux.Vars(r)["file"])(w, r)
	}).Methods(http.MethodGet)
	s.PathPrefix("/").HandlerFunc(p.file("index.html")).Methods(http.MethodGet)
	// Flex puts its own routes into the address: a reload finds the page again.
	for _, view := range []string{"/agent-desktop", "/teams"} {
		v := r.PathPrefix(view).Subrouter()
		v.Use(p.guard)
		v.PathPrefix("").HandlerFunc(p.file("index.html")).Methods(http.MethodGet)
	}
}

// guard refuses other sites and names, as the demo does.
func (p *Page) guard(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "localhost" && !net.ParseIP(host).IsLoopback() {
			http.Error(w, "The Flex page answers on localhost only.", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", p.csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

func (p *Page) file(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// Some systems' tables call scripts text/plain.
		if kind := map[string]string{".js": "text/javascript", ".css": "text/css"}[path.Ext(name)]; kind != "" {
			w.Header().Set("Content-Type", mime.FormatMediaType(kind, map[string]string{"charset": "utf-8"}))
		}
		http.ServeFileFS(w, r, p.files, name)
	}
}

// session is what the start script needs.
func (p *Page) session(w http.ResponseWriter, r *http.Request) {
	take := p.c.Seat
	if r.URL.Query().Get("as") == "supervisor" {
		take = p.c.Supervisor
	}
	seat, err := take()
	if err != nil {
		p.c.Log.Error("flex session", "err", err)
		http.Error(w, "The demo has no Worker.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{ // the page has gone if this fails
		"twilio": p.c.Twilio, "accountSid": p.c.Account.SID, "token": seat.Token, "identity": seat.Identity, "workerSid": seat.Worker,
		"expiration": seat.Expires, "roles": seat.Roles,
	})
}
