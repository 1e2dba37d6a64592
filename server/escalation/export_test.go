package escalation

import (
	"context"
	"time"
)

// Unpaced takes the waiting out of a Service: pause is called instead, and
// nothing is rationed.
func (s *Service) Unpaced(pause func()) {
	s.sleep = func(ctx context.Context, _ time.Duration) error {
		pause()
		return ctx.Err()
	}
	s.writes, s.customers = newBudget(1e12, 1<<30), newBudget(1e12, 1<<30)
	s.reports.every = 0
}
