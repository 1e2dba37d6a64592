package sfu

import (
	"cmp"
	"slices"
	"time"
)

const (
	// openingTime is how old the beginning of a Track may become before a subscriber is better served
	// by a new keyframe.
	openingTime = 500 * time.Millisecond
	// gopLimit is how many packets that may be; 500 ms at 6 Mbit/s are 350.
	gopLimit = 400
)

// gopCache keeps packets of a video layer for subscribers that come too late for them. It is guarded by
// layer.order.
//
// Those from the beginning of the layer on are for who is not yet through with the negotiation: a second
// keyframe would come late, since it waits at the publisher behind the first one, which for a large
// picture takes some hundred milliseconds to send.
//
// Those that pass while somebody waits for a keyframe, or will when their transport is up, are for them: what
// has been asked for may come too soon (subscription.prepare), and the first packet of a keyframe,
// which alone tells that it is one, may come last because it got lost.
type gopCache struct {
	began   time.Time // zero before the first packet
	full    bool      // there have been too many
	packets []packet  // in order of number
}

// keep takes a copy of a packet, when it is of use, and reports whether there is a keyframe to begin with. wanted
// says that somebody waits for one.
func (g *gopCache) keep(p *packet, wanted bool) (begins bool) {
	if g.began.IsZero() {
		g.began = p.arrived
	}
	g.full = g.full || len(g.packets) >= gopLimit
	opening := p.arrived.Sub(g.began) <= openingTime && !g.full
	if !opening && !wanted {
		g.packets = nil
		return false
	}
	if !opening {
		g.packets = slices.DeleteFunc(g.packets, func(old packet) bool { return p.arrived.Sub(old.arrived) > openingTime })
	}
	if len(g.packets) >= gopLimit {
		g.packets = slices.Delete(g.packets, 0, len(g.packets)-gopLimit+1)
	}
	if i, twice := g.find(p.number); !twice {
		kept := *p
		kept.payload = slices.Clone(p.payload)
		kept.plain = kept.payload
		g.packets = slices.Insert(g.packets, i, kept)
	}
	return g.keyframe() >= 0
}

// find returns the place of a packet, and whether it is there.
func (g *gopCache) find(number int64) (int, bool) {
	return slices.BinarySearchFunc(g.packets, number, func(p packet, n int64) int { return cmp.Compare(p.number, n) })
}

// keyframe returns the place of the first that begins a keyframe, -1 when there is none.
func (g *gopCache) keyframe() int {
	return slices.IndexFunc(g.packets, func(p packet) bool { return p.frame.Keyframe })
}
