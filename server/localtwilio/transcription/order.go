package transcription

import (
	"slices"

	"github.com/pion/rtp"
)

const (
	// maxHeld is how many packets wait for one that is missing: 120 ms of sound, which a
	// packet that was asked for again takes at most on a usual network.
	maxHeld = 6
	// restart is how far behind a packet must be to begin a new count rather than to be late.
	restart = 1000
)

// order puts packets of one SSRC in order. One that is later than those held is left
// out. The zero value is empty.
type order struct {
	started bool
	next    uint16
	held    []*rtp.Packet // in order
}

// push takes a packet in and returns those whose turn it is.
func (o *order) push(p *rtp.Packet) []*rtp.Packet {
	ahead := int16(p.SequenceNumber - o.next)
	switch {
	case !o.started || ahead < -restart:
		out := append(o.flush(), p)
		o.started, o.next = true, p.SequenceNumber+1
		return out
	case ahead < 0:
		return nil
	}
	i, known := slices.BinarySearchFunc(o.held, p.SequenceNumber, func(h *rtp.Packet, n uint16) int { return int(int16(h.SequenceNumber - n)) })
	if known {
		return nil
	}
	o.held = slices.Insert(o.held, i, p)
	if len(o.held) > maxHeld {
		o.next = o.held[0].SequenceNumber
	}
	n := 0
	for n < len(o.held) && o.held[n].SequenceNumber == o.next {
		o.next++
		n++
	}
	out := slices.Clone(o.held[:n])
	o.held = slices.Delete(o.held, 0, n)
	return out
}

// flush returns what is held, without what is missing.
func (o *order) flush() []*rtp.Packet {
	out := o.held
	o.held = nil
	if len(out) > 0 {
		o.next = out[len(out)-1].SequenceNumber + 1
	}
	return out
}
