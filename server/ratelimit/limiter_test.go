package ratelimit

import (
	"strconv"
	"sync"
	"testing"
	"time"
)

// clock is set by the test.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func TestAllow(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := New(Rate{PerSecond: 0.5, Burst: 2}, c.now)
	for _, step := range []struct {
		after time.Duration
		key   string
		wait  time.Duration
		ok    bool
	}{
		{0, "a", 0, true},
		{0, "a", 0, true},
		{0, "a", 2 * time.Second, false},
		{0, "b", 0, true}, // of its own
		{time.Second, "a", time.Second, false},
		{time.Second, "a", 0, true}, // what is refused takes nothing
		{0, "a", 2 * time.Second, false},
		{time.Hour, "a", 0, true}, // no more than a burst is saved
		{0, "a", 0, true},
		{0, "a", 2 * time.Second, false},
		{-time.Hour, "a", 2 * time.Second, false}, // a clock that was set back
	} {
		c.forward(step.after)
		if wait, ok := l.Allow(step.key); wait != step.wait || ok != step.ok {
			t.Errorf("%s at %v: %v, %t; want %v, %t", step.key, c.now(), wait, ok, step.wait, step.ok)
		}
	}
}

func TestReserve(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := New(Rate{PerSecond: 10, Burst: 1}, c.now)
	for i, want := range []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond} {
		if wait, ok := l.Reserve("a", 300*time.Millisecond); wait != want || !ok {
			t.Errorf("turn %d: %v, %t; want %v", i, wait, ok, want)
		}
	}
	for range 3 { // what is refused does not make the next wait longer
		if wait, ok := l.Reserve("a", 300*time.Millisecond); wait != 400*time.Millisecond || ok {
			t.Errorf("a turn too far: %v, %t; want 400ms, false", wait, ok)
		}
	}
	c.forward(400 * time.Millisecond)
	if wait, ok := l.Reserve("a", 0); wait != 0 || !ok {
		t.Errorf("after all of them: %v, %t", wait, ok)
	}
}

func TestUnlimited(t *testing.T) {
	t.Parallel()
	l := New(Rate{PerSecond: -1}, nil)
	for range 1000 {
		if wait, ok := l.Allow("a"); wait != 0 || !ok {
			t.Fatalf("refused for %v", wait)
		}
	}
	if len(l.buckets) != 0 {
		t.Errorf("%d buckets for nothing", len(l.buckets))
	}
}

func TestFullBucketsAreForgotten(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := New(Rate{PerSecond: 1, Burst: 100}, c.now)
	for i := range 100 {
		l.Allow(strconv.Itoa(i))
	}
	for range 100 {
		l.Reserve("in debt", time.Hour)
	}
	l.Reserve("in debt", time.Hour)
	c.forward(100 * time.Second)
	l.Allow("new")
	if len(l.buckets) != 2 || l.buckets["in debt"] == nil {
		t.Errorf("%d keys remembered, want the new one and that of which somebody waits: %v", len(l.buckets), l.buckets["in debt"])
	}
	if wait, ok := l.Allow("0"); wait != 0 || !ok {
		t.Errorf("a forgotten key is refused for %v", wait)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := New(Rate{PerSecond: 1, Burst: 10}, c.now)
	g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: 1, Burst: 10}, Everywhere: Rate{PerSecond: -1}}, c.now)
	for i := range maxKeys + 10 {
		l.Allow(strconv.Itoa(i))
		settle, err := g.reserve(t.Context(), []string{strconv.Itoa(i)}, "code")
		if err != nil {
			t.Fatal(err)
		}
		settle([]Outcome{Right, Wrong}[i%2])
		if len(l.buckets) > maxKeys || len(g.known) > maxKeys || len(g.places) > maxKeys {
			t.Fatalf("%d buckets, %d secrets, %d places remembered; the bound is %d", len(l.buckets), len(g.known), len(g.places), maxKeys)
		}
	}
	if n := len(l.buckets); n < maxKeys/2 {
		t.Errorf("only %d buckets are left of %d", n, maxKeys)
	}
}

// Ten at once take ten tokens and no more.
func TestLimiterIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	l := New(Rate{PerSecond: 0.001, Burst: 10}, newClock().now)
	var mu sync.Mutex
	var all sync.WaitGroup
	allowed := 0
	for range 50 {
		all.Go(func() {
			if _, ok := l.Allow("a"); ok {
				mu.Lock()
				defer mu.Unlock()
				allowed++
			}
		})
	}
	all.Wait()
	if allowed != 10 {
		t.Errorf("%d of 50 allowed, want 10", allowed)
	}
}
