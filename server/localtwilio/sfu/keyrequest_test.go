package sfu

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestKeyframeRequestsAreDelayedNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var at []time.Duration
		began := time.Now()
		k := newKeyframeRequests(func() {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(began))
		})
		pass := func(d time.Duration) { <-time.After(d); synctest.Wait() } // on the bubble's clock
		k.request()                                                        // at once
		k.request()                                                        // after the interval
		k.request()                                                        // the same as that
		pass(keyframeInterval + time.Millisecond)
		k.request() // an interval later
		pass(3 * keyframeInterval)
		k.request() // at once again
		k.request()
		k.close() // takes the last one with it
		k.request()
		pass(3 * keyframeInterval)
		mu.Lock()
		defer mu.Unlock()
		want := []time.Duration{0, keyframeInterval, 2 * keyframeInterval, 4*keyframeInterval + time.Millisecond}
		if len(at) != len(want) {
			t.Fatalf("sent at %v, want %v", at, want)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("sent at %v, want %v", at, want)
			}
		}
	})
}
