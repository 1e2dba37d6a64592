// Package videotest is package video without a browser: Devices, Captures and
// Rooms that do as a test tells them, write down what they were asked, and
// emit the events the test wants. It is for tests only and safe for concurrent
// use.
package videotest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"escalate/app/video"
)

// Calls is a record of calls, each as one line such as "Attach MT1 tile-PA1".
type Calls struct {
	mu    sync.Mutex
	lines []string
}

func (c *Calls) add(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, fmt.Sprintf(format, args...))
}

// Calls returns the lines so far.
func (c *Calls) Calls() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.lines)
}

// Called says whether a line was written.
func (c *Calls) Called(line string) bool { return slices.Contains(c.Calls(), line) }

// Count is how often a line was written.
func (c *Calls) Count(line string) int {
	n := 0
	for _, l := range c.Calls() {
		if l == line {
			n++
		}
	}
	return n
}

// Reset forgets the lines.
func (c *Calls) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = nil
}

var (
	_ video.Devices   = (*Devices)(nil)
	_ video.Capture   = (*Capture)(nil)
	_ video.Connector = (*Connector)(nil)
	_ video.Room      = (*Room)(nil)
)

// wait returns when gate is closed, at once when it is nil, or with the
// context's error.
func wait(ctx context.Context, gate <-chan struct{}) error {
	if gate == nil {
		return ctx.Err()
	}
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
