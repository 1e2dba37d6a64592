package codec

import (
	"slices"
	"testing"
)

func parsed(c Codec, payload []byte) (f Frame) {
	c.Parse(payload, &f)
	return f
}

func TestKeyframes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		is      Codec
		payload []byte
		want    bool
	}{
		{"vp8 empty", VP8, nil, false},
		{"vp8 key", VP8, []byte{0x10, 0x00}, true},
		{"vp8 delta", VP8, []byte{0x10, 0x01}, false},
		{"vp8 continuation", VP8, []byte{0x00, 0x00}, false},
		{"vp8 second partition", VP8, []byte{0x11, 0x00}, false},
		{"vp8 key, short picture id", VP8, []byte{0x90, 0x80, 0x01, 0x00}, true},
		{"vp8 key, long picture id", VP8, []byte{0x90, 0x80, 0x81, 0x01, 0x00}, true},
		{"vp8 delta, all fields", VP8, []byte{0x90, 0xf0, 0x81, 0x01, 0x01, 0x01, 0x01}, false},
		{"vp8 key, all fields", VP8, []byte{0x90, 0xf0, 0x81, 0x01, 0x01, 0x01, 0x00}, true},
		{"vp8 cut short", VP8, []byte{0x90, 0x80}, false},
		{"h264 empty", H264, nil, false},
		{"h264 sps", H264, []byte{0x67, 1}, true},
		{"h264 slice", H264, []byte{0x41, 1}, false},
		{"h264 aggregate with sps", H264, []byte{24, 0, 2, 0x67, 1, 0, 2, 0x68, 1}, true},
		{"h264 aggregate, sps second", H264, []byte{24, 0, 2, 0x09, 1, 0, 2, 0x67, 1}, true},
		{"h264 aggregate without", H264, []byte{24, 0, 2, 0x41, 1}, false},
		{"h264 aggregate cut short", H264, []byte{24, 0, 9, 0x41}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parsed(tt.is, tt.payload).Keyframe; got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
	for mime, want := range map[string]bool{"video/vp8": true, "video/H264": true, "audio/opus": false} {
		if got := Of(mime).Keyframes(); got != want {
			t.Errorf("%s: %t", mime, got)
		}
	}
}

// FuzzKeyframes takes whatever a publisher sends: nothing but a sequence parameter set makes a keyframe of H.264.
func FuzzKeyframes(f *testing.F) {
	f.Add([]byte{24, 0, 2, 0x09, 1, 0, 2, 0x67, 1})
	f.Add([]byte{0x67})
	f.Fuzz(func(t *testing.T, b []byte) {
		sps := func(x byte) bool { return x&0x1f == 7 }
		if parsed(H264, b).Keyframe && !slices.ContainsFunc(b, sps) {
			t.Errorf("%x begins a keyframe without a parameter set", b)
		}
		if got := (Frame{}); parsed(Other, b) != got {
			t.Errorf("%x says something to who does not look", b)
		}
	})
}
