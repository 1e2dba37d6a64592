package sfu

import (
	"time"

	"github.com/pion/rtcp"
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

// tick is called by the loop, every steerInterval.
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
	if err := p.pc.WriteRTCP([]rtcp.Packet{
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: float32(min(total, fullRate)), SSRCs: ssrcs},
	}); err != nil {
		p.log.Debug("send REMB", "err", err)
	}
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
