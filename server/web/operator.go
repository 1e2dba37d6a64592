package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"escalate/server/metric"
)

// readyTimeout is how long the readiness check may take; load balancers give
// up after about that time themselves.
const readyTimeout = 3 * time.Second

// Operator serves /healthz (the process runs), /readyz (it wants clients) and
// /metrics. It belongs on a listener of its own that the public cannot reach. It
// takes the same Config and Deps as New, and uses Registry, Log, Ready and Draining
// of them.
//
// /readyz fails while the server drains. When Twilio is away it says that it is
// degraded, with status 200: all replicas would say so at once, and a balancer that
// takes them all out leaves people without even the page that says what is wrong.
func Operator(c Config, d Deps) http.Handler {
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	registry := c.Registry
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	degraded := metric.Register(registry, prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "escalate_degraded",
		Help: "1 while the newest look at readiness found Twilio away, or this machine's clock wrong.",
	}))
	r := mux.NewRouter()
	r.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		plainText(w, http.StatusOK, "ok\n")
	}).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/readyz", func(w http.ResponseWriter, r *http.Request) {
		if d.Draining != nil && d.Draining() {
			plainText(w, http.StatusServiceUnavailable, "draining\n")
			return
		}
		if d.Ready != nil {
			ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
			defer cancel()
			if err := d.Ready(ctx); err != nil {
				degraded.Set(1)
				log.Warn("degraded", "err", err)
				plainText(w, http.StatusOK, "degraded: "+err.Error()+"\n")
				return
			}
		}
		degraded.Set(0)
		plainText(w, http.StatusOK, "ready\n")
	}).Methods(http.MethodGet, http.MethodHead)
	r.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{})).Methods(http.MethodGet, http.MethodHead)
	return r
}

func plainText(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // an error here means that the client has gone
}
