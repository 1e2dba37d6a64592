package rest

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits is how many requests are taken; beyond, the answer is status 429. The
// zero value is what Twilio documents.
type Limits struct {
	// Off lifts Sync's limits: 20 reads and 20 writes a second for each
	// Document, in bursts of up to ten seconds' worth. Beyond, the code is 54009.
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
	// maxBuckets bounds the memory for them: about 2 MB.
	maxBuckets = 10_000
)

// limiter is a bucket per key. It is safe for concurrent use.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter // guarded by mu
}

// take takes one of the key's requests; wait is zero, or the time after which
// there will be one.
func (l *limiter) take(key string, perSecond int, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		l.makeRoom(now)
		b = rate.NewLimiter(rate.Limit(perSecond), perSecond*burst)
		l.buckets[key] = b
	}
	if b.AllowN(now, 1) {
		return 0
	}
	return time.Duration((1 - b.TokensAt(now)) / float64(perSecond) * float64(time.Second))
}

// makeRoom drops, when there are too many buckets, those that are full again,
// and when there are none, any: that is lenient, and never the reverse. The
// caller holds l.mu.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for key, b := range l.buckets {
		if b.TokensAt(now) >= float64(b.Burst()) {
			delete(l.buckets, key)
		}
	}
	for key := range l.buckets {
		if len(l.buckets) < maxBuckets {
			return
		}
		delete(l.buckets, key)
	}
}

// tooMany is the answer to a request too many.
func tooMany(code int, wait time.Duration) *Error {
	return &Error{Status: http.StatusTooManyRequests, Code: code, Message: "Too many requests", retry: max(wait, time.Millisecond)}
}

// limitAccount takes one request of the account's.
func (a *API) limitAccount() error {
	if a.limits.Requests <= 0 {
		return nil
	}
	if wait := a.limiter.take("account", a.limits.Requests, a.store.Now()); wait > 0 {
		return tooMany(codeTooManyRequests, wait)
	}
	return nil
}

// limited holds a handler of one Document to Sync's limits.
func (a *API) limited(write bool, f func(*call) error) func(*call) error {
	kind, perSecond := "read ", syncReads
	if write {
		kind, perSecond = "write ", syncWrites
	}
	return func(c *call) error {
		if a.limits.Off {
			return f(c)
		}
		// By its SID: a Document has two addresses.
		d, err := c.store.Documents.Get(c.path("document"))
		if err != nil {
			return err
		}
		if wait := a.limiter.take(kind+d.SID, perSecond, a.store.Now()); wait > 0 {
			return tooMany(codeSyncRate, wait)
		}
		return f(c)
	}
}

// retryAfter is a wait as the header of that name has it: whole seconds.
func retryAfter(wait time.Duration) string {
	return strconv.Itoa(int(math.Ceil(wait.Seconds())))
}
