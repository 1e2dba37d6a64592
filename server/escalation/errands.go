package escalation

import (
	"context"
	"sync"
	"time"
)

// errandTime is how long what goes on after a call has returned may take: as
// long as Twilio needs on a bad day. What it cuts off, the next sweep does.
const errandTime = 10 * time.Second

// errands run what nobody waits for, and own the goroutines of it.
type errands struct {
	run    func(f func()) // on a goroutine of its own, but in tests that say who runs
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu   sync.Mutex // held while one begins, and while over is set
	over bool
}

func newErrands() *errands {
	b := &errands{}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.run = func(f func()) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if !b.over { // else the next sweep does it
			b.wg.Go(f)
		}
	}
	return b
}

// begin has f run with what ctx knows, but not until its end.
func (b *errands) begin(ctx context.Context, f func(context.Context)) {
	b.run(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), errandTime)
		defer cancel()
		defer context.AfterFunc(b.ctx, cancel)()
		f(ctx)
	})
}

// close ends what runs and waits for it.
func (b *errands) close() {
	b.mu.Lock()
	b.over = true
	b.mu.Unlock()
	b.cancel()
	b.wg.Wait()
}
