package sfu

import (
	"math"
	"slices"
	"testing"
)

func TestShare(t *testing.T) {
	const k = 1000
	simulcast := func(r int) *candidate {
		return &candidate{rank: r, current: -1, layers: []option{{index: 0, rate: 150 * k}, {index: 1, rate: 500 * k}, {index: 2, rate: 1500 * k}}}
	}
	plain := func(r int) *candidate { return &candidate{rank: r, current: -1, layers: []option{{rate: 1000 * k}}} }
	with := func(c *candidate, f func(*candidate)) *candidate { f(c); return c }
	elastic := func(c *candidate) { c.elastic = true }
	unwanted := func(c *candidate) { c.off = true }
	speaks := func(c *candidate) { c.speaker = true }
	onAt := func(place int) func(*candidate) { return func(c *candidate) { c.current = place } }
	tests := []struct {
		name string
		a    allocation
		in   []*candidate
		want []int
	}{
		{"no limit", allocation{mode: ModeGrid, budget: math.Inf(1), switchOff: true}, []*candidate{simulcast(1), plain(0), simulcast(2)}, []int{2, 0, 2}},
		{"grid shares evenly", allocation{mode: ModeGrid, budget: 1300 * k, switchOff: true}, []*candidate{simulcast(2), simulcast(1)}, []int{1, 1}},
		{"presentation favours", allocation{mode: ModePresentation, budget: 2000 * k, switchOff: true}, []*candidate{simulcast(0), simulcast(2), simulcast(1)}, []int{0, 2, 0}},
		{"presentation at the cost of others", allocation{mode: ModePresentation, budget: 1800 * k, switchOff: true}, []*candidate{simulcast(0), simulcast(2), simulcast(1)}, []int{-1, 2, 0}},
		{"collaboration keeps everybody", allocation{mode: ModeCollaboration, budget: 2200 * k, switchOff: true}, []*candidate{simulcast(0), simulcast(2), simulcast(1)}, []int{0, 2, 0}},
		{"low goes first", allocation{mode: ModeCollaboration, budget: 400 * k, switchOff: true}, []*candidate{simulcast(0), simulcast(1), simulcast(2)}, []int{-1, 0, 0}},
		{"the speaker stays among equals", allocation{mode: ModeGrid, budget: 200 * k, switchOff: true}, []*candidate{simulcast(1), with(simulcast(1), speaks)}, []int{-1, 0}},
		{"who is on stays on", allocation{mode: ModeGrid, budget: 160 * k, switchOff: true}, []*candidate{simulcast(1), with(simulcast(1), onAt(0))}, []int{-1, 0}},
		{"coming back needs a margin", allocation{mode: ModeGrid, budget: 160 * k, switchOff: true}, []*candidate{simulcast(1)}, []int{-1}},
		{"a larger layer needs a margin", allocation{mode: ModeGrid, budget: 520 * k, switchOff: true}, []*candidate{with(simulcast(1), onAt(0))}, []int{0}},
		{"the same layer needs none", allocation{mode: ModeGrid, budget: 520 * k, switchOff: true}, []*candidate{with(simulcast(1), onAt(1))}, []int{1}},
		{"max tracks", allocation{mode: ModeGrid, budget: math.Inf(1), maxTracks: 2, switchOff: true}, []*candidate{plain(0), plain(1), plain(2)}, []int{-1, 0, 0}},
		{"max tracks without bandwidth", allocation{mode: ModeGrid, budget: math.Inf(1), maxTracks: 1}, []*candidate{plain(1), plain(1)}, []int{0, -1}},
		{"not wanted", allocation{mode: ModeGrid, budget: math.Inf(1), maxTracks: 1, switchOff: true}, []*candidate{with(plain(2), unwanted), plain(0)}, []int{-1, 0}},
		{"never off", allocation{budget: 100 * k}, []*candidate{plain(1), simulcast(1)}, []int{0, 0}},
		{"kept for a while, at the smallest", allocation{mode: ModeGrid, budget: 200 * k, switchOff: true, keep: true}, []*candidate{with(simulcast(1), onAt(2)), with(simulcast(1), onAt(1)), simulcast(1)}, []int{0, 0, -1}},
		{"one that adapts stays", allocation{mode: ModeGrid, budget: 300 * k, switchOff: true}, []*candidate{with(plain(1), elastic)}, []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.a.share(tt.in)
			var got []int
			for _, c := range tt.in {
				got = append(got, c.place)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	c := with(plain(1), elastic)
	a := allocation{mode: ModeGrid, budget: 700 * k, switchOff: true}
	if needed := a.share([]*candidate{c}); c.grant != 700*k || needed != 1000*k {
		t.Errorf("granted %d of %v", c.grant, needed)
	}
	// What it takes is what it was told to.
	c.layers[0].rate, c.ideal = 300*k, 1500*k
	a.spent = 0
	if needed := a.share([]*candidate{c}); c.grant != 700*k || needed != 1500*k {
		t.Errorf("granted %d of %v", c.grant, needed)
	}
}

func TestCeiling(t *testing.T) {
	layers := []option{{index: 0, size: Dimensions{320, 180}}, {index: 1, size: Dimensions{640, 360}}, {index: 2, size: Dimensions{1280, 720}}}
	for _, tt := range []struct {
		rendered Dimensions
		want     int
	}{{Dimensions{}, 3}, {Dimensions{100, 56}, 1}, {Dimensions{340, 190}, 1}, {Dimensions{480, 270}, 2}, {Dimensions{1920, 1080}, 3}} {
		if got := len(ceiling(layers, tt.rendered)); got != tt.want {
			t.Errorf("%v: %d layers, want %d", tt.rendered, got, tt.want)
		}
	}
}
