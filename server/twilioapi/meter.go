package twilioapi

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/metric"
)

// meter counts and times what is sent to Twilio. Its labels come from the table
// of operations and from HTTP's statuses, so their number is bounded.
type meter struct {
	calls   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
}

// newMeter registers with r, or with nobody when r is nil.
func newMeter(r prometheus.Registerer) *meter {
	m := &meter{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "escalate_twilio_requests_total",
			Help: "Requests sent to Twilio, retries included, by product, operation and status; status 0 is no answer.",
		}, []string{"product", "operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "escalate_twilio_request_duration_seconds",
			Help: "Time until Twilio's whole answer was there, by product and operation.",
			// From local Twilio to the time-out of a call.
			Buckets: []float64{.002, .01, .05, .1, .2, .5, 1, 2, 5, 10},
		}, []string{"product", "operation"}),
	}
	m.calls, m.seconds = metric.Register(r, m.calls), metric.Register(r, m.seconds)
	return m
}

// observe notes one request and its answer; status is 0 without one.
func (m *meter) observe(op operation, status int, took time.Duration) {
	m.calls.WithLabelValues(op.product, op.name, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(op.product, op.name).Observe(took.Seconds())
}
