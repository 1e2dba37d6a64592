package twilioapi

import (
	"crypto/sha256"
	"sync"
	"time"

	"escalate/server/escalation"
)

const (
	// positiveTTL bounds how long an agent who was logged out or lost a role
	// is still let in. Asking more often costs every call a round trip.
	positiveTTL = 5 * time.Minute
	// negativeTTL keeps a page that repeats a bad token from reaching Twilio
	// each time, and is over before a person has logged in again.
	negativeTTL = 10 * time.Second
	// maxAgents bounds the memory that strangers with made-up tokens can take.
	maxAgents = 10_000
)

// agentCache remembers who a Flex token belongs to, by its SHA-256: the tokens
// themselves are worth stealing.
type agentCache struct {
	now func() time.Time

	mu      sync.Mutex
	entries map[[sha256.Size]byte]agentEntry // guarded by mu
}

type agentEntry struct {
	agent   escalation.Agent
	err     error
	expires time.Time
}

func newAgentCache(now func() time.Time) *agentCache {
	return &agentCache{now: now, entries: map[[sha256.Size]byte]agentEntry{}}
}

// ttl is how long a good token may be remembered.
func (c *agentCache) ttl(expiration string) time.Duration {
	if at, ok := expiry(expiration); ok {
		return min(at.Sub(c.now()), positiveTTL)
	}
	return positiveTTL
}

// get returns what is remembered of a token; ok is false for nothing.
func (c *agentCache) get(token string) (a escalation.Agent, err error, ok bool) { //nolint:revive // err is the remembered answer, ok says whether there is one
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[sha256.Sum256([]byte(token))]
	if !ok || !c.now().Before(e.expires) {
		return escalation.Agent{}, nil, false
	}
	return e.agent, e.err, true
}

// put remembers the answer for a token.
func (c *agentCache) put(token string, a escalation.Agent, err error, ttl time.Duration) {
	if ttl <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= maxAgents {
		c.makeRoom()
	}
	c.entries[sha256.Sum256([]byte(token))] = agentEntry{agent: a, err: err, expires: c.now().Add(ttl)}
}

// makeRoom drops what is stale, and if that is nothing, anything; c.mu is held.
func (c *agentCache) makeRoom() {
	for k, e := range c.entries {
		if !c.now().Before(e.expires) {
			delete(c.entries, k)
		}
	}
	for k := range c.entries {
		if len(c.entries) < maxAgents {
			return
		}
		delete(c.entries, k)
	}
}
