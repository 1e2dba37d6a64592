package web

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// knownFor is how long a secret that was right is waved through for the
	// place it came from. It covers a whole call with its polling.
	knownFor = 30 * time.Minute
	// provenFor is how long a place counts as one where right secrets come from.
	provenFor = 12 * time.Hour
	// longestWait is how long a guess waits for those before it that may turn out
	// to be none; less than a request may take.
	longestWait = 10 * time.Second
)

// guard slows down the guessing of secrets (join codes, tokens) without
// getting into the way of those who have one. A guess is taken from the budgets
// before the secret is looked at and given back when it was right, so that
// however many come at once no more are looked at than the budgets allow, and
// whoever is right uses nothing up. What was right before, from the same place,
// is not counted at all. Everything is remembered by place and secret together,
// so that the guard cannot be asked whether a secret of somebody else is right.
//
// A place is a list of keys, the narrowest first: see networksOf.
type guard struct {
	limits Guesses
	now    func() time.Time
	// provenPass lets places where right secrets came from pass when the budget
	// of everywhere is used up.
	provenPass bool

	mu         sync.Mutex // guards what follows
	everywhere *bucket
	places     map[string]*bucket
	known      map[[sha256.Size]byte]time.Time // until when
	swept      time.Time
}

func newGuard(g Guesses, now func() time.Time) *guard {
	return &guard{
		limits: g, now: now,
		everywhere: newBucket(g.Everywhere, now()),
		places:     map[string]*bucket{},
		known:      map[[sha256.Size]byte]time.Time{},
	}
}

// outcome is how a look-up turned out. A guess is given back when it was right;
// an unclear one is paid for, but what was right once stays known.
type outcome int

const (
	unclear outcome = iota
	right
	wrong
)

// reserve takes a guess at secret from place. settle must be called once, with
// how the look-up turned out. The error says what was too much, and when to
// come back; settle is nil then.
func (g *guard) reserve(ctx context.Context, place []string, secret string) (settle func(outcome), err error) {
	who := fingerprint(place[0], secret)
	until := g.now().Add(longestWait)
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		now := g.now()
		if g.known[who].After(now) {
			return func(o outcome) { g.settle(nil, place[0], who, o) }, nil
		}
		taken, empty, err := g.take(place, now)
		if err == nil {
			return func(o outcome) { g.settle(taken, place[0], who, o) }, nil
		}
		// When all addresses together have used everything up, most of what is
		// under way is wrong.
		if empty == g.everywhere || !empty.mayWait() || !now.Before(until) || ctx.Err() != nil {
			return nil, err
		}
		g.wait(ctx, empty, min(until.Sub(now), max(empty.untilNext(), time.Millisecond)))
		if g.known[who].After(g.now()) {
			empty.wake() // it does not need what it was woken for
		}
	}
}

// take takes a token of every budget that counts, or none and says which budget
// is empty; g.mu is held.
func (g *guard) take(place []string, now time.Time) (taken []*bucket, empty *bucket, err error) {
	g.sweep(now)
	for i, key := range place {
		r := g.limits.PerAddress
		if r.unlimited() {
			break
		}
		b := g.places[key]
		if b == nil {
			b = newBucket(r.times(1<<i), now)
			g.places[key] = b
		}
		if b.fill(now); b.tokens < 1 {
			return nil, b, rateLimited("too many guesses from "+key, b.untilNext())
		}
		taken = append(taken, b)
	}
	if b := g.everywhere; !b.rate.unlimited() {
		if b.fill(now); b.tokens >= 1 {
			taken = append(taken, b)
		} else if !g.provenPass || !g.known[fingerprint(place[0], "")].After(now) {
			return nil, b, rateLimited("too many guesses everywhere", b.untilNext())
		}
	}
	for _, b := range taken {
		b.tokens--
		b.pending++
	}
	return taken, nil, nil
}

// wait waits for a turn to try again: something was put back into b, or the time
// has come. g.mu is held, but for the waiting.
func (g *guard) wait(ctx context.Context, b *bucket, longest time.Duration) {
	turn := make(chan struct{}, 1)
	b.queue = append(b.queue, turn)
	g.mu.Unlock()
	t := time.NewTimer(longest)
	defer t.Stop()
	came := false
	select {
	case <-turn:
		came = true
	case <-t.C:
	case <-ctx.Done():
	}
	g.mu.Lock()
	if !came {
		b.leave(turn)
	}
}

// settle gives back what was taken when the secret was right, and remembers how
// it turned out.
func (g *guard) settle(taken []*bucket, place string, who [sha256.Size]byte, how outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for _, b := range taken {
		b.putBack(how == right)
	}
	switch how {
	case right:
		g.known[who] = now.Add(knownFor)
		if g.provenPass {
			g.known[fingerprint(place, "")] = now.Add(provenFor)
		}
	case wrong:
		delete(g.known, who)
	}
}

// sweep forgets budgets that are full again and secrets that were right long
// ago. It runs at most once a minute, unless there are too many; g.mu is held.
func (g *guard) sweep(now time.Time) {
	full := len(g.known) >= maxKeys || len(g.places) >= maxKeys
	if !full && now.Sub(g.swept) < time.Minute {
		return
	}
	g.swept = now
	for k, until := range g.known {
		if !until.After(now) || full && len(g.known) > maxKeys/2 {
			delete(g.known, k)
		}
	}
	idle := g.limits.PerAddress.refill()
	for key, b := range g.places {
		if b.pending+len(b.queue) == 0 && (now.Sub(b.at) >= idle || full && len(g.places) > maxKeys/2) {
			delete(g.places, key)
		}
	}
}

// fingerprint keeps secrets out of memory dumps and of uniform size. The
// place comes first and cannot contain the separator.
func fingerprint(place, secret string) [sha256.Size]byte {
	return sha256.Sum256([]byte(place + "\x00" + secret))
}
