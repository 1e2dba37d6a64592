//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
)

// dataTrackName is the name of the data Track that carries text.
const dataTrackName = "text"

// texting is the data Track that we send text over in a Room.
type texting struct {
	room    *handle
	track   js.Value      // LocalDataTrack, once something was sent
	opening chan struct{} // closed when it is published, or could not be
}

// Send sends text over our data Track, published at the first time.
func (t *texting) Send(ctx context.Context, text string) error {
	if t.room.ended {
		return gone()
	}
	for t.opening != nil {
		select {
		case <-t.opening:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return try(func() error {
		if !exists(t.track) {
			if err := t.open(ctx); err != nil {
				return err
			}
		}
		if t.room.ended {
			return gone()
		}
		t.track.Call("send", text)
		return nil
	})
}

// open publishes the data Track; whoever sends meanwhile waits.
func (t *texting) open(ctx context.Context) error {
	done := make(chan struct{})
	t.opening = done
	defer func() {
		t.opening = nil
		close(done)
	}()
	ctor := path(loaded(), "LocalDataTrack")
	if !exists(ctor) {
		return unsupported("this SDK has no data Tracks")
	}
	track := ctor.New(map[string]any{"name": dataTrackName})
	if _, err := browser.Await(ctx, t.room.me().Call("publishTrack", track)); err != nil {
		return err
	}
	t.track = track
	return nil
}
