package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"escalate/app/client"
	"escalate/app/eventsource"
	"escalate/app/wire"
)

// customer is a page that waits for the agent.
type customer struct {
	link string // what stands in the join link

	waits chan struct{} // closed when the server has said to wait
	in    chan struct{} // closed when there is a token
	over  chan struct{} // closed when the end was heard of

	mu      sync.Mutex // guards what follows
	opened  int        // streams
	trouble error      // the newest
}

func newCustomer(link string) *customer {
	return &customer{link: link, waits: make(chan struct{}), in: make(chan struct{}), over: make(chan struct{})}
}

// reopened returns how many streams followed the first.
func (c *customer) reopened() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(0, c.opened-1)
}

// failing returns what went wrong last, or nil.
func (c *customer) failing() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trouble
}

func (c *customer) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trouble = err
}

// follow keeps the event stream open until it has heard of the end, or ctx ends.
func (c *customer) follow(ctx context.Context, web *network) {
	s := session{customer: c, web: web, api: web.client(nil), at: eventsource.Start()}
	for ctx.Err() == nil {
		err := s.once(ctx)
		c.fail(err)
		if closed(c.over) {
			return
		}
		t := time.NewTimer(s.at.Pause)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
}

// session is what a page knows between two streams. It belongs to the customer's goroutine.
type session struct {
	*customer
	web *network
	api *client.Client
	at  eventsource.Position
}

// once reads one stream to its end.
func (s *session) once(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.web.base+s.api.EventsPath(s.link), nil)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	if s.at.ID != "" {
		r.Header.Set("Last-Event-ID", s.at.ID)
	}
	resp, err := s.web.do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("open the event stream: %s", resp.Status)
	}
	s.mu.Lock()
	s.opened++
	s.mu.Unlock()
	return s.at.Read(resp.Body, func(st wire.State) error {
		err := s.state(ctx, st)
		if err != nil {
			s.at.ID = "" // the next stream is to tell it again
		}
		return err
	})
}

// state does what a page does at a state: it asks to join at first and when the agent is there.
func (s *session) state(ctx context.Context, st wire.State) error {
	switch {
	case st.Status == wire.StatusEnded || st.Status == wire.StatusExpired:
		if !closed(s.over) {
			close(s.over)
		}
		return nil
	case closed(s.in) || closed(s.waits) && !st.AgentPresent:
		return nil
	}
	answer, err := s.api.Join(ctx, s.link, wire.JoinRequest{})
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if !answer.Waiting {
		close(s.in)
	} else if !closed(s.waits) {
		close(s.waits)
	}
	return nil
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
