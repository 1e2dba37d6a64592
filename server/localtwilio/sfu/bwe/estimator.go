package bwe

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

const (
	// historySize is how many packets sent are remembered until the subscriber has told when they
	// arrived. At 10 Mbit/s that is more than a second; feedback comes every 50 to 250 ms.
	historySize = 2048
	// standingQueue is the delay, beyond the least seen lately, that counts as congestion when no
	// packet of a standingTime arrived with less. A busy machine delays some packets by as much, a
	// full queue on the way delays all.
	standingQueue = 150 * time.Millisecond
	standingTime  = 800 * time.Millisecond
	// baseTime is for how long the least delay is believed. It bounds what clocks drift apart.
	baseTime = 10 * time.Second
	// lossTime is the span that losses are counted over; more than highLoss in two of them in a row
	// reduces the estimate, up to fewLosses it grows. Radio links lose a few percent without being
	// full, and a busy machine loses part of a keyframe now and then.
	lossTime  = time.Second
	highLoss  = 0.10
	fewLosses = 0.05
	// rateTime is the span that the rate of arrival is measured over.
	rateTime = 500 * time.Millisecond
	// backoff is what remains of the rate that got through when the network is full. Less than
	// that rate, so that the queue drains.
	backoff = 0.85
	// reactionTime is the least time between two reductions: the effect of one needs a
	// round trip and a feedback to show.
	reactionTime = 400 * time.Millisecond
	// calmTime is how long after a reduction the estimate stays before it grows by growth per
	// second.
	calmTime = time.Second
	growth   = 0.08
	// leastEstimate, in bits per second, is kept in any case: sound and one picture whose publisher
	// adapts, so that a call of two never goes dark.
	leastEstimate = 250_000
)

// Estimator estimates how much can be sent to one subscriber, from when its packets arrived
// (draft-holmer-rmcat-transport-wide-cc-extensions-01). As long as nothing speaks against it, the
// network is taken for wide enough: most are, and what a Room wants is little. It starts no
// goroutine. The zero value is ready.
type Estimator struct {
	// Narrowed is called when the estimate has been reduced; nil for nobody. It is set before the first packet.
	Narrowed func()

	mu      sync.Mutex // everything below
	start   time.Time
	next    int64 // number of the next packet
	bytes   int64 // sent so far
	history []sentPacket
	fed     bool // feedback per packet comes in

	rate    float64 // the estimate in bits per second, 0 while there is no limit known
	reduced time.Time
	grown   time.Time

	base     windowed // least delay
	queue    windowed // least delay beyond base, lately
	lastRef  int64
	arrivals []feedbackSum
	probe    probe
}

// sentPacket is what is remembered of one packet.
type sentPacket struct {
	number int64
	at     time.Duration // since start
	size   uint16
	probe  bool
	known  bool // what became of it
}

// feedbackSum sums up one feedback.
type feedbackSum struct {
	at    time.Time // when it came in
	span  time.Duration
	bytes int
	lost  int
	count int
}

// Sent gives a packet of so many bytes its number.
func (e *Estimator) Sent(size int, now time.Time) uint16 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.history == nil {
		e.history, e.start = make([]sentPacket, historySize), now
	}
	n := e.next
	e.next++
	e.bytes += int64(size)
	e.history[n%historySize] = sentPacket{number: n, at: now.Sub(e.start), size: uint16(min(size, 1<<16-1)), probe: e.probe.open}
	if e.probe.open {
		e.probe.sent++
	}
	return uint16(n)
}

// Feedback takes a subscriber's report. The same may come more than once.
func (e *Estimator) Feedback(f *rtcp.TransportLayerCC, now time.Time) {
	if e.take(f, now) && e.Narrowed != nil {
		e.Narrowed()
	}
}

// take does the work of Feedback, and reports whether the estimate has been reduced.
func (e *Estimator) take(f *rtcp.TransportLayerCC, now time.Time) (reduced bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.history == nil {
		return false
	}
	e.fed = true
	// The number as we count, from its lower 16 bits; it is not above the last one sent.
	n := e.next - 1 - int64(uint16(e.next-1)-f.BaseSequenceNumber)
	ref := e.reference(f.ReferenceTime)
	sum := feedbackSum{at: now}
	var first, last time.Duration
	delta := 0
	report := func(symbol uint16) {
		p := &e.history[uint64(n)%historySize]
		arrived := symbol == rtcp.TypeTCCPacketReceivedSmallDelta || symbol == rtcp.TypeTCCPacketReceivedLargeDelta
		if arrived && delta < len(f.RecvDeltas) {
			ref += time.Duration(f.RecvDeltas[delta].Delta) * time.Microsecond
			delta++
		}
		if n >= 0 && p.number == n && !p.known && n < e.next {
			p.known = true
			sum.count++
			if arrived {
				if first == 0 {
					first = ref
				}
				last = max(last, ref)
				sum.bytes += int(p.size)
				e.delayed(ref-p.at, now)
			} else {
				sum.lost++
			}
			if p.probe {
				e.probe.report(arrived, int(p.size), ref)
			}
		}
		n++
	}
	left := int(f.PacketStatusCount)
	for _, c := range f.PacketChunks {
		switch c := c.(type) {
		case *rtcp.RunLengthChunk:
			for range min(int(c.RunLength), left) {
				report(c.PacketStatusSymbol)
				left--
			}
		case *rtcp.StatusVectorChunk:
			// The last one is filled up with symbols that mean nothing.
			for _, s := range c.SymbolList[:min(len(c.SymbolList), left)] {
				report(s)
				left--
			}
		}
	}
	if sum.count == 0 {
		return false
	}
	sum.span = last - first
	e.arrivals = append(expire(e.arrivals, now.Add(-max(rateTime, 2*lossTime))), sum)
	before := e.reduced
	e.adjust(now)
	return e.reduced != before
}

