// Package web is the HTTP face of Escalate: the JSON endpoints that package
// wire describes, the pages, the static files, and the operator's endpoints.
// It turns requests into calls of escalation and errors into answers, and
// decides nothing itself. It must not know twilio-go, go-app or local Twilio:
// what it needs of them is handed in as Deps.
//
// It starts no goroutines but those of event streams (Deps.Go). The limits on
// slow clients (ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout) belong
// to the http.Server around it; event streams move their own write deadline, so a
// WriteTimeout does not cut them.
package web

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/wire"
	"escalate/server/clientaddr"
	"escalate/server/escalation"
	"escalate/server/joincode"
)

// Config is what the handler needs to know of the installation. The zero value
// of each optional field is a sensible default.
type Config struct {
	// PublicURL is the address that browsers use, such as https://video.example.com.
	PublicURL string
	// Brand is the company's name, as customers read it.
	Brand string
	// Look is what the brand looks like; the zero Look is the product's own.
	Look Look
	// AllowedOrigins may call the agent's endpoints from a browser and frame
	// the agent page; each is "scheme://host[:port]".
	AllowedOrigins []string
	// Signaling is the signalling server's WebSocket URL; empty means Twilio's own.
	Signaling string
	// STUN are the "stun:" URLs that pages try before a call; with an empty
	// Signaling Twilio's own.
	STUN []string
	// Static holds the browser's files (app.css, start.js, app.wasm, …) at its
	// root. It is read once, in New: its content must not change afterwards.
	Static fs.FS
	// Languages are those the pages can speak, the default first; empty means English.
	Languages []string
	// Proxies are those in front of this server that are believed when they tell
	// a client's address.
	Proxies clientaddr.Proxies
	// Links reads what people give for a join code, and makes the links that
	// pages show; the same as escalation.Config.Link.
	Links joincode.Links
	// Limits bounds what one client may ask.
	Limits Limits
	// LeaveSecret is what the keys are made from that a Participant's page needs
	// to say that it has left, and a customer's to rate. All replicas need the same; empty means one that
	// only this process has.
	LeaveSecret string
	// Limiters are those of the process; nil makes some out of Limits.
	Limiters *Limiters
	// Heartbeat is the pace of the "beat" events on a stream; 5 s by default.
	// Pages take three missing ones for a replica that is gone, so a slower pace
	// leaves them uninformed for longer; and proxies close silent connections.
	Heartbeat time.Duration
	// Timeout is how long a request may take, besides event streams; 20 s by
	// default, which is longer than Twilio needs on a bad day.
	Timeout time.Duration
	// Done ends all event streams when it is closed. http.Server.Shutdown
	// waits for running requests, so close it before.
	Done <-chan struct{}
	// Registry takes the handler's metrics and is what Operator shows; nil
	// keeps the metrics private.
	Registry *prometheus.Registry
	// Trace begins the span of a request, and returns what ends it; nil for no traces.
	Trace func(r *http.Request) (_ *http.Request, done func(route, method string, status int))
	// Now is the clock; time.Now by default.
	Now func() time.Time
	Log *slog.Logger
}

// Escalations is what the handler asks of the use cases; *escalation.Service
// has it.
type Escalations interface {
	Escalate(ctx context.Context, a escalation.Agent, taskSID string, in escalation.Invite) (escalation.Escalation, bool, error)
	Get(ctx context.Context, code string) (escalation.Escalation, error)
	Watch(ctx context.Context, code string) (<-chan escalation.Escalation, error)
	JoinAsAgent(ctx context.Context, a escalation.Agent, code string) (escalation.Join, error)
	JoinAsCustomer(ctx context.Context, code, consent string) (escalation.Join, error)
	Progress(ctx context.Context, code string, p escalation.Progress) error
	Leave(ctx context.Context, code, identity string) error
	Report(ctx context.Context, code, identity string, l escalation.Line) error
	Rate(ctx context.Context, code, identity string, score int, comment string) (kept escalation.Rating, err error)
	End(ctx context.Context, a escalation.Agent, code string) (escalation.Escalation, error)
	Task(ctx context.Context, a escalation.Agent, taskSID string) (escalation.TaskView, error)
	Callback(ctx context.Context, c escalation.Callback) error
	JoinURL(code string) string
	Invite(e escalation.Escalation, lang string) string
}

// Agents tells who holds a Flex token.
type Agents interface {
	// Authenticate returns escalation.ErrUnauthorized for a token that is no
	// good, and escalation.ErrUnavailable when that cannot be told now.
	Authenticate(ctx context.Context, flexToken string) (escalation.Agent, error)
	// Known returns what is remembered of a token, the agent or the error, without
	// asking anybody; ok is false for nothing.
	Known(flexToken string) (a escalation.Agent, err error, ok bool)
}

