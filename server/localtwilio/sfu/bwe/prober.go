package bwe

import "time"

// Prober decides when to try whether there is room for more. It belongs to one goroutine.
type Prober struct {
	last   time.Time     // of the last probe
	rest   time.Duration // until the next one
	before int           // the estimate at the last probe
}

// Due reports whether a probe is worth its while, given the estimate and what is wanted, in bits per second, and
// returns the rate to try. margin is how much more than it needs must be free before something larger is sent.
func (p *Prober) Due(estimate int, needed, margin float64, now time.Time) (target float64, due bool) {
	if p.rest == 0 {
		p.rest = probePatience
	}
	if float64(estimate) >= needed*margin || now.Sub(p.last) < p.rest {
		return 0, false
	}
	if p.before != 0 && float64(estimate) < float64(p.before)*1.05 {
		p.rest = min(2*p.rest, probeRest)
	} else {
		p.rest = probePatience
	}
	return min(needed*margin, probeFactor*float64(estimate)), true
}

// Began notes that a probe has begun at an estimate.
func (p *Prober) Began(estimate int, now time.Time) { p.last, p.before = now, estimate }

// Probe sends padding on top of the media, so that both together come to the target, until that is done or done is
// closed. pad sends a packet of PaddingSize bytes, and reports whether it could.
func (e *Estimator) Probe(target float64, pad func() bool, done <-chan struct{}) {
	e.beginProbe(target)
	defer e.endProbe()
	tick := time.NewTicker(probeStep)
	defer tick.Stop()
	began := time.Now()
	from := e.Total()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			elapsed := now.Sub(began)
			if elapsed > probeTime {
				return
			}
			missing := target/8*elapsed.Seconds() - float64(e.Total()-from)
			// A late tick must not become a burst.
			for n := min(int(missing)/(PaddingSize+headerSize), 20); n > 0; n-- {
				if !pad() {
					break
				}
			}
		}
	}
}
