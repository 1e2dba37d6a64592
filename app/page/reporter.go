package page

import (
	"context"
	"sync"

	"escalate/app/ui"
	"escalate/app/wire"
)

// reporter tells the server the customer's step. Reports go one after the
// other and only the newest waits, so that a slow line cannot make an old step
// arrive last. A report that fails is dropped: the next step makes it stale.
type reporter struct {
	screen *ui.Screen
	api    API
	code   string

	mu      sync.Mutex
	next    *wire.Progress
	sending bool
}

// progress tells how far the customer is.
func (r *reporter) progress(p wire.Phase, detail string) {
	r.send(r.screen.Context(), wire.Progress{Phase: p, Detail: detail})
}

// send hands a report over and returns. What it starts ends with ctx.
func (r *reporter) send(ctx context.Context, p wire.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = &p
	if r.sending {
		return
	}
	r.sending = true
	go func() {
		for {
			r.mu.Lock()
			p := r.next
			r.next = nil
			if p == nil || ctx.Err() != nil {
				r.sending = false
				r.mu.Unlock()
				return
			}
			r.mu.Unlock()
			_ = r.api.Progress(ctx, r.code, *p)
		}
	}()
}
