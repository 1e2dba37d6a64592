package bwe

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// simLink is a network with a rate, a queue and losses, on a clock of its own.
type simLink struct {
	b       Estimator
	now     time.Time
	rate    float64 // bits per second
	queue   time.Duration
	free    time.Time // when the last packet will be through
	lose    int       // every so many-th packet, 0 for none
	count   int
	flight  []simPacket
	lastFed time.Time
}

type simPacket struct {
	number uint16
	at     time.Time // zero when lost
}

const simPacketSize = 1200

// run sends at a rate for a while. Feedback comes every 100 ms.
func (l *simLink) run(send float64, d time.Duration) {
	gap := time.Duration(simPacketSize * 8 / send * float64(time.Second))
	for end := l.now.Add(d); l.now.Before(end); l.now = l.now.Add(gap) {
		l.send()
		if l.now.Sub(l.lastFed) >= 100*time.Millisecond {
			l.feed()
		}
	}
}

func (l *simLink) send() {
	p := simPacket{number: l.b.Sent(simPacketSize, l.now)}
	l.count++
	if l.free.Before(l.now) {
		l.free = l.now
	}
	lost := l.lose > 0 && l.count%l.lose == 0
	if !lost && l.free.Sub(l.now) < l.queue {
		l.free = l.free.Add(time.Duration(simPacketSize * 8 / l.rate * float64(time.Second)))
		p.at = l.free.Add(20 * time.Millisecond)
	}
	l.flight = append(l.flight, p)
}

// feed reports what has arrived by now, and what must be lost.
func (l *simLink) feed() {
	l.lastFed = l.now
	n := 0
	for i, p := range l.flight {
		if !p.at.IsZero() && !p.at.After(l.now) {
			n = i + 1
		}
	}
	if n == 0 {
		return
	}
	const origin = 1_700_000_000
	f := &rtcp.TransportLayerCC{BaseSequenceNumber: l.flight[0].number, PacketStatusCount: uint16(n)}
	var at int64
	for i, p := range l.flight[:n] {
		symbol := rtcp.TypeTCCPacketNotReceived
		if !p.at.IsZero() {
			us := p.at.UnixMicro() - origin*1_000_000
			if at == 0 {
				f.ReferenceTime = uint32(us/64000) & 0xffffff
				at = us / 64000 * 64000
			}
			symbol = rtcp.TypeTCCPacketReceivedLargeDelta
			f.RecvDeltas = append(f.RecvDeltas, &rtcp.RecvDelta{Type: symbol, Delta: us - at})
			at = us
		}
		f.PacketChunks = append(f.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: symbol, RunLength: 1})
		_ = i
	}
	l.flight = l.flight[n:]
	l.b.Feedback(f, l.now.Add(20*time.Millisecond))
}

// expect checks the estimate. The clock is the test's, so that there is one right value.
func expect(t *testing.T, l *simLink, want int) {
	t.Helper()
	if bps, limited := l.b.Estimate(); !limited || !near(bps, want) {
		t.Errorf("estimate %d, %t of a link with %.0f; want %d", bps, limited, l.rate, want)
	}
}

// near leaves room for processors that round differently.
func near(got, want int) bool { return max(got, want)-min(got, want) <= want/1000 }

func newSimLink(rate float64) *simLink {
	return &simLink{now: time.Unix(1_700_000_100, 0), rate: rate, queue: time.Second}
}

func TestBandwidthIsNotLimitedWithoutCause(t *testing.T) {
	t.Parallel()
	l := newSimLink(10e6)
	l.run(2e6, 20*time.Second)
	if bps, limited := l.b.Estimate(); limited {
		t.Errorf("limited to %d on a network that is wide enough", bps)
	}
}

func TestBandwidthFindsTheBottleneck(t *testing.T) {
	t.Parallel()
	l := newSimLink(800e3)
	l.run(2e6, 2*time.Second)
	expect(t, l, 703_448)
	// Sending less drains the queue. The estimate then grows, by as much as what gets through leaves open, until the
	// queue is full again, and falls back below the rate.
	var seconds []int
	for range 30 {
		bps, _ := l.b.Estimate()
		seconds = append(seconds, bps)
		l.run(float64(bps)*0.9, time.Second)
	}
	expect(t, l, 773_638)
	if least, most := slices.Min(seconds), slices.Max(seconds); !near(least, 681_321) || !near(most, 1_207_448) {
		t.Errorf("the estimate went from %d to %d", least, most)
	}
}

func TestBandwidthGivesWayToLosses(t *testing.T) {
	t.Parallel()
	l := newSimLink(10e6)
	l.lose = 5
	l.run(1e6, 3*time.Second)
	expect(t, l, 733_333)
	m := newSimLink(10e6)
	m.lose = 50
	m.run(1e6, 3*time.Second)
	if bps, limited := m.b.Estimate(); limited {
		t.Errorf("limited to %d by 2%% loss", bps)
	}
}

