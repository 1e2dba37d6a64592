package twilioapi

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// defaultConnections is how many requests to Twilio are under way at most.
const defaultConnections = 64

// gate bounds the requests that are under way. Those who come later wait, in no
// order, until their own deadline. Of the places a quarter at most is for what nobody
// waits for (escalation.Background), so that sweeps never stand in the way of a join.
type gate struct {
	places, background chan struct{}
	inFlight, waiting  *prometheus.GaugeVec
}

func newGate(places int, r prometheus.Registerer) *gate {
	g := &gate{
		places: make(chan struct{}, places), background: make(chan struct{}, max(1, places/4)),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "escalate_twilio_requests_in_flight",
			Help: "Requests to Twilio under way, by who waits for them: person or background.",
		}, []string{"for"}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "escalate_twilio_requests_waiting",
			Help: "Requests to Twilio that wait because too many are under way, by who waits for them: person or background.",
		}, []string{"for"}),
	}
	if r != nil {
		g.inFlight, g.waiting = register(r, g.inFlight), register(r, g.waiting)
	}
	return g
}

// enter waits for a place. The error is that of ctx, and says what there was too much of.
func (g *gate) enter(ctx context.Context, background bool) (leave func(), err error) {
	who, queues := "person", []chan struct{}{g.places}
	if background {
		who, queues = "background", []chan struct{}{g.background, g.places}
	}
	g.waiting.WithLabelValues(who).Inc()
	defer g.waiting.WithLabelValues(who).Dec()
	for i, q := range queues {
		select {
		case q <- struct{}{}:
		case <-ctx.Done():
			if i == 1 {
				<-queues[0]
			}
			return nil, fmt.Errorf("wait for a place among %d requests to Twilio: %w", cap(g.places), context.Cause(ctx))
		}
	}
	g.inFlight.WithLabelValues(who).Inc()
	return func() {
		g.inFlight.WithLabelValues(who).Dec()
		for _, q := range queues {
			<-q
		}
	}, nil
}
