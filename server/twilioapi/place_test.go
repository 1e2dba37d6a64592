package twilioapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"escalate/server/escalation"
)

// slow answers after a while, and knows how much time each request had.
type slow struct {
	after  time.Duration
	answer answer

	mu    sync.Mutex
	times []time.Duration
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	deadline, _ := r.Context().Deadline()
	s.mu.Lock()
	s.times = append(s.times, time.Until(deadline))
	s.mu.Unlock()
	select {
	case <-time.After(s.after):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	header := http.Header{}
	if s.answer.header != nil {
		header = s.answer.header
	}
	return &http.Response{StatusCode: s.answer.status, Header: header, Request: r, Body: io.NopCloser(strings.NewReader(s.answer.body))}, nil
}

func (s *slow) sent() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.times
}

// narrow is a Client with the fewest places.
func narrow(t *testing.T, rt http.RoundTripper) *Client {
	t.Helper()
	c := config(rt)
	c.Connections = 1
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// write is not to be sent twice.
func write(ctx context.Context, c *Client) error {
	_, err := c.Documents().Update(ctx, "abc2345", "7", json.RawMessage(`{"a":2}`), 0)
	return err
}

// fill takes all places with requests that somebody waits for; wait waits for them.
func fill(t *testing.T, c *Client) (wait func()) {
	t.Helper()
	var wg sync.WaitGroup
	for range minConnections {
		wg.Go(func() { _, _ = c.Documents().Fetch(context.Background(), "abc2345") })
	}
	synctest.Wait()
	return wg.Wait
}

// Waiting for a place is no part of a request's own time.
func TestRequestsHaveTheirTimeAfterWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := &slow{after: placeTimeout - time.Second, answer: answer{status: 200, body: `{"unique_name":"abc2345","revision":"8","data":{"a":2}}`}}
		c := narrow(t, rt)
		defer fill(t, c)()
		began := time.Now()
		if err := write(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began) - rt.after; waited != rt.after {
			t.Errorf("waited for %v, want %v", waited, rt.after)
		}
		if times := rt.sent(); times[minConnections] != callTimeout {
			t.Errorf("the request had %v, want %v", times[minConnections], callTimeout)
		}
	})
}

// Who gets no place soon is told to try again, and nothing was sent.
func TestWaitingForAPlaceIsBounded(t *testing.T) {
	for name, c := range map[string]struct{ left, want time.Duration }{
		"nobody else is in a hurry": {time.Hour, placeTimeout},
		"the caller is":             {4 * time.Second, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rt := &slow{after: time.Minute}
				client := narrow(t, rt)
				defer fill(t, client)()
				ctx, cancel := context.WithTimeout(t.Context(), c.left)
				defer cancel()
				began := time.Now()
				if err := write(ctx, client); !errors.Is(err, escalation.ErrUnavailable) || time.Since(began) != c.want {
					t.Errorf("got %v after %v, want to be told to try again after %v", err, time.Since(began), c.want)
				}
				if n := len(rt.sent()); n != minConnections {
					t.Errorf("%d requests were sent", n)
				}
			})
		})
	}
}

// Nobody holds a place during the pause before a retry.
func TestPausesHoldNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := twilioError(429, 20429)
		busy.header = http.Header{"Retry-After": {"2"}}
		rt := &slow{answer: busy}
		c := narrow(t, rt)
		wait := fill(t, c)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = write(ctx, c)
		if n := len(rt.sent()); n != minConnections+1 {
			t.Errorf("%d requests were sent while others paused, want %d", n, minConnections+1)
		}
		wait()
		if n := len(rt.sent()); n != minConnections*attempts+1 {
			t.Errorf("%d requests were sent in all", n)
		}
	})
}

// What Twilio has too much of is not made more by what nobody waits for; nor is a write
// sent again when it would be cut off.
func TestNotAgain(t *testing.T) {
	for name, c := range map[string]struct {
		after      time.Duration
		background bool
		want       int
	}{
		"a person":              {0, false, attempts},
		"in the background":     {0, true, 1},
		"with little time left": {callTimeout - leastTime, false, 1},
		"with hardly enough":    {callTimeout - 2*leastTime, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rt := &slow{after: c.after, answer: twilioError(429, 20429)}
				ctx := t.Context()
				if c.background {
					ctx = escalation.Background(ctx)
				}
				if err := write(ctx, narrow(t, rt)); !errors.Is(err, escalation.ErrUnavailable) {
					t.Errorf("got %v", err)
				}
				if n := len(rt.sent()); n != c.want {
					t.Errorf("sent %d times, want %d", n, c.want)
				}
			})
		})
	}
}