// A report whose last symbols are for nothing says nothing of the packets that are still on their way.
func TestBandwidthIgnoresWhatFillsUpAReport(t *testing.T) {
	t.Parallel()
	var b Estimator
	now := time.Unix(1_700_000_000, 0)
	for range 14 {
		b.Sent(simPacketSize, now)
	}
	symbols := make([]uint16, 14)
	deltas := make([]*rtcp.RecvDelta, 4)
	for i := range deltas {
		symbols[i], deltas[i] = rtcp.TypeTCCPacketReceivedSmallDelta, &rtcp.RecvDelta{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 250}
	}
	b.Feedback(&rtcp.TransportLayerCC{
		PacketStatusCount: 4, RecvDeltas: deltas,
		PacketChunks: []rtcp.PacketStatusChunk{&rtcp.StatusVectorChunk{SymbolList: symbols}},
	}, now)
	if a := b.arrivals[0]; a.count != 4 || a.lost != 0 {
		t.Errorf("%d packets were reported, %d of them lost", a.count, a.lost)
	}
}

// A radio link that loses some packets all the time is not full, so the estimate comes back from a
// moment in which it was.
func TestBandwidthGrowsDespiteAFewLosses(t *testing.T) {
	t.Parallel()
	l := newSimLink(400e3)
	l.run(1e6, 2*time.Second)
	expect(t, l, 346_296)
	l.rate, l.lose = 10e6, 30
	for range 20 {
		bps, _ := l.b.Estimate()
		l.run(float64(bps), time.Second)
	}
	expect(t, l, 1_261_737)
}

func TestBandwidthBearsABusyMachine(t *testing.T) {
	t.Parallel()
	l := newSimLink(10e6)
	for range 20 {
		l.run(1e6, 900*time.Millisecond)
		l.free = l.now.Add(150 * time.Millisecond) // everything stands still for a moment
	}
	if bps, limited := l.b.Estimate(); limited {
		t.Errorf("limited to %d", bps)
	}
}

func TestProbeFindsRoom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		rate float64
		want int
	}{{"wide", 5e6, 1_425_000}, {"narrow", 600e3, 599_787}} {
		t.Run(tt.name, func(t *testing.T) {
			l := newSimLink(600e3)
			l.run(2e6, 2*time.Second)
			l.run(300e3, 3*time.Second)
			expect(t, l, 523_509)
			l.rate = tt.rate
			l.b.beginProbe(1.5e6)
			l.run(1.5e6, probeTime)
			l.b.endProbe()
			l.run(300e3, time.Second)
			expect(t, l, tt.want)
		})
	}
}

// FuzzFeedback takes whatever a client calls a report, twice. No packet counts more often than it was sent, and no
// estimate is below the least one or above what anything could have shown.
func FuzzFeedback(f *testing.F) {
	f.Add(uint16(3), uint16(5), uint32(9), []byte{0, 1, 2, 3, 1, 1})
	f.Add(uint16(2900), uint16(90), uint32(9), []byte{96, 0, 97, 10, 97, 10})
	f.Fuzz(func(t *testing.T, base, count uint16, ref uint32, symbols []byte) {
		const packets, size = 3000, 100
		var b Estimator
		now := time.Unix(1_700_000_000, 0)
		for range packets {
			b.Sent(size, now)
			now = now.Add(time.Millisecond)
		}
		fb := &rtcp.TransportLayerCC{BaseSequenceNumber: base, PacketStatusCount: count, ReferenceTime: ref}
		for i, s := range symbols {
			if i%2 == 0 {
				fb.PacketChunks = append(fb.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: uint16(s & 3), RunLength: uint16(s) << 5})
			} else {
				fb.RecvDeltas = append(fb.RecvDeltas, &rtcp.RecvDelta{Delta: int64(int8(s)) * 1000})
			}
		}
		b.Feedback(fb, now)
		first := slices.Clone(b.arrivals)
		b.Feedback(fb, now.Add(time.Second))
		if !slices.Equal(b.arrivals, first) {
			t.Errorf("the same report says %+v and then %+v", first, b.arrivals)
		}
		for _, a := range b.arrivals {
			if a.count > min(int(count), packets, historySize) || a.lost < 0 || a.lost > a.count || a.bytes > (a.count-a.lost)*size {
				t.Errorf("%d packets of %d bytes give %+v", packets, size, a)
			}
		}
		if bps, limited := b.Estimate(); limited && (bps < leastEstimate || bps > 8*size*packets) {
			t.Errorf("estimate %d", bps)
		}
	})
}
