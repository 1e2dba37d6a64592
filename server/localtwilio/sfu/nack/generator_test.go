package nack

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// asking is a Generator that takes down what it asks for, on a clock of its own.
type asking struct {
	*Generator
	t *testing.T

	mu    sync.Mutex // everything below
	asked []uint16
	keys  int
}

func ask(t *testing.T, test func(a *asking)) {
	synctest.Test(t, func(t *testing.T) {
		a := &asking{t: t}
		a.Generator = NewGenerator(func(n []uint16) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.asked = append(a.asked, n...)
		}, func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.keys++
		})
		defer a.Close()
		test(a)
	})
}

func (a *asking) come(numbers ...int64) {
	for _, n := range numbers {
		a.Arrived(n, false, time.Now())
	}
}

// want checks which packets have been asked for since the last time, and how many keyframes in all.
func (a *asking) want(keys int, numbers ...uint16) {
	a.t.Helper()
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Equal(a.asked, numbers) || a.keys != keys {
		a.t.Errorf("asked for %v and %d keyframes, want %v and %d", a.asked, a.keys, numbers, keys)
	}
	a.asked = nil
}

func TestMissingIsAskedForAtOnce(t *testing.T) {
	t.Parallel()
	ask(t, func(a *asking) {
		a.come(65535, 65536, 65538, 65541)
		a.want(0, 1, 3, 4)
		a.come(65537, 65539, 65540)
		time.Sleep(time.Second)
		a.want(0)
	})
}

// It is asked for again after a round trip, though nothing else arrives.
func TestMissingIsAskedForAgain(t *testing.T) {
	t.Parallel()
	ask(t, func(a *asking) {
		a.come(10, 12)
		time.Sleep(firstPause - time.Millisecond)
		a.want(0, 11)
		time.Sleep(2 * time.Millisecond)
		a.want(0, 11)
		a.come(11, 14)
		a.want(0, 13)
		time.Sleep(40 * time.Millisecond)
		a.come(13, 16) // the round trip is known by now
		a.want(0, 15)
		time.Sleep(40*time.Millisecond + askMargin - time.Millisecond)
		a.want(0)
		time.Sleep(2 * time.Millisecond)
		a.want(0, 15)
	})
}

func TestMissingIsGivenUp(t *testing.T) {
	t.Parallel()
	ask(t, func(a *asking) {
		a.come(10, 12)
		time.Sleep(10 * firstPause)
		a.want(1, slices.Repeat([]uint16{11}, maxAsks)...)
		if a.Arrived(11, false, time.Now()) {
			t.Error("it is news though nobody waits for it any more")
		}
	})
}

// A keyframe that came meanwhile does what another would.
func TestMissingBeforeAKeyframe(t *testing.T) {
	t.Parallel()
	ask(t, func(a *asking) {
		a.come(10, 12)
		a.Arrived(13, true, time.Now())
		time.Sleep(10 * firstPause)
		a.want(0, slices.Repeat([]uint16{11}, maxAsks)...)
	})
}

func TestMissingTooMany(t *testing.T) {
	t.Parallel()
	ask(t, func(a *asking) {
		var all []uint16
		for n := range uint16(maxMissing) {
			all = append(all, 11+n)
		}
		a.come(10, 11+maxMissing)
		a.want(0, all...)
		a.come(13 + maxMissing)
		a.want(1)
		a.come(1 << 40)
		a.want(2)
	})
}

func TestWhatIsNews(t *testing.T) {
	t.Parallel()
	ask(t, func(a *asking) {
		for _, step := range []struct {
			number int64
			want   bool
		}{{10, true}, {9, true}, {10, false}, {12, true}, {11, true}, {11, false}, {12, false}, {13, true}} {
			if got := a.Arrived(step.number, false, time.Now()); got != step.want {
				t.Errorf("packet %d: %t, want %t", step.number, got, step.want)
			}
		}
	})
}
