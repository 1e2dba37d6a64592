package sfu

import (
	"reflect"
	"slices"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
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

// only is the one layer of a Track without simulcast.
var only = &layer{}

func newTaped(mime string) (*DownTrack, *tape) {
	d := newDownTrack("MT1", "PA1", webrtc.RTPCodecCapability{MimeType: mime}, nil)
	w := &tape{}
	d.writer, d.ssrc, d.payload = w, 42, 96
	d.number.next = 65534 // about to wrap
	return d, w
}

func TestDownTrackNumbersWithoutGaps(t *testing.T) {
	d, w := newTaped(webrtc.MimeTypeVP8)
	write := func(seq int64, payload []byte, want written) {
		t.Helper()
		h := rtp.Header{SequenceNumber: uint16(seq), Extension: true, Extensions: []rtp.Extension{{}}, CSRC: []uint32{1}}
		if got, err := d.write(only, &h, payload, seq); err != nil || got != want {
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
	if _, err := d.write(only, &rtp.Header{}, []byte{1}, 1); err != nil || len(w.headers) != 1 {
		t.Errorf("%d packets, %v", len(w.headers), err)
	}
}

func TestDownTrackPassesReportsOn(t *testing.T) {
	d, _ := newTaped(webrtc.MimeTypeOpus)
	var got []rtcp.Packet
	d.rtcp = func(p []rtcp.Packet) error { got = append(got, p...); return nil }
	if ok, err := d.report(only, 7, 8); ok || err != nil || len(got) != 0 {
		t.Errorf("reported before anything was sent: %v, %v", got, err)
	}
	d.start()
	for seq := range int64(3) {
		if _, err := d.write(only, &rtp.Header{}, make([]byte, 10), seq); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := d.report(only, 7, 8); !ok || err != nil {
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

func TestKeyframes(t *testing.T) {
	tests := []struct {
		name    string
		is      keyframeTest
		payload []byte
		want    bool
	}{
		{"vp8 empty", vp8Keyframe, nil, false},
		{"vp8 key", vp8Keyframe, []byte{0x10, 0x00}, true},
		{"vp8 delta", vp8Keyframe, []byte{0x10, 0x01}, false},
		{"vp8 continuation", vp8Keyframe, []byte{0x00, 0x00}, false},
		{"vp8 second partition", vp8Keyframe, []byte{0x11, 0x00}, false},
		{"vp8 key, short picture id", vp8Keyframe, []byte{0x90, 0x80, 0x01, 0x00}, true},
		{"vp8 key, long picture id", vp8Keyframe, []byte{0x90, 0x80, 0x81, 0x01, 0x00}, true},
		{"vp8 delta, all fields", vp8Keyframe, []byte{0x90, 0xf0, 0x81, 0x01, 0x01, 0x01, 0x01}, false},
		{"vp8 key, all fields", vp8Keyframe, []byte{0x90, 0xf0, 0x81, 0x01, 0x01, 0x01, 0x00}, true},
		{"vp8 cut short", vp8Keyframe, []byte{0x90, 0x80}, false},
		{"h264 empty", h264Keyframe, nil, false},
		{"h264 sps", h264Keyframe, []byte{0x67, 1}, true},
		{"h264 slice", h264Keyframe, []byte{0x41, 1}, false},
		{"h264 aggregate with sps", h264Keyframe, []byte{24, 0, 2, 0x67, 1, 0, 2, 0x68, 1}, true},
		{"h264 aggregate, sps second", h264Keyframe, []byte{24, 0, 2, 0x09, 1, 0, 2, 0x67, 1}, true},
		{"h264 aggregate without", h264Keyframe, []byte{24, 0, 2, 0x41, 1}, false},
		{"h264 aggregate cut short", h264Keyframe, []byte{24, 0, 9, 0x41}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.is(tt.payload); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
	for mime, want := range map[string]bool{"video/vp8": true, "video/H264": true, "audio/opus": false} {
		if got := keyframeTestFor(mime) != nil; got != want {
			t.Errorf("%s: %t", mime, got)
		}
	}
}

func FuzzKeyframes(f *testing.F) {
	f.Add([]byte{0x90, 0xf0, 0x81, 0x01, 0x01, 0x01, 0x00})
	f.Add([]byte{24, 0, 2, 0x09, 1, 0, 2, 0x67, 1})
	f.Fuzz(func(_ *testing.T, b []byte) {
		vp8Keyframe(b)
		h264Keyframe(b)
	})
}