// reference unwraps the 24 bits of 64 ms that arrival times are relative to.
func (e *Estimator) reference(t uint32) time.Duration {
	d := int64(int32((t-uint32(e.lastRef))<<8) >> 8)
	e.lastRef += d
	return time.Duration(e.lastRef) * 64 * time.Millisecond
}

// delayed takes the delay of one packet, which has an unknown constant in it.
func (e *Estimator) delayed(d time.Duration, now time.Time) {
	e.base.add(d, now, baseTime)
	e.queue.add(d-e.base.least(), now, standingTime)
}

// adjust applies what is known to the estimate.
func (e *Estimator) adjust(now time.Time) {
	loss := min(e.loss(now), e.loss(now.Add(-lossTime)))
	acked := e.acked(now)
	full := e.queue.settled(now, standingTime) && e.queue.least() > standingQueue
	switch {
	case (full || loss > highLoss) && now.Sub(e.reduced) >= reactionTime && acked > 0:
		rate := acked * backoff
		if !full {
			rate = acked * (1 - loss/2)
		}
		if e.rate == 0 || rate < e.rate {
			e.rate = max(rate, leastEstimate)
		}
		e.reduced, e.grown = now, now
	case full || loss > fewLosses || e.rate == 0 || now.Sub(e.reduced) < calmTime:
		e.grown = now
	default:
		// No further than what is known to get through allows to guess.
		limit := max(1.5*acked, e.rate)
		e.rate = min(e.rate*(1+growth*min(now.Sub(e.grown).Seconds(), 1)), limit)
		e.grown = now
	}
	if rate, ok := e.probe.result(); ok && e.rate > 0 && rate > e.rate {
		e.rate = rate
	}
}

// loss is the share of packets that got lost in the lossTime before then.
func (e *Estimator) loss(then time.Time) float64 {
	lost, count := 0, 0
	for _, a := range e.arrivals {
		if age := then.Sub(a.at); age >= 0 && age < lossTime {
			lost += a.lost
			count += a.count
		}
	}
	// A handful of packets says nothing.
	if count < 20 {
		return 0
	}
	return float64(lost) / float64(count)
}

// acked is the rate, in bits per second, that arrived lately.
func (e *Estimator) acked(now time.Time) float64 {
	bytes, since := 0, now
	for _, a := range e.arrivals {
		if now.Sub(a.at) < rateTime {
			bytes += a.bytes
			since = minTime(since, a.at.Add(-a.span))
		}
	}
	return float64(bytes) * 8 / max(now.Sub(since), rateTime/2).Seconds()
}

// REMB takes a receiver's own estimate in bits per second, which counts only where there is
// no feedback per packet.
func (e *Estimator) REMB(rate float64) {
	e.mu.Lock()
	before := e.rate
	if !e.fed {
		e.rate = max(rate, leastEstimate)
	}
	reduced := e.rate != 0 && (before == 0 || e.rate < before)
	e.mu.Unlock()
	if reduced && e.Narrowed != nil {
		e.Narrowed()
	}
}

// Total returns how many bytes have been sent so far.
func (e *Estimator) Total() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bytes
}

// Estimate returns bits per second, and false while no limit is known.
func (e *Estimator) Estimate() (bps int, limited bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return int(e.rate), e.rate > 0
}

// Calm reports whether the estimate has not been reduced lately.
func (e *Estimator) Calm(now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return now.Sub(e.reduced) > 2*calmTime
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// expire drops what is older than since, in place.
func expire(list []feedbackSum, since time.Time) []feedbackSum {
	i := 0
	for i < len(list) && list[i].at.Before(since) {
		i++
	}
	return list[:copy(list, list[i:])]
}

// windowed is the least of the values of the last while, kept in two halves: it forgets between
// one and two times the window late.
type windowed struct {
	now, before  time.Duration // least of this half and the one before
	began        time.Time     // of this half
	first        time.Time     // of all
	here, behind bool          // the halves hold something
}

func (w *windowed) add(v time.Duration, now time.Time, window time.Duration) {
	if w.first.IsZero() {
		w.first, w.began = now, now
	}
	if now.Sub(w.began) >= window {
		w.before, w.behind = w.now, w.here && now.Sub(w.began) < 2*window
		w.here, w.began = false, now
	}
	if !w.here || v < w.now {
		w.now, w.here = v, true
	}
}

func (w *windowed) least() time.Duration {
	if w.behind && w.before < w.now {
		return w.before
	}
	return w.now
}

// settled reports whether a whole window has been seen, and lately.
func (w *windowed) settled(now time.Time, window time.Duration) bool {
	return w.behind && now.Sub(w.began) < 2*window
}
