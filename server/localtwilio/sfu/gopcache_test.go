package sfu

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
	"escalate/server/localtwilio/sfu/nack"
)

// opened is a video Track of which packets arrive by hand.
type opened struct {
	t     *testing.T
	u     *upTrack
	l     *layer
	f     forwarding
	next  uint16
	now   time.Time    // when packets arrive
	asked atomic.Int32 // for a keyframe
}

func newOpened(t *testing.T) *opened {
	t.Helper()
	o := &opened{t: t, next: 65530, now: time.Unix(1_700_000_000, 0)}
	o.l = &layer{keys: nack.NewKeyframeRequests(func() { o.asked.Add(1) })}
	o.l.missing = nack.NewGenerator(func([]uint16) {}, o.l.keys.Request)
	t.Cleanup(o.l.close)
	o.u = newUpTrack(o.l, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, nil)
	o.f = forwarding{codec: codec.VP8, now: func() time.Time { return o.now }}
	return o
}

func (o *opened) arrives(payloads ...[]byte) {
	o.t.Helper()
	for _, p := range payloads {
		o.late(o.next, p)
		o.next++
	}
}

// late is a packet with a number of its own.
func (o *opened) late(number uint16, payload []byte) {
	o.t.Helper()
	raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: number, Timestamp: 3000 * uint32(number)}, Payload: payload}).Marshal()
	if err != nil {
		o.t.Fatal(err)
	}
	o.u.pass(o.l, &o.f, raw)
}

// subscriber is one that is ready from now on.
func (o *opened) subscriber() (*tape, *DownTrack) {
	d, w := newTaped(webrtc.MimeTypeVP8)
	d.start()
	o.u.sinks.attach(d)
	return w, d
}

func (o *opened) want(w *tape, packets, asked int) {
	o.t.Helper()
	if len(w.headers) != packets {
		o.t.Errorf("%d packets, want %d", len(w.headers), packets)
	}
	for i := 1; i < len(w.headers); i++ {
		if w.headers[i].SequenceNumber != w.headers[i-1].SequenceNumber+1 {
			o.t.Errorf("number %d after %d", w.headers[i].SequenceNumber, w.headers[i-1].SequenceNumber)
		}
	}
	if n := int(o.asked.Load()); n != asked {
		o.t.Errorf("asked for %d keyframes, want %d", n, asked)
	}
}

// Whoever is a little late gets the Track from its first keyframe on.
func TestOpeningIsReplayed(t *testing.T) {
	o := newOpened(t)
	if o.u.underWay(0) {
		t.Error("a keyframe is needed of what has not begun")
	}
	o.arrives(vp8Key, vp8Delta, vp8Delta)
	if o.u.underWay(0) {
		t.Error("a keyframe is needed though one is kept")
	}
	late, _ := o.subscriber()
	o.arrives(vp8Delta)
	o.want(late, 4, 0)
	later, _ := o.subscriber()
	o.arrives(vp8Delta, vp8Delta)
	o.want(late, 6, 0)
	o.want(later, 6, 0)
}

// It is no use to those who have pictures already: they would go back in time.
func TestOpeningIsForBeginners(t *testing.T) {
	o := newOpened(t)
	o.arrives(vp8Key)
	w, d := o.subscriber()
	o.arrives(vp8Delta)
	d.choose(0, true)
	d.choose(0, false)
	o.arrives(vp8Delta)
	o.want(w, 2, 1)
}

func TestOpeningEnds(t *testing.T) {
	o := newOpened(t)
	o.arrives(vp8Key)
	o.l.gop.began = o.now.Add(-2 * openingTime)
	o.arrives(vp8Delta)
	if !o.u.underWay(0) {
		t.Error("no keyframe is needed of what is under way")
	}
	if o.l.gop.packets != nil {
		t.Error("the packets are kept")
	}
	w, _ := o.subscriber()
	o.arrives(vp8Delta)
	o.want(w, 0, 1)

	o = newOpened(t)
	o.arrives(vp8Key)
	for range gopLimit {
		o.arrives(vp8Delta)
	}
	if o.l.gop.packets != nil {
		t.Error("too many packets are kept")
	}
}

