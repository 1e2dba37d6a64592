package sfu

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

const (
	// openingTime is how old the beginning of a Track may become before a subscriber is better served
	// by a new keyframe.
	openingTime = 500 * time.Millisecond
	// recentLimit is how many packets that may be; 500 ms at 6 Mbit/s are 350.
	recentLimit = 400
)

// recent keeps packets of a video layer for subscribers that come too late for them.
//
// Those from the beginning of the layer on are for who is not yet through with the negotiation: a second
// keyframe would come late, since it waits at the publisher behind the first one, which for a large
// picture takes some hundred milliseconds to send.
//
// Those that pass while somebody waits for a keyframe, or will when their transport is up, are for them: what
// has been asked for may come too soon (subscription.prepare), and the first packet of a keyframe,
// which alone tells that it is one, may come last because it got lost.
//
// Whoever forwards holds mu from before a packet is given to the subscribers until it is kept, or a replay
// meanwhile would miss it.
type recent struct {
	kept atomic.Bool // there is a keyframe to begin with

	mu      sync.Mutex // everything below, and layer.arrived
	began   time.Time  // zero before the first packet
	full    bool       // there have been too many
	packets []recentPacket
}

type recentPacket struct {
	at       time.Time
	seq      int64 // extended; packets are in its order
	keyframe bool  // begins one
	header   rtp.Header
	payload  []byte
}

// keep takes a copy of a packet, when it is of use. wanted says that somebody waits for a keyframe.
func (r *recent) keep(h *rtp.Header, payload []byte, seq int64, keyframe, wanted bool, now time.Time) {
	if r.began.IsZero() {
		r.began = now
	}
	r.full = r.full || len(r.packets) >= recentLimit
	opening := now.Sub(r.began) <= openingTime && !r.full
	if !opening && !wanted {
		if r.packets != nil {
			r.packets = nil
			r.kept.Store(false)
		}
		return
	}
	if !opening {
		r.packets = slices.DeleteFunc(r.packets, func(p recentPacket) bool { return now.Sub(p.at) > openingTime })
	}
	if len(r.packets) >= recentLimit {
		r.packets = slices.Delete(r.packets, 0, len(r.packets)-recentLimit+1)
	}
	i, twice := r.find(seq)
	if !twice {
		r.packets = slices.Insert(r.packets, i, recentPacket{
			at: now, seq: seq, keyframe: keyframe, payload: slices.Clone(payload),
			header: rtp.Header{Marker: h.Marker, PayloadType: h.PayloadType, SequenceNumber: h.SequenceNumber, Timestamp: h.Timestamp},
		})
	}
	r.kept.Store(slices.ContainsFunc(r.packets, func(p recentPacket) bool { return p.keyframe }))
}

// find answers the place of a packet, and whether it is there.
func (r *recent) find(seq int64) (int, bool) {
	return slices.BinarySearchFunc(r.packets, seq, func(p recentPacket, seq int64) int { return cmp.Compare(p.seq, seq) })
}

// replay gives a subscriber who has got nothing yet all that is kept from the first keyframe on, and reports
// whether there was any.
func (r *recent) replay(l *layer, d *DownTrack) (bool, error) {
	i := slices.IndexFunc(r.packets, func(p recentPacket) bool { return p.keyframe })
	if i < 0 || !d.blank() {
		return false, nil
	}
	w, err := r.write(i, l, d)
	return w == began, err
}

// follow gives a subscriber who has just begun with a packet those after it, which passed before.
func (r *recent) follow(l *layer, d *DownTrack, seq int64) error {
	i, _ := r.find(seq + 1)
	_, err := r.write(i, l, d)
	return err
}

// write gives a subscriber what is kept from a place on, and answers what became of the first packet.
func (r *recent) write(i int, l *layer, d *DownTrack) (first written, err error) {
	first = skipped
	for ; i < len(r.packets) && err == nil; i++ {
		p := &r.packets[i]
		var w written
		if w, err = d.write(l, &p.header, p.payload, p.seq); first == skipped {
			first = w
		}
	}
	return first, err
}
