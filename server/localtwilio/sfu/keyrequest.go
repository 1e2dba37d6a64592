package sfu

import (
	"sync"
	"time"
)

// keyframeInterval is the least time between two keyframe requests to a publisher. A keyframe
// costs about ten ordinary frames, and several subscribers tend to ask at once. Longer
// intervals show as a slow start of the picture.
const keyframeInterval = 250 * time.Millisecond

// keyframeRequests spaces requests out. One that comes too soon is delayed, never dropped:
// Chromium asks by itself after three seconds without a frame, and a request lost to
// the interval right after that left a resumed video frozen.
type keyframeRequests struct {
	send func()

	mu      sync.Mutex
	last    time.Time   // guarded by mu
	pending *time.Timer // guarded by mu; nil when none waits
	closed  bool        // guarded by mu
}

func newKeyframeRequests(send func()) *keyframeRequests { return &keyframeRequests{send: send} }

func (k *keyframeRequests) request() {
	k.mu.Lock()
	if k.closed || k.pending != nil {
		k.mu.Unlock()
		return
	}
	if wait := keyframeInterval - time.Since(k.last); !k.last.IsZero() && wait > 0 {
		k.pending = time.AfterFunc(wait, k.fire)
		k.mu.Unlock()
		return
	}
	k.last = time.Now()
	k.mu.Unlock()
	k.send()
}

// fire is the delayed request.
func (k *keyframeRequests) fire() {
	k.mu.Lock()
	k.pending = nil
	if k.closed {
		k.mu.Unlock()
		return
	}
	k.last = time.Now()
	k.mu.Unlock()
	k.send()
}

func (k *keyframeRequests) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	if k.pending != nil {
		k.pending.Stop()
		k.pending = nil
	}
}
