package page

import (
	"context"
	"slices"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// deviceKinds are what the browser calls the devices of a kind of media.
var deviceKinds = map[video.Kind]string{video.Audio: audioInput, video.Video: videoInput}

// inUse notes which devices are in use, for when they are gone and nobody can
// say any more.
func (s *session) inUse() {
	if s.capture == nil {
		return
	}
	for k := range deviceKinds {
		if id := s.capture.Device(k); id != "" && !s.state.Interrupted[k] {
			s.using[k] = id
		}
	}
}

// inUseOf is the id of the device to show as chosen.
func (s *session) inUseOf(kind string) string {
	for k, dk := range deviceKinds {
		if dk == kind && s.chosen[kind] == "" {
			return s.using[k]
		}
	}
	return s.chosen[kind]
}

// device finds a device by id.
func (s *session) device(kind, id string) (d video.Device, ok bool) {
	i := slices.IndexFunc(s.devices, func(d video.Device) bool { return d.Kind == kind && d.ID == id })
	if i < 0 {
		return video.Device{}, false
	}
	return s.devices[i], true
}

// lost is told that a device has stopped by itself: unplugged, or taken by a
// phone call. Of the first the list of devices tells.
func (s *session) lost(k video.Kind) {
	was, known := s.device(deviceKinds[k], s.using[k])
	async(s, s.deps.Devices.List, func(d []video.Device, err error) {
		if err != nil || !s.state.Interrupted[k] {
			return
		}
		s.devices = d
		if _, here := s.device(deviceKinds[k], s.using[k]); here || !known {
			return // taken, not gone: the page offers to take it back
		}
		s.gone[k] = was
		s.replug()
	})
}

// replug goes on with another device in place of each that is gone.
func (s *session) replug() {
	if s.capture == nil {
		return
	}
	for k, was := range s.gone {
		kind := deviceKinds[k]
		if !slices.ContainsFunc(s.devices, func(d video.Device) bool { return d.Kind == kind }) {
			why := ui.Pick(k == video.Audio, &words.MicGone, &words.CameraGone).About(s.lang, was.Label)
			if s.notice == why {
				continue // known
			}
			s.tellNotice(why)
			if k == video.Video && s.inRoom() {
				room := s.room
				// Off, or the others would look at its last picture.
				act(s, func(ctx context.Context) error { return room.SetEnabled(ctx, k, false) }, func(error) {})
			}
			continue
		}
		c := s.capture
		s.doing(k, func(ctx context.Context) error { return c.Use(ctx, k, "") }, func() {
			delete(s.gone, k)
			s.chosen[kind] = ""
			s.inUse()
			now, _ := s.device(kind, s.using[k])
			s.tellNotice(words.NowUsing.About(s.lang, now.Label))
		})
	}
}

// restore takes back what a phone call or another program has taken.
func (s *session) restore() {
	if s.room != nil {
		s.room.Refresh()
	}
	if c := s.capture; c != nil {
		for k := range s.state.Interrupted {
			id := s.using[k]
			s.doing(k, func(ctx context.Context) error { return c.Use(ctx, k, id) }, func() {})
		}
	}
}

// seen is told that the page comes into view or goes out of it. A phone takes
// the camera from a hidden page and leaves its last picture with the others,
// so there it goes off until the page is back.
func (s *session) seen(visible bool) {
	if s.room == nil && !s.hidden {
		return
	}
	if visible {
		if s.room != nil {
			s.room.Refresh() // a phone call or another app may have taken the devices
		}
		if s.hidden { // also when the call broke meanwhile
			s.hidden = false
			s.set(video.Video, true)
		}
		return
	}
	if s.support.Mobile && s.cameraOn() {
		s.hidden = true
		s.set(video.Video, false)
	}
}