// Callbacks reads Twilio's status callbacks.
type Callbacks interface {
	// ParseCallback returns escalation.ErrSignature unless Twilio signed r.
	ParseCallback(r *http.Request, publicURL string) (escalation.Callback, error)
}

// Deps are the handler's collaborators. Escalations, Agents and Callbacks are
// required.
type Deps struct {
	Escalations Escalations
	Agents      Agents
	Callbacks   Callbacks
	// Render draws the body of the page at path, as the browser will draw it
	// again; nil leaves it to the browser.
	Render func(path string, p wire.Page) (bodyHTML string, err error)
	// Mounts are handlers of others by path prefix, such as "/features/x/". They
	// are logged and counted as our own.
	Mounts map[string]http.Handler
	// Ready says what keeps the server from doing all of its work now, such as that
	// Twilio is away; nil means that nothing ever does.
	Ready func(ctx context.Context) error
	// Draining says that the server is about to stop and wants no new clients; nil
	// means that it never does.
	Draining func() bool
	// Go runs in a goroutine what goes on after its handler; whoever gives it waits for
	// those after Config.Done. With it an event stream over HTTP/1 takes its connection
	// from the server, which makes it cheap to wait; nil keeps all in their handlers.
	Go func(func())
}

// New returns the public handler: pages, API, static files, callbacks. It makes
// the parts and hands each what it works with; which paths lead where is the
// table of site.routes.
func New(c Config, d Deps) http.Handler {
	c = c.orDefaults(d.Escalations)
	var (
		keys      = newLeaveKeys(c.LeaveSecret)
		origins   = newOrigins(c.PublicURL, c.AllowedOrigins)
		files     = readAssets(c.Static, c.Log)
		brand     = brand{name: c.Brand, look: c.Look}
		languages = languages(c.Languages)
		signaling = signaling{url: c.Signaling, stun: c.STUN}
		metrics   = newMetrics(c.Registry)
		views     = &views{escalations: d.Escalations, links: c.Links, keys: keys, brand: c.Brand, signaling: c.Signaling}
		renderer  = &renderer{brand: brand, files: files, languages: languages, signaling: signaling, draw: d.Render}
		errors    = &errorWriter{renderer: renderer, log: c.Log}
		entrance  = &entrance{limiters: c.Limiters, agents: d.Agents, timeout: c.Timeout}
		https     = strings.HasPrefix(origins.own, "https://")
		ratings   = &ratings{escalations: d.Escalations, keys: keys, secure: https}
		form      = &ratingPage{ratings: ratings, entrance: entrance, renderer: renderer, errors: errors, origins: origins, links: c.Links}
	)
	s := &site{
		origins:  origins,
		entrance: entrance,
		errors:   errors,
		files:    files,
		brand:    brand,
		mounts:   d.Mounts,
		https:    https,

		customers: &customerAPI{escalations: d.Escalations, views: views, keys: keys, ratings: ratings, log: c.Log},
		events: &eventStreams{
			escalations: d.Escalations, views: views, entrance: entrance, heartbeat: c.Heartbeat, done: c.Done, run: d.Go,
			gauge: metrics.streams, log: c.Log,
		},
		ratings:   ratings,
		agents:    &agentAPI{escalations: d.Escalations, views: views, limiters: c.Limiters},
		callbacks: &callbackAPI{escalations: d.Escalations, callbacks: d.Callbacks, publicURL: c.PublicURL},
		pages: &pages{
			escalations: d.Escalations, views: views, limiters: c.Limiters, links: c.Links, renderer: renderer,
			errors: errors, entrance: entrance, origins: origins, rating: form,
		},
		ratingPage: form,
		installed:  &installed{renderer: renderer},
	}
	o := &observer{log: c.Log, metrics: metrics, trace: c.Trace, proxy: newProxyWatch(c)}
	return o.observe(s.routes())
}

// orDefaults fills in what may be left out.
func (c Config) orDefaults(e Escalations) Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Heartbeat <= 0 {
		c.Heartbeat = 5 * time.Second
	}
	if c.Timeout <= 0 {
		c.Timeout = 20 * time.Second
	}
	if len(c.Languages) == 0 {
		c.Languages = []string{"en"}
	}
	if c.Limiters == nil {
		c.Limiters = NewLimiters(c.Limits, c.Proxies, c.Links, func(ctx context.Context, code string) error {
			_, err := e.Get(ctx, code)
			return err
		}, c.registerer(), c.Now)
	}
	return c
}

// registerer is what takes metrics; nil for nothing.
func (c Config) registerer() prometheus.Registerer {
	if c.Registry == nil {
		return nil // not an interface that holds a nil
	}
	return c.Registry
}
