package codec

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
	t.Parallel()
	v := VP8Numbers{lastPicture: 32766, lastTL0: 254}
	buf := make([]byte, 1500)
	step := func(in []byte, rebase bool, picture uint16, tl0 uint8) {
		t.Helper()
		before := string(in)
		f := parsed(VP8, in)
		if !f.vp8.complete {
			t.Fatal("no descriptor")
		}
		if rebase {
			v.Rebase(&f)
		}
		got := parsed(VP8, v.Apply(&f, in, buf)).vp8
		if !got.complete || got.picture != picture || got.tl0 != tl0 || !got.long {
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
	t.Parallel()
	key := []byte{0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41}
	if f := parsed(VP8, key); f.Width != 640 || f.Height != 360 {
		t.Errorf("got %dx%d", f.Width, f.Height)
	}
	for name, b := range map[string][]byte{"delta": append([]byte{0x10, 0x01}, key[2:]...), "short": key[:8], "later packet": append([]byte{0x00}, key[1:]...)} {
		if f := parsed(VP8, b); f.Width != 0 || f.Height != 0 {
			t.Errorf("%s has a size", name)
		}
	}
}

// FuzzVP8 takes whatever a publisher calls VP8: no payload changes its length, and none that is whole is
// taken for damaged once its numbers are rewritten.
func FuzzVP8(f *testing.F) {
	f.Add([]byte{0x90, 0xf0, 0x81, 0x01, 0x01, 0x01, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 1, 2, 3, 4})
	f.Add(vp8(5, 5, true))
	f.Fuzz(func(t *testing.T, b []byte) {
		v := VP8Numbers{lastPicture: 77, lastTL0: 7}
		in := parsed(VP8, b)
		v.Rebase(&in)
		got := v.Apply(&in, b, make([]byte, 1500))
		if len(got) != len(b) {
			t.Errorf("%d octets became %d", len(b), len(got))
		}
		out := parsed(VP8, got)
		if in.Keyframe != out.Keyframe || in.Width != out.Width || in.Height != out.Height || in.vp8.complete != out.vp8.complete {
			t.Errorf("%+v became %+v", in, out)
		}
	})
}
