package sfu

import "testing"

// vp8 makes a payload with a 15 bit picture id and a temporal layer 0 index.
func vp8(picture uint16, tl0 uint8, key bool) []byte {
	frame := byte(1)
	if key {
		frame = 0
	}
	return []byte{0x90, 0xc0, 0x80 | byte(picture>>8), byte(picture), tl0, frame, 0, 0}
}

func TestVP8NumbersGoOnOverAChange(t *testing.T) {
	v := vp8Numbers{lastPicture: 32766, lastTL0: 254}
	buf := make([]byte, maxPacket)
	step := func(in []byte, rebase bool, picture uint16, tl0 uint8) {
		t.Helper()
		before := string(in)
		d, ok := parseVP8(in)
		if !ok {
			t.Fatal("no descriptor")
		}
		if rebase {
			v.rebase(d)
		}
		got, ok := parseVP8(v.apply(in, buf))
		if !ok || got.picture != picture || got.tl0 != tl0 || !got.long {
			t.Errorf("picture %d, tl0 %d, want %d and %d", got.picture, got.tl0, picture, tl0)
		}
		if string(in) != before {
			t.Error("another subscriber's payload was changed")
		}
	}
	step(vp8(100, 7, true), true, 32767, 255)
	step(vp8(101, 8, false), false, 0, 0)
	step(vp8(103, 9, false), false, 2, 1)
	step(vp8(102, 8, false), false, 1, 0) // late
	step(vp8(9000, 200, true), true, 3, 2)
	step(vp8(9001, 201, false), false, 4, 3)
}

func TestVP8Size(t *testing.T) {
	key := []byte{0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41}
	if w, h, ok := vp8Size(key); !ok || w != 640 || h != 360 {
		t.Errorf("got %dx%d, %t", w, h, ok)
	}
	for name, b := range map[string][]byte{"delta": append([]byte{0x10, 0x01}, key[2:]...), "short": key[:8], "later packet": append([]byte{0x00}, key[1:]...)} {
		if _, _, ok := vp8Size(b); ok {
			t.Errorf("%s has a size", name)
		}
	}
}

func FuzzVP8(f *testing.F) {
	f.Add([]byte{0x90, 0xf0, 0x81, 0x01, 0x01, 0x01, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 1, 2, 3, 4})
	f.Add(vp8(5, 5, true))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v vp8Numbers
		if d, ok := parseVP8(b); ok {
			v.rebase(d)
		}
		if got := v.apply(b, make([]byte, maxPacket)); len(got) != len(b) {
			t.Errorf("%d octets became %d", len(b), len(got))
		}
		vp8Size(b)
	})
}
