//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// room is a Room of the SDK.
type room struct {
	js.Value
	loader    loader
	onEvent   func(video.Event)
	capture   *capture
	own       bool // capture was made by us, for a Room joined without one
	listeners listeners
	people    map[string]*listeners // by Participant SID
	tracks    map[string]js.Value   // remote Tracks that are subscribed, by SID
	attached  map[string]*attachment
	blocked   []js.Value // elements that autoplay refused
	speaker   string
	screen    *screen
	data      js.Value      // LocalDataTrack, once something was sent
	opening   chan struct{} // closed when data is published, or could not be
	unseen    bool          // nobody can see the others' pictures: see watchSight
	ended     bool
}

// emit hands an event over; after Disconnected there is none.
func (r *room) emit(e video.Event) {
	if r.ended || r.onEvent == nil {
		return
	}
	if _, ok := e.(video.Disconnected); ok {
		r.ended = true
	}
	r.onEvent(e)
}

// SID is the Room's.
func (r *room) SID() string { return str(r.Value, "sid") }

// Local is the local Participant.
func (r *room) Local() video.Participant { return participantOf(r.me(), true) }

func (r *room) me() js.Value { return path(r.Value, "localParticipant") }

// SetEnabled mutes, or switches the camera.
func (r *room) SetEnabled(ctx context.Context, k video.Kind, on bool) error {
	if r.ended {
		return gone()
	}
	if k != video.Audio && k != video.Video {
		return unsupported("cannot switch " + string(k))
	}
	if r.capture == nil {
		if !on {
			return nil
		}
		c := newCapture(r.loader, video.Want{})
		c.room = r
		r.capture, r.own = c, true
	}
	return r.capture.SetEnabled(ctx, k, on)
}

func gone() *video.Error {
	return &video.Error{Reason: video.Other, Name: "Disconnected", Message: "the Room was left"}
}

// publish publishes a LocalTrack; LocalTrackPublished follows from the SDK's
// own event.
func (r *room) publish(ctx context.Context, track js.Value, priority string) error {
	if r.ended {
		return gone()
	}
	_, err := browser.Await(ctx, r.me().Call("publishTrack", track, map[string]any{"priority": priority}))
	return err
}

// unpublish takes a LocalTrack back. The SDK has no event for it.
func (r *room) unpublish(track js.Value) {
	if r.ended {
		return
	}
	report(browser.Try(func() error {
		pub := r.me().Call("unpublishTrack", track)
		if sid := str(pub, "trackSid"); sid != "" {
			r.forget(sid)
			r.emit(video.LocalTrackUnpublished{TrackSID: sid})
		}
		return nil
	}))
}

// localSID is the SID under which a LocalTrack is published, or "".
func (r *room) localSID(track js.Value) string {
	sid := ""
	each(path(r.me(), "tracks"), func(pub js.Value) {
		if path(pub, "track").Equal(track) {
			sid = str(pub, "trackSid")
		}
	})
	return sid
}

// Refresh restarts capture and playback that the system has interrupted.
func (r *room) Refresh() {
	if r.ended {
		return
	}
	report(browser.Try(func() error {
		r.Call("refreshInactiveMedia")
		return nil
	}))
}

// Disconnect leaves.
func (r *room) Disconnect() {
	if r.ended {
		return
	}
	report(browser.Try(func() error {
		r.StopScreen()
		r.Call("disconnect")
		return nil
	}))
}

// end lets go of everything that belongs to the Room; the Capture lives on.
func (r *room) end(err *video.Error) {
	if r.ended {
		return
	}
	r.endScreen(false)
	for sid := range r.attached {
		r.Detach(sid)
	}
	r.emit(video.Disconnected{Err: err})
	r.listeners.release()
	for _, l := range r.people {
		l.release()
	}
	clear(r.people)
	clear(r.tracks)
	r.blocked = nil
	if r.capture != nil {
		r.capture.room = nil
		if r.own {
			r.capture.Close()
		}
	}
}
