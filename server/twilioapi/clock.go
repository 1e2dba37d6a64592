package twilioapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/metric"
)

const (
	// maxSkew is how far this machine's clock may be from Twilio's. Tokens begin to
	// be refused, and time-outs of replicas to disagree, beyond it.
	maxSkew = time.Minute
	// sayAgain is how often a clock that is wrong is logged.
	sayAgain = 10 * time.Minute
)

// clock compares this machine's clock with Twilio's, by the Date of every answer.
// That has whole seconds, and is as old as the answer took at most.
type clock struct {
	now  func() time.Time
	log  *slog.Logger
	skew prometheus.Gauge

	mu   sync.Mutex // guards what follows
	off  time.Duration
	said time.Time
}

func newClock(now func() time.Time, log *slog.Logger, r prometheus.Registerer) *clock {
	c := &clock{now: now, log: log, skew: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "escalate_clock_skew_seconds",
		Help: "How far this machine's clock is ahead of Twilio's, by the newest answer.",
	})}
	c.skew = metric.Register(r, c.skew)
	return c
}

// observe looks at an answer that was asked for at began.
func (c *clock) observe(h http.Header, began time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	// The Date was written between the question and now, to the second below.
	now, off := c.now(), time.Duration(0)
	switch {
	case date.Add(time.Second).Before(began):
		off = began.Sub(date.Add(time.Second))
	case date.After(now):
		off = now.Sub(date)
	}
	c.skew.Set(off.Seconds())
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.off = off; off.Abs() > maxSkew && (c.said.IsZero() || now.Sub(c.said).Abs() >= sayAgain) {
		c.said = now
		c.log.Error("this machine's clock is wrong: set it by NTP, or Access Tokens are refused", "ahead", off)
	}
}

// wrong says how wrong the clock is, nil when it is right.
func (c *clock) wrong() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.off.Abs() <= maxSkew {
		return nil
	}
	return fmt.Errorf("this machine's clock is %v ahead of Twilio's", c.off.Round(time.Second))
}
