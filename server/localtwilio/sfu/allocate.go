package sfu

import (
	"cmp"
	"math"
	"slices"
)

// The modes of a bandwidth profile (twilio-video.js, BandwidthProfileMode).
const (
	// ModeGrid shares evenly.
	ModeGrid = "grid"
	// ModeCollaboration sees to it that everybody is there, then that the important are large.
	ModeCollaboration = "collaboration"
	// ModePresentation gives all that it can to the important, at the cost of others.
	ModePresentation = "presentation"
)

// What a bandwidth profile says about switching Tracks off.
const (
	// SwitchOffPredicted is as soon as the bandwidth does not suffice by calculation.
	SwitchOffPredicted = "predicted"
	// SwitchOffDetected is when the network is full as well.
	SwitchOffDetected = "detected"
	// SwitchOffDisabled is never for want of bandwidth.
	SwitchOffDisabled = "disabled"
)

// The priorities of a Track.
const (
	PriorityLow      = "low"
	PriorityStandard = "standard"
	PriorityHigh     = "high"
)

// rank orders priorities. What is not known is standard.
func rank(priority string) int {
	switch priority {
	case PriorityLow:
		return 0
	case PriorityHigh:
		return 2
	}
	return 1
}

const (
	// comeback is how much more than it needs must be free before a Track is switched on, or gets
	// a larger layer: without a margin it would come and go with each change of the estimate.
	comeback = 1.2
	// elasticFloor, in bits per second, is what a Track of one layer can be sent with when its
	// publisher is told to.
	elasticFloor = 150_000
)

// candidate is a video Track that a subscriber could get.
type candidate struct {
	rank    int
	speaker bool     // of the dominant speaker
	off     bool     // not wanted by the subscriber
	layers  []option // from small to large
	current int      // place in layers of what it gets now, -1 when off
	elastic bool     // the publisher can be told to send less
	ideal   int      // bits per second that an elastic one would make use of

	place   int  // result: in layers, -1 for off
	grant   int  // result: bits per second
	starved bool // result: off for want of bandwidth
}

// option is a layer that could be sent.
type option struct {
	index int // of the layer
	rate  int // bits per second
	size  Dimensions
}

// cost is what the layer at a place takes.
func (c *candidate) cost(place int) float64 {
	switch {
	case place < 0:
		return 0
	case c.elastic:
		return elasticFloor
	}
	return float64(c.layers[place].rate)
}

// wanted is what the largest of the layers takes, in bits per second. What an elastic Track takes at the
// moment says nothing: its publisher sends what it was told to.
func (c *candidate) wanted() float64 {
	largest := c.layers[len(c.layers)-1].rate
	if c.elastic {
		largest = max(largest, c.ideal)
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

// share decides for each candidate, and answers how many bits per second all that is wanted
// would take.
func (a *allocation) share(all []*candidate) (needed float64) {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(x, y *candidate) int {
		return cmp.Or(cmp.Compare(y.rank, x.rank), -compareBool(x.speaker, y.speaker), -compareBool(x.current >= 0, y.current >= 0))
	})
	tracks := 0
	order = slices.DeleteFunc(order, func(c *candidate) bool {
		c.place, c.grant, c.starved = -1, 0, false
		if c.off || len(c.layers) == 0 || a.maxTracks > 0 && tracks >= a.maxTracks {
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
func (a *allocation) admit(list []*candidate) {
	for _, c := range list {
		cost := c.cost(0)
		margin := 1.0
		if c.current < 0 {
			margin = comeback
		}
		if a.switchOff && a.spent+cost*margin > a.budget && !(a.keep && c.current >= 0) {
			c.starved = true
			continue
		}
		c.place, c.grant = 0, int(cost)
		a.spent += cost
	}
}

// improve gives each a larger layer in turn, until nothing fits any more.
func (a *allocation) improve(list []*candidate) {
	for progress := true; progress; {
		progress = false
		for _, c := range list {
			if c.place < 0 || c.elastic || c.place+1 >= len(c.layers) {
				continue
			}
			more := c.cost(c.place+1) - c.cost(c.place)
			margin := 1.0
			if c.place+1 > c.current {
				margin = comeback
			}
			if a.spent+more*margin > a.budget {
				continue
			}
			c.place++
			c.grant = int(c.cost(c.place))
			a.spent += more
			progress = true
		}
	}
}

// stretch lets Tracks whose publisher can adapt have what is left.
func (a *allocation) stretch(list []*candidate) {
	var elastic []*candidate
	for _, c := range list {
		if c.place >= 0 && c.elastic {
			elastic = append(elastic, c)
		}
	}
	if len(elastic) == 0 {
		return
	}
	share := max(a.budget-a.spent, 0) / float64(len(elastic))
	for _, c := range elastic {
		c.grant = int(min(float64(c.grant)+share, math.MaxInt32))
	}
}

// chunkByRank yields runs of the same rank.
func chunkByRank(list []*candidate) func(yield func([]*candidate) bool) {
	return func(yield func([]*candidate) bool) {
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].rank == list[0].rank {
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

func (d Dimensions) pixels() int { return d.Width * d.Height }

// bitrate is about what a picture of the size takes at 30 frames per second: Chromium's encoder
// is given 2.5 Mbit/s for 720p at the most, 0.7 for 360p.
func (d Dimensions) bitrate() int { return 100_000 + 3*d.pixels() }

// ceiling cuts the options off after the first that fills the dimensions rendered. One that is
// a little too small is as good: scaled by a quarter nobody sees it.
func ceiling(options []option, rendered Dimensions) []option {
	if rendered.pixels() == 0 {
		return options
	}
	for i, o := range options {
		if o.size.Width*5 >= rendered.Width*4 && o.size.Height*5 >= rendered.Height*4 {
			return options[:i+1]
		}
	}
	return options
}
