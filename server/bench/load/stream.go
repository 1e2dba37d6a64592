package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"escalate/app/eventsource"
	"escalate/app/wire"
)

// stream follows an escalation as a browser's EventSource does: it comes back by itself
// with Last-Event-ID when the stream breaks off, and gives up when it is answered anything
// but events.
type stream struct {
	path string
	dial func(context.Context) (net.Conn, error)

	changed chan struct{} // has one when something below has changed

	mu  sync.Mutex // guards what follows
	now seen
}

// seen is what a stream knows.
type seen struct {
	state   wire.State // the newest
	opens   int        // streams that were answered
	replica string     // that answers now; empty while the stream is broken
	agent   time.Time  // when the first state arrived in which the agent is present
	back    int        // states that were older than one before
	gone    error      // why it gave up
}

func newStream(link string, dial func(context.Context) (net.Conn, error)) *stream {
	return &stream{path: wire.CodePath(link, wire.ActionEvents), dial: dial, changed: make(chan struct{}, 1)}
}

// errFinal is a 204, with which a server ends an EventSource.
var errFinal = errors.New("nothing will follow")

// run follows until ctx ends or the stream is over.
func (s *stream) run(ctx context.Context) {
	at := eventsource.Start()
	for ctx.Err() == nil {
		err := s.once(ctx, &at)
		s.edit(func() { s.now.replica, s.now.gone = "", err })
		if err != nil {
			return
		}
		rest(ctx, at.Pause)
	}
}

// once reads one stream to its end; an error is a reason never to come back.
func (s *stream) once(ctx context.Context, at *eventsource.Position) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil // a network error: it comes back
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	defer conn.Close()
	last := ""
	if at.ID != "" {
		last = "Last-Event-ID: " + at.ID + "\r\n"
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: balancer\r\nAccept: text/event-stream\r\n%s\r\n", s.path, last); err != nil {
		return nil // as above
	}
	resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 1<<10), nil)
	if err != nil {
		return nil // as above
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNoContent:
		return errFinal
	case http.StatusBadGateway: // the page comes back after what its own fallback finds
		return nil
	default:
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
		if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
			return nil // the page opens it anew
		}
		return fmt.Errorf("the events are answered with %s: %s", resp.Status, b)
	}
	s.edit(func() { s.now.opens++; s.now.replica = resp.Header.Get(replicaHeader) })
	if err := at.Read(resp.Body, func(st wire.State) error {
		now := time.Now()
		s.edit(func() {
			if st.Version < s.now.state.Version {
				s.now.back++
			}
			if s.now.state = st; st.AgentPresent && s.now.agent.IsZero() {
				s.now.agent = now
			}
		})
		return nil
	}); errors.Is(err, eventsource.ErrEvent) {
		return err
	}
	return nil
}

// edit changes what is known, and says that it has changed.
func (s *stream) edit(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *stream) seen() seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// until waits until what the stream knows is as wanted. One goroutine at a time may wait.
func (s *stream) until(ctx context.Context, what string, ok func(seen) bool) (seen, error) {
	for {
		now := s.seen()
		if ok(now) {
			return now, nil
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			return now, fmt.Errorf("the customer has not seen that %s (the last state: version %d, %s; %d streams; %s): %w",
				what, now.state.Version, now.state.Status, now.opens, fmt.Sprint(now.gone), ctx.Err())
		}
	}
}
