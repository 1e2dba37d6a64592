package escalation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"escalate/server/ratelimit"
)

// Sync takes 20 writes a second of one Document and refuses the rest with
// error 54009 (HTTP 429). Within any second one process writes at most
// writesAtOnce and writesPerSecond more, so it does not meet the limit alone. The
// customer's page, which anybody with the link can drive by hand, gets a part
// only: the agent and Twilio's callbacks must still get through.
const (
	writesPerSecond, writesAtOnce     = 10, 10
	customerPerSecond, customerAtOnce = 2, 5
	// longestTurn is the longest that anybody waits for a turn.
	longestTurn = 3 * time.Second
)

// pacer holds one process back: it rations what is asked of one Document, and
// parts those who lost the same race.
type pacer struct {
	writes, customers *ratelimit.Limiter // by name of the Document
	sleep             func(context.Context, time.Duration) error
}

func newPacer() *pacer {
	return &pacer{
		writes:    ratelimit.New(ratelimit.Rate{PerSecond: writesPerSecond, Burst: writesAtOnce}, nil),
		customers: ratelimit.New(ratelimit.Rate{PerSecond: customerPerSecond, Burst: customerAtOnce}, nil),
		sleep:     sleep,
	}
}

// write waits for a turn to write a Document, and says whether it had to wait.
// When that would take too long it returns ErrUnavailable at once.
func (p *pacer) write(ctx context.Context, name string) (waited bool, err error) {
	return p.turn(ctx, p.writes, name)
}

// customer waits for a turn of the customer's page, as write does.
func (p *pacer) customer(ctx context.Context, code string) error {
	_, err := p.turn(ctx, p.customers, code)
	return err
}

func (p *pacer) turn(ctx context.Context, l *ratelimit.Limiter, name string) (waited bool, err error) {
	wait, ok := l.Reserve(name, longestTurn)
	switch {
	case !ok:
		return false, fmt.Errorf("too many changes at once: %w", ErrUnavailable)
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
