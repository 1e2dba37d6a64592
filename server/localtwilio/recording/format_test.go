package recording

import (
	"encoding/binary"
	"encoding/hex"
	"testing"
)

// Sequence parameter sets as libx264 writes them.
func TestSPSSize(t *testing.T) {
	tests := []struct {
		name, sps string
		w, h      int
		ok        bool
	}{
		{"baseline, cropped", "6742c00dd901419f9f0110000003001000000303c0f142a480", 320, 180, true},
		{"baseline", "6742c01ed900a03db0110000030001000003003c0f162e48", 640, 480, true},
		{"high", "6764001facd9405005bb0110000003001000000303c0f1831960", 1280, 720, true},
		{"high, cropped", "67640028acd940780227e5c044000003000400000300f03c60c658", 1920, 1080, true},
		{"interlaced", "6764001eacd940a07b6022000003000200000300783e28532c", 640, 480, true},
		{"cut off", "6742c01ed9", 0, 0, false},
		{"empty", "", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := hex.DecodeString(tt.sps)
			if err != nil {
				t.Fatal(err)
			}
			if w, h, ok := spsSize(b); ok != tt.ok || ok && (w != tt.w || h != tt.h) {
				t.Errorf("%dx%d %t, want %dx%d %t", w, h, ok, tt.w, tt.h, tt.ok)
			}
		})
	}
}

func TestH264Units(t *testing.T) {
	unit := func(b ...byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }
	frame := append(append(unit(0x67, 1), unit(0x68)...), unit(0x65, 2, 3)...)
	us := h264Units(frame)
	if len(us) != 3 || !us.has(nalSPS) || !us.has(nalPPS) || !us.has(nalIDR) || us.has(1) {
		t.Errorf("units %x", us)
	}
	if us := h264Units(frame[:len(frame)-1]); len(us) != 2 {
		t.Errorf("a unit that is cut off counts: %x", us)
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, 0x67, 1})
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, x := range []*format{&opus, &vp8, &h264} {
			x.key(b)
			x.entry(b)
		}
	})
}
