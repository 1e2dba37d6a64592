package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"escalate/app/wire"
)

// tally counts and times what was done, and what went wrong by its code. It is safe for
// concurrent use.
type tally struct {
	mu     sync.Mutex // guards what follows
	took   map[string][]time.Duration
	failed map[string]map[string]int
}

func newTally() *tally {
	return &tally{took: map[string][]time.Duration{}, failed: map[string]map[string]int{}}
}

// do does something, and notes how long it took, or why it went wrong.
func (t *tally) do(what string, f func() error) error {
	began := time.Now()
	err := f()
	if err == nil {
		t.note(what, time.Since(began))
		return nil
	}
	t.fail(what, err)
	return err
}

func (t *tally) note(what string, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took[what] = append(t.took[what], d)
}

func (t *tally) fail(what string, err error) {
	code := string(wire.CodeOf(err))
	switch {
	case code != "":
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		code = "too late"
	default:
		code = err.Error()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed[what] == nil {
		t.failed[what] = map[string]int{}
	}
	t.failed[what][code]++
}

// times are the sorted durations of something.
func (t *tally) times(what string) []time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(slices.Values(t.took[what]))
}

// print lists what was done.
func (t *tally) print(to io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	names := map[string]bool{}
	for n := range t.took {
		names[n] = true
	}
	for n := range t.failed {
		names[n] = true
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintln(w, "request\tanswered\tp50\tp99\terrors")
	for _, n := range slices.Sorted(maps.Keys(names)) {
		all := slices.Sorted(slices.Values(t.took[n]))
		wrong := ""
		for _, code := range slices.Sorted(maps.Keys(t.failed[n])) {
			wrong += fmt.Sprintf(" %s: %d", code, t.failed[n][code])
		}
		fmt.Fprintf(w, "%s\t%d\t%v\t%v\t%s\n", n, len(all), short(percentile(all, 50)), short(percentile(all, 99)), wrong)
	}
}

// percentile returns the value that p in a hundred of the sorted ones do not exceed.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// short rounds what people read.
func short(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}
