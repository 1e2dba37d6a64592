package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"escalate/server/clientaddr"
	"escalate/server/escalation"
	"escalate/server/joincode"
	"escalate/server/ratelimit"
)

// Limits bounds what may be asked of this process. Fields that are zero get the
// defaults of DefaultLimits.
type Limits struct {
	// Requests are those for pages and codes of one address, or with one link.
	Requests ratelimit.Rate
	// Codes are join codes without a tag. PerPlace is for an IPv4 address or the
	// /64 of an IPv6 address; the /56 around it has twice as much, the /48 four
	// times.
	Codes ratelimit.Guesses
	// AgentCodes are join codes that signed-in agents give; PerPlace is for
	// each Worker.
	AgentCodes ratelimit.Guesses
	// Tokens are Flex tokens, by address as Codes.
	Tokens ratelimit.Guesses
	// StreamsPerCode is how many event streams one code may have open.
	StreamsPerCode int
}

// DefaultLimits suits offices and mobile carriers, where many people share an
// address: whoever comes with a link, or types a code that is right, is not
// counted, and 20 wrong codes at once and then one every 3 seconds are borne with.
// Against guessing, Everywhere counts: with codes of 7 characters out of 31 and
// 1000 of them alive, 20 tries a second need 16 days for one hit.
func DefaultLimits() Limits {
	codes := ratelimit.Guesses{
		PerPlace:   ratelimit.Rate{PerSecond: 1.0 / 3, Burst: 20},
		Everywhere: ratelimit.Rate{PerSecond: 20, Burst: 200},
	}
	return Limits{
		Requests:   ratelimit.Rate{PerSecond: 50, Burst: 200},
		Codes:      codes,
		AgentCodes: codes,
		Tokens: ratelimit.Guesses{
			PerPlace:   ratelimit.Rate{PerSecond: 2, Burst: 60},
			Everywhere: ratelimit.Rate{PerSecond: 50, Burst: 500},
		},
		StreamsPerCode: 16,
	}
}

func (l Limits) orDefaults() Limits {
	d := DefaultLimits()
	for _, r := range []struct{ have, def *ratelimit.Rate }{
		{&l.Requests, &d.Requests},
		{&l.Codes.PerPlace, &d.Codes.PerPlace}, {&l.Codes.Everywhere, &d.Codes.Everywhere},
		{&l.AgentCodes.PerPlace, &d.AgentCodes.PerPlace}, {&l.AgentCodes.Everywhere, &d.AgentCodes.Everywhere},
		{&l.Tokens.PerPlace, &d.Tokens.PerPlace}, {&l.Tokens.Everywhere, &d.Tokens.Everywhere},
	} {
		if *r.have == (ratelimit.Rate{}) {
			*r.have = *r.def
		}
	}
	if l.StreamsPerCode == 0 {
		l.StreamsPerCode = d.StreamsPerCode
	}
	return l
}

// Limiters slow down flooding and the guessing of join codes and Flex tokens, by
// the client's address. One set serves all handlers of a process, so that no
// path gives a guesser a second try. It is safe for concurrent use.
type Limiters struct {
	proxies  clientaddr.Proxies
	links    joincode.Links
	find     Find
	codes    *ratelimit.GuessLimiter // of join codes, by address
	agents   *ratelimit.GuessLimiter // of join codes by agents, by Worker
	tokens   *ratelimit.GuessLimiter // of Flex tokens, by address
	requests *ratelimit.Limiter      // all of one address, or with one link
}

// Find looks a join code up. It returns nil for one that is somebody's, also when
// it has expired or ended, and escalation.ErrUnknownCode for one that is nobody's.
type Find func(ctx context.Context, code string) error

// NewLimiters makes a set. links reads what people give for a code, and find looks
// it up; a nil now is time.Now. Limits that are zero get their defaults.
func NewLimiters(l Limits, proxies clientaddr.Proxies, links joincode.Links, find Find, now func() time.Time) *Limiters {
	l = l.orDefaults()
	tokens := ratelimit.NewGuessLimiter(l.Tokens, now)
	// Nobody guesses a Flex token; the budget spares Twilio's IAM. Offices where
	// agents sign in go on while others flood it.
	tokens.SpareProven()
	return &Limiters{
		proxies: proxies, links: links, find: find,
		codes: ratelimit.NewGuessLimiter(l.Codes, now), agents: ratelimit.NewGuessLimiter(l.AgentCodes, now), tokens: tokens,
		requests: ratelimit.New(l.Requests, now),
	}
}

