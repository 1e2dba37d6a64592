package sfu

import (
	"reflect"
	"slices"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
	"escalate/server/localtwilio/sfu/rtpseq"
)

// tape keeps what a DownTrack writes.
type tape struct{ headers []rtp.Header }

func (w *tape) WriteRTP(h *rtp.Header, _ []byte) (int, error) {
	w.headers = append(w.headers, *h)
	return 0, nil
}
func (w *tape) Write([]byte) (int, error) { return 0, nil }

var (
	vp8Key   = []byte{0x10, 0x00}
	vp8Delta = []byte{0x10, 0x01}
)

func newTaped(mime string) (*DownTrack, *tape) {
	d := newDownTrack("MT1", "PA1", webrtc.RTPCodecCapability{MimeType: mime}, wire{})
	w := &tape{}
	d.out = outlet{writer: w, ssrc: 42, payload: 96}
	d.rewriter.number = rtpseq.NewNumbering(65534) // about to wrap
	return d, w
}

func parsed(c codec.Codec, payload []byte) (f codec.Frame) {
	c.Parse(payload, &f)
	return f
}

// arrives returns the next packet of a layer without sinks, with a number.
func (l *layer) arrives(c codec.Codec, number int64, payload []byte) *packet {
	p := &packet{number: number, frame: parsed(c, payload), payload: payload, plain: payload}
	l.place(p, &sinkList{})
	return p
}

func TestDownTrackNumbersWithoutGaps(t *testing.T) {
	d, w := newTaped(webrtc.MimeTypeVP8)
	l := &layer{}
	write := func(seq int64, payload []byte, want written) {
		t.Helper()
		if got, err := d.write(l, l.arrives(codec.VP8, seq, payload)); err != nil || got != want {
			t.Errorf("packet %d: result %d, want %d, %v", seq, got, want, err)
		}
	}
	write(10, vp8Key, early) // not answered yet
	if _, wanted := d.start(); !wanted {
		t.Error("start does not ask for a keyframe")
	}
	write(11, vp8Delta, wantKeyframe)
	write(12, vp8Key, began)     // 65534
	write(14, vp8Delta, sent)    // 0: 13 is late
	write(13, vp8Delta, sent)    // 65535
	write(11, vp8Delta, skipped) // before the beginning: its number would be another's
	d.choose(0, true)
	write(15, vp8Delta, skipped)
	write(16, vp8Key, skipped)
	if !d.choose(0, false) {
		t.Error("resuming does not ask for a keyframe")
	}
	write(17, vp8Delta, wantKeyframe)
	write(18, vp8Key, began) // 1
	write(14, vp8Delta, skipped)
	write(19, vp8Delta, sent) // 2
	var got []uint16
	for _, h := range w.headers {
		got = append(got, h.SequenceNumber)
		if h.SSRC != 42 || h.PayloadType != 96 || h.Extension || len(h.Extensions)+len(h.CSRC) != 0 {
			t.Errorf("header is %+v", h)
		}
	}
	if want := []uint16{65534, 0, 65535, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v", got, want)
	}
}

func TestDownTrackOfAudioNeedsNoKeyframe(t *testing.T) {
	d, w := newTaped(webrtc.MimeTypeOpus)
	if _, wanted := d.start(); wanted {
		t.Error("audio asks for a keyframe")
	}
	l := &layer{}
	if _, err := d.write(l, l.arrives(codec.Other, 1, []byte{1})); err != nil || len(w.headers) != 1 {
		t.Errorf("%d packets, %v", len(w.headers), err)
	}
}

func TestDownTrackPassesReportsOn(t *testing.T) {
	d, _ := newTaped(webrtc.MimeTypeOpus)
	l := &layer{}
	var got []rtcp.Packet
	d.wire.rtcp = func(p []rtcp.Packet) error { got = append(got, p...); return nil }
	if ok, err := d.report(l, 7, 8); ok || err != nil || len(got) != 0 {
		t.Errorf("reported before anything was sent: %v, %v", got, err)
	}
	d.start()
	for seq := range int64(3) {
		if _, err := d.write(l, l.arrives(codec.Other, seq, make([]byte, 10))); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := d.report(l, 7, 8); !ok || err != nil {
		t.Errorf("not reported: %v", err)
	}
	want := rtcp.SenderReport{SSRC: 42, NTPTime: 7, RTPTime: 8, PacketCount: 3, OctetCount: 30}
	if len(got) != 1 || !reflect.DeepEqual(got[0], &want) {
		t.Errorf("got %+v", got)
	}
}

func TestMatchCodec(t *testing.T) {
	have := []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "video/VP8"}, PayloadType: 96},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "video/H264", SDPFmtpLine: "a"}, PayloadType: 102},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "video/H264", SDPFmtpLine: "b"}, PayloadType: 104},
	}
	tests := []struct {
		name, mime, fmtp string
		want             webrtc.PayloadType
		ok               bool
	}{
		{"exact", "video/h264", "b", 104, true},
		{"near", "video/H264", "c", 102, true},
		{"missing", "video/AV1", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := matchCodec(webrtc.RTPCodecCapability{MimeType: tt.mime, SDPFmtpLine: tt.fmtp}, have)
			if ok != tt.ok || got.PayloadType != tt.want {
				t.Errorf("got %d, %t", got.PayloadType, ok)
			}
		})
	}
}
