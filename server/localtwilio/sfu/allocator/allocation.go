package allocator

import (
	"cmp"
	"math"
	"slices"
)

const (
	// Margin is how much more than it needs must be free before a Track is switched on, or gets
	// a larger layer: without a margin it would come and go with each change of the estimate.
	Margin = 1.2
	// ElasticFloor, in bits per second, is what a Track of one layer can be sent with when its
	// publisher is told to.
	ElasticFloor = 150_000
	// GentleRate, in bits per second, is what a publisher may send however small it is rendered.
	// Chromium's estimate follows the limit down and grows by 8 % a second: from here it takes
	// 15 s until 360p is sharp, which whoever makes a small picture large sees. More, and 640x480
	// takes the same as a thumbnail of it, so that small pictures save nothing; less, and it is no
	// picture while it grows.
	GentleRate = 200_000
)

// Candidate is a video Track that a subscriber could get.
type Candidate struct {
	SID     string
	Rank    int
	Speaker bool     // of the dominant speaker
	Off     bool     // not wanted by the subscriber
	Layers  []Option // from small to large
	Current int      // place in Layers of what it gets now, -1 when off
	Elastic bool     // the publisher can be told to send less
	Ideal   int      // bits per second that an elastic one would make use of

	Place int // result: in Layers, -1 for off
	Grant int // result: bits per second

	starved bool // result: off for want of bandwidth
}

// Option is a layer that could be sent.
type Option struct {
	Index int // of the layer
	Rate  int // bits per second
	Size  Dimensions
}

// cost is what the layer at a place takes.
func (c *Candidate) cost(place int) float64 {
	switch {
	case place < 0:
		return 0
	case c.Elastic:
		return ElasticFloor
	}
	return float64(c.Layers[place].Rate)
}

// wanted is what the largest of the layers takes, in bits per second. What an elastic Track takes at the
// moment says nothing: its publisher sends what it was told to.
func (c *Candidate) wanted() float64 {
	largest := c.Layers[len(c.Layers)-1].Rate
	if c.Elastic {
		largest = max(largest, c.Ideal)
	}
	return float64(largest)
}

// allocation is how one subscriber's bandwidth is shared.
type allocation struct {
	mode      string
	maxTracks int     // 0 for no limit
	budget    float64 // for video, in bits per second; infinite when not limited
	switchOff bool    // Tracks that do not fit are switched off
	keep      bool    // but not those that are on

	spent float64
}

// share decides for each Candidate, and returns how many bits per second all that is wanted
// would take.
func (a *allocation) share(all []*Candidate) (needed float64) {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(x, y *Candidate) int {
		return cmp.Or(cmp.Compare(y.Rank, x.Rank), -compareBool(x.Speaker, y.Speaker), -compareBool(x.Current >= 0, y.Current >= 0))
	})
	tracks := 0
	order = slices.DeleteFunc(order, func(c *Candidate) bool {
		c.Place, c.Grant, c.starved = -1, 0, false
		if c.Off || len(c.Layers) == 0 || a.maxTracks > 0 && tracks >= a.maxTracks {
			return true
		}
		tracks++
		needed += c.wanted()
		return false
	})
	classes := slices.Collect(chunkByRank(order))
	if a.mode == ModePresentation {
		for _, class := range classes {
			a.admit(class)
			a.improve(class)
		}
	} else {
		a.admit(order)
		if a.mode == ModeCollaboration {
			for _, class := range classes {
				a.improve(class)
			}
		}
		a.improve(order)
	}
	a.stretch(order)
	return needed
}

// admit gives each its smallest layer, as far as it goes.
func (a *allocation) admit(list []*Candidate) {
	for _, c := range list {
		cost := c.cost(0)
		margin := 1.0
		if c.Current < 0 {
			margin = Margin
		}
		if a.switchOff && a.spent+cost*margin > a.budget && !(a.keep && c.Current >= 0) {
			c.starved = true
			continue
		}
		c.Place, c.Grant = 0, int(cost)
		a.spent += cost
	}
}

// improve gives each a larger layer in turn, until nothing fits any more.
func (a *allocation) improve(list []*Candidate) {
	for progress := true; progress; {
		progress = false
		for _, c := range list {
			if c.Place < 0 || c.Elastic || c.Place+1 >= len(c.Layers) {
				continue
			}
			more := c.cost(c.Place+1) - c.cost(c.Place)
			margin := 1.0
			if c.Place+1 > c.Current {
				margin = Margin
			}
			if a.spent+more*margin > a.budget {
				continue
			}
			c.Place++
			c.Grant = int(c.cost(c.Place))
			a.spent += more
			progress = true
		}
	}
}

// stretch lets Tracks whose publisher can adapt have what is left.
func (a *allocation) stretch(list []*Candidate) {
	var elastic []*Candidate
	for _, c := range list {
		if c.Place >= 0 && c.Elastic {
			elastic = append(elastic, c)
		}
	}
	if len(elastic) == 0 {
		return
	}
	share := max(a.budget-a.spent, 0) / float64(len(elastic))
	for _, c := range elastic {
		c.Grant = int(min(float64(c.Grant)+share, math.MaxInt32))
	}
}

// chunkByRank yields runs of the same rank.
func chunkByRank(list []*Candidate) func(yield func([]*Candidate) bool) {
	return func(yield func([]*Candidate) bool) {
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].Rank == list[0].Rank {
				n++
			}
			if !yield(list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}

// compareBool orders false before true.
func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// Dimensions is a picture's size in pixels.
type Dimensions struct{ Width, Height int }

// Pixels returns the area, 0 when the size is not known.
func (d Dimensions) Pixels() int { return d.Width * d.Height }

// Bitrate returns about what a picture of the size takes at 30 frames per second: Chromium's encoder
// is given 2.5 Mbit/s for 720p at the most, 0.7 for 360p.
func (d Dimensions) Bitrate() int { return 100_000 + 3*d.Pixels() }

// Ceiling cuts the options off after the first that fills the dimensions rendered. One that is
// a little too small is as good: scaled by a quarter nobody sees it.
func Ceiling(options []Option, rendered Dimensions) []Option {
	if rendered.Pixels() == 0 {
		return options
	}
	for i, o := range options {
		if o.Size.Width*5 >= rendered.Width*4 && o.Size.Height*5 >= rendered.Height*4 {
			return options[:i+1]
		}
	}
	return options
}

// Ideal returns how many bits per second a picture of the size sent can make use of where it is rendered; either
// size may be unknown.
func Ideal(rendered, size Dimensions) int {
	if rendered.Pixels() == 0 || size.Pixels() != 0 && size.Pixels() < rendered.Pixels() {
		rendered = size
	}
	return max(rendered.Bitrate(), GentleRate)
}