// Without its keyframe a beginning is none.
func TestOpeningBeginsWithAKeyframe(t *testing.T) {
	o := newOpened(t)
	w, _ := o.subscriber()
	o.arrives(vp8Delta, vp8Delta)
	o.want(w, 0, 1)
	o.arrives(vp8Key)
	late, _ := o.subscriber()
	o.arrives(vp8Delta)
	o.want(w, 2, 1)
	o.want(late, 2, 1)
}

// The first packet of a keyframe can be the one that got lost and comes last.
func TestKeyframeWhoseBeginningComesLast(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after time.Duration // of the Track's beginning
	}{{"first keyframe", 0}, {"a later one", 2 * openingTime}} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOpened(t)
			w, _ := o.subscriber()
			o.arrives(vp8Delta)
			o.l.gop.began = o.now.Add(-tt.after)
			lost := o.next
			o.next++
			o.arrives(vp8Delta, vp8Delta, vp8Delta)
			o.want(w, 0, 1)
			o.late(lost, vp8Key)
			o.arrives(vp8Delta)
			o.want(w, 5, 1)
		})
	}
}

// Nothing else need arrive for that.
func TestBeginsWithWhatIsKept(t *testing.T) {
	o := newOpened(t)
	o.arrives(vp8Delta, vp8Key, vp8Delta)
	d, w := newTaped(webrtc.MimeTypeVP8)
	o.u.sinks.attach(d)
	layer, _ := d.start()
	o.u.begin(d, layer)
	o.want(w, 2, 0)
	o.u.begin(d, layer)
	o.arrives(vp8Delta)
	o.want(w, 3, 0)
}

// A keyframe can come before its subscriber is through with the negotiation.
func TestKeyframeThatComesTooSoon(t *testing.T) {
	for _, tt := range []struct {
		name    string
		age     time.Duration
		packets int
		asked   int
	}{{"a little", 0, 4, 0}, {"much", 2 * openingTime, 0, 1}} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOpened(t)
			o.arrives(vp8Delta)
			o.l.gop.began = o.now.Add(-2 * openingTime)
			d, w := newTaped(webrtc.MimeTypeVP8)
			o.u.sinks.attach(d)
			o.arrives(vp8Delta, vp8Key, vp8Delta, vp8Delta)
			if o.u.underWay(0) {
				t.Error("another keyframe is needed")
			}
			for i := range o.l.gop.packets {
				o.l.gop.packets[i].arrived = o.now.Add(-tt.age)
			}
			d.start()
			o.arrives(vp8Delta)
			o.want(w, tt.packets, tt.asked)
		})
	}
}

// What is kept for those who wait does not grow, and ends with their waiting.
func TestGOPCacheIsBounded(t *testing.T) {
	o := newOpened(t)
	o.arrives(vp8Delta)
	o.l.gop.began = o.now.Add(-2 * openingTime)
	w, _ := o.subscriber()
	for range 2 * gopLimit {
		o.arrives(vp8Delta)
	}
	if n := len(o.l.gop.packets); n != gopLimit {
		t.Errorf("%d packets are kept, want %d", n, gopLimit)
	}
	for i := range o.l.gop.packets {
		o.l.gop.packets[i].arrived = o.now.Add(-2 * openingTime)
	}
	o.arrives(vp8Delta)
	if n := len(o.l.gop.packets); n != 1 {
		t.Errorf("%d packets are kept of which all but one are old", n)
	}
	o.arrives(vp8Key, vp8Delta)
	if n := len(o.l.gop.packets); n != 0 {
		t.Errorf("%d packets are kept for nobody", n)
	}
	o.want(w, 2, int(o.asked.Load()))
}

// Browsers send what has arrived once more to probe for bandwidth.
func TestWhatCameTwiceIsPassedOnce(t *testing.T) {
	o := newOpened(t)
	w, _ := o.subscriber()
	o.arrives(vp8Key, vp8Delta, vp8Delta)
	o.late(o.next-2, vp8Delta)
	o.arrives(vp8Delta)
	o.want(w, 4, 0)
}
