package rtpseq

const (
	// turn is all 16 bit sequence numbers. An Extender leaves that much room below the first, for
	// packets that come late.
	turn = 1 << 16
	// maxDropout and maxMisorder are how far a number may be ahead of the highest so far or behind it
	// (RFC 3550 appendix A.1). Packets that are sent again come later than that section has in mind.
	maxDropout  = 3000
	maxMisorder = 1000
)

// Extender turns 16 bit sequence numbers into ones that do not wrap.
type Extender struct {
	last    int64
	started bool
	stray   uint16 // the number after the last one that was too far away
	strayed bool
}

// Extend returns the number without its wrapping. ok is false for one that is too far from the others: either
// it is stray, or the publisher has begun anew, which its next packet tells. The numbers go on
// upwards then.
func (s *Extender) Extend(n uint16) (ext int64, ok bool) {
	if !s.started {
		s.last, s.started = int64(n)+turn, true
		return s.last, true
	}
	delta := int64(int16(n - uint16(s.last)))
	if delta > maxDropout || delta < -maxMisorder {
		if !s.strayed || n != s.stray {
			s.stray, s.strayed = n+1, true
			return 0, false
		}
		delta = int64(n - uint16(s.last))
	}
	s.strayed = false
	ext = s.last + delta
	s.last = max(s.last, ext)
	return ext, true
}
