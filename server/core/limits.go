package core

import (
	"fmt"
	"strconv"

	"escalate/server/escalation"
	"escalate/server/ratelimit"
	"escalate/server/web"
)

// Limits is what may be asked of one replica: by one client, and by all. What is zero
// has its default.
type Limits struct {
	web.Limits
	// Changes is how often one customer's page may have its Document written.
	Changes ratelimit.Rate
}

// limits reads them; docs/operate.md says of whom and what each is.
func (e *env) limits() Limits {
	d := web.DefaultLimits()
	guesses := func(name string, d ratelimit.Guesses) ratelimit.Guesses {
		return ratelimit.Guesses{PerPlace: e.rate(name, d.PerPlace), Everywhere: e.rate(name+"_EVERYWHERE", d.Everywhere)}
	}
	return Limits{
		Limits: web.Limits{
			Requests:   e.rate("LIMIT_REQUESTS", d.Requests),
			Links:      e.rate("LIMIT_LINK_REQUESTS", d.Links),
			Agents:     e.rate("LIMIT_AGENT_REQUESTS", d.Agents),
			Codes:      guesses("LIMIT_CODES", d.Codes),
			AgentCodes: guesses("LIMIT_AGENT_CODES", d.AgentCodes),
			Tokens:     guesses("LIMIT_TOKENS", d.Tokens),
			Streams: web.Streams{
				PerCode:    e.count("LIMIT_CODE_STREAMS", d.Streams.PerCode),
				PerAddress: e.count("LIMIT_ADDRESS_STREAMS", d.Streams.PerAddress),
				All:        e.count("LIMIT_STREAMS", d.Streams.All),
			},
		},
		Changes: e.rate("LIMIT_CHANGES", escalation.DefaultChanges()),
	}
}

// syncWrites is how many writes a second Sync takes of one Document.
const syncWrites = 20

// validate wants what one page may write to be within what Sync takes of one Document.
func (l Limits) validate(e *env) {
	if r := l.Changes; r.PerSecond < 0 || r.PerSecond+float64(r.Burst) > syncWrites {
		e.fault("LIMIT_CHANGES", fmt.Sprintf("must be at most %d in any second, burst and rate together: Sync takes no more writes of one Document, and some have to be left for the agent", syncWrites))
	}
}

func (e *env) rate(name string, otherwise ratelimit.Rate) ratelimit.Rate {
	v := e.str(name, "")
	if v == "" {
		return otherwise
	}
	r, err := ratelimit.ParseRate(v)
	if err != nil {
		e.fault(name, "is not right: "+err.Error())
		return otherwise
	}
	return r
}

// count reads a number of things at the same time; "off" is any number, below zero.
func (e *env) count(name string, otherwise int) int {
	v := e.str(name, "")
	if v == "" {
		return otherwise
	}
	if v == "off" {
		return -1
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		e.fault(name, fmt.Sprintf(`must be a number of at least 1, or "off", not %q`, v))
		return otherwise
	}
	return n
}
