package web

import (
	"sync"
	"time"
)

// Rate is a bucket: Burst at once, refilled at PerSecond. A PerSecond below
// zero means no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Guesses limits wrong join codes or tokens. Right ones use nothing up.
type Guesses struct {
	// PerAddress is for one address: an IPv4 address or the /64 of an IPv6
	// address. The /56 around it has twice as much for all of its addresses, the
	// /48 four times.
	PerAddress Rate
	// Everywhere is for all addresses together. When it is used up, only what was
	// right before from the same address is looked at.
	Everywhere Rate
}

// Limits bounds what may be asked of this process. Fields that are zero get the
// defaults of DefaultLimits.
type Limits struct {
	// Requests are those for pages and codes of one address, or with one link.
	Requests Rate
	Codes    Guesses // join codes without a tag
	// AgentCodes are join codes that signed-in agents give; PerAddress is for
	// each Worker.
	AgentCodes Guesses
	Tokens     Guesses // Flex tokens
	// StreamsPerCode is how many event streams one code may have open.
	StreamsPerCode int
}

// DefaultLimits suits offices and mobile carriers, where many people share an
// address: whoever comes with a link, or types a code that is right, is not
// counted, and 20 wrong codes at once and then one every 3 seconds are borne with.
// Against guessing, Everywhere counts: with codes of 7 characters out of 31 and
// 1000 of them alive, 20 tries a second need 16 days for one hit.
func DefaultLimits() Limits {
	return Limits{
		Requests:       Rate{PerSecond: 50, Burst: 200},
		Codes:          Guesses{PerAddress: Rate{PerSecond: 1.0 / 3, Burst: 20}, Everywhere: Rate{PerSecond: 20, Burst: 200}},
		AgentCodes:     Guesses{PerAddress: Rate{PerSecond: 1.0 / 3, Burst: 20}, Everywhere: Rate{PerSecond: 20, Burst: 200}},
		Tokens:         Guesses{PerAddress: Rate{PerSecond: 2, Burst: 60}, Everywhere: Rate{PerSecond: 50, Burst: 500}},
		StreamsPerCode: 16,
	}
}

func (l Limits) orDefaults() Limits {
	d := DefaultLimits()
	for _, r := range []struct{ have, def *Rate }{
		{&l.Requests, &d.Requests},
		{&l.Codes.PerAddress, &d.Codes.PerAddress}, {&l.Codes.Everywhere, &d.Codes.Everywhere},
		{&l.AgentCodes.PerAddress, &d.AgentCodes.PerAddress}, {&l.AgentCodes.Everywhere, &d.AgentCodes.Everywhere},
		{&l.Tokens.PerAddress, &d.Tokens.PerAddress}, {&l.Tokens.Everywhere, &d.Tokens.Everywhere},
	} {
		if *r.have == (Rate{}) {
			*r.have = *r.def
		}
	}
	if l.StreamsPerCode == 0 {
		l.StreamsPerCode = d.StreamsPerCode
	}
	return l
}

// refill is how long an empty bucket takes to be full again.
func (r Rate) refill() time.Duration {
	if r.PerSecond <= 0 {
		return 0
	}
	return time.Duration(float64(r.Burst) / r.PerSecond * float64(time.Second))
}

// maxKeys bounds the memory of a keyed: about 10 MB. Beyond it the oldest half
// is forgotten, which gives an attacker with that many addresses little.
const maxKeys = 50_000

// keyed is one bucket per key. Buckets that have had time to refill are dropped.
type keyed struct {
	rate Rate
	now  func() time.Time

	mu      sync.Mutex // guards what follows
	buckets map[string]*bucket
	swept   time.Time
}

func newKeyed(r Rate, now func() time.Time) *keyed {
	return &keyed{rate: r, now: now, buckets: map[string]*bucket{}}
}

// allow takes one token for key; otherwise it says after which time there is one.
func (k *keyed) allow(key string) (ok bool, retry time.Duration) {
	if k.rate.unlimited() {
		return true, 0
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	k.sweep(now)
	b := k.buckets[key]
	if b == nil {
		b = newBucket(k.rate, now)
		k.buckets[key] = b
	}
	if b.fill(now); b.tokens < 1 {
		return false, b.untilNext()
	}
	b.tokens--
	return true, 0
}

// sweep forgets the buckets that are full again. It runs at most once a
// minute, so that its cost is spread over many requests, unless there are too
// many. The caller holds mu.
func (k *keyed) sweep(now time.Time) {
	full := len(k.buckets) >= maxKeys
	if !full && now.Sub(k.swept) < time.Minute {
		return
	}
	k.swept = now
	idle := k.rate.refill()
	for key, b := range k.buckets {
		if now.Sub(b.at) >= idle {
			delete(k.buckets, key)
		}
	}
	for key := range k.buckets {
		if len(k.buckets) < maxKeys/2 || !full {
			break
		}
		delete(k.buckets, key)
	}
}
