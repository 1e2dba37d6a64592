package ratelimit

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var errLook = errors.New("no such secret")

// guess tries a secret once, and returns the limiter's error.
func guess(t *testing.T, g *GuessLimiter, place []string, secret string, how Outcome) error {
	t.Helper()
	looked := false
	err := g.Try(t.Context(), place, secret, func() (Outcome, error) {
		looked = true
		if how == Right {
			return how, nil
		}
		return how, errLook
	})
	if errors.Is(err, errLook) || err == nil {
		if !looked || (err == nil) != (how == Right) {
			t.Fatalf("looked %t, error %v", looked, err)
		}
		return nil
	}
	if looked {
		t.Fatalf("it was looked at, and yet refused: %v", err)
	}
	return err
}

func TestOnlyWrongGuessesCount(t *testing.T) {
	t.Parallel()
	c := newClock()
	g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: 0.1, Burst: 3}, Everywhere: Rate{PerSecond: -1}}, c.now)
	a := []string{"a"}
	for i := range 20 {
		if err := guess(t, g, a, "right"+strconv.Itoa(i), Right); err != nil {
			t.Fatal(err)
		}
	}
	for i, how := range []Outcome{Wrong, Unclear, Wrong} {
		if err := guess(t, g, a, "wrong"+strconv.Itoa(i), how); err != nil {
			t.Fatal(err)
		}
	}
	var tooMany *Error
	if err := guess(t, g, a, "wrong", Wrong); !errors.As(err, &tooMany) || tooMany.Wait != 10*time.Second || err.Error() != "too many guesses from one place" { // the log is to have no addresses
		t.Errorf("a guess too many: %v, %+v", err, tooMany)
	}
	if err := guess(t, g, []string{"b"}, "wrong", Wrong); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	if err := guess(t, g, a, "right7", Right); err != nil {
		t.Errorf("what was right here before: %v", err)
	}
	if err := guess(t, g, a, "right8", Unclear); err != nil {
		t.Errorf("what was right here before, now unclear: %v", err)
	}
	if err := guess(t, g, a, "right8", Wrong); err != nil {
		t.Errorf("what was right before it was unclear: %v", err)
	}
	if err := guess(t, g, a, "right8", Right); err == nil {
		t.Error("what was wrong last is known to be right")
	}
	c.forward(knownFor)
	for i := range 3 {
		if err := guess(t, g, a, strconv.Itoa(i), Wrong); err != nil {
			t.Fatal(err)
		}
	}
	if err := guess(t, g, a, "right7", Right); err == nil {
		t.Error("what was right long ago is known for ever")
	}
}

func TestWiderPlacesHaveTwiceAsMuch(t *testing.T) {
	t.Parallel()
	g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: 0.1, Burst: 2}, Everywhere: Rate{PerSecond: -1}}, newClock().now)
	for i := range 4 {
		if err := guess(t, g, []string{"line" + strconv.Itoa(i), "house"}, "x", Wrong); err != nil {
			t.Fatalf("line %d: %v", i, err)
		}
	}
	// The house has another in 5 seconds; a line would have it in 10.
	var tooMany *Error
	if err := guess(t, g, []string{"line9", "house"}, "x", Wrong); !errors.As(err, &tooMany) || tooMany.Wait != 5*time.Second {
		t.Errorf("a fresh line of that house: %v", err)
	}
}

func TestProvenPlacesAreSpared(t *testing.T) {
	t.Parallel()
	for _, spared := range []bool{false, true} {
		g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: -1}, Everywhere: Rate{PerSecond: 0.1, Burst: 2}}, newClock().now)
		if spared {
			g.SpareProven()
		}
		if err := guess(t, g, []string{"office"}, "one", Right); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			if err := guess(t, g, []string{"street"}, strconv.Itoa(i), Wrong); err != nil {
				t.Fatal(err)
			}
		}
		if err := guess(t, g, []string{"elsewhere"}, "two", Right); err == nil {
			t.Error("somebody new passes when all is used up")
		}
		if err := guess(t, g, []string{"office"}, "two", Right); (err == nil) != spared {
			t.Errorf("spared %t, and yet: %v", spared, err)
		}
	}
}

// What panics while it looks has paid for its guess, and holds nothing up.
func TestPanicIsSettled(t *testing.T) {
	t.Parallel()
	g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: 0.1, Burst: 1}, Everywhere: Rate{PerSecond: -1}}, newClock().now)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is swallowed")
			}
		}()
		_ = g.Try(t.Context(), []string{"a"}, "x", func() (Outcome, error) { panic("broken") })
	}()
	if b := g.places["a"]; b.pending != 0 || b.tokens != 0 {
		t.Errorf("%d pending, %v tokens; want none", b.pending, b.tokens)
	}
}

func TestNobodyWaitsWhoHasGone(t *testing.T) {
	t.Parallel()
	g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: 0.001, Burst: 1}, Everywhere: Rate{PerSecond: -1}}, newClock().now)
	settle, err := g.reserve(t.Context(), []string{"a"}, "hangs")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.reserve(ctx, []string{"a"}, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone is told %v", err)
	}
	settle(Right)
	if err := guess(t, g, []string{"a"}, "x", Wrong); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A budget that fills up again serves those who wait for it, also when what is
// under way never ends.
func TestWhoWaitsGetsWhatIsRefilled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: 1, Burst: 1}, Everywhere: Rate{PerSecond: -1}}, nil)
		hangs, err := g.reserve(t.Context(), []string{"a"}, "hangs")
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				settle, err := g.reserve(t.Context(), []string{"a"}, strconv.Itoa(i))
				if err != nil {
					t.Errorf("after %v: %v", time.Since(start), err)
					return
				}
				settle(Wrong)
			})
		}
		all.Wait()
		if took := time.Since(start); took < 3*time.Second || took > 4*time.Second {
			t.Errorf("three guesses of one a second took %v", took)
		}
		hangs(Unclear)
	})
}

// Who finds, when woken, that the secret is known by now leaves the turn to others.
func TestTurnsAreNotLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGuessLimiter(Guesses{PerPlace: Rate{PerSecond: 0.001, Burst: 3}, Everywhere: Rate{PerSecond: -1}}, nil)
		hangs, err := g.reserve(t.Context(), []string{"a"}, "hangs")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				settle, err := g.reserve(t.Context(), []string{"a"}, strconv.Itoa(i%3))
				if err != nil {
					t.Errorf("right secret %d: %v", i%3, err)
					return
				}
				time.Sleep(100 * time.Millisecond)
				settle(Right)
			})
		}
		all.Wait()
		hangs(Unclear)
	})
}
