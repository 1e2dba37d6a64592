package web

import (
	"errors"
	"net/http"
	"time"

	"escalate/server/escalation"
)

// Guards slow down flooding and the guessing of join codes and Flex tokens, by
// the client's address. One set serves all handlers of a process, so that no
// path gives a guesser a second try. It is safe for concurrent use.
type Guards struct {
	trustProxy bool
	codes      *guard // guesses of join codes
	tokens     *guard // guesses of Flex tokens
	pace       *keyed // all requests of one address
}

// NewGuards makes a set. trustProxy is Config.TrustProxy; a nil now is
// time.Now. Limits that are zero get their defaults.
func NewGuards(l Limits, trustProxy bool, now func() time.Time) *Guards {
	if now == nil {
		now = time.Now
	}
	l = l.orDefaults()
	return &Guards{
		trustProxy: trustProxy,
		codes:      newGuard(l.Codes, now), tokens: newGuard(l.Tokens, now), pace: newKeyed(l.Requests, now),
	}
}

// Code lets f look at a join code, unless the sender of r has asked or guessed
// too much; then the error says with RetryAfter when to come back. It learns
// from the error of f, which it answers.
func (g *Guards) Code(r *http.Request, code string, f func() error) error {
	addr := g.address(r)
	if err := g.paced(addr); err != nil {
		return err
	}
	if err := g.codes.admit(addr, code); err != nil {
		return err
	}
	err := f()
	g.learn(addr, code, err)
	return err
}

// Token lets f find out whose Flex token it is, as Code does. Agents of one
// office share an address, so only tokens that are new are counted: each of
// those costs a call to Twilio.
func (g *Guards) Token(r *http.Request, token string, f func() error) error {
	addr := g.address(r)
	if err := g.tokens.admit(addr, token); err != nil {
		return err
	}
	err := f()
	switch {
	case errors.Is(err, escalation.ErrUnauthorized):
		g.tokens.miss(addr, token)
	case err == nil:
		g.tokens.right(addr, token)
	}
	return err
}

// paced counts one request of addr.
func (g *Guards) paced(addr string) error {
	if ok, retry := g.pace.allow(addr); !ok {
		return rateLimited("too many requests from one address", retry)
	}
	return nil
}

// learn tells the guard how a code turned out.
func (g *Guards) learn(addr, code string, err error) {
	switch {
	case errors.Is(err, escalation.ErrUnknownCode):
		g.codes.miss(addr, code)
	case err == nil, errors.Is(err, escalation.ErrExpired), errors.Is(err, escalation.ErrEnded):
		g.codes.right(addr, code)
	}
}
