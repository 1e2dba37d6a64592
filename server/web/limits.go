package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"escalate/server/clientaddr"
	"escalate/server/escalation"
	"escalate/server/joincode"
	"escalate/server/metric"
	"escalate/server/ratelimit"
)

// Limits bounds what may be asked of this process. Fields that are zero get the
// defaults of DefaultLimits.
type Limits struct {
	// Requests are those for pages and codes of one address, without a link of ours.
	Requests ratelimit.Rate
	// Links are those with one link, wherever they come from.
	Links ratelimit.Rate
	// Agents are those of one signed-in Worker, wherever they come from.
	Agents ratelimit.Rate
	// Codes are join codes without a tag. PerPlace is for an IPv4 address or the
	// /64 of an IPv6 address; the /56 around it has twice as much, the /48 four
	// times.
	Codes ratelimit.Guesses
	// AgentCodes are join codes that signed-in agents give; PerPlace is for
	// each Worker.
	AgentCodes ratelimit.Guesses
	// Tokens are Flex tokens that Twilio is asked about, by address as Codes.
	Tokens ratelimit.Guesses
	// Streams is how many event streams may be open.
	Streams Streams
}

// Streams is how many event streams may be open: of one code, of one address (the
// /64 of an IPv6 address), and all of this process. Below zero is any number.
type Streams struct {
	PerCode, PerAddress, All int
}

// DefaultLimits suits offices and mobile carriers, where many people share an
// address: whoever comes with a link, or types a code that is right, is not
// counted, and 20 wrong codes at once and then one every 3 seconds are borne with.
// Against guessing, Everywhere counts: with codes of 7 characters out of 31 and
// 1000 of them alive, 20 tries a second need 16 days for one hit.
//
// Flex tokens cannot be told apart before Twilio was asked. In the morning all
// pages of an office may come with yesterday's, which are wrong, and then with
// right ones: an address has 500 such at once. From everywhere Twilio is asked
// about no more than 50 a second that turn out wrong.
func DefaultLimits() Limits {
	codes := ratelimit.Guesses{
		PerPlace:   ratelimit.Rate{PerSecond: 1.0 / 3, Burst: 20},
		Everywhere: ratelimit.Rate{PerSecond: 20, Burst: 200},
	}
	requests := ratelimit.Rate{PerSecond: 50, Burst: 200}
	return Limits{
		Requests:   requests,
		Links:      requests,
		Agents:     ratelimit.Rate{PerSecond: 20, Burst: 100},
		Codes:      codes,
		AgentCodes: codes,
		Tokens: ratelimit.Guesses{
			PerPlace:   ratelimit.Rate{PerSecond: 5, Burst: 500},
			Everywhere: ratelimit.Rate{PerSecond: 50, Burst: 1000},
		},
		// A browser has six connections to a server over HTTP/1.1; an office of 3,000
		// agents has a stream for each. A stream takes some 30 kB.
		Streams: Streams{PerCode: 16, PerAddress: 5000, All: 20_000},
	}
}

func (l Limits) orDefaults() Limits {
	d := DefaultLimits()
	for _, r := range []struct{ have, def *ratelimit.Rate }{
		{&l.Requests, &d.Requests}, {&l.Links, &d.Links}, {&l.Agents, &d.Agents},
		{&l.Codes.PerPlace, &d.Codes.PerPlace}, {&l.Codes.Everywhere, &d.Codes.Everywhere},
		{&l.AgentCodes.PerPlace, &d.AgentCodes.PerPlace}, {&l.AgentCodes.Everywhere, &d.AgentCodes.Everywhere},
		{&l.Tokens.PerPlace, &d.Tokens.PerPlace}, {&l.Tokens.Everywhere, &d.Tokens.Everywhere},
	} {
		if *r.have == (ratelimit.Rate{}) {
			*r.have = *r.def
		}
	}
	for _, n := range []struct{ have, def *int }{
		{&l.Streams.PerCode, &d.Streams.PerCode}, {&l.Streams.PerAddress, &d.Streams.PerAddress}, {&l.Streams.All, &d.Streams.All},
	} {
		if *n.have == 0 {
			*n.have = *n.def
		}
	}
	l.Codes.Name, l.AgentCodes.Name, l.Tokens.Name = limitCodes, limitAgentCodes, limitTokens
	return l
}

// The names of limits, as people's programs and metrics read them. Those of Codes,
// AgentCodes and Tokens have one more each, for all places together.
const (
	limitRequests      = "requests"
	limitLinks         = "link_requests"
	limitAgents        = "agent_requests"
	limitCodes         = "codes"
	limitAgentCodes    = "agent_codes"
	limitTokens        = "tokens"
	limitCodeStreams   = "code_streams"
	limitStreams       = "address_streams"
	limitAllStreams    = "streams"
	limitOfEverybody   = ratelimit.OfEverybody
	limitOfOneDocument = escalation.LimitChanges
	limitOfAllWrites   = escalation.LimitWrites
)

// Limiters slow down flooding and the guessing of join codes and Flex tokens, by
// the client's address or, once it is known, by the Worker. One set serves all
// handlers of a process, so that no path gives a guesser a second try. It is safe
// for concurrent use.
type Limiters struct {
	proxies  clientaddr.Proxies
	links    joincode.Links
	find     Find
	codes    *ratelimit.GuessLimiter // of join codes, by address
	agents   *ratelimit.GuessLimiter // of join codes by agents, by Worker
	tokens   *ratelimit.GuessLimiter // of Flex tokens, by address
	asking   singleflight.Group      // whose a Flex token is
	requests *ratelimit.Limiter      // all of one address
	linked   *ratelimit.Limiter      // all with one link
	signedIn *ratelimit.Limiter      // all of one Worker
	streams  *openStreams
	refusals *prometheus.CounterVec
}

