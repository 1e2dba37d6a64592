package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// tapQueue is how many packets a Tap holds for its reader: about four seconds of 720p. What
// a reader misses beyond that is lost to it, and to nobody else.
const tapQueue = 1024

// TapItem is a packet or a sender report of a tapped Track, as it arrived. Exactly one of
// Packet and Report is set.
type TapItem struct {
	Packet *rtp.Packet // the reader's own; without header extensions
	Report *rtcp.SenderReport
	// MimeType is the codec, such as "video/VP8".
	MimeType string
	At       time.Time
}

// Tap copies the media of one Track, in order of arrival, to a reader that is no Participant.
// It never holds up forwarding: a reader that falls behind loses packets. The Track need not
// be there yet, and its media may be replaced meanwhile, which shows as another SSRC.
type Tap struct {
	router   *Router
	trackSID string
	dropped  atomic.Uint64
	media    atomic.Pointer[upTrack] // nil while there is none

	mu     sync.Mutex
	closed bool         // guarded by mu
	items  chan TapItem // sent to with mu held
}

// Tap begins to copy a Track's media; for video it asks for a keyframe. The caller has to
// Close the Tap. On a closed Router it is closed from the start.
func (r *Router) Tap(trackSID string) *Tap {
	t := &Tap{router: r, trackSID: trackSID, items: make(chan TapItem, tapQueue)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		t.end()
		return t
	}
	r.taps = append(r.taps, t)
	for _, pub := range r.publications {
		t.published(pub)
	}
	return t
}

// Items delivers what arrives. It is closed, after what is queued, by Close and with
// the Room.
func (t *Tap) Items() <-chan TapItem { return t.items }

// Dropped counts what did not fit into the queue.
func (t *Tap) Dropped() uint64 { return t.dropped.Load() }

// RequestKeyframe asks the publisher of a video Track for one.
func (t *Tap) RequestKeyframe() {
	if u := t.media.Load(); u != nil {
		u.requestKeyframe(0)
	}
}

// Close ends the copying. It may be called more than once.
func (t *Tap) Close() {
	r := t.router
	r.mu.Lock()
	r.taps = slices.DeleteFunc(r.taps, func(x *Tap) bool { return x == t })
	if u := t.media.Swap(nil); u != nil {
		u.taps.remove(t)
	}
	r.mu.Unlock()
	t.end()
}

// published attaches t to the media of its Track; the Router's mu is held.
func (t *Tap) published(pub *publication) {
	if pub.sid != t.trackSID || pub.media == nil {
		return
	}
	t.media.Store(pub.media)
	pub.media.taps.add(t)
	pub.media.requestKeyframe(0)
	if sr := pub.media.layers[0].clock.Report(); sr != nil {
		// When it arrived is not known any more: it only ties RTP time to the publisher's clock.
		t.offer(TapItem{Report: sr, MimeType: pub.media.codec.MimeType})
	}
}

// withdrawn is the opposite of published.
func (t *Tap) withdrawn(pub *publication) {
	if pub.media != nil && t.media.CompareAndSwap(pub.media, nil) {
		pub.media.taps.remove(t)
	}
}

func (t *Tap) offer(i TapItem) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	select {
	case t.items <- i:
	default:
		t.dropped.Add(1)
	}
}

func (t *Tap) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		close(t.items)
	}
}

// tapList is the Taps of an upTrack; reading it takes no lock. The zero value is empty.
type tapList struct {
	list atomic.Pointer[[]*Tap] // replaced with the Router's mu held
}

func (l *tapList) add(t *Tap) {
	all := append(slices.Clone(l.all()), t)
	l.list.Store(&all)
}

func (l *tapList) remove(t *Tap) {
	all := slices.DeleteFunc(slices.Clone(l.all()), func(x *Tap) bool { return x == t })
	l.list.Store(&all)
}

func (l *tapList) all() []*Tap {
	if p := l.list.Load(); p != nil {
		return *p
	}
	return nil
}

// packet copies a packet that has arrived, and whose memory is used again. Of redundant audio it is what is new.
func (l *tapList) packet(h *rtp.Header, p *packet, mime string) {
	for _, t := range l.all() {
		own := *h
		own.Extension, own.Extensions, own.CSRC = false, nil, nil
		t.offer(TapItem{Packet: &rtp.Packet{Header: own, Payload: slices.Clone(p.plain)}, MimeType: mime, At: p.arrived})
	}
}

func (l *tapList) report(sr *rtcp.SenderReport, mime string) {
	now := time.Now()
	for _, t := range l.all() {
		t.offer(TapItem{Report: sr, MimeType: mime, At: now})
	}
}
