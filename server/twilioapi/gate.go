package twilioapi

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/metric"
)

const (
	// defaultConnections is how many requests to Twilio are under way at most.
	defaultConnections = 64
	// minConnections leaves people three places while the background has one.
	minConnections = 4
)

// gate bounds the requests that are under way. Those who come later wait in the order
// in which they came, people before what nobody waits for (escalation.Background). Of
// the places a quarter at most is for the background, and at least one is not, so that
// slow sweeps never stand in the way of a join.
type gate struct {
	places, quota     int // of all, and of the background
	inFlight, waiting *prometheus.GaugeVec

	mu                       sync.Mutex // guards what follows, and that of visits
	persons, background      int        // who are inside
	queue, queueInBackground []*visit
}

// visit is a request that wants a place, and has one when ready is closed.
type visit struct {
	background bool
	ready      chan struct{}
}

func (v *visit) who() string {
	if v.background {
		return "background"
	}
	return "person"
}

// newGate takes at least two places.
func newGate(places int, r prometheus.Registerer) *gate {
	g := &gate{
		places: places, quota: min(max(1, places/4), places-1),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "escalate_twilio_requests_in_flight",
			Help: "Requests to Twilio under way, by who waits for them: person or background.",
		}, []string{"for"}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "escalate_twilio_requests_waiting",
			Help: "Requests to Twilio that wait because too many are under way, by who waits for them: person or background.",
		}, []string{"for"}),
	}
	g.inFlight, g.waiting = metric.Register(r, g.inFlight), metric.Register(r, g.waiting)
	return g
}

// enter waits for a place. The error is the cause of ctx's end, and says what there was
// too much of.
func (g *gate) enter(ctx context.Context, background bool) (leave func(), err error) {
	v := &visit{background: background, ready: make(chan struct{})}
	g.waiting.WithLabelValues(v.who()).Inc()
	defer g.waiting.WithLabelValues(v.who()).Dec()
	g.come(v)
	select {
	case <-v.ready:
	case <-ctx.Done():
		if g.giveUp(v) {
			return nil, fmt.Errorf("wait for a place among %d requests to Twilio: %w", g.places, context.Cause(ctx))
		}
		// It was let in at the same moment.
	}
	g.inFlight.WithLabelValues(v.who()).Inc()
	return func() {
		g.inFlight.WithLabelValues(v.who()).Dec()
		g.leave(v)
	}, nil
}

func (g *gate) come(v *visit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v.background {
		g.queueInBackground = append(g.queueInBackground, v)
	} else {
		g.queue = append(g.queue, v)
	}
	g.admit()
}

func (g *gate) leave(v *visit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v.background {
		g.background--
	} else {
		g.persons--
	}
	g.admit()
}

// giveUp takes one who waits out of the queue, and is false for who waits no more.
func (g *gate) giveUp(v *visit) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	queue := &g.queue
	if v.background {
		queue = &g.queueInBackground
	}
	i := slices.Index(*queue, v)
	if i < 0 {
		return false
	}
	*queue = slices.Delete(*queue, i, i+1)
	return true
}

// admit lets in whom there is room for. The lock is held.
func (g *gate) admit() {
	for g.persons+g.background < g.places {
		switch {
		case len(g.queue) > 0:
			close(g.queue[0].ready)
			g.queue = slices.Delete(g.queue, 0, 1)
			g.persons++
		case len(g.queueInBackground) > 0 && g.background < g.quota:
			close(g.queueInBackground[0].ready)
			g.queueInBackground = slices.Delete(g.queueInBackground, 0, 1)
			g.background++
		default:
			return
		}
	}
}
