package bwe

import "time"

const (
	// probeTime is how long more than the media is sent, to see whether it gets through. Longer
	// probes fill the queues on the way, shorter ones measure the buffers of a radio link.
	probeTime = 200 * time.Millisecond
	// probeFactor is how much more than the estimate is tried. Where there is no more, twice as much
	// for a probeTime makes a queue of as long, which routers hold; a larger one overflows, and the
	// picture stands still until what was lost has been sent again. Where there is more, the next
	// follows soon.
	probeFactor = 2
	// probeStep is the pace of a probe.
	probeStep = 10 * time.Millisecond
	// probePatience is the interval to the next probe after one that found room; each that finds
	// none doubles it up to probeRest.
	probePatience = 500 * time.Millisecond
	probeRest     = 10 * time.Second
	// PaddingSize is the payload, in bytes, of a packet that is nothing but padding (RFC 3550 section 5.1).
	PaddingSize = 255
)

// probe is an attempt to send more than the estimate. Guarded by Estimator.mu.
type probe struct {
	open        bool
	target      float64 // bits per second
	sent        int     // packets
	known, lost int
	bytes       int // that arrived after the first
	first, last time.Duration
	done        bool // the result has been taken
}

// beginProbe marks the packets sent from now on.
func (e *Estimator) beginProbe(target float64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.probe = probe{open: true, target: target}
}

func (e *Estimator) endProbe() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.probe.open = false
}

func (p *probe) report(arrived bool, size int, at time.Duration) {
	p.known++
	switch {
	case !arrived:
		p.lost++
	case p.first == 0:
		p.first, p.last = at, at
	default:
		p.bytes += size
		p.first, p.last = min(p.first, at), max(p.last, at)
	}
}

// result returns the rate that got through, once, when enough of it is known.
func (p *probe) result() (float64, bool) {
	if p.open || p.done || p.sent < 5 || p.known*10 < p.sent*9 {
		return 0, false
	}
	p.done = true
	span := p.last - p.first
	if span < probeTime/4 || p.lost*20 > p.known {
		return 0, false
	}
	return min(float64(p.bytes)*8/span.Seconds(), p.target) * 0.95, true
}
