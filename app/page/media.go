package page

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// The device kinds of the browser.
const (
	audioInput  = "audioinput"
	videoInput  = "videoinput"
	audioOutput = "audiooutput"
)

// ask captures camera and microphone with one prompt. done is told whether
// there is a Capture now, unless the prompt was given up before.
func (s *session) ask(w video.Want, done func(ok bool)) {
	if s.prompt.open() {
		return
	}
	try := s.prompt.begin(s.ctx)
	s.mediaErr = nil
	wishes := s.intent.now()
	w = wishes.capture(w)
	w.AudioDevice, w.VideoDevice = s.chosen[audioInput], s.chosen[videoInput]
	wishes.Blur = wishes.Blur && s.support.Blur
	wait, page := s.wait, s.ctx
	slow, loaded := s.slow.watch(s)
	w.Loading = slow
	go func() {
		long := time.AfterFunc(wait.prompt, func() {
			page.Dispatch(func(app.Context) {
				if !superseded(try) {
					s.prompt.slow = true
				}
			})
		})
		c, err := s.deps.Devices.Capture(try, w)
		long.Stop()
		var as restored
		if err == nil {
			as, err = wishes.restore(try, c, wait.blur)
		}
		if page.Err() != nil && c != nil {
			c.Close() // nobody is there any more to switch the light off
			return
		}
		page.Dispatch(func(app.Context) {
			loaded()
			if superseded(try) {
				if c != nil {
					c.Close()
				}
				return
			}
			s.prompt.end()
			if err != nil {
				s.mediaErr = videoError(err)
				done(false)
				return
			}
			s.took(c, as)
			done(true)
		})
	}()
}

// took goes on with a Capture that is as the person wants it.
func (s *session) took(c video.Capture, as restored) {
	s.capture = c
	s.micOn, s.camOn = c.Has(video.Audio) && !as.muted, c.Has(video.Video)
	s.blur = as.blurred
	if as.bare {
		s.support.Blur = false
		s.tellNotice(words.BareCamera.Plain(s.lang))
	}
	s.mediaErr = firstError(c.Missing(video.Video), c.Missing(video.Audio))
	s.listDevices()
	s.changed()
}

func firstError(errs ...*video.Error) *video.Error {
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}

// release switches camera and microphone off for good, also those that are
// still to come.
func (s *session) release() {
	s.prompt.end()
	if s.capture != nil {
		s.capture.Close()
		s.capture = nil
		s.blur, s.hidden = false, false
	}
}

func (s *session) listDevices() {
	if s.capture == nil {
		return // the names are hidden until permission was given
	}
	async(s, s.deps.Devices.List, func(d []video.Device, err error) {
		if err == nil {
			s.devices = d
			s.inUse()
			s.replug()
		}
	})
}

// inRoom says whether commands go to the Room.
func (s *session) inRoom() bool { return s.room != nil && s.state.Active() }

func (s *session) microphoneOn() bool {
	if s.inRoom() {
		return s.state.MicrophoneOn()
	}
	return s.capture != nil && s.micOn && s.capture.Has(video.Audio)
}

func (s *session) cameraOn() bool {
	if s.inRoom() {
		return s.state.CameraOn()
	}
	return s.capture != nil && s.camOn
}

// toggle mutes or un-mutes, or switches the camera. A click while the last
// one is still being carried out counts: the newest wish is done next.
func (s *session) toggle(k video.Kind) {
	on := s.microphoneOn()
	if k == video.Video {
		on = s.cameraOn()
	}
	if aim, ok := s.aim[k]; ok {
		s.intent.want(k, !aim)
		s.aim[k] = !aim
		return
	}
	if wish, ok := s.wish[k]; ok {
		on = wish
	}
	s.choose(k, !on)
}

// choose is set by the person's own choice.
func (s *session) choose(k video.Kind, on bool) {
	if s.inRoom() || s.capture != nil {
		s.intent.want(k, on)
		s.set(k, on)
	}
}

// set brings a kind of media to on, and then to what was wished meanwhile.
func (s *session) set(k video.Kind, on bool) {
	var set func(context.Context, video.Kind, bool) error
	switch {
	case s.inRoom():
		set = s.room.SetEnabled
	case s.capture != nil:
		set = s.capture.SetEnabled
	default:
		return
	}
	if s.busy[k] {
		// Another device is being taken; the click would hit the old one. It must
		// not be lost either: who mutes then relies on it.
		s.wish[k] = on
		return
	}
	s.aim[k] = on
	s.doing(k, func(ctx context.Context) error { return set(ctx, k, on) }, func() {
		s.wasSet(k, on)
	})
}

