// Package allocator decides which simulcast layer of which video Track one subscriber gets, and how many bits per
// second each Track may take, from the bandwidth that there is and from what the subscriber's client says: its
// bandwidth Profile, and Hints about what it renders. It decides only; time is told to it, and it has neither
// locks nor goroutines.
package allocator

import (
	"math"
	"time"
)

const (
	// AudioReserve, in bits per second, is kept free for each audio Track, with its overhead.
	AudioReserve = 50_000
	// switchOffPatience is how long the bandwidth must not suffice before Tracks go off; until then they
	// are only made smaller. It leaves time for a probe: a machine that was busy for a second looks
	// like a network that is full.
	switchOffPatience = 4 * time.Second
)

// Allocator shares one subscriber's bandwidth, again and again. The zero value is ready.
type Allocator struct {
	Profile Profile
	Wishes  Wishes

	hysteresis hysteresis
	fitted     time.Time // when the bandwidth last sufficed for the smallest of everything that is on
}

// Link is what is known of the way to the subscriber.
type Link struct {
	Estimate int  // bits per second
	Limited  bool // false when no limit is known, whatever the Estimate
	Calm     bool // the estimate has not been reduced lately
	Audio    int  // how many audio Tracks share it
	SomeOff  bool // the client was told of Tracks that are off
}

// Share decides for each Candidate, and returns how many bits per second all that is wanted would take, sound
// included.
func (a *Allocator) Share(list []*Candidate, link Link, now time.Time) (needed float64) {
	budget := math.Inf(1)
	if link.Limited {
		budget = float64(link.Estimate)
	}
	if a.Profile.MaxBitrate > 0 {
		budget = min(budget, float64(a.Profile.MaxBitrate))
	}
	sound := float64(link.Audio * AudioReserve)
	if a.fitted.IsZero() {
		a.fitted = now
	}
	s := allocation{
		mode: a.Profile.Mode, maxTracks: a.Profile.MaxTracks, budget: max(budget-sound, 0), switchOff: a.maySwitchOff(link),
		keep: now.Sub(a.fitted) < switchOffPatience,
	}
	needed = s.share(list) + sound
	if s.spent <= s.budget {
		a.fitted = now
	}
	a.hysteresis.apply(list, now)
	return needed
}

// maySwitchOff reports whether Tracks that do not fit go off.
func (a *Allocator) maySwitchOff(link Link) bool {
	if a.Profile.Mode == "" {
		return false
	}
	switch a.Profile.SwitchOff {
	case SwitchOffDisabled:
		return false
	case SwitchOffDetected:
		// What is off already stays off until it fits.
		return !link.Calm || link.SomeOff
	}
	return true
}

// Forget is for a Track that the subscriber does not get any more.
func (a *Allocator) Forget(trackSID string) { a.hysteresis.forget(trackSID) }
