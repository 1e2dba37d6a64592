package sfu

import (
	"slices"
	"time"

	"github.com/pion/rtcp"

	"escalate/server/localtwilio/sfu/allocator"
)

const (
	// rembInterval is how often a publisher is told how much to send; Chromium forgets it after
	// some seconds.
	rembInterval = time.Second
	// fullRate, in bits per second, is more than any client sends: three layers of 720p take less.
	fullRate = 6_000_000
	// idleRate, in bits per second, is asked of a publisher that nobody looks at.
	idleRate = 600_000
)

// layerPause is how long a layer must be of no use before its publisher is told to stop it.
// Starting it again takes a keyframe, and pages are drawn anew for less.
const layerPause = 2 * time.Second

// idlePause is how long nobody must look at a Track before its publisher is told to stop all layers,
// which saves the uplink and the battery of who waits alone. Whoever looks next needs a picture at
// once, and the encoder some time to begin again, so that a moment between two who look must not count.
const idlePause = 10 * time.Second

// layerHint is what a publisher was last told about the layers of a Track.
type layerHint struct {
	told   []bool
	unused time.Time // since when fewer are needed than told, zero if not
	idle   time.Time // since when none is needed, zero if one is
	again  time.Time // when to tell the same once more, zero for never
}

// wanted returns which layers of a Track to ask for, nil while nothing is to be said.
func (h *layerHint) wanted(u *upTrack, now time.Time) []bool {
	list := u.needed(0)
	if slices.Contains(list, true) {
		h.idle = time.Time{}
		return list
	}
	if h.idle.IsZero() {
		h.idle = now
	}
	switch idle := now.Sub(h.idle); {
	case idle < idlePause && len(u.sinks.all()) == 0:
		return nil // nobody has said yet how large they draw it
	case idle < idlePause:
		return u.needed(1)
	}
	list[0] = len(u.taps.all()) > 0 // which take the first
	return list
}

// sample measures the bit rates of what arrives.
func (p *publisher) sample(now time.Time) {
	for _, in := range p.incoming {
		if in.media == nil {
			continue
		}
		for _, l := range in.media.layers {
			l.rate.Sample(l.bytes.Load(), now)
		}
	}
}

// layered reports whether a Track with simulcast arrives.
func (p *publisher) layered() bool {
	return slices.ContainsFunc(p.incoming, func(in *incoming) bool { return in.media != nil && len(in.media.layers) > 1 })
}

// shape has the publisher told how much it may send, if that is due: what its subscribers need and can take, and no
// limit where that is not known.
func (p *publisher) shape(now time.Time) {
	if now.Sub(p.shaped) < rembInterval {
		return
	}
	p.shaped = now
	var ssrcs []uint32
	total := 0
	for _, in := range p.incoming {
		switch {
		case in.media == nil:
		case !in.media.video():
			total += allocator.AudioReserve
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
	p.remb.Store(&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: float32(min(total, fullRate)), SSRCs: ssrcs})
}

// share returns how many bits per second a video Track may take of its publisher's.
func (u *upTrack) share() int {
	sinks := u.sinks.all()
	if len(sinks) == 0 {
		return fullRate // somebody may come
	}
	sum := 0
	if len(u.layers) == 1 {
		for _, d := range sinks {
			sum = max(sum, int(d.use.want.Load()))
		}
		if sum == 0 {
			sum = idleRate
		}
	} else {
		// The publisher shares among its layers from the smallest up.
		sizes := u.sizes()
		for i, needed := range u.needed(1) {
			if needed && sizes[i].Pixels() == 0 {
				return fullRate
			}
			if needed {
				sum += sizes[i].Bitrate()
			}
		}
		sum = max(sum, allocator.GentleRate)
	}
	return min(max(sum, allocator.ElasticFloor), fullRate)
}

// resetLayers is Peer.ResetLayers.
func (p *publisher) resetLayers(trackSID string, now time.Time, pause time.Duration) {
	for sid, h := range p.hints {
		if trackSID == "" || trackSID == sid {
			h.again = now.Add(pause)
			p.hints[sid] = h
		}
	}
	p.hintLayers(now)
}

// hintLayers tells the publisher which simulcast layers are of use. More are asked for at once,
// fewer after a while.
func (p *publisher) hintLayers(now time.Time) {
	f := p.config.LayersWanted
	if f == nil {
		return
	}
	for sid := range p.hints {
		if p.published[sid] == nil {
			delete(p.hints, sid)
		}
	}
	for sid, pub := range p.published {
		if pub.media == nil || len(pub.media.layers) < 2 {
			continue
		}
		h := p.hints[sid]
		needed := h.wanted(pub.media, now)
		again := !h.again.IsZero() && !now.Before(h.again)
		fewer := h.told != nil && !again && !anyNew(h.told, needed)
		switch {
		case needed == nil:
		case !again && slices.Equal(h.told, needed):
			h.unused = time.Time{}
		case fewer && h.unused.IsZero():
			h.unused = now
		case fewer && now.Sub(h.unused) < layerPause:
		default:
			h.told, h.unused, h.again = needed, time.Time{}, time.Time{}
			list := slices.Clone(needed)
			p.out.post(func() { f(sid, list) })
		}
		p.hints[sid] = h
	}
}

// awaited has the publisher told of a new subscriber at once: its encoder begins while the two negotiate. It may be
// called from any goroutine.
func (p *publication) awaited() {
	o := p.owner
	o.loop.post(func() {
		if o.connected && !o.failed {
			o.publisher.hintLayers(time.Now())
		}
	})
}

// anyNew reports whether something is needed that was not before.
func anyNew(told, needed []bool) bool {
	for i, n := range needed {
		if n && (i >= len(told) || !told[i]) {
			return true
		}
	}
	return false
}
