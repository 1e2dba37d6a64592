package web

import "time"

// bucket holds tokens that are taken before something is tried and put back
// when it turns out not to count, which golang.org/x/time/rate cannot.
type bucket struct {
	rate    Rate
	tokens  float64
	at      time.Time // when tokens was right
	pending int       // taken, and not yet known whether they are put back
	waiting int       // who waits for one that is put back
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
func (b *bucket) mayWait() bool { return b.waiting < maxWaiting*b.pending }

func (r Rate) unlimited() bool { return r.PerSecond < 0 }

// times is a Rate n times as generous.
func (r Rate) times(n int) Rate {
	return Rate{PerSecond: r.PerSecond * float64(n), Burst: r.Burst * n}
}
