package sfu

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	// steerInterval is how often bandwidth is shared anew. Congestion shows after some hundred
	// milliseconds at the earliest; layers change at keyframes, which cost something too.
	steerInterval = 200 * time.Millisecond
	// calmInterval is the same while there is nothing to share (Peer.pace), as in most calls.
	calmInterval = time.Second
)

const (
	// audioReserve, in bits per second, is kept free for each audio Track, with its overhead.
	audioReserve = 50_000
	// usualRate, in bits per second, is what a layer is taken for until it has been measured; each
	// layer above it is taken for three times as much.
	usualRate = 150_000
)

// Profile is how the bandwidth towards a Participant is shared among the video Tracks that it is
// subscribed to (twilio-video.js, VideoBandwidthProfileOptions). The zero value never switches
// anything off.
type Profile struct {
	// Mode is one of the modes; empty means that the client has no profile.
	Mode string
	// MaxTracks is how many may be on at a time, 0 for any number.
	MaxTracks int
	// MaxBitrate is for all media, in bits per second, 0 for no limit.
	MaxBitrate int
	// SpeakerPriority is what the dominant speaker's Tracks have at least.
	SpeakerPriority string
	// SwitchOff is one of the ways to switch off; empty means predicted.
	SwitchOff string
	// Dimensions is how large Tracks of a priority are rendered, where no Hint says.
	Dimensions map[string]Dimensions
}

// Hint is what a client says about how it renders a Track. What is nil stays as it was.
type Hint struct {
	TrackSID string
	Enabled  *bool
	Rendered *Dimensions
}

// wish is what a client wants of a Track.
type wish struct {
	off      bool
	rendered Dimensions
	priority string // "" for the publisher's
}

// steering is how a Peer's subscriptions share its bandwidth. It belongs to the Peer's loop.
type steering struct {
	profile Profile
	wishes  map[string]wish      // by Track SID
	off     map[string]bool      // Track SIDs that the client was told are off
	probing time.Time            // of the last probe
	rest    time.Duration        // until the next one
	before  int                  // the estimate at the last probe
	fitted  time.Time            // when the bandwidth last sufficed for the smallest of everything that is on
	starved map[string]time.Time // Track SIDs that are off for want of bandwidth, and since when they would fit, zero if they do not
}

// switchOffPatience is how long the bandwidth must not suffice before Tracks go off; until then they
// are only made smaller. It leaves time for a probe: a machine that was busy for a second looks
// like a network that is full.
const switchOffPatience = 4 * time.Second

// comebackPatience is how long a Track must fit before it is on again. Rates are measured, and a
// publisher that stops for a moment is no room for another.
const comebackPatience = 2 * time.Second

// SetProfile replaces the bandwidth profile.
func (p *Peer) SetProfile(f Profile) {
	p.loop.post(func() {
		p.steering.profile = f
		p.steer(time.Now())
	})
}

// Hint takes what the client says about how it renders Tracks. A Track need not be known yet.
func (p *Peer) Hint(hints []Hint) {
	p.loop.post(func() {
		for _, h := range hints {
			w := p.steering.wishes[h.TrackSID]
			if h.Enabled != nil {
				w.off = !*h.Enabled
			}
			if h.Rendered != nil {
				w.rendered = *h.Rendered
			}
			p.wish(h.TrackSID, w)
		}
		p.steer(time.Now())
	})
}

// Prioritize sets a subscriber's own priority of a Track, "" for the publisher's.
func (p *Peer) Prioritize(trackSID, priority string) {
	p.loop.post(func() {
		w := p.steering.wishes[trackSID]
		w.priority = priority
		p.wish(trackSID, w)
		p.steer(time.Now())
	})
}

// maxWishes bounds what a client can make us remember; more Tracks than that are in no Room.
const maxWishes = 1000

func (p *Peer) wish(trackSID string, w wish) {
	if _, known := p.steering.wishes[trackSID]; known || len(p.steering.wishes) < maxWishes {
		p.steering.wishes[trackSID] = w
	}
}

// steer shares the bandwidth among the subscriptions.
func (p *Peer) steer(now time.Time) {
	var subs []*subscription
	var list []*candidate
	audio := 0
	for _, s := range p.subs {
		switch {
		case s.down == nil:
		case s.pub.kind == KindVideo:
			subs, list = append(subs, s), append(list, p.candidate(s))
		default:
			audio++
		}
	}
	if len(list) == 0 && len(p.steering.off) == 0 {
		return
	}
	f := p.steering.profile
	estimate, limited := p.monitor.bandwidth.estimate()
	a := allocation{mode: f.Mode, maxTracks: f.MaxTracks, budget: math.Inf(1)}
	if limited {
		a.budget = float64(estimate)
	}
	if f.MaxBitrate > 0 {
		a.budget = min(a.budget, float64(f.MaxBitrate))
	}
	a.budget = max(a.budget-float64(audio*audioReserve), 0)
	calm := p.monitor.bandwidth.calm(now)
	switch f.SwitchOff {
	case SwitchOffDisabled:
	case SwitchOffDetected:
		// What is off already stays off until it fits.
		a.switchOff = f.Mode != "" && (!calm || len(p.steering.off) > 0)
	default:
		a.switchOff = f.Mode != ""
	}
	if p.steering.fitted.IsZero() {
		p.steering.fitted = now
	}
	a.keep = now.Sub(p.steering.fitted) < switchOffPatience
	needed := a.share(list) + float64(audio*audioReserve)
	p.needed.Store(int64(needed))
	if a.spent <= a.budget {
		p.steering.fitted = now
	}
	p.hesitate(subs, list, now)
	for i, s := range subs {
		s.apply(list[i])
	}
	p.reportSwitchOffs(subs)
	if limited && calm {
		p.considerProbe(estimate, needed, now)
	}
}

