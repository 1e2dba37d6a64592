package escalation

import (
	"context"
	"math/rand/v2"
	"time"
)

// pacer holds one process back: it rations what is asked of one Document, see
// budget.go, and parts those who lost the same race.
type pacer struct {
	writes, customers *budget // by name of the Document
	sleep             func(context.Context, time.Duration) error
}

func newPacer() *pacer {
	return &pacer{
		writes:    newBudget(writesPerSecond, writesAtOnce),
		customers: newBudget(customerPerSecond, customerAtOnce),
		sleep:     sleep,
	}
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
