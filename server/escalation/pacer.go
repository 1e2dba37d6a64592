package escalation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/metric"
	"escalate/server/ratelimit"
)

// Sync takes 20 writes a second of one Document and refuses the rest with
// error 54009 (HTTP 429). Within any second one process writes at most
// writesAtOnce and writesPerSecond more, so it does not meet the limit alone. The
// customer's page, which anybody with the link can drive by hand, gets a part
// only: the agent and Twilio's callbacks must still get through.
const (
	writesPerSecond, writesAtOnce = 10, 10
	// longestTurn is the longest that anybody waits for a turn.
	longestTurn = 3 * time.Second
)

// pacer holds one process back: it rations what is asked of one Document, and
// parts those who lost the same race.
type pacer struct {
	writes, customers *ratelimit.Limiter // by name of the Document
	refusals          *prometheus.CounterVec
	sleep             func(context.Context, time.Duration) error
}

// DefaultChanges is what Config.Changes is when it is left out.
func DefaultChanges() ratelimit.Rate { return ratelimit.Rate{PerSecond: 2, Burst: 5} }

// The names of limits in a *ratelimit.Error and in the metric of refusals.
const (
	// LimitChanges is on what a customer's page has written to one Document.
	LimitChanges = "changes"
	// LimitWrites is on all that is written to one Document; no setting moves it.
	LimitWrites = "writes"
)

func newPacer(changes ratelimit.Rate, r prometheus.Registerer) *pacer {
	if changes == (ratelimit.Rate{}) {
		changes = DefaultChanges()
	}
	return &pacer{
		writes:    ratelimit.New(ratelimit.Rate{PerSecond: writesPerSecond, Burst: writesAtOnce}, nil),
		customers: ratelimit.New(changes, nil),
		refusals:  metric.Refusals(r),
		sleep:     sleep,
	}
}

// write waits for a turn to write a Document, and says whether it had to wait.
// When that would take too long it returns ErrUnavailable at once, with a
// *ratelimit.Error.
func (p *pacer) write(ctx context.Context, name string) (waited bool, err error) {
	return p.turn(ctx, p.writes, name, LimitWrites)
}

// customer waits for a turn of the customer's page, as write does.
func (p *pacer) customer(ctx context.Context, code string) error {
	_, err := p.turn(ctx, p.customers, code, LimitChanges)
	return err
}

func (p *pacer) turn(ctx context.Context, l *ratelimit.Limiter, name, limit string) (waited bool, err error) {
	wait, ok := l.Reserve(name, longestTurn)
	switch {
	case !ok:
		p.refusals.WithLabelValues(limit).Inc()
		return false, fmt.Errorf("%w: %w", &ratelimit.Error{Limit: limit, What: "changes of one Document at once", Wait: wait - longestTurn}, ErrUnavailable)
	case wait == 0:
		return false, nil
	}
	return true, p.sleep(ctx, wait)
}

// pause waits a little before try+1, at random so that losers of one race do
// not meet again in the next.
func (p *pacer) pause(ctx context.Context, try int) error {
	return p.sleep(ctx, rand.N(time.Duration(try+1)*10*time.Millisecond))
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
