package web

import (
	"slices"
	"time"
)

// bucket holds tokens that are taken before something is tried and put back
// when it turns out not to count, which golang.org/x/time/rate cannot.
type bucket struct {
	rate    Rate
	tokens  float64
	at      time.Time // when tokens was right
	pending int       // taken, and not yet known whether they are put back
	// queue are those who wait for a token that is put back, the first first; what
	// comes over a channel is a turn to try.
	queue []chan struct{}
}

func newBucket(r Rate, now time.Time) *bucket {
	return &bucket{rate: r, tokens: float64(r.Burst), at: now}
}

// fill brings the tokens up to now.
func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.tokens += passed.Seconds() * b.rate.PerSecond
		b.at = now
	}
	b.tokens = min(b.tokens, float64(b.rate.Burst))
}

// untilNext is how long it takes until there is a token.
func (b *bucket) untilNext() time.Duration {
	if b.tokens >= 1 || b.rate.PerSecond <= 0 {
		return 0
	}
	return time.Duration((1 - b.tokens) / b.rate.PerSecond * float64(time.Second))
}

// maxWaiting is how many may wait for each token that may be put back: the
// holders of ten good secrets take turns, a crowd of guessers is refused.
const maxWaiting = 10

// mayWait says whether it makes sense to wait for a token that is put back.
func (b *bucket) mayWait() bool { return len(b.queue) < maxWaiting*b.pending }

// putBack ends a try, with its token back if it did not count.
func (b *bucket) putBack(token bool) {
	b.pending--
	if token {
		b.tokens++
		b.wake()
	}
	for b.pending == 0 && len(b.queue) > 0 {
		b.wake() // nothing more will be put back
	}
}

// wake gives the first who waits a turn.
func (b *bucket) wake() {
	if len(b.queue) > 0 {
		b.queue[0] <- struct{}{} // has room for the one
		b.queue = b.queue[1:]
	}
}

// leave takes somebody out of the queue, and hands on a turn that came too late.
func (b *bucket) leave(turn chan struct{}) {
	if i := slices.Index(b.queue, turn); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
		return
	}
	b.wake()
}

func (r Rate) unlimited() bool { return r.PerSecond < 0 }

// times is a Rate n times as generous.
func (r Rate) times(n int) Rate {
	return Rate{PerSecond: r.PerSecond * float64(n), Burst: r.Burst * n}
}
