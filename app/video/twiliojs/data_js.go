//go:build js

package twiliojs

import (
	"context"

	"escalate/app/browser"
	"escalate/app/video"
)

// dataTrackName is the name of the data Track that carries text.
const dataTrackName = "text"

// Send sends text over our data Track, published at the first time.
func (r *room) Send(ctx context.Context, text string) error {
	if r.ended {
		return gone()
	}
	for r.opening != nil {
		select {
		case <-r.opening:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return try(func() error {
		if !exists(r.data) {
			if err := r.openData(ctx); err != nil {
				return err
			}
		}
		if r.ended {
			return gone()
		}
		r.data.Call("send", text)
		return nil
	})
}

// openData publishes the data Track; whoever sends meanwhile waits.
func (r *room) openData(ctx context.Context) error {
	done := make(chan struct{})
	r.opening = done
	defer func() {
		r.opening = nil
		close(done)
	}()
	ctor := path(loaded(), "LocalDataTrack")
	if !exists(ctor) {
		return unsupported("this SDK has no data Tracks")
	}
	t := ctor.New(map[string]any{"name": dataTrackName})
	if _, err := browser.Await(ctx, r.me().Call("publishTrack", t)); err != nil {
		return err
	}
	r.data = t
	return nil
}

var _ video.Room = (*room)(nil)
