package nack

import (
	"sync"
	"time"
)

// KeyframeInterval is the least time between two keyframe requests to a publisher. A keyframe
// costs about ten ordinary frames, and several subscribers tend to ask at once. Longer
// intervals show as a slow start of the picture.
const KeyframeInterval = 250 * time.Millisecond

// KeyframeRequests spaces keyframe requests (PLI) to one publisher out. One that comes too soon is delayed, never dropped:
// Chromium asks by itself after three seconds without a frame, and a request lost to
// the interval right after that left a resumed video frozen.
type KeyframeRequests struct {
	send func()

	mu      sync.Mutex
	last    time.Time   // guarded by mu
	pending *time.Timer // guarded by mu; nil when none waits
	closed  bool        // guarded by mu
}

// NewKeyframeRequests makes one that calls send, from a goroutine of its own or from that of Request.
func NewKeyframeRequests(send func()) *KeyframeRequests { return &KeyframeRequests{send: send} }

// Request sends one, now or as soon as it may.
func (k *KeyframeRequests) Request() {
	k.mu.Lock()
	if k.closed || k.pending != nil {
		k.mu.Unlock()
		return
	}
	if wait := KeyframeInterval - time.Since(k.last); !k.last.IsZero() && wait > 0 {
		k.pending = time.AfterFunc(wait, k.fire)
		k.mu.Unlock()
		return
	}
	k.last = time.Now()
	k.mu.Unlock()
	k.send()
}

// fire is the delayed request.
func (k *KeyframeRequests) fire() {
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

// Close drops what waits and sends no more.
func (k *KeyframeRequests) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	if k.pending != nil {
		k.pending.Stop()
		k.pending = nil
	}
}
