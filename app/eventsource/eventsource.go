// Package eventsource reads an escalation's server-sent events in Go, as a browser's
// EventSource does (HTML Standard, section 9.2): for customers who are programs, in
// measurements, rehearsals and tests. The page has the browser's own.
package eventsource

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"escalate/app/wire"
)

const (
	// firstLine is what the buffer begins with, in bytes: thousands of streams that only
	// wait are read at the same time.
	firstLine = 1 << 10
	// maxLine is longer than any line of ours, in bytes.
	maxLine = 64 << 10
)

// ErrEvent says that an event is not one of ours.
var ErrEvent = errors.New("not an event")

// Position is what is known between two streams of one escalation.
type Position struct {
	ID    string        // of the newest event, for the header Last-Event-ID; empty at first
	Pause time.Duration // before the next stream, as the server has said
}

// Start returns the position before the first stream.
func Start() Position { return Position{Pause: time.Second} }

// Read reads one stream to its end, gives each state to f and moves the position. An error
// of f ends it, and is returned as it is. Other errors are ErrEvent, or of a body that broke
// off, after which an EventSource comes back.
func (p *Position) Read(body io.Reader, f func(wire.State) error) error {
	event := ""
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, firstLine), maxLine)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "": // the end of an event, or a comment
			event = ""
		case "event":
			event = value
		case "retry":
			ms, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("%w: pause %q", ErrEvent, value)
			}
			p.Pause = time.Duration(ms) * time.Millisecond
		case "id":
			p.ID = value
		case "data":
			if event != wire.EventState {
				continue
			}
			var st wire.State
			if err := json.Unmarshal([]byte(value), &st); err != nil {
				return fmt.Errorf("%w: %q: %w", ErrEvent, value, err)
			}
			if err := f(st); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return nil
}
