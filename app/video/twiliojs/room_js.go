//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// room is a Room of the SDK. It knows who is in it and passes the SDK's events
// on; what can be done in a Room is in its parts, which know the handle and
// not the room.
type room struct {
	*handle
	*playback
	*screenShare
	*texting
	remote    *remote
	loader    loader
	capture   *capture
	own       bool // capture was made by us, for a Room joined without one
	listeners listeners
	people    map[string]*listeners // by Participant SID
}

var _ video.Room = (*room)(nil)

// newRoom is a room that start has yet to tell of the SDK's.
func newRoom(l loader, c *capture, onEvent func(video.Event)) *room {
	h := &handle{onEvent: onEvent}
	others := &remote{tracks: map[string]js.Value{}}
	p := &playback{room: h, remote: others, attached: map[string]*attachment{}}
	h.taken = p.Detach
	return &room{handle: h, playback: p, screenShare: &screenShare{room: h}, texting: &texting{room: h},
		remote: others, loader: l, capture: c, people: map[string]*listeners{}}
}

// SID is the Room's.
func (r *room) SID() string { return str(r.Value, "sid") }

// Local is the local Participant.
func (r *room) Local() video.Participant { return participantOf(r.me(), true) }

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
	r.StopScreen()
	r.detachAll()
	r.emit(video.Disconnected{Err: err})
	r.listeners.release()
	for _, l := range r.people {
		l.release()
	}
	clear(r.people)
	r.remote.clear()
	if r.capture != nil {
		r.capture.room = nil
		if r.own {
			r.capture.Close()
		}
	}
}
