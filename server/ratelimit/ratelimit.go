// Package ratelimit holds those who ask to a rate, by token buckets: in memory
// of this process, which is bounded, and on a clock that tests set.
//
// Limiter counts every request of a key. GuessLimiter counts guesses at secrets,
// of which only the wrong ones cost anything.
package ratelimit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Rate is a token bucket: Burst at once, refilled at PerSecond. A PerSecond below
// zero means no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

func (r Rate) unlimited() bool { return r.PerSecond < 0 }

// times returns a Rate n times as generous.
func (r Rate) times(n int) Rate {
	return Rate{PerSecond: r.PerSecond * float64(n), Burst: r.Burst * n}
}

// ParseRate reads a Rate as people write it: "50/s 200" is 50 a second and 200 at
// once, "20/m 20" 20 a minute; "off" is no limit.
func ParseRate(s string) (Rate, error) {
	if s = strings.TrimSpace(s); s == "off" {
		return Rate{PerSecond: -1}, nil
	}
	pace, burst, _ := strings.Cut(s, " ")
	number, unit, _ := strings.Cut(pace, "/")
	n, err := strconv.Atoi(number)
	b, errBurst := strconv.Atoi(strings.TrimSpace(burst))
	seconds, known := map[string]float64{"s": 1, "m": 60}[unit]
	if err != nil || errBurst != nil || !known || n < 1 || b < 1 {
		return Rate{}, fmt.Errorf(`%q is no rate: write "50/s 200" for 50 a second and 200 at once, "20/m 20" for 20 a minute, or "off" for no limit`, s)
	}
	return Rate{PerSecond: float64(n) / seconds, Burst: b}, nil
}

// String returns r as ParseRate reads it.
func (r Rate) String() string {
	switch {
	case r.unlimited():
		return "off"
	case r.PerSecond == math.Trunc(r.PerSecond):
		return fmt.Sprintf("%.0f/s %d", r.PerSecond, r.Burst)
	}
	return fmt.Sprintf("%.0f/m %d", r.PerSecond*60, r.Burst)
}

// Error is a request too many.
type Error struct {
	// Limit is the name of what was used up: one of a few, for people's programs
	// and for metrics.
	Limit string
	What  string        // was too much, for a log
	Wait  time.Duration // until it makes sense to come back
}

func (e *Error) Error() string { return fmt.Sprintf("too many %s", e.What) }

// maxKeys bounds the memory of a limiter: about 10 MB. Beyond it half of the keys
// are forgotten, which gives an attacker with that many addresses little.
const maxKeys = 50_000

// sweepEvery is how often keys are looked for that need no memory any more, so
// that the cost is spread over many requests.
const sweepEvery = time.Minute

// bucket holds the tokens of one key. Whoever has the bucket guards it.
type bucket struct {
	rate   Rate
	tokens float64   // below zero when some are promised
	at     time.Time // when tokens was right
}

func newBucket(r Rate, now time.Time) bucket {
	return bucket{rate: r, tokens: float64(r.Burst), at: now}
}

// fill brings the tokens up to now.
func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.tokens += passed.Seconds() * b.rate.PerSecond
		b.at = now
	}
	b.tokens = min(b.tokens, float64(b.rate.Burst))
}

// full says that the bucket is as a new one would be; now is not before at.
func (b *bucket) full(now time.Time) bool {
	return b.tokens+now.Sub(b.at).Seconds()*b.rate.PerSecond >= float64(b.rate.Burst)
}

// untilNext returns how long it takes until there is a token.
func (b *bucket) untilNext() time.Duration {
	if b.tokens >= 1 || b.rate.PerSecond <= 0 {
		return 0
	}
	return time.Duration((1 - b.tokens) / b.rate.PerSecond * float64(time.Second))
}
