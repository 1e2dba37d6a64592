package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/clientaddr"
	"escalate/server/logs"
)

// noRoute stands for paths that no route has; the path itself may hold a code.
const noRoute = "none"

// passage is what log and metrics say about one request. It belongs to the
// request's goroutine.
type passage struct {
	id     string
	route  string // the template, never the path
	method string
	status int
	bytes  int64
	began  time.Time
	kept   bool      // it goes on after its handler
	seenBy *observer // nil where nobody observes
}

// keep has an event stream go on after its handler, which has taken the connection from
// the server. The stream calls finish once, at its end.
func (p *passage) keep(status int) (finish func()) {
	p.kept, p.status = true, status
	return func() {
		if p.seenBy != nil {
			p.seenBy.tell(context.Background(), p, true)
		}
	}
}

type passageKey struct{}

func passageOf(r *http.Request) *passage {
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
		return p
	}
	return &passage{route: noRoute}
}

func requestID(r *http.Request) string { return passageOf(r).id }
func routeOf(r *http.Request) string   { return passageOf(r).route }

// givenID is the form of a request id that is taken over from a proxy.
var givenID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`) })

// observer sees every request pass.
type observer struct {
	log     *slog.Logger
	metrics *metrics
	proxy   *clientaddr.Watch // may be nil
	trace   func(*http.Request) (*http.Request, func(route, method string, status int))
}

// observe writes one log line and counts one request, whatever becomes of it.
// Neither carries the path, the query or the address: they hold join codes.
func (o *observer) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := &passage{id: r.Header.Get("X-Request-Id"), route: noRoute, method: r.Method, seenBy: o}
		if !givenID().MatchString(p.id) {
			p.id = rand.Text()
		}
		w.Header().Set("X-Request-Id", p.id)
		o.proxy.See(r)
		p.began = time.Now()
		// A page has a dozen files, and nothing of Twilio is in them.
		if o.trace != nil && !strings.HasPrefix(r.URL.Path, staticPath) {
			traced, done := o.trace(r)
			r = traced
			// An event stream's ends where the stream begins: nothing of Twilio comes after.
			defer func() { done(p.route, knownMethod(p.method), p.status) }()
		}
		next.ServeHTTP(&recorder{ResponseWriter: w, passage: p}, r.WithContext(logs.WithRequest(context.WithValue(r.Context(), passageKey{}, p), p.id)))
		if p.kept {
			return
		}
		if p.status == 0 {
			// Nothing was written: net/http answers 200, unless the client went.
			p.status = http.StatusOK
			if r.Context().Err() != nil {
				p.status = 499 // nginx's number for it
			}
		}
		o.tell(r.Context(), p, strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream"))
	})
}

// tell logs and counts a passage at its end.
func (o *observer) tell(ctx context.Context, p *passage, streamed bool) {
	took := time.Since(p.began)
	o.metrics.observe(p.route, p.method, p.status, took, streamed)

	level := slog.LevelInfo
	switch {
	case p.status >= 500:
		level = slog.LevelError
	case strings.HasPrefix(p.route, staticPath):
		level = slog.LevelDebug // a page has a dozen of them
	}
	o.log.Log(ctx, level, "http", "method", knownMethod(p.method), "route", p.route, "status", p.status,
		"ms", took.Milliseconds(), "bytes", p.bytes, "id", p.id)
}

// nameRoute tells the request's passage which route it took.
func nameRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route := mux.CurrentRoute(r); route != nil {
			if t, err := route.GetPathTemplate(); err == nil {
				passageOf(r).route = t
			}
		}
		next.ServeHTTP(w, r)
	})
}

// recorder notes status and size as they pass.
type recorder struct {
	http.ResponseWriter
	passage *passage
}

func (r *recorder) WriteHeader(status int) {
	if r.passage.status == 0 && status >= 200 {
		r.passage.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.passage.status == 0 {
		r.passage.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.passage.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach Flush and the deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
