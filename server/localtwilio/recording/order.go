package recording

import (
	"time"

	"github.com/pion/rtp"
)

// restart is how far behind a packet must be to begin a new count rather than to be late.
const restart = 3000

// order puts the packets of one SSRC in order and frames together. A packet that is missing is
// waited for while others arrive, up to the format's limits. (pion's samplebuilder does the same,
// but its Flush can walk in circles: after a gap its head passes its tail.)
type order struct {
	format  *format
	started bool
	last    int64            // the highest sequence number, not wrapping
	next    int64            // the one that is due
	held    map[int64]packet // those that came before what is due
	parts   []packet         // of the frame that is being put together
	lost    bool             // something, since the last frame
}

type packet struct {
	*rtp.Packet
	at time.Time
}

// frame is one picture, or one packet of sound.
type frame struct {
	data []byte
	rtp  uint32
	at   time.Time // when its first packet arrived
	// lost says that something is missing between the frame before and this one.
	lost bool
}

func newOrder(f *format) *order { return &order{format: f, held: map[int64]packet{}} }

// push takes a packet in and returns the frames that it completes.
func (o *order) push(p *rtp.Packet, at time.Time) (fs []frame) {
	if !o.started {
		o.started, o.last = true, int64(p.SequenceNumber)
		o.next = o.last
	}
	n := o.last + int64(int16(p.SequenceNumber-uint16(o.last)))
	switch {
	case n < o.next-restart:
		fs = o.flush()
		o.next, o.last, o.lost = n, n, true
	case n < o.next:
		return nil // late, or sent twice
	}
	o.last = max(o.last, n)
	o.held[n] = packet{p, at}
	for len(o.held) > 0 {
		if q, ok := o.held[o.next]; ok {
			delete(o.held, o.next)
			o.next++
			fs = o.take(fs, q)
			continue
		}
		first := o.first()
		if o.last-o.next < int64(o.format.late) && at.Sub(o.held[first].at) < o.format.wait {
			break
		}
		o.skip(first)
	}
	return fs
}

// flush returns what can still be had without what is missing.
func (o *order) flush() (fs []frame) {
	for len(o.held) > 0 {
		first := o.first()
		if first != o.next {
			o.skip(first)
		}
		q := o.held[first]
		delete(o.held, first)
		o.next++
		fs = o.take(fs, q)
	}
	return o.emit(fs)
}

// first is the lowest number that is held.
func (o *order) first() int64 {
	lowest := o.last
	for n := range o.held {
		lowest = min(lowest, n)
	}
	return lowest
}

// skip gives up what is missing, and the frame that it was part of.
func (o *order) skip(to int64) { o.next, o.parts, o.lost = to, nil, true }

// take adds the packet that is due.
func (o *order) take(fs []frame, p packet) []frame {
	if len(p.Payload) == 0 {
		return fs // padding, which probes for bandwidth
	}
	if len(o.parts) > 0 && o.parts[0].Timestamp != p.Timestamp {
		fs = o.emit(fs)
	}
	o.parts = append(o.parts, p)
	if p.Marker || o.format.kind == "audio" {
		fs = o.emit(fs)
	}
	return fs
}

// emit completes the frame whose packets are there.
func (o *order) emit(fs []frame) []frame {
	parts := o.parts
	o.parts = nil
	if len(parts) == 0 {
		return fs
	}
	d := o.format.depacketizer()
	if !d.IsPartitionHead(parts[0].Payload) {
		o.lost = true // its beginning was
		return fs
	}
	f := frame{rtp: parts[0].Timestamp, at: parts[0].at, lost: o.lost}
	for _, p := range parts {
		b, err := d.Unmarshal(p.Payload)
		if err != nil {
			o.lost = true
			return fs
		}
		f.data = append(f.data, b...)
	}
	if len(f.data) == 0 {
		return fs
	}
	o.lost = false
	return append(fs, f)
}
