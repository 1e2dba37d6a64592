package sfu

import (
	"slices"
	"time"
)

const (
	// rembInterval is how often a publisher is told how much to send; Chromium forgets it after
	// some seconds.
	rembInterval = time.Second
	// fullRate, in bits per second, is more than any client sends: three layers of 720p take less.
	fullRate = 6_000_000
	// gentleRate, in bits per second, is what a publisher may send however small it is rendered.
	// Chromium's estimate follows the limit down and takes half a minute to grow again, and a
	// small picture may be made large at any time.
	gentleRate = 1_000_000
	// idleRate, in bits per second, is asked of a publisher that nobody looks at.
	idleRate = 600_000
)

// tick is called by the loop, at its pace.
func (p *Peer) tick(now time.Time) {
	for _, in := range p.incoming {
		if in.media == nil {
			continue
		}
		for _, l := range in.media.layers {
			l.sample(now)
		}
	}
	if !p.connected || p.failed {
		return
	}
	p.noteStreams()
	p.steer(now)
	p.hintLayers(now)
	if now.Sub(p.shaped) >= rembInterval {
		p.shaped = now
		p.sendREMB()
	}
}

// pace is how often to tick. Nothing changes but by events where there is as much bandwidth as anybody
// wants, and no layers that come and go.
func (p *Peer) pace() time.Duration {
	_, limited := p.monitor.bandwidth.estimate()
	if limited || len(p.steering.off) > 0 || p.steering.profile.MaxBitrate > 0 ||
		slices.ContainsFunc(p.incoming, func(in *incoming) bool { return in.media != nil && len(in.media.layers) > 1 }) ||
		slices.ContainsFunc(p.subs, func(s *subscription) bool { return s.down != nil && len(s.pub.media.layers) > 1 }) {
		return steerInterval
	}
	return calmInterval
}

// sendREMB tells the publisher how much it may send: what its subscribers need and can take,
// and no limit where that is not known.
func (p *Peer) sendREMB() {
	var ssrcs []uint32
	total := 0
	for _, in := range p.incoming {
		switch {
		case in.media == nil:
		case !in.media.video():
			total += audioReserve
		default:
			for _, l := range in.media.layers {
				ssrcs = append(ssrcs, uint32(l.remote.SSRC()))
			}
			if p.config.LayersWanted != nil && len(in.media.layers) > 1 {
				total += fullRate // hints about layers do it better
				continue
			}
			total += in.media.share()
		}
	}
	if len(ssrcs) == 0 {
		return
	}
	p.limit(min(total, fullRate), ssrcs)
}

// share is how many bits per second a video Track may take of its publisher's.
func (u *upTrack) share() int {
	sinks := *u.sinks.Load()
	if len(sinks) == 0 {
		return fullRate // somebody may come
	}
	sum := 0
	if len(u.layers) == 1 {
		for _, d := range sinks {
			sum = max(sum, int(d.want.Load()))
		}
		if sum == 0 {
			sum = idleRate
		}
	} else {
		// The publisher shares among its layers from the smallest up.
		sizes := u.sizes()
		for i, needed := range u.needed() {
			if needed && sizes[i].pixels() == 0 {
				return fullRate
			}
			if needed {
				sum += sizes[i].bitrate()
			}
		}
		sum = max(sum, gentleRate)
	}
	return min(max(sum, elasticFloor), fullRate)
}