// candidate describes a subscription for the allocation.
func (p *Peer) candidate(s *subscription) *candidate {
	w := p.steering.wishes[s.pub.sid]
	f := p.steering.profile
	priority := cmp.Or(w.priority, s.pub.priority())
	c := &candidate{rank: rank(priority), off: w.off || p.off[s.pub.sid], current: -1}
	if s.pub.owner.config.ID == p.router.dominant() {
		c.speaker, c.rank = true, max(c.rank, rank(f.SpeakerPriority))
	}
	rendered := w.rendered
	if rendered.pixels() == 0 {
		rendered = f.Dimensions[priority]
	}
	c.layers = ceiling(s.pub.media.options(), rendered)
	layer, on := s.down.chosen()
	for i, o := range c.layers {
		if on && o.index == layer {
			c.current = i
		}
	}
	if on && c.current < 0 {
		c.current = len(c.layers) - 1 // a larger one than is rendered now
	}
	s.down.render(rendered, !c.off)
	c.elastic = len(s.pub.media.layers) == 1 && len(*s.pub.media.sinks.Load()) == 1
	c.ideal = ideal(rendered, c.layers[0].size)
	return c
}

// ideal is how many bits per second a picture of the size sent can make use of where it is rendered; either size
// may be unknown.
func ideal(rendered, size Dimensions) int {
	if rendered.pixels() == 0 || size.pixels() != 0 && size.pixels() < rendered.pixels() {
		rendered = size
	}
	return max(rendered.bitrate(), gentleRate)
}

// hesitate keeps Tracks off that fit again, until they have done so for a while. One that takes the
// place of another does not wait: there would be neither.
func (p *Peer) hesitate(subs []*subscription, list []*candidate, now time.Time) {
	displaced := slices.ContainsFunc(list, func(c *candidate) bool { return c.current >= 0 && c.place < 0 })
	for i, s := range subs {
		sid, c := s.pub.sid, list[i]
		since, was := p.steering.starved[sid]
		switch {
		case c.starved:
			p.steering.starved[sid] = time.Time{}
		case !was:
		case c.place < 0 || displaced:
			delete(p.steering.starved, sid)
		case since.IsZero():
			p.steering.starved[sid] = now
			c.place = -1
		case now.Sub(since) < comebackPatience:
			c.place = -1
		default:
			delete(p.steering.starved, sid)
		}
	}
}

// apply carries the decision out.
func (s *subscription) apply(c *candidate) {
	if c.place < 0 {
		s.down.want.Store(0)
		layer, _ := s.down.chosen()
		s.switchTo(layer, true)
		return
	}
	want := c.grant
	if rendered, _ := s.down.rendering(); rendered.pixels() > 0 {
		want = min(want, ideal(rendered, Dimensions{}))
	}
	s.down.want.Store(int64(want))
	s.switchTo(c.layers[c.place].index, false)
}

func (s *subscription) switchTo(layer int, off bool) {
	if s.down.choose(layer, off) {
		s.pub.media.requestKeyframe(layer)
	}
}

// reportSwitchOffs tells the client of Tracks that went off or on.
func (p *Peer) reportSwitchOffs(subs []*subscription) {
	now := map[string]bool{}
	var off, on []string
	for _, s := range subs {
		if _, flows := s.down.chosen(); !flows {
			now[s.pub.sid] = true
			if !p.steering.off[s.pub.sid] {
				off = append(off, s.pub.sid)
			}
		} else if p.steering.off[s.pub.sid] {
			on = append(on, s.pub.sid)
		}
	}
	p.steering.off = now
	if f := p.config.SwitchedOff; f != nil && len(off)+len(on) > 0 {
		p.out.post(func() { f(off, on) })
	}
}

// considerProbe looks whether there is room for more, when more is wanted.
func (p *Peer) considerProbe(estimate int, needed float64, now time.Time) {
	s := &p.steering
	target := min(needed*comeback, probeFactor*float64(estimate))
	if float64(estimate) >= needed*comeback || now.Sub(s.probing) < s.rest {
		return
	}
	if s.before != 0 && float64(estimate) < float64(s.before)*1.05 {
		s.rest = min(2*s.rest, probeRest)
	} else {
		s.rest = probePatience
	}
	i := slices.IndexFunc(p.subs, func(s *subscription) bool { return s.pub.kind == KindVideo && s.down.canPad() })
	if i < 0 {
		return
	}
	s.probing, s.before = now, estimate
	down := p.subs[i].down
	p.running.run(func() { p.probe(down, target) })
}

// probe sends padding on top of the media, so that both together come to the target.
func (p *Peer) probe(d *DownTrack, target float64) {
	b := &p.monitor.bandwidth
	b.beginProbe(target)
	defer b.endProbe()
	tick := time.NewTicker(probeStep)
	defer tick.Stop()
	began := time.Now()
	from := b.total()
	for {
		select {
		case <-p.done:
			return
		case now := <-tick.C:
			elapsed := now.Sub(began)
			if elapsed > probeTime {
				return
			}
			missing := target/8*elapsed.Seconds() - float64(b.total()-from)
			// A late tick must not become a burst.
			for n := min(int(missing)/(probePacket+headerSize), 20); n > 0; n-- {
				if !d.pad() {
					break
				}
			}
		}
	}
}
