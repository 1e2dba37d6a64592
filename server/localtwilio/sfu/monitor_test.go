package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
	"escalate/server/localtwilio/sfu/rtpseq"
)

// monitored is a DownTrack of VP8 whose packets go through a monitor, and the
// numbers of what reaches the network.
func monitored(t *testing.T) (*monitor, *DownTrack, *[]uint16) {
	t.Helper()
	m := newMonitor()
	m.gaveUp = func(uint32) {}
	numbers := &[]uint16{}
	network := interceptor.RTPWriterFunc(func(h *rtp.Header, _ []byte, _ interceptor.Attributes) (int, error) {
		*numbers = append(*numbers, h.SequenceNumber)
		return 0, nil
	})
	info := &interceptor.StreamInfo{SSRC: 42, MimeType: webrtc.MimeTypeVP8, RTCPFeedback: []interceptor.RTCPFeedback{{Type: "nack"}}}
	d := newDownTrack("MT1", "PA1", webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, wire{keyframe: m.responder.Keyframe})
	d.out = outlet{writer: outgoing{m.responder.BindLocalStream(info, m.BindLocalStream(info, network))}, ssrc: 42, payload: 96}
	d.rewriter.number = rtpseq.NewNumbering(100)
	d.start()
	return m, d, numbers
}

func lacking(numbers ...uint16) *rtcp.TransportLayerNack {
	return &rtcp.TransportLayerNack{MediaSSRC: 42, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}
}

// The clocks of publishers are not ours: a report in the words of one that is slow
// must not look like a round trip of as long, for which nothing is sent again.
func TestMonitorResendsWhateverThePublishersClock(t *testing.T) {
	m, d, sent := monitored(t)
	l := &layer{}
	if _, err := d.write(l, l.arrives(codec.VP8, 1, vp8Key)); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	slow := uint32(1) << 16 // one second after the beginning of time
	m.quality.reported(42, uint64(slow)<<16, now)
	m.received(&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 42, LastSenderReport: slow}}}, now.Add(10*time.Millisecond))
	for _, step := range []struct {
		after time.Duration
		want  []uint16
	}{
		{20 * time.Millisecond, []uint16{100, 100}},
		{30 * time.Millisecond, []uint16{100, 100}}, // it may be on its way
		{40 * time.Millisecond, []uint16{100, 100, 100}},
	} {
		m.received(lacking(100), now.Add(step.after))
		if !slices.Equal(*sent, step.want) {
			t.Errorf("after %s: sent %v, want %v", step.after, *sent, step.want)
		}
	}
}

// What comes before a keyframe is of no use any more.
func TestMonitorResendsNothingFromBeforeAKeyframe(t *testing.T) {
	m, d, sent := monitored(t)
	l := &layer{}
	for i, payload := range [][]byte{vp8Key, vp8Delta, vp8Key, vp8Delta} { // 100 to 103
		if _, err := d.write(l, l.arrives(codec.VP8, int64(i+1), payload)); err != nil {
			t.Fatal(err)
		}
	}
	*sent = nil
	m.received(lacking(101, 102, 103), time.Now())
	if want := []uint16{102, 103}; !slices.Equal(*sent, want) {
		t.Errorf("sent again %v, want %v", *sent, want)
	}
}
