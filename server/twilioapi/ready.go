package twilioapi

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// readyFor is how long an answer of Ready is good. Probes come every few
// seconds, from several places.
const readyFor = 5 * time.Second

// health remembers the newest answer of Ready.
type health struct {
	mu  sync.Mutex // also makes one of several probes ask for all
	at  time.Time
	err error
}

// Ready says whether Twilio answers and takes the account: it fetches the Sync
// Service that keeps the state. A clock that is over a minute wrong is an error too.
// The answer is remembered for a few seconds.
func (t *Client) Ready(ctx context.Context) error {
	t.health.mu.Lock()
	defer t.health.mu.Unlock()
	if since := t.c.Now().Sub(t.health.at); !t.health.at.IsZero() && since >= 0 && since < readyFor {
		return t.health.err
	}
	k := t.begin(ctx, opFetchService)
	_, err := t.sync(k).FetchService(t.c.SyncServiceSID)
	if err != nil {
		err = fmt.Errorf("fetch Sync Service: %w", k.fail(err))
	} else {
		err = t.clock.wrong()
	}
	if ctx.Err() != nil {
		return err // the prober's impatience says nothing about Twilio
	}
	t.health.at, t.health.err = t.c.Now(), err
	return err
}
