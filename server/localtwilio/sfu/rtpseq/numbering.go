package rtpseq

// segments is how many places are remembered where the outgoing numbers were shifted. Packets
// that come late by more than that many shifts are left out. A probe makes one for each frame that is
// sent meanwhile.
const segments = 32

// Numbering translates extended sequence numbers of a source to gapless ones of a sink, into
// which packets of our own can be inserted. It gives no number twice.
type Numbering struct {
	next int64             // one more than the highest outgoing number so far
	high int64             // highest incoming number so far
	segs [segments]segment // newest first
	used int
}

// segment is a stretch of the source that is shifted by the same amount.
type segment struct {
	first  int64 // incoming number that it begins with
	offset int64 // outgoing minus incoming
}

// NewNumbering makes one whose first outgoing number is next.
func NewNumbering(next uint16) Numbering { return Numbering{next: int64(next)} }

// Rebase makes seq, of this or another source, the successor of what has been sent so far.
func (n *Numbering) Rebase(seq int64) {
	n.segs[0], n.used, n.high = segment{first: seq, offset: n.next - seq}, 1, seq-1
}

// Translate returns the outgoing number. It refuses what is older than the last rebase: its number has been used.
func (n *Numbering) Translate(seq int64) (uint16, bool) {
	for _, s := range n.segs[:n.used] {
		if seq >= s.first {
			out := seq + s.offset
			n.high, n.next = max(n.high, seq), max(n.next, out+1)
			return uint16(out), true
		}
	}
	return 0, false
}

// Insert takes the next number for a packet that the source does not know of. Packets that come
// late keep the numbers they would have had.
func (n *Numbering) Insert() uint16 {
	if n.segs[0].first != n.high+1 {
		n.used = min(n.used+1, segments)
		copy(n.segs[1:n.used], n.segs[:])
		n.segs[0] = segment{first: n.high + 1, offset: n.segs[0].offset}
	}
	n.segs[0].offset++
	n.next++
	return uint16(n.next - 1)
}
