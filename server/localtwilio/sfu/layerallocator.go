package sfu

import (
	"slices"
	"sync/atomic"
	"time"

	"escalate/server/localtwilio/sfu/allocator"
	"escalate/server/localtwilio/sfu/bwe"
)

const (
	// allocateInterval is how often bandwidth is shared anew. Congestion shows after some hundred
	// milliseconds at the earliest; layers change at keyframes, which cost something too.
	allocateInterval = 200 * time.Millisecond
	// calmInterval is the same while there is nothing to share (Peer.pace), as in most calls.
	calmInterval = time.Second
)

// layerAllocator has one client's bandwidth shared among its subscriptions: it describes them to an
// allocator.Allocator, carries the decision out, tells the client which Tracks are off, and probes for more.
type layerAllocator struct {
	peerBase
	allocator allocator.Allocator
	prober    bwe.Prober
	off       map[string]bool // Track SIDs switched off by Peer.SwitchOff
	told      map[string]bool // Track SIDs that the client was told are off

	needed atomic.Int64 // bits per second that all it wants would take; read by any goroutine
}

// limited reports whether there is something to share.
func (a *layerAllocator) limited() bool {
	_, limited := a.monitor.estimator.Estimate()
	return limited || len(a.told) > 0 || a.allocator.Profile.MaxBitrate > 0
}

// allocate shares the bandwidth among the subscriptions.
func (a *layerAllocator) allocate(all []*subscription, now time.Time) {
	var subs []*subscription
	var list []*allocator.Candidate
	estimate, limited := a.monitor.estimator.Estimate()
	link := allocator.Link{Estimate: estimate, Limited: limited, Calm: a.monitor.estimator.Calm(now), SomeOff: len(a.told) > 0}
	for _, s := range all {
		switch {
		case s.down == nil:
		case s.pub.kind == KindVideo:
			subs, list = append(subs, s), append(list, a.candidate(s, now))
		default:
			link.Audio++
		}
	}
	if len(list) == 0 && len(a.told) == 0 {
		return
	}
	needed := a.allocator.Share(list, link, now)
	a.needed.Store(int64(needed))
	for i, s := range subs {
		s.apply(list[i])
	}
	a.reportSwitchOffs(subs)
	if limited && link.Calm {
		a.considerProbe(subs, estimate, needed, now)
	}
}

// candidate describes a subscription.
func (a *layerAllocator) candidate(s *subscription, now time.Time) *allocator.Candidate {
	wish, profile := a.allocator.Wishes.Of(s.pub.sid), a.allocator.Profile
	priority := wish.Priority(s.pub.priority())
	c := &allocator.Candidate{SID: s.pub.sid, Rank: allocator.Rank(priority), Off: wish.Off || a.off[s.pub.sid], Current: -1}
	if s.pub.owner.config.ID == a.router.dominant() {
		c.Speaker, c.Rank = true, max(c.Rank, allocator.Rank(profile.SpeakerPriority))
	}
	rendered := wish.Rendered(profile, priority)
	c.Layers = allocator.Ceiling(s.pub.media.options(), rendered)
	layer, on := s.down.chosen()
	for i, o := range c.Layers {
		if on && o.Index == layer {
			c.Current = i
		}
	}
	if on && c.Current < 0 {
		c.Current = len(c.Layers) - 1 // a larger one than is rendered now
	}
	s.down.use.render(rendered, !c.Off)
	c.Elastic = len(s.pub.media.layers) == 1 && len(s.pub.media.sinks.all()) == 1
	c.Ideal = allocator.Ideal(s.drawn.settle(rendered, now), c.Layers[0].Size)
	return c
}

// apply carries the decision out.
func (s *subscription) apply(c *allocator.Candidate) {
	if c.Place < 0 {
		s.down.use.want.Store(0)
		layer, _ := s.down.chosen()
		s.switchTo(layer, true)
		return
	}
	want := c.Grant
	if s.drawn.size.Pixels() > 0 {
		want = min(want, allocator.Ideal(s.drawn.size, allocator.Dimensions{}))
	}
	s.down.use.want.Store(int64(want))
	s.switchTo(c.Layers[c.Place].Index, false)
}

func (s *subscription) switchTo(layer int, off bool) {
	if s.down.choose(layer, off) {
		s.pub.media.requestKeyframe(layer)
	}
}

// reportSwitchOffs tells the client of Tracks that went off or on.
func (a *layerAllocator) reportSwitchOffs(subs []*subscription) {
	now := map[string]bool{}
	var off, on []string
	for _, s := range subs {
		if _, flows := s.down.chosen(); !flows {
			now[s.pub.sid] = true
			if !a.told[s.pub.sid] {
				off = append(off, s.pub.sid)
			}
		} else if a.told[s.pub.sid] {
			on = append(on, s.pub.sid)
		}
	}
	a.told = now
	if f := a.config.SwitchedOff; f != nil && len(off)+len(on) > 0 {
		a.out.post(func() { f(off, on) })
	}
}

// considerProbe looks whether there is room for more, when more is wanted.
func (a *layerAllocator) considerProbe(subs []*subscription, estimate int, needed float64, now time.Time) {
	target, due := a.prober.Due(estimate, needed, allocator.Margin, now)
	if !due {
		return
	}
	i := slices.IndexFunc(subs, func(s *subscription) bool { return s.down.canPad() })
	if i < 0 {
		return
	}
	a.prober.Began(estimate, now)
	down := subs[i].down
	a.running.run(func() { a.monitor.estimator.Probe(target, down.pad, a.done) })
}
