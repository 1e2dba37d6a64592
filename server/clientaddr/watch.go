package clientaddr

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Watch notices a proxy in front of the server that the settings do not
// know of. All people then come from the proxy's address and share its limits,
// which looks like an attack. It says so in the log and as a metric. It is safe
// for concurrent use.
type Watch struct {
	log   *slog.Logger
	now   func() time.Time
	gauge Gauge

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

// NewWatch returns a Watch that sets the gauge to 1 while it sees such a proxy,
// and to 0 when it turns out to be none.
func NewWatch(now func() time.Time, log *slog.Logger, gauge Gauge) *Watch {
	return &Watch{log: log, now: now, gauge: gauge, from: map[netip.Addr]bool{}}
}

// Gauge is a metric.
type Gauge interface{ Set(float64) }

// See looks at one request; a nil Watch sees nothing.
func (w *Watch) See(r *http.Request) {
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
