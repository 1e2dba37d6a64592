package allocator

import (
	"math"
	"slices"
	"testing"
)

func TestShare(t *testing.T) {
	t.Parallel()
	const k = 1000
	simulcast := func(r int) *Candidate {
		return &Candidate{Rank: r, Current: -1, Layers: []Option{{Index: 0, Rate: 150 * k}, {Index: 1, Rate: 500 * k}, {Index: 2, Rate: 1500 * k}}}
	}
	plain := func(r int) *Candidate { return &Candidate{Rank: r, Current: -1, Layers: []Option{{Rate: 1000 * k}}} }
	with := func(c *Candidate, f func(*Candidate)) *Candidate { f(c); return c }
	elastic := func(c *Candidate) { c.Elastic = true }
	unwanted := func(c *Candidate) { c.Off = true }
	speaks := func(c *Candidate) { c.Speaker = true }
	onAt := func(place int) func(*Candidate) { return func(c *Candidate) { c.Current = place } }
	tests := []struct {
		name string
		a    allocation
		in   []*Candidate
		want []int
	}{
		{"no limit", allocation{mode: ModeGrid, budget: math.Inf(1), switchOff: true}, []*Candidate{simulcast(1), plain(0), simulcast(2)}, []int{2, 0, 2}},
		{"grid shares evenly", allocation{mode: ModeGrid, budget: 1300 * k, switchOff: true}, []*Candidate{simulcast(2), simulcast(1)}, []int{1, 1}},
		{"presentation favours", allocation{mode: ModePresentation, budget: 2000 * k, switchOff: true}, []*Candidate{simulcast(0), simulcast(2), simulcast(1)}, []int{0, 2, 0}},
		{"presentation at the cost of others", allocation{mode: ModePresentation, budget: 1800 * k, switchOff: true}, []*Candidate{simulcast(0), simulcast(2), simulcast(1)}, []int{-1, 2, 0}},
		{"collaboration keeps everybody", allocation{mode: ModeCollaboration, budget: 2200 * k, switchOff: true}, []*Candidate{simulcast(0), simulcast(2), simulcast(1)}, []int{0, 2, 0}},
		{"low goes first", allocation{mode: ModeCollaboration, budget: 400 * k, switchOff: true}, []*Candidate{simulcast(0), simulcast(1), simulcast(2)}, []int{-1, 0, 0}},
		{"the speaker stays among equals", allocation{mode: ModeGrid, budget: 200 * k, switchOff: true}, []*Candidate{simulcast(1), with(simulcast(1), speaks)}, []int{-1, 0}},
		{"who is on stays on", allocation{mode: ModeGrid, budget: 160 * k, switchOff: true}, []*Candidate{simulcast(1), with(simulcast(1), onAt(0))}, []int{-1, 0}},
		{"coming back needs a margin", allocation{mode: ModeGrid, budget: 160 * k, switchOff: true}, []*Candidate{simulcast(1)}, []int{-1}},
		{"a larger layer needs a margin", allocation{mode: ModeGrid, budget: 520 * k, switchOff: true}, []*Candidate{with(simulcast(1), onAt(0))}, []int{0}},
		{"the same layer needs none", allocation{mode: ModeGrid, budget: 520 * k, switchOff: true}, []*Candidate{with(simulcast(1), onAt(1))}, []int{1}},
		{"max tracks", allocation{mode: ModeGrid, budget: math.Inf(1), maxTracks: 2, switchOff: true}, []*Candidate{plain(0), plain(1), plain(2)}, []int{-1, 0, 0}},
		{"max tracks without bandwidth", allocation{mode: ModeGrid, budget: math.Inf(1), maxTracks: 1}, []*Candidate{plain(1), plain(1)}, []int{0, -1}},
		{"not wanted", allocation{mode: ModeGrid, budget: math.Inf(1), maxTracks: 1, switchOff: true}, []*Candidate{with(plain(2), unwanted), plain(0)}, []int{-1, 0}},
		{"never off", allocation{budget: 100 * k}, []*Candidate{plain(1), simulcast(1)}, []int{0, 0}},
		{"kept for a while, at the smallest", allocation{mode: ModeGrid, budget: 200 * k, switchOff: true, keep: true}, []*Candidate{with(simulcast(1), onAt(2)), with(simulcast(1), onAt(1)), simulcast(1)}, []int{0, 0, -1}},
		{"one that adapts stays", allocation{mode: ModeGrid, budget: 300 * k, switchOff: true}, []*Candidate{with(plain(1), elastic)}, []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.a.share(tt.in)
			var got []int
			for _, c := range tt.in {
				got = append(got, c.Place)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	c := with(plain(1), elastic)
	a := allocation{mode: ModeGrid, budget: 700 * k, switchOff: true}
	if needed := a.share([]*Candidate{c}); c.Grant != 700*k || needed != 1000*k {
		t.Errorf("granted %d of %v", c.Grant, needed)
	}
	// What it takes is what it was told to.
	c.Layers[0].Rate, c.Ideal = 300*k, 1500*k
	a.spent = 0
	if needed := a.share([]*Candidate{c}); c.Grant != 700*k || needed != 1500*k {
		t.Errorf("granted %d of %v", c.Grant, needed)
	}
}

func TestCeiling(t *testing.T) {
	t.Parallel()
	layers := []Option{{Index: 0, Size: Dimensions{320, 180}}, {Index: 1, Size: Dimensions{640, 360}}, {Index: 2, Size: Dimensions{1280, 720}}}
	for _, tt := range []struct {
		rendered Dimensions
		want     int
	}{{Dimensions{}, 3}, {Dimensions{100, 56}, 1}, {Dimensions{340, 190}, 1}, {Dimensions{480, 270}, 2}, {Dimensions{1920, 1080}, 3}} {
		if got := len(Ceiling(layers, tt.rendered)); got != tt.want {
			t.Errorf("%v: %d layers, want %d", tt.rendered, got, tt.want)
		}
	}
}

// A thumbnail is asked for with a fraction of what the whole picture takes, also of a small camera.
func TestIdealFollowsWhatIsRendered(t *testing.T) {
	t.Parallel()
	camera := Dimensions{640, 480}
	whole, thumbnail := Ideal(Dimensions{1024, 720}, camera), Ideal(Dimensions{50, 40}, camera)
	if whole != camera.Bitrate() || thumbnail != GentleRate || 4*thumbnail > whole {
		t.Errorf("%d for the whole, %d for a thumbnail", whole, thumbnail)
	}
	if unknown := Ideal(Dimensions{}, camera); unknown != whole {
		t.Errorf("%d where it is not known how it is drawn, %d when large", unknown, whole)
	}
}