// Code reads the join code in what somebody gave, and lets f work with it unless
// the sender of r has asked or guessed too much; then the error is a
// *ratelimit.Error. A link that we made is no guess, whoever else guesses at the
// same address; what is no code, or has a wrong tag, is
// escalation.ErrUnknownCode without f. A code alone is a guess, and looked up
// before f, so that nothing f does or fails at says whether it was right.
func (l *Limiters) Code(r *http.Request, given string, f func(code string) error) error {
	place := l.place(r)
	read, err := l.read(place[0], given)
	if err != nil {
		return err
	}
	if read.Kind == joincode.Bare {
		if err := l.known(r.Context(), l.codes, place, read.Code); err != nil {
			return err
		}
	}
	return f(read.Code)
}

// Keyed reads the join code in what somebody gave for f, which looks nothing up
// before it has seen a key that only we can have made.
func (l *Limiters) Keyed(r *http.Request, given string, f func(code string) error) error {
	read, err := l.read(l.place(r)[0], given)
	if err != nil {
		return err
	}
	return f(read.Code)
}

// Typed lets the sender of r have a text read, unless they have asked too much.
func (l *Limiters) Typed(r *http.Request) error { return l.count(l.place(r)[0]) }

// AgentCode does for a signed-in agent what Code does for a customer. Many
// agents share an address, so each of them counts alone.
func (l *Limiters) AgentCode(r *http.Request, a escalation.Agent, given string, f func(code string) error) error {
	read := l.links.Read(given)
	switch read.Kind {
	case joincode.Tagged:
		return f(read.Code)
	case joincode.Bare:
		if err := l.known(r.Context(), l.agents, placeOf(a), read.Code); err != nil {
			return err
		}
		return f(read.Code)
	}
	return escalation.ErrUnknownCode
}

// AgentGuess lets f look up something else by which an agent may find an
// escalation, such as a Document's SID, at the same cost.
func (l *Limiters) AgentGuess(r *http.Request, a escalation.Agent, secret string, f func() error) error {
	return try(r.Context(), l.agents, placeOf(a), secret, f)
}

// Token lets f find out whose Flex token it is, as Code does. Agents of one
// office share an address, so those that are right do not count.
func (l *Limiters) Token(r *http.Request, token string, f func() error) error {
	return try(r.Context(), l.tokens, l.place(r), token, f)
}

// place returns where a request comes from: an address and the networks around it.
func (l *Limiters) place(r *http.Request) []string { return clientaddr.Keys(l.proxies.Of(r)) }

// placeOf returns where an agent's guesses come from, wherever their browser is.
func placeOf(a escalation.Agent) []string { return []string{"agent " + a.Worker + " " + a.Identity} }

// maxLink is longer than any link of ours as it is, in bytes.
const maxLink = 256

// read reads what somebody at an address gave, and counts it as a request of the
// address or else of the link. What has no code, or a wrong tag, is
// escalation.ErrUnknownCode.
func (l *Limiters) read(address, given string) (read joincode.Given, err error) {
	long := len(given) > maxLink
	if long { // it takes a while to read
		if err := l.count(address); err != nil {
			return read, err
		}
	}
	read = l.links.Read(given)
	switch {
	case read.Kind == joincode.Tagged:
		err = l.count("link " + read.Code)
	case !long:
		err = l.count(address)
	}
	if err == nil && read.Kind != joincode.Tagged && read.Kind != joincode.Bare {
		err = escalation.ErrUnknownCode
	}
	return read, err
}

// count counts one request of whoever has the key.
func (l *Limiters) count(key string) error {
	if wait, ok := l.requests.Allow(key); !ok {
		return &ratelimit.Error{What: "requests from one address, or with one link", Wait: wait}
	}
	return nil
}

// known looks a code up that is alone, as a guess.
func (l *Limiters) known(ctx context.Context, limiter *ratelimit.GuessLimiter, place []string, code string) error {
	return try(ctx, limiter, place, code, func() error { return l.find(ctx, code) })
}

// try lets f look a secret up, unless there were too many guesses, or it is
// known to have been right here.
func try(ctx context.Context, limiter *ratelimit.GuessLimiter, place []string, secret string, f func() error) error {
	return limiter.Try(ctx, place, secret, func() (ratelimit.Outcome, error) {
		err := f()
		switch {
		case err == nil:
			return ratelimit.Right, nil
		case errors.Is(err, escalation.ErrUnknownCode), errors.Is(err, escalation.ErrUnauthorized), errors.Is(err, escalation.ErrNotFound):
			return ratelimit.Wrong, err
		}
		return ratelimit.Unclear, err
	})
}
