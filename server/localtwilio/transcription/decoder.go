package transcription

import (
	"fmt"
	"time"

	"github.com/pion/opus"
	"github.com/pion/rtp"
)

// rate is how many samples a second recognizers get: what engines are trained on.
const rate = 16000

// samples is how many samples a time takes.
func samples(d time.Duration) int { return int(d * rate / time.Second) }

const (
	// opusRate is the clock of Opus in RTP, whatever is coded (RFC 7587 section 4.1).
	opusRate = 48000
	// maxPacket is the longest that an Opus packet can be (RFC 6716 section 3.2.5).
	maxPacket = 120 * time.Millisecond
	// maxGap is the longest pause that is filled by what RTP time says of it: while nothing
	// comes it is filled as it passes, so that more is another count of time.
	maxGap = 2 * time.Second
)

// decoder makes PCM of a Track's packets. Time is kept: what is missing, or was never
// sent, is silence. The zero value is ready.
//
// The decoder of Opus is pion's, which is of the same house as the rest of our media: a
// decoder outside, ffmpeg, would be a second process for each Track, and a second thing
// that can be missing.
type decoder struct {
	order order
	ssrc  uint32
	opus  *opus.Decoder // nil before the first packet
	base  uint32        // RTP time of the first sample
	made  int64         // samples since base
	pcm   []int16       // what a packet becomes
}

// packet returns the sound that p completes: nothing for one that has come out of order.
// It is valid until the next call.
func (d *decoder) packet(p *rtp.Packet) []int16 {
	var out []int16
	if d.opus == nil || p.SSRC != d.ssrc {
		out = d.flush()
		d.restart(p)
	}
	for _, q := range d.order.push(p) {
		out = d.decode(out, q)
	}
	return out
}

// flush returns the sound of packets that wait for others.
func (d *decoder) flush() (out []int16) {
	for _, p := range d.order.flush() {
		out = d.decode(out, p)
	}
	return out
}

// silence returns a pause.
func (d *decoder) silence(t time.Duration) []int16 {
	n := samples(t)
	d.made += int64(n)
	return make([]int16, n)
}

func (d *decoder) restart(p *rtp.Packet) {
	o, err := opus.NewDecoderWithOutput(rate, 1)
	if err != nil {
		// Both are values that Opus has.
		panic(fmt.Sprintf("make an Opus decoder: %v", err))
	}
	d.order, d.ssrc, d.opus, d.base, d.made = order{}, p.SSRC, &o, p.Timestamp, 0
	if d.pcm == nil {
		d.pcm = make([]int16, samples(maxPacket))
	}
}

// decode appends a packet's sound, and the silence before it. What cannot be decoded is
// silence as well, when the next packet shows how long it took.
func (d *decoder) decode(out []int16, p *rtp.Packet) []int16 {
	if len(p.Payload) < 3 {
		return out // of discontinuous transmission: nothing is heard
	}
	n, err := d.samplesOf(p.Payload)
	if err != nil {
		return out
	}
	at := int64(int32(p.Timestamp-d.base)) * rate / opusRate
	switch gap := at - d.made; {
	case gap < 0 || gap > int64(samples(maxGap)):
		// Silence has taken its place, or the publisher counts anew.
		d.base = p.Timestamp - uint32(d.made*opusRate/rate)
	case gap > 0:
		out = append(out, make([]int16, gap)...)
		d.made += gap
	}
	d.made += int64(n)
	return append(out, d.pcm[:n]...)
}

// samplesOf decodes a packet into d.pcm. Anybody may send anything: what should bring
// the decoder down is no more than a packet that cannot be decoded.
func (d *decoder) samplesOf(payload []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("decode Opus: %v", r)
		}
	}()
	return d.opus.DecodeToInt16(payload, d.pcm)
}
