package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"escalate/app/wire"
)

// stream follows an escalation as a browser's EventSource does: it comes back by itself
// with Last-Event-ID when the stream breaks off, and gives up when it is answered anything
// but events.
type stream struct {
	path string
	dial func(context.Context) (net.Conn, error)

	changed chan struct{} // has one when something below has changed

	mu      sync.Mutex // guards what follows
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
	id, pause := "", time.Second
	for ctx.Err() == nil {
		err := s.once(ctx, &id, &pause)
		s.edit(func() { s.replica, s.gone = "", err })
		if err != nil {
			return
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
}

// once reads one stream to its end; an error is a reason never to come back.
func (s *stream) once(ctx context.Context, id *string, pause *time.Duration) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil // a network error: it comes back
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	defer conn.Close()
	last := ""
	if *id != "" {
		last = "Last-Event-ID: " + *id + "\r\n"
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
	s.edit(func() { s.opens++; s.replica = resp.Header.Get(replicaHeader) })
	event := ""
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 0, 1<<10), 64<<10)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "": // the end of an event
			event = ""
		case "event":
			event = value
		case "retry":
			ms, _ := strconv.Atoi(value)
			*pause = time.Duration(ms) * time.Millisecond
		case "id":
			*id = value
		case "data":
			if event != wire.EventState {
				continue
			}
			var st wire.State
			if err := json.Unmarshal([]byte(value), &st); err != nil {
				return fmt.Errorf("event %q: %w", value, err)
			}
			now := time.Now()
			s.edit(func() {
				if st.Version < s.state.Version {
					s.back++
				}
				if s.state = st; st.AgentPresent && s.agent.IsZero() {
					s.agent = now
				}
			})
		}
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

// seen is what a stream knows.
type seen struct {
	state   wire.State
	opens   int
	replica string
	agent   time.Time
	back    int
	gone    error
}

func (s *stream) seen() seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return seen{s.state, s.opens, s.replica, s.agent, s.back, s.gone}
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
