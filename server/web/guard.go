package web

import (
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// knownFor is how long a secret that was right is waved through for the
// address it came from. It covers a whole call with its polling.
const knownFor = 30 * time.Minute

// guard slows down the guessing of secrets (join codes, tokens) without
// getting into the way of those who have one: what was right before, from the
// same address, is not counted again. Everything is counted by address and
// secret together, so that the guard cannot be asked whether a secret of
// somebody else is right.
type guard struct {
	addresses *keyed
	now       func() time.Time

	mu    sync.Mutex // guards what follows
	wrong *rate.Limiter
	known map[[sha256.Size]byte]time.Time // until when
	swept time.Time
}

func newGuard(g Guesses, now func() time.Time) *guard {
	return &guard{
		addresses: newKeyed(g.PerAddress, now),
		now:       now,
		wrong:     g.Everywhere.limiter(),
		known:     map[[sha256.Size]byte]time.Time{},
	}
}

// admit says whether a secret from addr may be looked at now.
func (g *guard) admit(addr, secret string) error {
	now := g.now()
	g.mu.Lock()
	known := g.known[fingerprint(addr, secret)].After(now)
	tokens := g.wrong.TokensAt(now)
	unlimited := g.wrong.Limit() == rate.Inf
	retry := untilNext(g.wrong, now)
	g.mu.Unlock()
	if known {
		return nil
	}
	if tokens < 1 && !unlimited {
		return rateLimited("too many wrong guesses everywhere", retry)
	}
	if ok, retry := g.addresses.allow(addr); !ok {
		return rateLimited("too many guesses from one address", retry)
	}
	return nil
}

// right remembers that a secret was good.
func (g *guard) right(addr, secret string) {
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if full := len(g.known) >= maxKeys; full || now.Sub(g.swept) > time.Minute {
		g.swept = now
		for k, until := range g.known {
			if !until.After(now) || full && len(g.known) > maxKeys/2 {
				delete(g.known, k)
			}
		}
	}
	g.known[fingerprint(addr, secret)] = now.Add(knownFor)
}

// miss counts a wrong secret and forgets that it was ever right.
func (g *guard) miss(addr, secret string) {
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrong.AllowN(now, 1)
	delete(g.known, fingerprint(addr, secret))
}

// fingerprint keeps secrets out of memory dumps and of uniform size. The
// address comes first and cannot contain the separator.
func fingerprint(addr, secret string) [sha256.Size]byte {
	return sha256.Sum256([]byte(addr + "\x00" + secret))
}
