package rtpseq

import (
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// Clock is that of one source, such as a simulcast layer, as the publisher's sender reports tell it. One goroutine
// sets it, any may read. Its address names the source.
type Clock struct {
	last atomic.Pointer[rtcp.SenderReport]
}

// Set takes a report.
func (c *Clock) Set(sr *rtcp.SenderReport) { c.last.Store(sr) }

// Report returns the last report, nil before the first.
func (c *Clock) Report() *rtcp.SenderReport { return c.last.Load() }

// Timeline keeps the timestamps of one outgoing stream on one clock, although each of its sources
// counts from a beginning of its own.
type Timeline struct {
	rate   uint32    // ticks per second
	source *Clock    // the one that is translated
	offset uint32    // outgoing minus incoming
	last   uint32    // newest outgoing
	at     time.Time // when last arrived
	begun  bool
}

// NewTimeline makes one for a clock with so many ticks per second.
func NewTimeline(rate uint32) Timeline { return Timeline{rate: rate} }

// Last returns the newest outgoing timestamp.
func (t *Timeline) Last() uint32 { return t.last }

// Offset returns what is added to the source's timestamps.
func (t *Timeline) Offset() uint32 { return t.offset }

// maxLead is how far a source may seem to be ahead of what has been sent. More means that its
// clock and the other one's do not belong together.
const maxLead = 3 * time.Second

// Enter begins to translate a source, whose first packet has the given timestamp and time of arrival.
func (t *Timeline) Enter(source *Clock, timestamp uint32, arrived time.Time) {
	was := t.source
	t.source = source
	if was == source {
		return // its clock has gone on
	}
	if !t.begun || was == nil {
		t.offset = 0
		return
	}
	elapsed := uint32(max(arrived.Sub(t.at), 0).Seconds() * float64(t.rate))
	offset, ok := t.aligned(was, source)
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

// aligned returns the offset that puts a timestamp of source at its place on the clock of was, by what
// the publisher reported of both.
func (t *Timeline) aligned(was, source *Clock) (offset uint32, ok bool) {
	a, b := was.Report(), source.Report()
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

// Translate returns the outgoing timestamp of a packet of the source entered last.
func (t *Timeline) Translate(timestamp uint32, arrived time.Time) uint32 {
	out := timestamp + t.offset
	if !t.begun || int32(out-t.last) >= 0 {
		t.last, t.at, t.begun = out, arrived, true
	}
	return out
}
