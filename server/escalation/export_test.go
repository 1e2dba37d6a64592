package escalation

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"escalate/server/ratelimit"
)

// Unpaced takes the waiting out of a Service: pause is called instead, and
// nothing is rationed.
func (s *Service) Unpaced(pause func()) {
	s.ledger.pace.sleep = func(ctx context.Context, _ time.Duration) error {
		pause()
		return ctx.Err()
	}
	s.ledger.pace.writes, s.ledger.pace.customers = unlimited(), unlimited()
	s.listener.reports.every = 0
	s.sweeper.scanner.reads.SetLimit(rate.Inf)
	s.sweeper.atOnce = 1
	s.behind.run = func(f func()) { f() }
}

// Settle waits for what goes on after calls that have returned.
func (s *Service) Settle() { s.behind.wg.Wait() }

// Decoder reads Documents and remembers what it read: most of the time of a
// thousand calls goes into reading the same state again. Code that changed a
// state in place would change it for everybody.
type Decoder map[string]Escalation

// Use makes a Service read with the Decoder.
func (c Decoder) Use(s *Service) {
	s.ledger.decode = func(d Document) (Escalation, error) { return c.Decode(d) }
}

// Decode reads a Document.
func (c Decoder) Decode(d Document) (Escalation, error) {
	if e, ok := c[string(d.Data)]; ok && e.Code == d.Name {
		return e, nil
	}
	e, err := decode(d)
	if err == nil {
		c[string(d.Data)] = e
	}
	return e, err
}

func unlimited() *ratelimit.Limiter { return ratelimit.New(ratelimit.Rate{PerSecond: -1}, nil) }
