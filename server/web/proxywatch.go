package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// proxyWatch notices a proxy in front of the server that the settings do not
// know of. All people then come from the proxy's address and share its limits,
// which looks like an attack. It says so in the log and as a metric.
type proxyWatch struct {
	log   *slog.Logger
	now   func() time.Time
	gauge prometheus.Gauge

	mu     sync.Mutex // guards what follows
	from   map[netip.Addr]bool
	seen   int // requests with the header
	all    int // and without
	told   time.Time
	period time.Time // when counting began
}

const (
	// proxiesAtMost is how many addresses the balancers of one installation call
	// from; more are people who send the header themselves.
	proxiesAtMost = 16
	// proxySeen is how many such requests are no accident, if half of all are such.
	proxySeen = 20
	// proxyPeriod is how often it is said, and counted anew.
	proxyPeriod = time.Hour
)

// newProxyWatch returns nil where there is nothing to notice: a proxy is
// believed, or pages are not meant to be reached through one.
func newProxyWatch(c Config) *proxyWatch {
	if c.Proxies.Trusted() || !strings.HasPrefix(c.PublicURL, "https:") {
		return nil
	}
	w := &proxyWatch{log: c.Log, now: c.Now, from: map[netip.Addr]bool{}, gauge: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "escalate_proxy_not_trusted",
		Help: "1 while requests come through a proxy that TRUST_PROXY does not know, so that all clients share one address and its limits.",
	})}
	if c.Registry != nil {
		w.gauge = register(c.Registry, w.gauge)
	}
	return w
}

// see looks at one request.
func (w *proxyWatch) see(r *http.Request) {
	if w == nil {
		return
	}
	passed := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
	addr := parseHop(r.RemoteAddr)
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if now.Sub(w.period) >= proxyPeriod {
		clear(w.from)
		w.period, w.seen, w.all = now, 0, 0
	}
	w.all++
	if !passed {
		return
	}
	if len(w.from) <= proxiesAtMost {
		w.from[addr] = true
	}
	w.seen++
	if len(w.from) > proxiesAtMost || w.seen >= proxySeen && 2*w.seen < w.all {
		w.gauge.Set(0)
		return
	}
	if w.seen < proxySeen || now.Sub(w.told) < proxyPeriod && !w.told.IsZero() {
		return
	}
	w.told = now
	w.gauge.Set(1)
	w.log.Log(context.Background(), slog.LevelError,
		"ALL CLIENTS LOOK LIKE ONE: requests come through a proxy, and TRUST_PROXY is false, so everybody shares the limits of its address and one person's mistakes lock out all others. "+
			"Set TRUST_PROXY=true (or the number of proxies, or their networks)", "proxy", addr.String())
}
