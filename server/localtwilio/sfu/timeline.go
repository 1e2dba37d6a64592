package sfu

import "time"

// timeline keeps the timestamps of one outgoing stream on one clock, although each simulcast
// layer counts from a beginning of its own.
type timeline struct {
	rate   uint32    // ticks per second
	layer  *layer    // the one that is translated
	offset uint32    // outgoing minus incoming
	last   uint32    // newest outgoing
	at     time.Time // when last was sent
	begun  bool
}

// maxLead is how far a layer may seem to be ahead of what has been sent. More means that its
// clock and the other one's do not belong together.
const maxLead = 3 * time.Second

// enter begins to translate l, whose first packet has the given timestamp.
func (t *timeline) enter(l *layer, timestamp uint32) {
	was := t.layer
	t.layer = l
	if was == l {
		return // its clock has gone on
	}
	if !t.begun || was == nil {
		t.offset = 0
		return
	}
	elapsed := uint32(max(l.arrived.Sub(t.at), 0).Seconds() * float64(t.rate))
	offset, ok := t.aligned(was, l)
	lead := int32(timestamp + offset - t.last)
	if !ok || lead <= 0 || lead > int32(elapsed)+int32(maxLead.Seconds())*int32(t.rate) {
		// The two were filmed at the same moment, or nothing is known. Later by at least a tick,
		// or the frame would be taken for a part of the one before.
		offset = t.last + max(elapsed, 1) - timestamp
		if ok && lead <= 0 && lead > -int32(t.rate) {
			offset = t.last + 1 - timestamp
		}
	}
	t.offset = offset
}

// aligned answers the offset that puts a timestamp of l at its place on the clock of was, by what
// the publisher reported of both.
func (t *timeline) aligned(was, l *layer) (offset uint32, ok bool) {
	a, b := was.last.Load(), l.last.Load()
	if a == nil || b == nil {
		return 0, false
	}
	// NTP time has 32 bits of fraction.
	apart := float64(int64(b.NTPTime-a.NTPTime)) / (1 << 32)
	if apart > 60 || apart < -60 {
		return 0, false
	}
	return a.RTPTime + uint32(int64(apart*float64(t.rate))) + t.offset - b.RTPTime, true
}

// translate answers the outgoing timestamp of a packet of l.
func (t *timeline) translate(l *layer, timestamp uint32) uint32 {
	out := timestamp + t.offset
	if !t.begun || int32(out-t.last) >= 0 {
		t.last, t.at, t.begun = out, l.arrived, true
	}
	return out
}
