package client

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
)

// What a network swallows is neither answered nor refused.
func TestEveryRequestEnds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		call  func(context.Context, *Client) error
		limit time.Duration // of one try
		tries int
	}{
		{"state", func(ctx context.Context, c *Client) error { _, err := c.State(ctx, "C"); return err }, 8 * time.Second, 2},
		{"task", func(ctx context.Context, c *Client) error { _, err := c.Task(ctx, "WT1"); return err }, 8 * time.Second, 2},
		{"token", func(ctx context.Context, c *Client) error { _, err := c.Join(ctx, "C", wire.JoinRequest{}); return err }, 15 * time.Second, 2},
		{"the agent's token", func(ctx context.Context, c *Client) error { _, err := c.AgentJoin(ctx, "C"); return err }, 15 * time.Second, 2},
		{"progress", func(ctx context.Context, c *Client) error { return c.Progress(ctx, "C", wire.Progress{}) }, 8 * time.Second, 2},
		{"leave", func(ctx context.Context, c *Client) error { return c.Leave(ctx, "C", wire.Leave{}) }, 8 * time.Second, 2},
		{"rating", func(ctx context.Context, c *Client) error {
			_, err := c.Rate(ctx, "C", wire.Rating{Score: 5})
			return err
		}, 12 * time.Second, 2},
		{"end", func(ctx context.Context, c *Client) error { _, err := c.End(ctx, "C"); return err }, 12 * time.Second, 2},
		{"what must not happen twice", func(ctx context.Context, c *Client) error {
			_, err := c.Escalate(ctx, wire.Escalate{SendInvite: true})
			return err
		}, 15 * time.Second, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				c := New(func(ctx context.Context, _ Request) (Response, error) {
					began := time.Now()
					tries++
					select {
					case <-ctx.Done():
					case <-t.Context().Done():
					case <-time.After(time.Hour):
						t.Error("nobody ended the request")
					}
					if d := time.Since(began); d != tt.limit {
						t.Errorf("a try ended after %v, want %v", d, tt.limit)
					}
					return Response{}, ctx.Err()
				}, nil)
				began := time.Now()
				var e *wire.Error
				if err := tt.call(t.Context(), c); !errors.As(err, &e) || e.Code != wire.CodeUnavailable {
					t.Errorf("error %v, want %s", err, wire.CodeUnavailable)
				}
				if tries != tt.tries {
					t.Errorf("sent %d times, want %d", tries, tt.tries)
				}
				if d, most := time.Since(began), time.Duration(tt.tries)*tt.limit+2*time.Second; d > most {
					t.Errorf("it took %v, want at most %v", d, most)
				}
			})
		})
	}
}

// One request in ten that is swallowed keeps nobody waiting for long.
func TestSwallowedRequestIsSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := New(func(ctx context.Context, _ Request) (Response, error) {
			if n++; n == 1 {
				<-ctx.Done()
				return Response{}, ctx.Err()
			}
			return Response{Status: 200, Body: []byte(`{"code":"C"}`)}, nil
		}, nil)
		if s, err := c.State(t.Context(), "C"); err != nil || s.Code != "C" || n != 2 {
			t.Errorf("state %+v, %v after %d tries", s, err, n)
		}
	})
}

// Who takes a request back is not told that the server did not answer.
func TestCanceledRequestIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		c := New(func(ctx context.Context, _ Request) (Response, error) {
			n++
			cancel()
			<-ctx.Done()
			return Response{}, ctx.Err()
		}, nil)
		if _, err := c.Join(ctx, "C", wire.JoinRequest{}); !errors.Is(err, context.Canceled) || n != 1 {
			t.Errorf("error %v after %d tries", err, n)
		}
	})
}
