package twilioapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	// maxBody bounds an answer. The largest is a page of 100 Documents of 16 KiB.
	maxBody = 8 << 20
	// attempts is how often one request is sent.
	attempts = 3
	// maxPause bounds what Retry-After may ask for: a person is waiting.
	maxPause = 2 * time.Second
)

// call carries one call's context to the requests that twilio-go makes for it,
// because twilio-go takes none, and remembers the newest HTTP status. It is an
// http.RoundTripper for one goroutine at a time.
type call struct {
	ctx    context.Context
	base   http.RoundTripper
	status int
}

func (t *Client) begin(ctx context.Context) *call { return &call{ctx: ctx, base: t.base} }

// RoundTrip sends a request and reads the whole answer, so that the connection
// is free again whatever twilio-go does with the body; it never closes the
// body of an error.
func (k *call) RoundTrip(r *http.Request) (*http.Response, error) {
	// Merged, not replaced: the request's own context may end it as well.
	limited, stop := context.WithTimeout(r.Context(), callTimeout)
	defer stop()
	ctx, cancel := context.WithCancelCause(limited)
	defer cancel(nil)
	defer context.AfterFunc(k.ctx, func() { cancel(context.Cause(k.ctx)) })()
	for n := 1; ; n++ {
		k.status = 0
		resp, err := k.once(ctx, r)
		if err != nil {
			return nil, err
		}
		wait, again := retryAfter(r, resp, n)
		if !again {
			return resp, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		}
	}
}

func (k *call) once(ctx context.Context, r *http.Request) (*http.Response, error) {
	r = r.Clone(ctx)
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, fmt.Errorf("rewind request: %w", err)
		}
		r.Body = body
	}
	resp, err := k.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	k.status = resp.StatusCode
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// retryAfter says whether and when to send a request once more: too many
// requests always, as Twilio has done nothing then; trouble at Twilio's only
// for reading, as a write may have happened.
func retryAfter(r *http.Request, resp *http.Response, n int) (time.Duration, bool) {
	if n >= attempts {
		return 0, false
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if r.Method != http.MethodGet {
			return 0, false
		}
	default:
		return 0, false
	}
	// Full jitter, so that those refused together do not come back together.
	wait := 50*time.Millisecond + rand.N(time.Duration(n)*250*time.Millisecond)
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s >= 0 {
		asked := time.Duration(s) * time.Second
		if asked > maxPause {
			return 0, false
		}
		wait = max(wait, asked)
	}
	return wait, true
}
