package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"escalate/server/escalation"
	"escalate/server/joincode"
)

// Guards slow down flooding and the guessing of join codes and Flex tokens, by
// the client's address. One set serves all handlers of a process, so that no
// path gives a guesser a second try. It is safe for concurrent use.
type Guards struct {
	proxies Proxies
	links   joincode.Links
	find    Find
	codes   *guard // guesses of join codes, by address
	agents  *guard // guesses of join codes by agents, by Worker
	tokens  *guard // guesses of Flex tokens, by address
	pace    *keyed // all requests of one address, or with one link
}

// Find looks a join code up. It returns nil, escalation.ErrExpired or
// escalation.ErrEnded for one that is somebody's, and escalation.ErrUnknownCode
// for one that is nobody's.
type Find func(ctx context.Context, code string) error

// NewGuards makes a set. links reads what people give for a code, and find looks
// it up; a nil now is time.Now. Limits that are zero get their defaults.
func NewGuards(l Limits, proxies Proxies, links joincode.Links, find Find, now func() time.Time) *Guards {
	if now == nil {
		now = time.Now
	}
	l = l.orDefaults()
	g := &Guards{
		proxies: proxies, links: links, find: find,
		codes: newGuard(l.Codes, now), agents: newGuard(l.AgentCodes, now), tokens: newGuard(l.Tokens, now),
		pace: newKeyed(l.Requests, now),
	}
	// Nobody guesses a Flex token; the budget spares Twilio's IAM. Offices where
	// agents sign in go on while others flood it.
	g.tokens.provenPass = true
	return g
}

// Code reads the join code in what somebody gave, and lets f work with it unless
// the sender of r has asked or guessed too much; then the error says with
// RetryAfter when to come back. A link that we made is no guess, whoever else
// guesses at the same address; what is no code, or has a wrong tag, is
// escalation.ErrUnknownCode without f. A code alone is a guess, and looked up
// before f, so that nothing f does or fails at says whether it was right.
func (g *Guards) Code(r *http.Request, given string, f func(code string) error) error {
	place := networksOf(g.proxies.client(r))
	read, err := g.read(place[0], given)
	if err != nil {
		return err
	}
	if read.Kind == joincode.Bare {
		if err := g.known(r.Context(), g.codes, place, read.Code); err != nil {
			return err
		}
	}
	return f(read.Code)
}

// Keyed reads the join code in what somebody gave for f, which looks nothing up
// before it has seen a key that only we can have made.
func (g *Guards) Keyed(r *http.Request, given string, f func(code string) error) error {
	read, err := g.read(networksOf(g.proxies.client(r))[0], given)
	if err != nil {
		return err
	}
	return f(read.Code)
}

// read reads what somebody at an address gave, at the pace of the address or
// else of the link. What has no code, or a wrong tag, is
// escalation.ErrUnknownCode.
func (g *Guards) read(address, given string) (read joincode.Given, err error) {
	long := len(given) > maxLink
	if long { // it takes a while to read
		if err := g.paced(address); err != nil {
			return read, err
		}
	}
	read = g.links.Read(given)
	switch {
	case read.Kind == joincode.Tagged:
		err = g.paced("link " + read.Code)
	case !long:
		err = g.paced(address)
	}
	if err == nil && read.Kind != joincode.Tagged && read.Kind != joincode.Bare {
		err = escalation.ErrUnknownCode
	}
	return read, err
}

// maxLink is longer than any link of ours as it is, in bytes.
const maxLink = 256

// Typed lets the sender of r have a text read, unless they have asked too much.
func (g *Guards) Typed(r *http.Request) error { return g.paced(networksOf(g.proxies.client(r))[0]) }

// known looks a code up that is alone, as a guess. One that has expired or
// ended is somebody's as well.
func (g *Guards) known(ctx context.Context, guard *guard, place []string, code string) error {
	err := guard.try(ctx, place, code, func() error { return g.find(ctx, code) })
	if isOver(err) {
		return nil
	}
	return err
}

// isOver says that a code was right, and leads nowhere any more.
func isOver(err error) bool {
	return errors.Is(err, escalation.ErrExpired) || errors.Is(err, escalation.ErrEnded)
}

// AgentCode does for a signed-in agent what Code does for a customer. Many
// agents share an address, so each of them counts alone.
func (g *Guards) AgentCode(r *http.Request, a escalation.Agent, given string, f func(code string) error) error {
	read := g.links.Read(given)
	switch read.Kind {
	case joincode.Tagged:
		return f(read.Code)
	case joincode.Bare:
		if err := g.known(r.Context(), g.agents, placeOf(a), read.Code); err != nil {
			return err
		}
		return f(read.Code)
	}
	return escalation.ErrUnknownCode
}

// AgentGuess lets f look up something else by which an agent may find an
// escalation, such as a Document's SID, at the same cost.
func (g *Guards) AgentGuess(r *http.Request, a escalation.Agent, secret string, f func() error) error {
	return g.agents.try(r.Context(), placeOf(a), secret, f)
}

// placeOf is where an agent's guesses come from, wherever their browser is.
func placeOf(a escalation.Agent) []string { return []string{"agent " + a.Worker + " " + a.Identity} }

// Token lets f find out whose Flex token it is, as Code does. Agents of one
// office share an address, so those that are right do not count.
func (g *Guards) Token(r *http.Request, token string, f func() error) error {
	return g.tokens.try(r.Context(), networksOf(g.proxies.client(r)), token, f)
}

// try lets f look a secret up, unless there were too many guesses, or it is
// known to have been right here.
func (g *guard) try(ctx context.Context, place []string, secret string, f func() error) error {
	settle, err := g.reserve(ctx, place, secret)
	if settle == nil {
		return err
	}
	how := unclear
	defer func() { settle(how) }() // also when f panics
	switch err = f(); {
	case err == nil, isOver(err):
		how = right
	case errors.Is(err, escalation.ErrUnknownCode), errors.Is(err, escalation.ErrUnauthorized), errors.Is(err, escalation.ErrNotFound):
		how = wrong
	}
	return err
}

// paced counts one request of whoever has the key.
func (g *Guards) paced(key string) error {
	if ok, retry := g.pace.allow(key); !ok {
		return rateLimited("too many requests from one address, or with one link", retry)
	}
	return nil
}
