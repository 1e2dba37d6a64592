package nack

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// wire takes down what an interceptor sends.
type wire struct {
	headers  []rtp.Header
	payloads []string
}

func (w *wire) Write(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	w.headers = append(w.headers, *h)
	w.payloads = append(w.payloads, string(payload))
	return len(payload), nil
}

const (
	resendSSRC    = 7
	resendRTXSSRC = 8
)

// newResending makes a Responder with one stream, of which packets with the numbers have been sent. The
// wire has only what comes after.
func newResending(t *testing.T, info interceptor.StreamInfo, numbers ...uint16) (*Responder, *wire, interceptor.RTPWriter) {
	t.Helper()
	r, w := NewResponder(func(time.Time) time.Duration { return 0 }, func(uint32) {}), &wire{}
	info.SSRC = resendSSRC
	out := r.BindLocalStream(&info, w)
	for _, n := range numbers {
		sendNumbered(t, out, n)
	}
	*w = wire{}
	return r, w, out
}

func sendNumbered(t *testing.T, out interceptor.RTPWriter, n uint16) {
	t.Helper()
	h := &rtp.Header{SSRC: resendSSRC, PayloadType: 96, SequenceNumber: n, Timestamp: 90 * uint32(n), Marker: true}
	if _, err := out.Write(h, []byte{byte(n >> 8), byte(n)}, nil); err != nil {
		t.Fatal(err)
	}
}

func lacking(numbers ...uint16) *rtcp.TransportLayerNack {
	return &rtcp.TransportLayerNack{MediaSSRC: resendSSRC, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}
}

var (
	withNack = interceptor.StreamInfo{RTCPFeedback: []interceptor.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}}}
	withRTX  = interceptor.StreamInfo{
		RTCPFeedback: withNack.RTCPFeedback, SSRCRetransmission: resendRTXSSRC, PayloadTypeRetransmission: 97,
	}
)

// What is missing is sent again as it was, and what is not kept is not made up.
func TestResend(t *testing.T) {
	t.Parallel()
	r, w, _ := newResending(t, withNack, 65534, 65535, 0, 1)
	r.Resend(lacking(65535, 0, 2), time.Now())
	if len(w.headers) != 2 {
		t.Fatalf("%d packets, want 2: %+v", len(w.headers), w.headers)
	}
	for i, n := range []uint16{65535, 0} {
		h := w.headers[i]
		if h.SSRC != resendSSRC || h.PayloadType != 96 || h.SequenceNumber != n || h.Timestamp != 90*uint32(n) || !h.Marker {
			t.Errorf("sent again as %+v, want number %d", h, n)
		}
		if want := string([]byte{byte(n >> 8), byte(n)}); w.payloads[i] != want {
			t.Errorf("payload %q, want %q", w.payloads[i], want)
		}
	}
}

// RFC 4588 section 4: a stream of its own, with the number of the packet in front.
func TestResendAsRetransmissionFormat(t *testing.T) {
	t.Parallel()
	r, w, _ := newResending(t, withRTX, 300, 301)
	r.Resend(lacking(301, 300), time.Now())
	if len(w.headers) != 2 {
		t.Fatalf("%d packets, want 2: %+v", len(w.headers), w.headers)
	}
	for i, n := range []uint16{301, 300} {
		h := w.headers[i]
		if h.SSRC != resendRTXSSRC || h.PayloadType != 97 || h.Timestamp != 90*uint32(n) || !h.Marker {
			t.Errorf("sent again as %+v", h)
		}
		if want := string([]byte{1, byte(n), 1, byte(n)}); w.payloads[i] != want {
			t.Errorf("payload %q, want %q", w.payloads[i], want)
		}
	}
	if w.headers[1].SequenceNumber != w.headers[0].SequenceNumber+1 {
		t.Errorf("numbers %d and %d of the retransmissions do not follow each other", w.headers[0].SequenceNumber, w.headers[1].SequenceNumber)
	}
}

// A retransmission that may be on its way is not repeated, one that must have got lost is.
func TestResendOncePerRoundTrip(t *testing.T) {
	t.Parallel()
	r, w, _ := newResending(t, withRTX, 5)
	now := time.Now()
	r.roundTrip = func(time.Time) time.Duration { return 40 * time.Millisecond }
	for _, step := range []struct {
		after time.Duration
		want  int // sent in all
	}{{0, 1}, {20 * time.Millisecond, 1}, {44 * time.Millisecond, 1}, {45 * time.Millisecond, 2}, {60 * time.Millisecond, 2}, {91 * time.Millisecond, 3}} {
		r.Resend(lacking(5), now.Add(step.after))
		if len(w.headers) != step.want {
			t.Errorf("after %s: sent %d times, want %d", step.after, len(w.headers), step.want)
		}
	}
}

// The place of a packet is given to one that comes a whole turn later, not to a late one.
func TestResendKeepsTheLatest(t *testing.T) {
	t.Parallel()
	r, w, out := newResending(t, withNack, 3, 3+resendable)
	sendNumbered(t, out, 3)
	*w = wire{}
	r.Resend(lacking(3, 3+resendable), time.Now())
	if len(w.headers) != 1 || w.headers[0].SequenceNumber != 3+resendable {
		t.Errorf("sent %+v, want only %d", w.headers, 3+resendable)
	}
}

