package sfu

import (
	"cmp"
	"slices"
)

// options lists the layers of a video Track that arrive, from small to large. There is at least
// one, even when nothing arrives.
func (u *upTrack) options() []option {
	list := make([]option, 0, len(u.layers))
	usual := usualRate
	sizes := u.sizes()
	for i, l := range u.layers {
		rate, live := l.rate.read()
		if rate == 0 {
			rate = usual
		}
		usual *= 3
		if len(u.layers) > 1 && (!live || l.bytes.Load() == 0) {
			continue
		}
		list = append(list, option{index: l.index, rate: rate, size: sizes[i]})
	}
	if len(list) == 0 {
		list = append(list, option{rate: usualRate, size: sizes[0]})
	}
	// The client's order is from small to large as a rule, but nothing says that it must be.
	slices.SortStableFunc(list, func(a, b option) int { return cmp.Compare(a.size.pixels(), b.size.pixels()) })
	return list
}

// sizes answers the size of each layer, by index. One of which no keyframe has been seen is taken
// for twice the one before it, as Chromium makes them; all are zero when none has been seen. The
// first keyframe of a layer is missed when its first packet went to begin.
func (u *upTrack) sizes() []Dimensions {
	list := make([]Dimensions, len(u.layers))
	for i, l := range u.layers {
		list[i] = l.dimensions()
	}
	for i := 1; i < len(list); i++ {
		if list[i].pixels() == 0 {
			list[i] = Dimensions{2 * list[i-1].Width, 2 * list[i-1].Height}
		}
	}
	return list
}

// needed tells which layers, by index, some subscriber could make use of. The smallest is always
// among them: whoever begins to look needs a picture at once.
func (u *upTrack) needed() []bool {
	sizes := u.sizes()
	order := make([]int, len(sizes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[a].pixels(), sizes[b].pixels()) })
	options := make([]option, len(order))
	for place, i := range order {
		options[place] = option{index: i, size: sizes[i]}
	}
	n := 1
	for _, d := range *u.sinks.Load() {
		if rendered, looks := d.rendering(); looks {
			n = max(n, len(ceiling(options, rendered)))
		}
	}
	list := make([]bool, len(sizes))
	for _, i := range order[:n] {
		list[i] = true
	}
	return list
}
