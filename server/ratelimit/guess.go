package ratelimit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
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
	// maxWaiting is how many may wait for each token that may be put back: the
	// holders of ten good secrets take turns, a crowd of guessers is refused.
	maxWaiting = 10
)

// Guesses limits wrong guesses at secrets. Right ones use nothing up.
type Guesses struct {
	// PerPlace is for each key of a place: the first has it as it is, each wider
	// one twice as much as the one before, for all that is in it.
	PerPlace Rate
	// Everywhere is for all places together. When it is used up, only what was
	// right before from the same place is looked at.
	Everywhere Rate
	// Name is what errors call the limit PerPlace; Everywhere is called Name and
	// OfEverybody.
	Name string
}

// OfEverybody ends the name of a limit for all places together.
const OfEverybody = "_everywhere"

// GuessLimiter slows down the guessing of secrets (join codes, tokens) without
// getting into the way of those who have one. A guess is taken from the budgets
// before the secret is looked at and given back when it was right, so that
// however many come at once no more are looked at than the budgets allow, and
// whoever is right uses nothing up. What was right before, from the same place,
// is not counted at all. Everything is remembered by place and secret together,
// so that the limiter cannot be asked whether a secret of somebody else is right.
// It is safe for concurrent use.
//
// A place is a list of keys, the narrowest first, as an address and the networks
// around it.
type GuessLimiter struct {
	limits Guesses
	now    func() time.Time
	// sparesProven lets places where right secrets came from pass when the budget
	// of everywhere is used up.
	sparesProven bool

	mu         sync.Mutex // guards what follows
	everywhere *budget
	places     map[string]*budget
	known      map[[sha256.Size]byte]time.Time // until when
	swept      time.Time
}

// NewGuessLimiter returns a limiter; a nil now is time.Now.
func NewGuessLimiter(g Guesses, now func() time.Time) *GuessLimiter {
	if now == nil {
		now = time.Now
	}
	return &GuessLimiter{
		limits: g, now: now,
		everywhere: newBudget(g.Everywhere, now()),
		places:     map[string]*budget{},
		known:      map[[sha256.Size]byte]time.Time{},
	}
}

// SpareProven lets places where right secrets came from go on guessing, within
// PerPlace, while others have used up Everywhere. It is for secrets that nobody
// can guess, and must be called before the first Try.
func (g *GuessLimiter) SpareProven() { g.sparesProven = true }

// Outcome is how a look at a secret turned out.
type Outcome int

const (
	// Unclear is paid for, but what was right once stays known.
	Unclear Outcome = iota
	// Right gives the guess back.
	Right
	// Wrong is paid for.
	Wrong
)

// Try lets look find out about a secret that came from place, unless there were
// too many guesses; that is an *Error. What was right here before is no guess.
// Any other error is look's.
func (g *GuessLimiter) Try(ctx context.Context, place []string, secret string, look func() (Outcome, error)) error {
	settle, err := g.reserve(ctx, place, secret)
	if err != nil {
		return err
	}
	how := Unclear
	defer func() { settle(how) }() // also when look panics
	how, err = look()
	return err
}

// reserve takes a guess at secret from place. settle must be called once, with
// how the look-up turned out. The error says what was too much, and when to
// come back; settle is nil then.
func (g *GuessLimiter) reserve(ctx context.Context, place []string, secret string) (settle func(Outcome), err error) {
	who := fingerprint(place[0], secret)
	until := g.now().Add(longestWait)
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		now := g.now()
		if g.known[who].After(now) {
			return func(o Outcome) { g.settle(nil, place[0], who, o) }, nil
		}
		taken, empty, err := g.take(place, now)
		if err == nil {
			return func(o Outcome) { g.settle(taken, place[0], who, o) }, nil
		}
		// When all places together have used everything up, most of what is
		// under way is wrong.
		if ctx.Err() != nil {
			return nil, fmt.Errorf("wait for a guess: %w", context.Cause(ctx)) // and nobody was refused
		}
		if empty == g.everywhere || !empty.mayWait() || !now.Before(until) {
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
func (g *GuessLimiter) take(place []string, now time.Time) (taken []*budget, empty *budget, err error) {
	g.sweep(now)
	for i, key := range place {
		r := g.limits.PerPlace
		if r.unlimited() {
			break
		}
		b := g.places[key]
		if b == nil {
			b = newBudget(r.times(1<<i), now)
			g.places[key] = b
		}
		if b.fill(now); b.tokens < 1 {
			return nil, b, &Error{Limit: g.limits.Name, What: "guesses from one place", Wait: b.untilNext()}
		}
		taken = append(taken, b)
	}
	if b := g.everywhere; !b.rate.unlimited() {
		if b.fill(now); b.tokens >= 1 {
			taken = append(taken, b)
		} else if !g.sparesProven || !g.known[fingerprint(place[0], "")].After(now) {
			return nil, b, &Error{Limit: g.limits.Name + OfEverybody, What: "guesses everywhere", Wait: b.untilNext()}
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
func (g *GuessLimiter) wait(ctx context.Context, b *budget, longest time.Duration) {
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
func (g *GuessLimiter) settle(taken []*budget, place string, who [sha256.Size]byte, how Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for _, b := range taken {
		b.putBack(how == Right)
	}
	switch how {
	case Right:
		g.known[who] = now.Add(knownFor)
		if g.sparesProven {
			g.known[fingerprint(place, "")] = now.Add(provenFor)
		}
	case Wrong:
		delete(g.known, who)
	}
}

// sweep forgets budgets that are full again and secrets that were right long
// ago. It runs at most once a sweepEvery, unless there are too many; g.mu is held.
func (g *GuessLimiter) sweep(now time.Time) {
	crowded := len(g.known) >= maxKeys || len(g.places) >= maxKeys
	if !crowded && now.Sub(g.swept) < sweepEvery {
		return
	}
	g.swept = now
	for k, until := range g.known {
		if !until.After(now) || crowded && len(g.known) > maxKeys/2 {
			delete(g.known, k)
		}
	}
	for key, b := range g.places {
		if b.pending+len(b.queue) == 0 && (b.full(now) || crowded && len(g.places) > maxKeys/2) {
			delete(g.places, key)
		}
	}
}

// fingerprint keeps secrets out of memory dumps and of uniform size. The
// place comes first and cannot contain the separator.
func fingerprint(place, secret string) [sha256.Size]byte {
	return sha256.Sum256([]byte(place + "\x00" + secret))
}

// budget is a bucket whose tokens are taken before something is tried and put
// back when it turns out not to count. The limiter's lock guards it.
type budget struct {
	bucket
	pending int // taken, and not yet known whether they are put back
	// queue are those who wait for a token that is put back, the first first; what
	// comes over a channel is a turn to try.
	queue []chan struct{}
}

func newBudget(r Rate, now time.Time) *budget { return &budget{bucket: newBucket(r, now)} }

// mayWait says whether it makes sense to wait for a token that is put back.
func (b *budget) mayWait() bool { return len(b.queue) < maxWaiting*b.pending }

// putBack ends a try, with its token back if it did not count.
func (b *budget) putBack(token bool) {
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
func (b *budget) wake() {
	if len(b.queue) > 0 {
		b.queue[0] <- struct{}{} // has room for the one
		b.queue = b.queue[1:]
	}
}

// leave takes somebody out of the queue, and hands on a turn that came too late.
func (b *budget) leave(turn chan struct{}) {
	if i := slices.Index(b.queue, turn); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
		return
	}
	b.wake()
}
