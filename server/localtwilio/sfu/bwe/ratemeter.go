package bwe

import (
	"sync/atomic"
	"time"
)

const (
	// rateWindow is the least time between two samples that count. Shorter ones would show the
	// rhythm of frames instead of a rate.
	rateWindow = 400 * time.Millisecond
	// rateSilence is how long nothing may arrive before a stream counts as stopped. Screens
	// that stand still are sent once per second.
	rateSilence = 1500 * time.Millisecond
)

// RateMeter turns a count of bytes into bits per second. One goroutine samples, any may read.
type RateMeter struct {
	rate atomic.Int64 // bits per second, smoothed
	dead atomic.Bool  // nothing has arrived lately

	count int64
	at    time.Time // of count
	moved time.Time // when the count last grew
}

// Sample takes the count as it is now.
func (r *RateMeter) Sample(count int64, now time.Time) {
	if r.at.IsZero() {
		r.count, r.at, r.moved = count, now, now
		return
	}
	if count != r.count {
		r.moved = now
	}
	r.dead.Store(now.Sub(r.moved) > rateSilence)
	d := now.Sub(r.at)
	if d < rateWindow {
		return
	}
	rate := float64(count-r.count) * 8 / d.Seconds()
	if old := float64(r.rate.Load()); old != 0 {
		rate = 0.5*old + 0.5*rate
	}
	r.rate.Store(int64(rate))
	r.count, r.at = count, now
}

// Read returns the rate in bits per second, and whether anything arrives at all.
func (r *RateMeter) Read() (bps int, live bool) { return int(r.rate.Load()), !r.dead.Load() }
