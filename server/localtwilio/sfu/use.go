package sfu

import (
	"sync/atomic"
	"time"

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

// drawnPause is how long a picture must be drawn smaller before its publisher is asked for less: half a
// second of a layout that is drawn anew would cost the many that a publisher's estimate takes to grow.
const drawnPause = 5 * time.Second

// drawn is the size that a picture was drawn in lately. The zero value is not known yet. It belongs to
// the subscriber's loop.
type drawn struct {
	size    allocator.Dimensions
	smaller time.Time // since when it is drawn smaller than size, zero if it is not
}

// settle takes the size of now, zero when unknown, and returns that of lately: a larger one counts at once,
// and one that is not known for the largest.
func (d *drawn) settle(size allocator.Dimensions, now time.Time) allocator.Dimensions {
	switch {
	case size.Pixels() == 0 || d.size.Pixels() != 0 && size.Pixels() >= d.size.Pixels():
		d.size, d.smaller = size, time.Time{}
	case d.smaller.IsZero():
		d.smaller = now
	case now.Sub(d.smaller) >= drawnPause:
		d.size, d.smaller = size, time.Time{}
	}
	return d.size
}
