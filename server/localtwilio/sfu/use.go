package sfu

import (
	"sync/atomic"

	"escalate/server/localtwilio/sfu/allocator"
)

// use is what a subscriber makes of a Track, for the publisher to be told. The subscriber's loop writes it, the
// publisher's reads it. The zero value is a Track of unknown size that is looked at.
type use struct {
	want     atomic.Int64 // bits per second that the subscriber can take and make use of
	rendered atomic.Int64 // width<<32 | height, 0 when unknown, -1 when not rendered
}

// render notes how large the subscriber draws the Track, if at all.
func (u *use) render(s allocator.Dimensions, looks bool) {
	if !looks {
		u.rendered.Store(-1)
		return
	}
	u.rendered.Store(int64(s.Width)<<32 | int64(s.Height))
}

// rendering returns what render was told.
func (u *use) rendering() (s allocator.Dimensions, looks bool) {
	r := u.rendered.Load()
	if r < 0 {
		return allocator.Dimensions{}, false
	}
	return allocator.Dimensions{Width: int(r >> 32), Height: int(uint32(r))}, true
}
