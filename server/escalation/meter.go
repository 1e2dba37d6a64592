package escalation

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/wire"
	"escalate/server/metric"
)

// meter counts what becomes of escalations, as this process sees and makes it. Its
// labels come from tables of ours, so their number is bounded.
type meter struct {
	steps   *prometheus.CounterVec
	phases  *prometheus.CounterVec
	took    *prometheus.HistogramVec
	locks   *prometheus.CounterVec
	rounds  *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	newest  *prometheus.GaugeVec
	docs    *prometheus.GaugeVec
	alive   *prometheus.GaugeVec
}

func newMeter(r prometheus.Registerer) *meter {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return metric.Register(r, prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels))
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return metric.Register(r, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels))
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return metric.Register(r, prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels))
	}
	return &meter{
		steps:  counter("escalate_escalations_total", "Steps that this process took an escalation: created, open, in_call, ended, expired, rated.", "step"),
		phases: counter("escalate_join_phases_total", "Customers' pages that reported the phase for the first time in a row, by phase.", "phase"),
		took: histogram("escalate_since_invite_seconds", "Time from the invite until the agent was in (open) and until both were (in_call).",
			[]float64{5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600}, "step"),
		locks:  counter("escalate_agent_locks_total", "What came of taking an agent's lock: taken, busy, contended, freed.", "result"),
		rounds: counter("escalate_rounds_total", "Scans of the Sync Service and sweeps, by result: ok or failed.", "round", "result"),
		seconds: histogram("escalate_round_duration_seconds", "Time that a scan or a sweep took.",
			[]float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 60}, "round"),
		newest: gauge("escalate_round_last_timestamp_seconds", "When the newest scan or sweep came to its end without a fault, in Unix seconds.", "round"),
		docs:   gauge("escalate_sync_documents", "Documents that the newest scan read, by whose they are: ours, or others' in the same Sync Service.", "owner"),
		alive:  gauge("escalate_live", "Live escalations that the newest sweep found, of all replicas: waiting for an agent, open, in a call.", "status"),
	}
}

// The rounds.
const (
	roundScan  = "scan"
	roundSweep = "sweep"
)

// round notes that a scan or a sweep is over.
func (m *meter) round(name string, took time.Duration, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	} else {
		m.newest.WithLabelValues(name).Set(float64(time.Now().UnixMilli()) / 1000)
	}
	m.rounds.WithLabelValues(name, result).Inc()
	m.seconds.WithLabelValues(name).Observe(took.Seconds())
}

// lock notes what came of an agent's lock.
func (m *meter) lock(result string) { m.locks.WithLabelValues(result).Inc() }

// scanned notes a scan.
func (m *meter) scanned(s scan, err error) {
	m.round(roundScan, s.ended.Sub(s.began), err)
	if err == nil {
		m.docs.WithLabelValues("ours").Set(float64(s.ours))
		m.docs.WithLabelValues("others").Set(float64(s.foreign))
	}
}

// swept notes a sweep.
func (m *meter) swept(took time.Duration, err error) { m.round(roundSweep, took, err) }

// live notes which escalations are live.
func (m *meter) live(all map[string]Escalation) {
	count := map[Status]int{Invited: 0, Open: 0, InCall: 0}
	for _, e := range all {
		count[e.Status]++
	}
	for status, n := range count {
		m.alive.WithLabelValues(string(status)).Set(float64(n))
	}
}

// created notes a new escalation.
func (m *meter) created() { m.steps.WithLabelValues("created").Inc() }

// changed notes what a change that was written did.
func (m *meter) changed(was, is Escalation, now time.Time) {
	if is.Status != was.Status {
		m.steps.WithLabelValues(string(is.Status)).Inc()
	}
	if was.OpenedAt.IsZero() && !is.OpenedAt.IsZero() {
		m.took.WithLabelValues(string(Open)).Observe(now.Sub(is.Created).Seconds())
	}
	if was.CustomerCame.IsZero() && !is.CustomerCame.IsZero() {
		m.took.WithLabelValues(string(InCall)).Observe(now.Sub(is.Created).Seconds())
	}
	if was.Rating == nil && is.Rating != nil {
		m.steps.WithLabelValues("rated").Inc()
	}
	if is.Customer.Phase != was.Customer.Phase && (wire.Progress{Phase: is.Customer.Phase, Detail: is.Customer.Detail}).Reportable() {
		m.phases.WithLabelValues(string(is.Customer.Phase)).Inc()
	}
}