func (s *session) wasSet(k video.Kind, on bool) {
	aim, ok := s.aim[k]
	delete(s.aim, k)
	if ok && aim != on {
		s.set(k, aim)
	}
	if k == video.Video {
		s.camOn = on
		s.say(ui.Pick(on, words.CameraOn.In(s.lang), words.CameraStopped.In(s.lang)))
		return
	}
	s.micOn = on
	s.say(ui.Pick(on, words.MuteOff.In(s.lang), words.MuteOn.In(s.lang)))
}

// doing runs a command on a kind of media, one at a time; a failure becomes a
// sentence on the page.
func (s *session) doing(k video.Kind, work func(context.Context) error, done func()) {
	if s.busy[k] {
		return
	}
	s.busy[k] = true
	act(s, work, func(err error) {
		delete(s.busy, k)
		if err != nil {
			delete(s.aim, k)
			s.failed(err)
		} else {
			s.trouble = ""
			done()
			s.changed()
		}
		if on, ok := s.wish[k]; ok {
			delete(s.wish, k)
			s.set(k, on)
		}
	})
}

// failed shows what a device command's error means.
func (s *session) failed(err error) {
	s.trouble = words.Media(videoError(err)).In(s.lang)
	s.say(s.trouble)
}

// share starts or stops the screen share.
func (s *session) share() {
	if !s.inRoom() {
		return
	}
	if s.state.ScreenOn() {
		s.room.StopScreen()
		return
	}
	if s.busy[video.Screen] {
		return
	}
	s.busy[video.Screen] = true
	act(s, s.room.ShareScreen, func(err error) {
		delete(s.busy, video.Screen)
		if err == nil {
			s.trouble = ""
			s.say(words.SelfSharing.In(s.lang))
			return
		}
		switch videoError(err).Reason {
		case video.MediaDenied, video.MediaDismissed:
			// The person changed their mind in the browser's own dialog: no news to them.
		default:
			s.failed(err)
		}
	})
}

// flip changes between front and rear camera.
func (s *session) flip() {
	if s.capture == nil {
		return
	}
	s.doing(video.Video, s.capture.Flip, func() {})
}

// use changes to another device.
func (s *session) use(deviceKind, id string) {
	s.chosen[deviceKind] = id
	s.remember()
	switch {
	case deviceKind == audioOutput && s.room != nil:
		room := s.room
		s.doing(video.Audio, func(ctx context.Context) error { return room.SetSpeaker(ctx, id) }, func() {})
	case deviceKind == audioInput && s.capture != nil:
		c := s.capture
		s.doing(video.Audio, func(ctx context.Context) error { return c.Use(ctx, video.Audio, id) }, func() {})
	case deviceKind == videoInput && s.capture != nil:
		c := s.capture
		s.doing(video.Video, func(ctx context.Context) error { return c.Use(ctx, video.Video, id) }, func() {})
	}
}

// attach draws every Track into its element. It is called after each
// rendering; what is drawn already costs nothing.
func (s *session) attach() {
	if s.capture != nil && s.capture.Has(video.Video) {
		id := PreviewVideo
		if s.inRoom() {
			id = SelfVideo
		}
		_ = s.capture.Attach(id) // no element yet: the next rendering draws it
	}
	if !s.inRoom() {
		return
	}
	now := map[string]string{}
	for _, p := range s.state.Participants {
		for _, t := range p.Tracks {
			if id := elementFor(p.SID, t); id != "" {
				now[t.SID] = id
				_ = s.room.Attach(t.SID, id) // as above
			}
		}
	}
	for sid := range s.drawn {
		if _, ok := now[sid]; !ok {
			s.room.Detach(sid)
		}
	}
	s.drawn = now
}

// elementFor is the element that a remote Track is drawn into, "" for none.
func elementFor(participantSID string, t video.Track) string {
	if !t.Subscribed {
		return ""
	}
	switch t.Kind {
	case video.Audio:
		return RemoteAudio(participantSID)
	case video.Video:
		return RemoteVideo(participantSID)
	case video.Screen:
		return RemoteScreen(participantSID)
	case video.Sound:
		return RemoteSound(participantSID)
	}
	return ""
}
