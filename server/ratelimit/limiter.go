package ratelimit

import (
	"sync"
	"time"
)

// Limiter is a token bucket for each key. A key that has not been used for as
// long as its bucket needs to be full again is forgotten. It is safe for
// concurrent use.
type Limiter struct {
	rate Rate
	now  func() time.Time

	mu      sync.Mutex // guards what follows
	buckets map[string]*bucket
	swept   time.Time
}

// New returns a Limiter that gives each key the rate; a nil now is time.Now.
func New(r Rate, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{rate: r, now: now, buckets: map[string]*bucket{}}
}

// Allow takes one token of the key's. When there is none it takes nothing, and
// returns how long it is until there is one.
func (l *Limiter) Allow(key string) (wait time.Duration, ok bool) { return l.Reserve(key, 0) }

// Reserve takes one token of the key's, or the next that comes if that is within
// patience, and returns how long its taker has to wait for it; zero means not at
// all. When it is longer, ok is false and nothing is taken.
func (l *Limiter) Reserve(key string, patience time.Duration) (wait time.Duration, ok bool) {
	if l.rate.unlimited() {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	b := l.buckets[key]
	if b == nil {
		fresh := newBucket(l.rate, now)
		b = &fresh
		l.buckets[key] = b
	}
	b.fill(now)
	if b.tokens >= 1 {
		b.tokens--
		return 0, true
	}
	if wait = b.untilNext(); patience <= 0 || wait > patience {
		return wait, false
	}
	b.tokens--
	return wait, true
}

// sweep forgets the buckets that are full again, and half of all when there are
// too many of others: that is lenient, and never the reverse. It runs at most
// once a sweepEvery, unless there are too many; l.mu is held.
func (l *Limiter) sweep(now time.Time) {
	crowded := len(l.buckets) >= maxKeys
	if !crowded && now.Sub(l.swept) < sweepEvery {
		return
	}
	l.swept = now
	for key, b := range l.buckets {
		if b.full(now) {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) < maxKeys/2 || !crowded {
		return
	}
	for key := range l.buckets {
		if delete(l.buckets, key); len(l.buckets) < maxKeys/2 {
			return
		}
	}
}
