package escalation

import (
	"sync"
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
	ages    *ages
	docs    *prometheus.GaugeVec
	alive   *prometheus.GaugeVec
}

// A step of an escalation is counted by who made it, once: by the replica whose write of
// the Document took the escalation there. So the sum over all replicas is how many
// escalations came as far.
const (
	stepEscalated    = "escalated"     // there is a code
	stepInvited      = "invited"       // its invite is in the chat
	stepInvitedAgain = "invited_again" // and another one, because the agent asked for it
	stepOpened       = "opened"        // the customer has opened the link
	stepAgentJoined  = "agent_joined"  // the first agent has got a token
	stepToken        = "token"         // the customer has
	stepInCall       = "in_call"       // the customer and an agent are in the Room
	stepEnded        = "ended"
	stepExpired      = "expired"
	stepRated        = "rated"
)

func steps() []string {
	return []string{
		stepEscalated, stepInvited, stepInvitedAgain, stepOpened, stepAgentJoined, stepToken, stepInCall, stepEnded, stepExpired, stepRated,
	}
}

// How long a person takes: to read a message, to find the headset, to come back from lunch.
func patience() []float64 { return []float64{5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600} }

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
	m := &meter{
		steps: counter("escalate_escalations_total", "Escalations that came to a step, each counted once, by the replica that took it there: "+
			"escalated, invited, invited_again, opened, agent_joined, token, in_call, ended, expired, rated.", "step"),
		phases: counter("escalate_join_phases_total", "Customers' pages that reported the phase for the first time in a row, by phase.", "phase"),
		took: histogram("escalate_join_seconds", "Time between two steps of an escalation, by the times in its Document: from escalated or opened, to opened, agent_joined or in_call.",
			patience(), "from", "to"),
		locks:  counter("escalate_agent_locks_total", "What came of taking an agent's lock: taken, busy, contended, freed.", "result"),
		rounds: counter("escalate_rounds_total", "Scans of the Sync Service and sweeps, by result: ok or failed.", "round", "result"),
		seconds: histogram("escalate_round_duration_seconds", "Time that a scan or a sweep took.",
			[]float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 60}, "round"),
		ages:  metric.Register(r, newAges("escalate_round_age_seconds", "Time since the newest scan or sweep that came to its end without a fault; before the first, since the start.")),
		docs:  gauge("escalate_sync_documents", "Documents that the newest scan read, by whose they are: ours, or others' in the same Sync Service.", "owner"),
		alive: gauge("escalate_live", "Live escalations that the newest sweep found, of all replicas: waiting for an agent, open, in a call.", "status"),
	}
	// What has not happened yet is a zero, not a series that is missing: rates begin with it.
	for _, step := range steps() {
		m.steps.WithLabelValues(step)
	}
	for _, round := range []string{roundScan, roundSweep} {
		m.rounds.WithLabelValues(round, "ok")
		m.rounds.WithLabelValues(round, "failed")
	}
	return m
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
		m.ages.renew(name)
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

// step notes that this process took an escalation to a step.
func (m *meter) step(name string) { m.steps.WithLabelValues(name).Inc() }

// changed notes what a change that was written did.
func (m *meter) changed(was, is Escalation) {
	since := func(from, to string, began, ended time.Time) {
		m.took.WithLabelValues(from, to).Observe(max(0, ended.Sub(began).Seconds()))
	}
	if was.Reached.Opened.IsZero() && !is.Reached.Opened.IsZero() {
		m.step(stepOpened)
		since(stepEscalated, stepOpened, is.Created, is.Reached.Opened)
	}
	if was.OpenedAt.IsZero() && !is.OpenedAt.IsZero() {
		m.step(stepAgentJoined)
		since(stepEscalated, stepAgentJoined, is.Created, is.OpenedAt)
	}
	if was.Reached.Token.IsZero() && !is.Reached.Token.IsZero() {
		m.step(stepToken)
	}
	if together(was).IsZero() && !together(is).IsZero() {
		m.step(stepInCall)
		since(stepEscalated, stepInCall, is.Created, together(is))
		if !is.Reached.Opened.IsZero() {
			since(stepOpened, stepInCall, is.Reached.Opened, together(is))
		}
	}
	switch {
	case is.Status == was.Status:
	case is.Status == Ended:
		m.step(stepEnded)
	case is.Status == Expired:
		m.step(stepExpired)
	}
	if was.Rating == nil && is.Rating != nil {
		m.step(stepRated)
	}
	if is.Customer.Phase != was.Customer.Phase && (wire.Progress{Phase: is.Customer.Phase, Detail: is.Customer.Detail}).Reportable() {
		m.phases.WithLabelValues(string(is.Customer.Phase)).Inc()
	}
}

// together is since when an agent and a customer are, or were, both in the call; zero
// when they never have been.
func together(e Escalation) time.Time {
	switch {
	case e.OpenedAt.IsZero() || e.CustomerCame.IsZero():
		return time.Time{}
	case e.CustomerCame.Before(e.OpenedAt):
		return e.OpenedAt
	}
	return e.CustomerCame
}

// ages tells at the time of a scrape how long ago each round came to its end. A gauge of
// that time would not be there before the first end, and nothing could be asked of it.
type ages struct {
	desc *prometheus.Desc

	mu     sync.Mutex // guards newest
	newest map[string]time.Time
}

func newAges(name, help string) *ages {
	now := time.Now()
	return &ages{
		desc:   prometheus.NewDesc(name, help, []string{"round"}, nil),
		newest: map[string]time.Time{roundScan: now, roundSweep: now},
	}
}

// renew notes that a round came to its end now.
func (a *ages) renew(round string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.newest[round] = time.Now()
}

// Describe is a prometheus.Collector's.
func (a *ages) Describe(c chan<- *prometheus.Desc) { c <- a.desc }

// Collect is a prometheus.Collector's.
func (a *ages) Collect(c chan<- prometheus.Metric) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for round, at := range a.newest {
		c <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, time.Since(at).Seconds(), round)
	}
}
