package nack

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

const (
	// firstPause is the pause between two requests for the same packet before a round trip has been
	// measured.
	firstPause = 100 * time.Millisecond
	// askMargin, on top of the round trip, is how long an answer may take: a publisher's pacer
	// sends what is asked for between the frames.
	askMargin = 10 * time.Millisecond
	// maxAsks is how often a packet is asked for. Where one of ten gets lost, both ways, five in a
	// thousand million are not there by then; but publishers keep packets for a second or so only.
	maxAsks = 6
	// maxMissing is how many packets can be asked for at a time. When more are missing the
	// network was away, and a new beginning is sooner there than all of them.
	maxMissing = 200
)

// Generator asks a publisher for packets of a video layer that got lost (RFC 4585 section 6.2.1), and for
// a keyframe when one does not come: until then subscribers' pictures would stand still, three
// seconds in Chromium's case.
//
// pion has one too, which asks every 100 ms instead of at once, and does not learn of packets that
// come in retransmission format: it asks for each that was lost until it is 512 packets old.
type Generator struct {
	ask    func(numbers []uint16)
	giveUp func()

	mu      sync.Mutex // everything below
	started bool
	first   int64         // number of the first packet
	high    int64         // highest number so far
	key     int64         // number that the newest keyframe begins with
	list    []absent      // in order of number
	rtt     time.Duration // 0 before it was measured
	timer   *time.Timer   // nil when nothing is missing
	closed  bool
}

// absent is a packet that has not come yet.
type absent struct {
	number int64
	asked  time.Time // the last time
	times  int
}

// NewGenerator makes one that calls ask with what is missing and giveUp when it does not come.
func NewGenerator(ask func(numbers []uint16), giveUp func()) *Generator {
	return &Generator{ask: ask, giveUp: giveUp}
}

// Arrived notes a packet, and asks for those before it. It reports whether the packet is news: browsers
// send what has arrived long ago once more, to probe for bandwidth.
func (g *Generator) Arrived(number int64, keyframe bool, now time.Time) (fresh bool) {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false
	}
	fresh = true
	switch {
	case !g.started:
		g.started, g.first, g.high = true, number, number
	case number > g.high:
		for n := max(g.high+1, number-maxMissing-1); n < number; n++ {
			g.list = append(g.list, absent{number: n})
		}
		g.high = number
	case number >= g.first:
		fresh = g.found(number, now)
	}
	if keyframe {
		g.key = max(g.key, number)
	}
	var numbers []uint16
	lost := false
	if len(g.list) > 0 || g.timer != nil {
		numbers, lost = g.due(now)
	}
	g.mu.Unlock()
	g.send(numbers, lost)
	return fresh
}

// found takes a packet off the list, if it is on it.
func (g *Generator) found(number int64, now time.Time) bool {
	i, ok := slices.BinarySearchFunc(g.list, number, func(a absent, n int64) int { return cmp.Compare(a.number, n) })
	if !ok {
		return false
	}
	// Of one that was asked for twice nobody knows which request it answers.
	if a := g.list[i]; a.times == 1 {
		rtt := now.Sub(a.asked)
		if g.rtt != 0 {
			rtt = (7*g.rtt + rtt) / 8
		}
		g.rtt = rtt
	}
	g.list = slices.Delete(g.list, i, i+1)
	return true
}

// due returns what is to be asked for now, and whether something is not to be expected any more. It sets the
// timer for the rest.
func (g *Generator) due(now time.Time) (numbers []uint16, lost bool) {
	if len(g.list) > maxMissing {
		g.list, lost = nil, true
	}
	pause := firstPause
	if g.rtt != 0 {
		pause = g.rtt + askMargin
	}
	next := pause
	g.list = slices.DeleteFunc(g.list, func(a absent) bool {
		given := a.times >= maxAsks && now.Sub(a.asked) >= pause
		lost = lost || given && a.number > g.key
		return given
	})
	for i := range g.list {
		a := &g.list[i]
		if left := pause - now.Sub(a.asked); a.times > 0 && left > 0 {
			next = min(next, left)
			continue
		}
		a.asked, a.times = now, a.times+1
		numbers = append(numbers, uint16(a.number))
	}
	switch {
	case len(g.list) == 0 || g.closed:
		g.stop()
	case g.timer == nil:
		g.timer = time.AfterFunc(next, g.again)
	default:
		g.timer.Reset(next)
	}
	return numbers, lost
}

func (g *Generator) again() {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return
	}
	numbers, lost := g.due(time.Now())
	g.mu.Unlock()
	g.send(numbers, lost)
}

func (g *Generator) send(numbers []uint16, lost bool) {
	if len(numbers) > 0 {
		g.ask(numbers)
	}
	if lost {
		g.giveUp()
	}
}

func (g *Generator) stop() {
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
}

// Close ends the asking.
func (g *Generator) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	g.list = nil
	g.stop()
}
