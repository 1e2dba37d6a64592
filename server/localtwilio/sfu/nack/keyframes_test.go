package nack

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestKeyframeRequestsAreDelayedNotDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var at []time.Duration
		began := time.Now()
		k := NewKeyframeRequests(func() {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(began))
		})
		pass := func(d time.Duration) { <-time.After(d); synctest.Wait() } // on the bubble's clock
		k.Request()                                                        // at once
		k.Request()                                                        // after the interval
		k.Request()                                                        // the same as that
		pass(KeyframeInterval + time.Millisecond)
		k.Request() // an interval later
		pass(3 * KeyframeInterval)
		k.Request() // at once again
		k.Request()
		k.Close() // takes the last one with it
		k.Request()
		pass(3 * KeyframeInterval)
		mu.Lock()
		defer mu.Unlock()
		want := []time.Duration{0, KeyframeInterval, 2 * KeyframeInterval, 4*KeyframeInterval + time.Millisecond}
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
