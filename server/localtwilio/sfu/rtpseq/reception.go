package rtpseq

import (
	"math"
	"time"

	"github.com/pion/rtcp"
)

// Reception is what has arrived of one stream, for receiver reports (RFC 3550 sections 6.4.1, A.3 and
// A.8). What is sent again with its old number makes up for the loss.
type Reception struct {
	rate uint32 // of the clock, in ticks per second

	seq      Extender
	first    int64   // number of the first packet
	received int64   // packets
	transit  uint32  // of the last packet, in ticks; an unknown constant is in it
	jitter   float64 // in ticks

	sender   uint32 // middle of the NTP time in the last sender report, 0 without one
	senderAt time.Time

	// As last reported.
	expected, had int64
}

// NewReception begins to count a stream whose clock has so many ticks per second.
func NewReception(rate uint32) *Reception { return &Reception{rate: rate} }

// Arrived takes the number and the timestamp of a packet.
func (r *Reception) Arrived(number uint16, timestamp uint32, elapsed time.Duration) {
	began := r.seq.started
	n, ok := r.seq.Extend(number)
	if !ok {
		return
	}
	if !began {
		r.first = n
	}
	r.first = min(r.first, n)
	r.received++
	transit := uint32(int64(elapsed)*int64(r.rate)/int64(time.Second)) - timestamp
	if began {
		r.jitter += (math.Abs(float64(int32(transit-r.transit))) - r.jitter) / 16
	}
	r.transit = transit
}

// Told takes a sender report.
func (r *Reception) Told(sr *rtcp.SenderReport, now time.Time) {
	r.sender, r.senderAt = uint32(sr.NTPTime>>16), now
}

// Losses returns how many packets were sent, from the first to the newest that have arrived, and how
// many of them have not.
func (r *Reception) Losses() (expected, lost int64) {
	if r.received == 0 {
		return 0, 0
	}
	expected = r.seq.last - r.first + 1
	return expected, max(expected-r.received, 0)
}

// Block returns the report since the last one; ok is false before anything has arrived.
func (r *Reception) Block(ssrc uint32, now time.Time) (block rtcp.ReceptionReport, ok bool) {
	if r.received == 0 {
		return block, false
	}
	const most = 1<<24 - 1
	expected, lost := r.Losses()
	block = rtcp.ReceptionReport{
		SSRC: ssrc, LastSequenceNumber: uint32(r.seq.last - turn), Jitter: uint32(r.jitter), LastSenderReport: r.sender,
		TotalLost: uint32(min(lost, most)),
	}
	if lost, of := expected-r.expected-(r.received-r.had), expected-r.expected; lost > 0 && of > 0 {
		block.FractionLost = uint8(min(lost*256/of, 255))
	}
	if r.sender != 0 {
		block.Delay = uint32(now.Sub(r.senderAt).Seconds() * (1 << 16))
	}
	r.expected, r.had = expected, r.received
	return block, true
}
