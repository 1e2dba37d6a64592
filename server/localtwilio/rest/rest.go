// Package rest is the part of Twilio's REST APIs that local Twilio speaks. Products
// are its products, and routes.go has every operation of them, with the parameters
// that are refused. A product's handlers are in the files that begin with its name,
// those of flex-api in flex.go and flex_flows.go, those of api in accounts.go; each
// answers with the status codes, error codes, field names and headers that Twilio's
// OpenAPI documents and error dictionary give. What an SDK cannot see (a Room's
// media, a chat's push channel) is not here; any other path is 404, as at Twilio.
//
// As at Twilio, a Document takes 20 reads and 20 writes a second; see Limits.
//
// It knows the store and HTTP. It never speaks to signaling: a Room that is
// completed here is seen there through the store's events.
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/localtwilio/store"
)

// maxBody bounds a request's body: room for Sync's 16 KiB of data in its
// percent-encoded form, and for the error that says so.
const maxBody = 1 << 20

// Config is what an API needs beside its store; the zero value is usable.
type Config struct {
	Limits Limits
	// Fault, if not nil, may answer a request with an error before anything else
	// looks at it, to rehearse what cannot be provoked. It must not read the
	// body.
	Fault func(*http.Request) *Error
	Media MediaFiles
	// ICEServers returns what a client needs to use STUN and TURN for a while; nil is none.
	ICEServers func(time.Duration) []ICEServer
	// Ask is asked before Conversations are changed; nil asks nobody.
	Ask store.AskChat
	// IgnoreUnsupported makes a logged warning of the refusal of parameters that
	// Twilio documents and local Twilio does not carry out.
	IgnoreUnsupported bool
	Log               *slog.Logger // nil discards
}

// MediaFiles says where the files of Recordings are; the zero value has none.
type MediaFiles struct {
	Dir string
	// URL is where MediaPath is reached, without it, by those who asked one of Twilio's hosts.
	// It is called for each of them.
	URL func() string
}

// API answers REST requests out of a store.
type API struct {
	store    *store.Store
	log      *slog.Logger
	limiters *limiters
	fault    func(*http.Request) *Error
	media    MediaFiles
	handlers map[string]func() http.Handler

	ignoreUnsupported bool
	iceServers        func(time.Duration) []ICEServer
	ask               store.AskChat
}

