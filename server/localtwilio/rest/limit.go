package rest

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"escalate/server/ratelimit"
)

// Limits is how many requests are taken; beyond, the answer is status 429. The
// zero value is what Twilio documents.
type Limits struct {
	// Off lifts Sync's limits: 20 reads and 20 writes a second for each
	// object, in bursts of up to ten seconds' worth. Beyond, the code is 54009.
	Off bool
	// Requests is how many a second the whole account may make, in bursts of up
	// to ten seconds' worth; beyond, the code is 20429. Zero is any number: what
	// Twilio allows depends on the account and is not documented.
	Requests int
}

const (
	// Of each Sync object, from Sync's documented limits.
	syncReads, syncWrites = 20, 20 // a second
	// burst is how many seconds' worth may come at once.
	burst = 10
)

// limiters are those of the account and, unless they are off, of each Sync
// object by its SID.
type limiters struct {
	off                    bool
	account, reads, writes *ratelimit.Limiter
}

func newLimiters(l Limits, now func() time.Time) *limiters {
	perSecond := func(n int) *ratelimit.Limiter {
		return ratelimit.New(ratelimit.Rate{PerSecond: float64(n), Burst: n * burst}, now)
	}
	account := perSecond(-1) // any number
	if l.Requests > 0 {
		account = perSecond(l.Requests)
	}
	return &limiters{off: l.Off, account: account, reads: perSecond(syncReads), writes: perSecond(syncWrites)}
}

// takeAccount takes one request of the account's.
func (l *limiters) takeAccount() error {
	if wait, ok := l.account.Allow("account"); !ok {
		return tooMany(codeTooManyRequests, wait)
	}
	return nil
}

// tooMany is the answer to a request too many.
func tooMany(code int, wait time.Duration) *Error {
	return &Error{Status: http.StatusTooManyRequests, Code: code, Message: "Too many requests", retry: max(wait, time.Millisecond)}
}

// retryAfter is a wait as the header of that name has it: whole seconds.
func retryAfter(wait time.Duration) string {
	return strconv.Itoa(int(math.Ceil(wait.Seconds())))
}
