package web

import (
	"context"
	"net/http"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/joincode"
)

// Guards slow down flooding and the guessing of join codes and Flex tokens, by
// the client's address. One set serves all handlers of a process, so that no
// path gives a guesser a second try. It is safe for concurrent use.
type Guards struct {
	proxies Proxies
	links   joincode.Links
	codes   *guard // guesses of join codes, by address
	agents  *guard // guesses of join codes by agents, by Worker
	tokens  *guard // guesses of Flex tokens, by address
	pace    *keyed // all requests of one address, or with one link
}

// NewGuards makes a set. links reads what people give for a code; a nil now is
// time.Now. Limits that are zero get their defaults.
func NewGuards(l Limits, proxies Proxies, links joincode.Links, now func() time.Time) *Guards {
	if now == nil {
		now = time.Now
	}
	l = l.orDefaults()
	g := &Guards{
		proxies: proxies, links: links,
		codes: newGuard(l.Codes, now), agents: newGuard(l.AgentCodes, now), tokens: newGuard(l.Tokens, now),
		pace: newKeyed(l.Requests, now),
	}
	// Nobody guesses a Flex token; the budget spares Twilio's IAM. Offices where
	// agents sign in go on while others flood it.
	g.tokens.provenPass = true
	return g
}

// Code reads the join code in what somebody gave, and lets f look at it unless
// the sender of r has asked or guessed too much; then the error says with
// RetryAfter when to come back. A link that we made is no guess, whoever else
// guesses at the same address; what is no code, or has a wrong tag, is
// escalation.ErrUnknownCode without f. It learns from the error of f, which it
// returns.
func (g *Guards) Code(r *http.Request, given string, f func(code string) error) error {
	place := networksOf(g.proxies.client(r))
	read := g.links.Read(given)
	if read.Kind == joincode.Tagged {
		if err := g.paced("link " + read.Code); err != nil {
			return err
		}
		return f(read.Code)
	}
	if err := g.paced(place[0]); err != nil {
		return err
	}
	if read.Kind != joincode.Bare {
		return escalation.ErrUnknownCode
	}
	return g.codes.try(r.Context(), place, read.Code, func() error { return f(read.Code) })
}

// AgentCode does for a signed-in agent what Code does for a customer. Many
// agents share an address, so each of them counts alone.
func (g *Guards) AgentCode(r *http.Request, a escalation.Agent, given string, f func(code string) error) error {
	read := g.links.Read(given)
	switch read.Kind {
	case joincode.Tagged:
		return f(read.Code)
	case joincode.Bare:
		return g.AgentGuess(r, a, read.Code, func() error { return f(read.Code) })
	}
	return escalation.ErrUnknownCode
}

// AgentGuess lets f look up something else by which an agent may find an
// escalation, such as a Document's SID, at the same cost.
func (g *Guards) AgentGuess(r *http.Request, a escalation.Agent, secret string, f func() error) error {
	return g.agents.try(r.Context(), []string{"agent " + a.Worker + " " + a.Identity}, secret, f)
}

// Token lets f find out whose Flex token it is, as Code does. Agents of one
// office share an address, so those that are right do not count.
func (g *Guards) Token(r *http.Request, token string, f func() error) error {
	return g.tokens.try(r.Context(), networksOf(g.proxies.client(r)), token, f)
}

// try lets f look at a secret, unless there were too many guesses.
func (g *guard) try(ctx context.Context, place []string, secret string, f func() error) error {
	settle, err := g.reserve(ctx, place, secret)
	if err != nil {
		return err
	}
	right := false
	defer func() { settle(right) }() // also when f panics
	err = f()
	right = !wasGuess(ctx, err)
	return err
}

// wasGuess says whether a look-up that ended with err has to be paid for: where
// it found nothing, and where it is not known what it found.
func wasGuess(ctx context.Context, err error) bool {
	if err == nil {
		return false
	}
	switch answerTo(err, &english).Code {
	case wire.CodeUnknownCode, wire.CodeUnauthorized, wire.CodeUnavailable, wire.CodeInternal:
		return true
	}
	return ctx.Err() != nil
}

// paced counts one request of whoever has the key.
func (g *Guards) paced(key string) error {
	if ok, retry := g.pace.allow(key); !ok {
		return rateLimited("too many requests from one address, or with one link", retry)
	}
	return nil
}