// New makes an API over s.
func New(s *store.Store, c Config) *API {
	if c.ICEServers == nil {
		c.ICEServers = func(time.Duration) []ICEServer { return nil }
	}
	if c.Ask == nil {
		c.Ask = func(context.Context, store.Origin, string, string, func(*store.ChatAction) error) (r store.ChatRevision, err error) {
			return r, nil
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{
		store: s, log: c.Log, limiters: newLimiters(c.Limits, s.Now), fault: c.Fault, media: c.Media, handlers: map[string]func() http.Handler{},
		ignoreUnsupported: c.IgnoreUnsupported, iceServers: c.ICEServers, ask: c.Ask,
	}
	for _, name := range Products {
		// When it is first asked for: a router compiles a pattern for each of its
		// routes, of which a program uses few, and start would wait for all.
		a.handlers[name] = sync.OnceValue(func() http.Handler { return a.router(routes[name]) })
	}
	return a
}

// router is the operations of one product.
func (a *API) router(operations []route) http.Handler {
	// UseEncodedPath: a name with an escaped slash is one path segment.
	// SkipClean: what is no resource is 404, not a redirect to one.
	r := mux.NewRouter().UseEncodedPath().SkipClean(true)
	r.NotFoundHandler = a.handle(func(c *call) error { return notFound(c.r.URL.Path) })
	r.MethodNotAllowedHandler = a.handle(func(*call) error { return errMethod })
	for _, o := range operations {
		r.HandleFunc(o.path, a.handle(o.do)).Methods(o.method)
	}
	return r
}

// ServeHTTP answers a request by its Target. URLs in the answer have the form of
// the request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.Serve(w, r, TargetOf(r)) }

// Serve answers a request whose Target is known.
func (a *API) Serve(w http.ResponseWriter, r *http.Request, target Target) {
	// A shallow copy, so that the caller's request stays as it is.
	q := r.WithContext(context.WithValue(r.Context(), targetKey{}, target))
	q.URL = new(url.URL)
	*q.URL = *r.URL
	if a.fault != nil {
		if e := a.fault(r); e != nil {
			a.handle(func(*call) error { return e })(w, q)
			return
		}
	}
	router := a.handlers[target.Product]
	path, err := url.PathUnescape(target.Path)
	if router == nil || err != nil {
		a.handle(func(*call) error { return notFound(r.URL.Path) })(w, q)
		return
	}
	q.URL.Path, q.URL.RawPath = path, target.Path
	router().ServeHTTP(w, q)
}

// targetKey finds, in a request's context, its Target.
type targetKey struct{}

// call is one request on its way through a handler: its methods read what was
// given and write what is answered.
type call struct {
	api     *API
	w       http.ResponseWriter
	r       *http.Request
	target  Target
	store   *store.Store
	account store.Account
	main    bool // by the auth token or the account's own API key, which may manage keys
}

// handle makes an http.HandlerFunc of f: it checks the credentials, reads the
// form and writes f's error.
func (a *API) handle(f handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{api: a, w: w, r: r, store: a.store, account: a.store.Account()}
		c.target, _ = r.Context().Value(targetKey{}).(Target)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		err := c.authenticate()
		if err == nil {
			err = a.limiters.takeAccount()
		}
		if err == nil {
			err = c.parse()
		}
		if err == nil {
			err = f(c)
		}
		if err != nil {
			a.fail(c, err)
		}
	}
}

func (c *call) parse() error {
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/json") {
		return nil // the handler reads the body
	}
	if err := c.r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return &Error{Status: http.StatusRequestEntityTooLarge, Code: codeInvalidParameter, Message: "Request body is too large"}
		}
		return invalid("Request body could not be read as a form")
	}
	return nil
}

// path returns a variable of the route.
func (c *call) path(name string) string {
	v, err := url.PathUnescape(mux.Vars(c.r)[name])
	if err != nil {
		return ""
	}
	return v
}

// has reports whether the request gave the parameter, if only as empty.
func (c *call) has(name string) bool {
	_, ok := c.r.Form[name]
	return ok
}

func (c *call) form(name string) string { return c.r.Form.Get(name) }

// integer reads a parameter that must lie in [lo, hi] into v, or returns bad.
// An absent one leaves v alone.
func (c *call) integer(name string, v *int, lo, hi int, bad *Error) error {
	if !c.has(name) {
		return nil
	}
	n, err := strconv.Atoi(c.form(name))
	if err != nil || n < lo || n > hi {
		return bad
	}
	*v = n
	return nil
}

func (c *call) boolean(name string, v *bool) error {
	switch strings.ToLower(c.form(name)) {
	case "":
	case "true":
		*v = true
	case "false":
		*v = false
	default:
		return invalid("Invalid parameter " + name + ": expected true or false")
	}
	return nil
}

// ifMatch returns the If-Match header without quotes; empty for none and for "*".
func (c *call) ifMatch() string {
	v := strings.Trim(strings.TrimPrefix(c.r.Header.Get("If-Match"), "W/"), `"`)
	if v == "*" {
		return ""
	}
	return v
}

// json writes v. HTML characters stay as they are: attributes are text that
// others parse.
func (c *call) json(status int, v any) error {
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(status)
	e := json.NewEncoder(c.w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the caller has gone; there is nobody to tell
	return nil
}

// tagged is json with an ETag.
func (c *call) tagged(status int, etag string, v any) error {
	c.w.Header().Set("ETag", `"`+etag+`"`)
	return c.json(status, v)
}

func (c *call) noContent() error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
