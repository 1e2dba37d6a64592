package sfu

import "sync"

// Stats is what an Engine has done, and does. Packets and bytes are those since Start; the
// rest is of now.
type Stats struct {
	Rooms, Participants int
	Tracks              map[string]int // published, by kind
	Subscriptions       map[string]int // copies of Tracks that are sent on, audio and video
	In, Out             Traffic
	// Expected are the packets that publishers have sent of the Tracks that there are, and Lost
	// those of them that have not arrived.
	Expected, Lost int64
}

// Traffic is media in one direction. Bytes are of what is in the packets of RTP.
type Traffic struct{ Packets, Bytes int64 }

func (t *Traffic) add(packets, bytes int64) {
	t.Packets += packets
	t.Bytes += bytes
}

// Stats counts. It is meant to be called every few seconds, not for every packet: it takes
// the locks of all Tracks, one after the other.
func (e *Engine) Stats() Stats {
	s := Stats{Tracks: map[string]int{KindAudio: 0, KindVideo: 0, KindData: 0}, Subscriptions: map[string]int{KindAudio: 0, KindVideo: 0}}
	e.mu.Lock()
	s.Rooms = len(e.routers)
	for r := range e.routers {
		r.mu.Lock()
		for _, pub := range r.publications {
			s.Tracks[pub.kind]++
		}
		r.mu.Unlock()
	}
	e.mu.Unlock()
	peers := e.peers(nil)
	s.Participants = len(peers)
	for _, p := range peers {
		expected, lost := p.monitor.arrivals.Losses()
		s.Expected += expected
		s.Lost += lost
	}
	e.tallies.sum(&s)
	return s
}

// tallies are what carries media and counts it. What has ended is remembered as a sum, so
// that the whole never shrinks.
type tallies struct {
	mu      sync.Mutex // guards what follows; held while each counter's own is taken
	layers  map[*layer]struct{}
	downs   map[*DownTrack]struct{}
	in, out Traffic // of those that have ended
}

// receives counts a layer until done is called.
func (t *tallies) receives(l *layer) (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.layers == nil {
		t.layers = map[*layer]struct{}{}
	}
	t.layers[l] = struct{}{}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.layers, l)
		t.in.add(l.count())
	}
}

// sends counts a DownTrack until sent is called with it.
func (t *tallies) sends(d *DownTrack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.downs == nil {
		t.downs = map[*DownTrack]struct{}{}
	}
	t.downs[d] = struct{}{}
}

func (t *tallies) sent(d *DownTrack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, here := t.downs[d]; !here {
		return
	}
	delete(t.downs, d)
	t.out.add(d.count())
}

// sum adds what is carried, and what was.
func (t *tallies) sum(s *Stats) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.In, s.Out = t.in, t.out
	for l := range t.layers {
		s.In.add(l.count())
	}
	for d := range t.downs {
		s.Out.add(d.count())
		s.Subscriptions[d.Kind().String()]++
	}
}

// count returns what has arrived.
func (l *layer) count() (packets, bytes int64) {
	l.order.Lock()
	defer l.order.Unlock()
	return l.passed, l.bytes.Load()
}

// count returns what has been sent.
func (d *DownTrack) count() (packets, bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.packets, d.octets
}
