package sfu

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

// missing asks a publisher for packets of a video layer that got lost (RFC 4585 section 6.2.1), and for
// a keyframe when one does not come: until then subscribers' pictures would stand still, three
// seconds in Chromium's case.
//
// pion has one too, which asks every 100 ms instead of at once, and does not learn of packets that
// come in retransmission format: it asks for each that was lost until it is 512 packets old.
type missing struct {
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

// newMissing makes one that calls ask with what is missing and giveUp when it does not come.
func newMissing(ask func(numbers []uint16), giveUp func()) *missing {
	return &missing{ask: ask, giveUp: giveUp}
}

// arrived notes a packet, and asks for those before it. It reports whether the packet is news: browsers
// send what has arrived long ago once more, to probe for bandwidth.
func (m *missing) arrived(number int64, keyframe bool, now time.Time) (fresh bool) {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return false
	}
	fresh = true
	switch {
	case !m.started:
		m.started, m.first, m.high = true, number, number
	case number > m.high:
		for n := max(m.high+1, number-maxMissing-1); n < number; n++ {
			m.list = append(m.list, absent{number: n})
		}
		m.high = number
	case number >= m.first:
		fresh = m.found(number, now)
	}
	if keyframe {
		m.key = max(m.key, number)
	}
	var numbers []uint16
	lost := false
	if len(m.list) > 0 || m.timer != nil {
		numbers, lost = m.due(now)
	}
	m.mu.Unlock()
	m.send(numbers, lost)
	return fresh
}

// found takes a packet off the list, if it is on it.
func (m *missing) found(number int64, now time.Time) bool {
	i, ok := slices.BinarySearchFunc(m.list, number, func(a absent, n int64) int { return cmp.Compare(a.number, n) })
	if !ok {
		return false
	}
	// Of one that was asked for twice nobody knows which request it answers.
	if a := m.list[i]; a.times == 1 {
		rtt := now.Sub(a.asked)
		if m.rtt != 0 {
			rtt = (7*m.rtt + rtt) / 8
		}
		m.rtt = rtt
	}
	m.list = slices.Delete(m.list, i, i+1)
	return true
}

// due answers what is to be asked for now, and whether something is not to be expected any more. It sets the
// timer for the rest.
func (m *missing) due(now time.Time) (numbers []uint16, lost bool) {
	if len(m.list) > maxMissing {
		m.list, lost = nil, true
	}
	pause := firstPause
	if m.rtt != 0 {
		pause = m.rtt + askMargin
	}
	next := pause
	m.list = slices.DeleteFunc(m.list, func(a absent) bool {
		given := a.times >= maxAsks && now.Sub(a.asked) >= pause
		lost = lost || given && a.number > m.key
		return given
	})
	for i := range m.list {
		a := &m.list[i]
		if left := pause - now.Sub(a.asked); a.times > 0 && left > 0 {
			next = min(next, left)
			continue
		}
		a.asked, a.times = now, a.times+1
		numbers = append(numbers, uint16(a.number))
	}
	switch {
	case len(m.list) == 0 || m.closed:
		m.stop()
	case m.timer == nil:
		m.timer = time.AfterFunc(next, m.again)
	default:
		m.timer.Reset(next)
	}
	return numbers, lost
}

func (m *missing) again() {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return
	}
	numbers, lost := m.due(time.Now())
	m.mu.Unlock()
	m.send(numbers, lost)
}

func (m *missing) send(numbers []uint16, lost bool) {
	if len(numbers) > 0 {
		m.ask(numbers)
	}
	if lost {
		m.giveUp()
	}
}

func (m *missing) stop() {
	if m.timer != nil {
		m.timer.Stop()
		m.timer = nil
	}
}

// close ends the asking.
func (m *missing) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.list = nil
	m.stop()
}