// Find looks a join code up. It returns nil for one that is somebody's, also when
// it has expired or ended, and escalation.ErrUnknownCode for one that is nobody's.
type Find func(ctx context.Context, code string) error

// NewLimiters makes a set. links reads what people give for a code, and find looks
// it up; registry, which may be nil, takes the metric of refusals, and a nil now is
// time.Now. Limits that are zero get their defaults.
func NewLimiters(l Limits, proxies clientaddr.Proxies, links joincode.Links, find Find, registry prometheus.Registerer, now func() time.Time) *Limiters {
	l = l.orDefaults()
	tokens := ratelimit.NewGuessLimiter(l.Tokens, now)
	// Nobody guesses a Flex token; the budget spares Twilio's IAM. Offices where
	// agents sign in go on while others flood it.
	tokens.SpareProven()
	return &Limiters{
		proxies: proxies, links: links, find: find,
		codes: ratelimit.NewGuessLimiter(l.Codes, now), agents: ratelimit.NewGuessLimiter(l.AgentCodes, now), tokens: tokens,
		requests: ratelimit.New(l.Requests, now), linked: ratelimit.New(l.Links, now), signedIn: ratelimit.New(l.Agents, now),
		streams: newOpenStreams(l.Streams), refusals: metric.Refusals(registry),
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
func (l *Limiters) Typed(r *http.Request) error { return l.countAddress(l.place(r)[0]) }

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
	return l.try(r.Context(), l.agents, placeOf(a), secret, f)
}

// SignIn returns the agent whose Flex token it is. known says what is remembered of
// the token, at no cost; ask asks Twilio, unless the sender's address asks about too
// many that turn out wrong. Agents of one office share an address, so from here on
// their requests count by Worker. One too many is a *ratelimit.Error.
func (l *Limiters) SignIn(r *http.Request, token string, known func(string) (escalation.Agent, error, bool), ask func(context.Context, string) (escalation.Agent, error)) (escalation.Agent, error) {
	a, err := l.owner(r, token, known, ask)
	if err != nil {
		return escalation.Agent{}, err
	}
	return a, l.count(l.signedIn, placeOf(a)[0], limitAgents, "requests of one agent")
}

// owner returns whose token it is. A page asks for several things at once: that is one
// question to Twilio.
func (l *Limiters) owner(r *http.Request, token string, known func(string) (escalation.Agent, error, bool), ask func(context.Context, string) (escalation.Agent, error)) (escalation.Agent, error) {
	ctx := r.Context()
	for {
		if a, err, ok := known(token); ok {
			return a, err
		}
		found, err, shared := l.asking.Do(token, func() (any, error) {
			var a escalation.Agent
			err := l.try(ctx, l.tokens, l.place(r), token, func() (err error) {
				a, err = ask(ctx, token)
				return err
			})
			return a, err
		})
		if gone := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded); shared && gone && ctx.Err() == nil {
			continue // whoever asked for this one too has left
		}
		a, _ := found.(escalation.Agent)
		return a, err
	}
}

// Stream counts an event stream of a code as open until ctx ends, or says that there
// are too many.
func (l *Limiters) Stream(ctx context.Context, r *http.Request, code string) error {
	address := l.place(r)[0]
	if err := l.streams.take(code, address); err != nil {
		return l.refused(err)
	}
	context.AfterFunc(ctx, func() { l.streams.giveBack(code, address) })
	return nil
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
		if err := l.countAddress(address); err != nil {
			return read, err
		}
	}
	read = l.links.Read(given)
	switch {
	case read.Kind == joincode.Tagged:
		err = l.count(l.linked, read.Code, limitLinks, "requests with one link")
	case !long:
		err = l.countAddress(address)
	}
	if err == nil && read.Kind != joincode.Tagged && read.Kind != joincode.Bare {
		err = escalation.ErrUnknownCode
	}
	return read, err
}

func (l *Limiters) countAddress(address string) error {
	return l.count(l.requests, address, limitRequests, "requests from one address")
}

// count counts one request of whoever has the key.
func (l *Limiters) count(limiter *ratelimit.Limiter, key, limit, what string) error {
	if wait, ok := limiter.Allow(key); !ok {
		return l.refused(&ratelimit.Error{Limit: limit, What: what, Wait: wait})
	}
	return nil
}

// refused counts err, if it is a request too many, and returns it.
func (l *Limiters) refused(err error) error {
	var tooMany *ratelimit.Error
	if errors.As(err, &tooMany) {
		l.refusals.WithLabelValues(tooMany.Limit).Inc()
	}
	return err
}

// known looks a code up that is alone, as a guess.
func (l *Limiters) known(ctx context.Context, limiter *ratelimit.GuessLimiter, place []string, code string) error {
	return l.try(ctx, limiter, place, code, func() error { return l.find(ctx, code) })
}

// try lets f look a secret up, unless there were too many guesses, or it is
// known to have been right here.
func (l *Limiters) try(ctx context.Context, limiter *ratelimit.GuessLimiter, place []string, secret string, f func() error) error {
	refused := true // unless it came to a look
	err := limiter.Try(ctx, place, secret, func() (ratelimit.Outcome, error) {
		refused = false
		err := f()
		switch {
		case err == nil:
			return ratelimit.Right, nil
		case errors.Is(err, escalation.ErrUnknownCode), errors.Is(err, escalation.ErrUnauthorized), errors.Is(err, escalation.ErrNotFound):
			return ratelimit.Wrong, err
		}
		return ratelimit.Unclear, err
	})
	if refused {
		return l.refused(err)
	}
	return err
}
