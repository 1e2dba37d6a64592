//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// handle is the SDK's Room and the way to whoever gets its events: what the
// parts of a room have in common. Nothing is asked of a Room that has ended.
type handle struct {
	js.Value
	onEvent func(video.Event)
	taken   func(trackSID string) // told of a LocalTrack that is unpublished
	ended   bool
}

// emit hands an event over; after Disconnected there is none.
func (h *handle) emit(e video.Event) {
	if h.ended || h.onEvent == nil {
		return
	}
	if _, ok := e.(video.Disconnected); ok {
		h.ended = true
	}
	h.onEvent(e)
}

func (h *handle) me() js.Value { return path(h.Value, "localParticipant") }

func gone() *video.Error {
	return &video.Error{Reason: video.Other, Name: "Disconnected", Message: "the Room was left"}
}

// publish publishes a LocalTrack; LocalTrackPublished follows from the SDK's
// own event.
func (h *handle) publish(ctx context.Context, track js.Value, priority string) error {
	if h.ended {
		return gone()
	}
	_, err := browser.Await(ctx, h.me().Call("publishTrack", track, map[string]any{"priority": priority}))
	return err
}

// unpublish takes a LocalTrack back. The SDK has no event for it.
func (h *handle) unpublish(track js.Value) {
	if h.ended {
		return
	}
	report(browser.Try(func() error {
		pub := h.me().Call("unpublishTrack", track)
		if sid := str(pub, "trackSid"); sid != "" {
			h.taken(sid)
			h.emit(video.LocalTrackUnpublished{TrackSID: sid})
		}
		return nil
	}))
}

// localSID is the SID under which a LocalTrack is published, or "".
func (h *handle) localSID(track js.Value) string {
	sid := ""
	each(path(h.me(), "tracks"), func(pub js.Value) {
		if path(pub, "track").Equal(track) {
			sid = str(pub, "trackSid")
		}
	})
	return sid
}
