package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/clientaddr"
	"escalate/server/metric"
)

// metrics are the handler's own; none of them has a label that a client can
// choose freely.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	streams  prometheus.Gauge
}

func newMetrics(r *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "escalate_http_requests_total",
			Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "escalate_http_request_duration_seconds",
			Help: "Time to answer, by route and method; event streams are left out.",
			// From a page out of memory to a chain of calls to Twilio.
			Buckets: []float64{.001, .005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "escalate_event_streams",
			Help: "Event streams open now.",
		}),
	}
	if r != nil {
		m.requests = metric.Register(r, m.requests)
		m.seconds = metric.Register(r, m.seconds)
		m.streams = metric.Register(r, m.streams)
	}
	return m
}

// newProxyWatch returns nil where there is nothing to notice: a proxy is
// believed, or pages are not meant to be reached through one.
func newProxyWatch(c Config) *clientaddr.Watch {
	if c.Proxies.Trusted() || !strings.HasPrefix(c.PublicURL, "https:") {
		return nil
	}
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "escalate_proxy_not_trusted",
		Help: "1 while requests come through a proxy that TRUST_PROXY does not know, so that all clients share one address and its limits.",
	})
	if c.Registry != nil {
		gauge = metric.Register(c.Registry, gauge)
	}
	return clientaddr.NewWatch(c.Now, c.Log, gauge)
}

func (m *metrics) observe(route, method string, status int, took time.Duration, streamed bool) {
	m.requests.WithLabelValues(route, knownMethod(method), strconv.Itoa(status)).Inc()
	if !streamed {
		m.seconds.WithLabelValues(route, knownMethod(method)).Observe(took.Seconds())
	}
}

// knownMethod keeps invented methods from becoming time series.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
