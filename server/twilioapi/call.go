package twilioapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"escalate/server/escalation"
)

const (
	// maxBody bounds an answer. The largest is a page of 100 Documents of 16 KiB.
	maxBody = 8 << 20
	// attempts is how often one request is sent.
	attempts = 3
	// maxPause bounds what Retry-After may ask for: a person is waiting.
	maxPause = 2 * time.Second
	// placeTimeout bounds the wait for a place among the requests under way.
	placeTimeout = callTimeout / 2
	// leastTime is what a write that is sent again must have: one that is cut off may
	// have happened.
	leastTime = 2 * time.Second
)

// call carries one call's context to the requests that twilio-go makes for it,
// because twilio-go takes none, and remembers the newest HTTP status. It is an
// http.RoundTripper for one goroutine at a time. A request passes, from the
// outside in: the check that it is the operation it should be, the context, the
// retries, the gate, the whole answer's reading, the meter, and then Twilio.
type call struct {
	t      *Client
	ctx    context.Context
	op     operation
	status int
	// request is Twilio's id of the newest request, for whoever asks Twilio's support.
	request string
	// recognizable says that the request makes something under a unique name,
	// so that it may be sent again when its outcome is not known: a second one
	// does nothing and says that the name is taken, and whoever asks can tell
	// whether it was taken by the first.
	recognizable bool
	// unsure says that it was sent again for that reason.
	unsure bool
}

func (t *Client) begin(ctx context.Context, op operation) *call {
	return &call{t: t, ctx: ctx, op: op}
}

// beginCreate is begin for what recognizable says.
func (t *Client) beginCreate(ctx context.Context, op operation) *call {
	k := t.begin(ctx, op)
	k.recognizable = true
	return k
}

// canonical is a Transport whose answers name addresses that are not Twilio's.
type canonical interface{ Canonical(*url.URL) *url.URL }

// RoundTrip sends a request and reads the whole answer, so that the connection
// is free again whatever twilio-go does with the body; it never closes the
// body of an error.
func (k *call) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close() // RoundTrippers must; each attempt has its own
	}
	if e, ok := k.t.c.Transport.(canonical); ok {
		r = r.Clone(r.Context())
		r.URL = e.Canonical(r.URL)
		r.Host = r.URL.Host
	}
	if err := admit(k.op, r); err != nil {
		return nil, err
	}
	// Merged, not replaced: the request's own context may end it as well.
	merged, cancel := context.WithCancelCause(k.ctx)
	defer cancel(nil)
	defer context.AfterFunc(r.Context(), func() { cancel(context.Cause(r.Context())) })()
	leave, err := k.enter(merged)
	if err != nil {
		return nil, err
	}
	// Only now: who waited for long has as much time for the request itself.
	ctx, stop := context.WithTimeout(merged, callTimeout)
	defer stop()
	for n := 1; ; n++ {
		resp, err := k.once(ctx, r, leave)
		wait, again := k.retry(ctx, r, resp, n)
		if !again {
			return resp, err
		}
		if err := pause(ctx, wait); err != nil {
			return nil, err
		}
		if leave, err = k.enter(ctx); err != nil {
			return nil, err
		}
	}
}

// enter waits for a place, but at most for half the time that ctx leaves, so that
// what is sent has the other half. It returns escalation.ErrUnavailable when that is
// not enough.
func (k *call) enter(ctx context.Context) (leave func(), err error) {
	patience := placeTimeout
	if deadline, ok := ctx.Deadline(); ok {
		patience = min(patience, time.Until(deadline)/2)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, escalation.ErrUnavailable)
	defer cancel()
	return k.t.gate.enter(ctx, escalation.IsBackground(k.ctx))
}

// pause waits, or returns why ctx has ended.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// once sends a request from a place, and leaves it.
func (k *call) once(ctx context.Context, r *http.Request, leave func()) (resp *http.Response, err error) {
	defer leave()
	r = r.Clone(ctx)
	if r.GetBody != nil {
		if r.Body, err = r.GetBody(); err != nil {
			return nil, fmt.Errorf("rewind request: %w", err)
		}
	}
	k.status, k.request = 0, ""
	if trace := k.t.c.Trace; trace != nil {
		done := trace(k.ctx, Traced{Product: k.op.product, Operation: k.op.name, Method: k.op.method, Template: k.op.path})
		defer func() {
			status := k.status
			if err != nil {
				status = 0
			}
			done(status, k.request)
		}()
	}
	began, asked := time.Now(), k.t.c.Now()
	// The status as it is known: an answer that was cut off is no answer, though
	// the use cases care for the status that it began with.
	defer func() {
		seen := k.status
		if err != nil {
			seen = 0
		}
		k.t.meter.observe(k.op, seen, time.Since(began))
		if seen == 0 || seen == http.StatusTooManyRequests || seen >= 500 {
			k.t.c.Log.DebugContext(k.ctx, "a request to Twilio failed", "operation", k.op.name, "status", seen, "twilio", k.request, "ms", time.Since(began).Milliseconds())
		}
	}()
	if resp, err = k.t.base.RoundTrip(r); err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	k.t.clock.observe(resp.Header, asked)
	k.status, k.request = resp.StatusCode, requestID(resp.Header)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// retry says whether and when to send a request once more: too many requests
// always when somebody waits, as Twilio has done nothing then, and never in the
// background, which is to make them fewer; without an answer, or with trouble
// on the way to Twilio, only reading and what is recognizable, as a write may
// have happened. resp is nil without an answer.
func (k *call) retry(ctx context.Context, r *http.Request, resp *http.Response, n int) (time.Duration, bool) {
	if n >= attempts || ctx.Err() != nil {
		return 0, false
	}
	// Full jitter, so that those refused together do not come back together.
	wait := 50*time.Millisecond + rand.N(time.Duration(n)*250*time.Millisecond)
	status := 0
	if resp != nil {
		status = resp.StatusCode
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s >= 0 {
			asked := time.Duration(s) * time.Second
			if asked > maxPause {
				return 0, false
			}
			wait = max(wait, asked)
		}
	}
	if r.Method != http.MethodGet && !inTime(ctx, wait) {
		return 0, false
	}
	switch status {
	case http.StatusTooManyRequests:
		return wait, !escalation.IsBackground(k.ctx)
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return wait, k.repeat(r)
	}
	return 0, false
}

// inTime says whether what is sent after a pause still has leastTime, also when half
// of what is left goes by in waiting for a place.
func inTime(ctx context.Context, pause time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) >= pause+2*leastTime
}

// repeat says whether a request whose outcome is not known may be sent again.
func (k *call) repeat(r *http.Request) bool {
	if r.Method == http.MethodGet {
		return true
	}
	k.unsure = k.recognizable
	return k.recognizable
}
