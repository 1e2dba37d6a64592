package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"escalate/server/localtwilio"
)

// newRegistry returns a registry with what Go and the process say of themselves; the parts of
// local Twilio add theirs.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return r
}

// operator serves health and metrics on an address of their own. The zero operator serves
// nothing.
type operator struct {
	url    string // empty without an address
	srv    *http.Server
	wg     sync.WaitGroup // srv's goroutine
	failed chan error     // nil without an address
}

// openOperator listens on addr, unless that is empty.
func openOperator(ctx context.Context, addr string, s *localtwilio.Server, metrics prometheus.Gatherer) (*operator, error) {
	if addr == "" {
		return &operator{}, nil
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (-operator-addr chooses another address): %w", addr, err)
	}
	o := &operator{url: "http://" + ln.Addr().String(), failed: make(chan error, 1)}
	o.srv = &http.Server{
		Handler: operatorRoutes(s.Ready, metrics), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	o.wg.Go(func() {
		if err := o.srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			o.failed <- fmt.Errorf("serve health and metrics: %w", err)
		}
	})
	return o, nil
}

// operatorRoutes are /healthz (the process runs), /readyz (it can answer, and what it is told is
// kept) and /metrics.
func operatorRoutes(ready func() error, metrics prometheus.Gatherer) http.Handler {
	routes := mux.NewRouter()
	routes.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		plainText(w, http.StatusOK, "ok\n")
	}).Methods(http.MethodGet, http.MethodHead)
	routes.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			plainText(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
			return
		}
		plainText(w, http.StatusOK, "ready\n")
	}).Methods(http.MethodGet, http.MethodHead)
	routes.Handle("/metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})).Methods(http.MethodGet, http.MethodHead)
	return routes
}

func plainText(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // an error here means that the client has gone
}

// tell prints where it is.
func (o *operator) tell(w io.Writer) {
	if o.url != "" {
		fmt.Fprintf(w, "# Health and metrics: %s/healthz /readyz /metrics\n", o.url)
	}
}

func (o *operator) close() {
	if o.srv != nil {
		o.srv.Close()
	}
	o.wg.Wait()
}
