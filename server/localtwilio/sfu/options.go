package sfu

import (
	"cmp"
	"slices"

	"escalate/server/localtwilio/sfu/allocator"
)

// usualRate, in bits per second, is what a layer is taken for until it has been measured; each
// layer above it is taken for three times as much.
const usualRate = 150_000

// options lists the layers of a video Track that arrive, from small to large. There is at least
// one, even when nothing arrives.
func (u *upTrack) options() []allocator.Option {
	list := make([]allocator.Option, 0, len(u.layers))
	usual := usualRate
	sizes := u.sizes()
	for i, l := range u.layers {
		rate, live := l.rate.Read()
		if rate == 0 {
			rate = usual
		}
		usual *= 3
		if len(u.layers) > 1 && (!live || l.bytes.Load() == 0) {
			continue
		}
		list = append(list, allocator.Option{Index: l.index, Rate: rate, Size: sizes[i]})
	}
	if len(list) == 0 {
		list = append(list, allocator.Option{Rate: usualRate, Size: sizes[0]})
	}
	// The client's order is from small to large as a rule, but nothing says that it must be.
	slices.SortStableFunc(list, func(a, b allocator.Option) int { return cmp.Compare(a.Size.Pixels(), b.Size.Pixels()) })
	return list
}

// sizes returns the size of each layer, by index. One of which no keyframe has been seen is taken
// for twice the one before it, as Chromium makes them; all are zero when none has been seen. The
// first keyframe of a layer is missed when its first packet went to begin.
func (u *upTrack) sizes() []allocator.Dimensions {
	list := make([]allocator.Dimensions, len(u.layers))
	for i, l := range u.layers {
		list[i] = l.dimensions()
	}
	for i := 1; i < len(list); i++ {
		if list[i].Pixels() == 0 {
			list[i] = allocator.Dimensions{Width: 2 * list[i-1].Width, Height: 2 * list[i-1].Height}
		}
	}
	return list
}

// needed tells which layers, by index, some subscriber could make use of; when nobody looks, they are the least number
// of the smallest ones.
func (u *upTrack) needed(least int) []bool {
	sizes := u.sizes()
	order := make([]int, len(sizes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[a].Pixels(), sizes[b].Pixels()) })
	options := make([]allocator.Option, len(order))
	for place, i := range order {
		options[place] = allocator.Option{Index: i, Size: sizes[i]}
	}
	n := least
	for _, d := range u.sinks.all() {
		if rendered, looks := d.use.rendering(); looks {
			n = max(n, len(allocator.Ceiling(options, rendered)))
		}
	}
	list := make([]bool, len(sizes))
	for _, i := range order[:n] {
		list[i] = true
	}
	return list
}