// Streams that the client cannot ask for are not kept, and those that ended neither.
func TestResendOnlyWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	r, w, _ := newResending(t, interceptor.StreamInfo{RTCPFeedback: []interceptor.RTCPFeedback{{Type: "nack", Parameter: "pli"}}}, 5)
	r.Resend(lacking(5), time.Now())
	if len(w.headers)+len(r.streams) != 0 {
		t.Errorf("sent %+v without being asked to keep it", w.headers)
	}
	r, w, _ = newResending(t, withRTX, 5)
	r.UnbindLocalStream(&interceptor.StreamInfo{SSRC: resendSSRC})
	r.Resend(lacking(5), time.Now())
	if len(w.headers)+len(r.streams) != 0 {
		t.Errorf("sent %+v after the stream has ended", w.headers)
	}
}

// All that is kept can be had once, then one packet for every two that are sent.
func TestResendWithinBudget(t *testing.T) {
	t.Parallel()
	var all []uint16
	for n := range uint16(resendable) {
		all = append(all, n)
	}
	r, w, out := newResending(t, withRTX, all...)
	now := time.Now()
	ask := func() int {
		*w = wire{}
		now = now.Add(time.Second)
		r.Resend(lacking(all...), now)
		return len(w.headers)
	}
	if n := ask(); n != resendable {
		t.Errorf("%d packets at first, want all %d", n, resendable)
	}
	if n := ask(); n != 0 {
		t.Errorf("%d more, though nothing has been sent", n)
	}
	for n := range uint16(100) {
		sendNumbered(t, out, resendable+n)
	}
	if n := ask(); n != 50 {
		t.Errorf("%d packets for 100 that were sent, want half as many", n)
	}
}

// sendVideo sends a packet that begins a frame.
func sendVideo(t *testing.T, r *Responder, out interceptor.RTPWriter, n uint16, keyframe bool) {
	t.Helper()
	sendNumbered(t, out, n)
	if keyframe {
		r.Keyframe(resendSSRC, n)
	}
}

// What comes before a keyframe is of no use any more, and does not take what the keyframe may need.
func TestResendBeginsAnewWithAKeyframe(t *testing.T) {
	t.Parallel()
	r, w, out := newResending(t, withRTX)
	var old []uint16
	const first = 65000
	for i := range uint16(resendable) {
		old = append(old, first+i)
		sendVideo(t, r, out, first+i, false)
	}
	now := time.Now()
	r.Resend(lacking(old...), now)
	key := old[len(old)-1] + 1
	sendVideo(t, r, out, key, true)
	sendVideo(t, r, out, key+1, false)
	*w = wire{}
	now = now.Add(time.Second)
	r.Resend(lacking(append(old[100:], key, key+1)...), now)
	if len(w.headers) != 2 || w.payloads[0][:2] != string([]byte{byte(key >> 8), byte(key & 0xff)}) {
		t.Errorf("sent %d packets, want the two from the keyframe on", len(w.headers))
	}
	// Long after it numbers come round, and what is missing is no older than the keyframe.
	for n := range uint16(40_000) {
		sendVideo(t, r, out, key+2+n, false)
	}
	*w = wire{}
	r.Resend(lacking(key+40_000), now.Add(time.Second))
	if len(w.headers) != 1 {
		t.Error("a packet long after the keyframe is taken for one before it")
	}
}

// A stream that lacks what will not be sent is given up, once in a while.
func TestResendGivesUp(t *testing.T) {
	t.Parallel()
	r, _, out := newResending(t, withRTX)
	given := 0
	r.giveUp = func(ssrc uint32) {
		if given++; ssrc != resendSSRC {
			t.Errorf("SSRC %d", ssrc)
		}
	}
	for n := range uint16(2 * resendable) {
		sendVideo(t, r, out, n, n == 10)
	}
	now := time.Now()
	for _, step := range []struct {
		name   string
		after  time.Duration
		number uint16
		want   int // so far
	}{
		{"still there", 0, resendable + 5, 0},
		{"not kept any more", 0, 20, 1},
		{"again at once", givingUp / 2, 20, 1},
		{"and later", givingUp, 20, 2},
		{"never sent", 3 * givingUp, 2*resendable + 5, 2},
	} {
		r.Resend(lacking(step.number), now.Add(step.after))
		if given != step.want {
			t.Errorf("%s: given up %d times, want %d", step.name, given, step.want)
		}
	}
	sendVideo(t, r, out, 2*resendable, true)
	r.Resend(lacking(20), now.Add(6*givingUp))
	if given != 2 {
		t.Error("given up for a packet from before the keyframe")
	}
}

func TestResendTakesNoMemory(t *testing.T) {
	_, w, out := newResending(t, withRTX)
	payload := make([]byte, 1100)
	h := &rtp.Header{SSRC: resendSSRC}
	send := func() {
		h.SequenceNumber++
		if _, err := out.Write(h, payload, nil); err != nil {
			t.Fatal(err)
		}
		w.headers, w.payloads = w.headers[:0], w.payloads[:0]
	}
	for range 2 * resendable {
		send()
	}
	if n := testing.AllocsPerRun(1000, send); n > 1 { // the string that wire makes
		t.Errorf("%v allocations for each packet", n)
	}
}
