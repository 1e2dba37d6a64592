package sfu

import "testing"

// TestOptionsOfSizesNotSeen wants a layer in its place that arrives without a keyframe so far. Taken
// for the smallest it would never be asked for one.
func TestOptionsOfSizesNotSeen(t *testing.T) {
	for _, c := range []struct {
		name string
		seen [3]Dimensions
		want Dimensions // of the largest
	}{
		{"all", [3]Dimensions{{Width: 320, Height: 180}, {Width: 640, Height: 360}, {Width: 1280, Height: 720}}, Dimensions{Width: 1280, Height: 720}},
		{"not the largest", [3]Dimensions{{Width: 320, Height: 180}, {Width: 640, Height: 360}, {}}, Dimensions{Width: 1280, Height: 720}},
		{"only the smallest", [3]Dimensions{{Width: 320, Height: 180}}, Dimensions{Width: 1280, Height: 720}},
		{"not the smallest", [3]Dimensions{{}, {Width: 640, Height: 360}, {Width: 1280, Height: 720}}, Dimensions{Width: 1280, Height: 720}},
		{"from large to small", [3]Dimensions{{Width: 1280, Height: 720}, {Width: 640, Height: 360}, {Width: 320, Height: 180}}, Dimensions{Width: 1280, Height: 720}},
		{"none", [3]Dimensions{}, Dimensions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := &upTrack{}
			for i, d := range c.seen {
				l := &layer{index: i}
				l.bytes.Store(1)
				l.size.Store(uint32(d.Width)<<16 | uint32(d.Height))
				u.layers = append(u.layers, l)
			}
			list := u.options()
			if len(list) != 3 {
				t.Fatalf("%d options, want 3: %v", len(list), list)
			}
			if got := list[2].Size; got != c.want {
				t.Errorf("the largest is %v, want %v of %v", got, c.want, list)
			}
		})
	}
}
