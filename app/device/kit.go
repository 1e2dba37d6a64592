package device

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Kit is the camera and microphone of one page, from the browser's question to
// the moment they are given back. It belongs to the UI goroutine.
type Kit struct {
	// Support is what the browser can.
	Support video.Support
	Intent  Intent
	Choices Choices
	Prompt  Prompt
	Plugs   Plugs
	Chime   Chime
	Wait    Patience

	screen   *ui.Screen
	devices  video.Devices
	call     Call
	switches switches
	blur     blur

	capture video.Capture
	micOn   bool // before the call; in it, the call tells
	camOn   bool
	hidden  bool // the camera is off only because the page is hidden
}

// New returns the Kit of a page. What is wanted on is kept in the browser under
// intentKey.
func New(screen *ui.Screen, host Host, devices video.Devices, call Call, intentKey string) *Kit {
	k := &Kit{
		Support: devices.Supported(),
		Intent:  Intent{Host: host, Key: intentKey},
		Choices: Choices{host: host, devices: map[string]string{}},
		Prompt:  Prompt{screen: screen},
		Wait:    Usual(),
		screen:  screen, devices: devices, call: call,
		micOn: true, camOn: true,
	}
	k.switches = newSwitches(screen, k.setter, k.wasSet)
	k.Plugs = newPlugs(k)
	k.Chime = Chime{screen: screen, host: host, choices: &k.Choices}
	return k
}

// Begin starts what lasts as long as the page, until stop.
func (k *Kit) Begin() (stop func()) {
	k.Choices.recall()
	return k.devices.OnChange(func() { k.screen.Do(k.Plugs.changed) })
}

// Capture returns what was captured, nil for nothing.
func (k *Kit) Capture() video.Capture { return k.capture }

// Has says whether a kind of media was captured.
func (k *Kit) Has(kind video.Kind) bool { return k.capture != nil && k.capture.Has(kind) }

// Ask captures camera and microphone with one prompt. done is told whether
// there is a Capture now, unless the prompt was given up before.
func (k *Kit) Ask(w video.Want, done func(ok bool)) {
	wishes := k.Intent.Now()
	w = wishes.Capture(w)
	w.AudioDevice, w.VideoDevice = k.Choices.Device(AudioInput), k.Choices.Device(VideoInput)
	wishes.Blur = wishes.Blur && k.Support.Blur
	k.Prompt.ask(k.devices, w, wishes, k.Wait, func(c video.Capture, as restored) {
		if c != nil {
			k.took(c, as)
		}
		done(c != nil)
	})
}

// took goes on with a Capture that is as the person wants it.
func (k *Kit) took(c video.Capture, as restored) {
	k.capture = c
	k.micOn, k.camOn = c.Has(video.Audio) && !as.muted, c.Has(video.Video)
	k.blur.on = as.blurred
	if as.bare {
		k.Support.Blur = false
		k.screen.Tell(words.BareCamera.Plain(k.screen.Lang))
	}
	k.Prompt.Err = firstError(c.Missing(video.Video), c.Missing(video.Audio))
	k.Plugs.list()
	k.screen.Changed()
}

func firstError(errs ...*video.Error) *video.Error {
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}

// None says that the devices were asked for and none is to be had. A page
// that is not all there has not asked them.
func (k *Kit) None() bool {
	err := k.Prompt.Err
	return k.capture == nil && err != nil && err.Reason != video.SDKBlocked && err.Reason != video.SDKSlow
}

// Release switches camera and microphone off for good, also those that are
// still to come.
func (k *Kit) Release() {
	k.Prompt.End()
	if k.capture != nil {
		k.capture.Close()
		k.capture = nil
		k.blur.on, k.hidden = false, false
	}
}

// Joining is told that a Room is being joined: what was asked of another one is
// not waited for.
func (k *Kit) Joining() { k.switches.clear() }

// Joined is told that the devices are in a Room now.
func (k *Kit) Joined() {
	k.Plugs.inUse()
	if id := k.Choices.Device(AudioOutput); id != "" {
		k.Use(AudioOutput, id)
	}
}

// On says whether microphone or camera is on.
func (k *Kit) On(kind video.Kind) bool {
	switch {
	case k.call.Room() != nil:
		return k.call.On(kind)
	case kind == video.Audio:
		return k.Has(video.Audio) && k.micOn
	}
	return k.capture != nil && k.camOn
}

// Busy says whether a command on a kind of media is being carried out.
func (k *Kit) Busy(kind video.Kind) bool { return k.switches.busy[kind] }

// Toggle mutes or un-mutes, or switches the camera. A click while the last
// one is still being carried out counts: the newest wish is done next.
func (k *Kit) Toggle(kind video.Kind) {
	on, changes := k.switches.toggled(kind, k.On(kind))
	if changes {
		k.Intent.Want(kind, on)
		return
	}
	k.Choose(kind, on)
}

// Choose switches by the person's own choice.
func (k *Kit) Choose(kind video.Kind, on bool) {
	if k.call.Room() != nil || k.capture != nil {
		k.Intent.Want(kind, on)
		k.switches.set(kind, on)
	}
}

// setter returns who switches media now, nil for nobody.
func (k *Kit) setter() func(context.Context, video.Kind, bool) error {
	if room := k.call.Room(); room != nil {
		return room.SetEnabled
	}
	if k.capture != nil {
		return k.capture.SetEnabled
	}
	return nil
}

func (k *Kit) wasSet(kind video.Kind, on bool) {
	if kind == video.Video {
		k.camOn = on
		k.screen.Say(ui.Pick(on, &words.CameraOn, &words.CameraStopped).In(k.screen.Lang))
		return
	}
	k.micOn = on
	k.screen.Say(ui.Pick(on, &words.MuteOff, &words.MuteOn).In(k.screen.Lang))
}

// CameraOff switches the camera off before a call, and then goes on with next.
func (k *Kit) CameraOff(next func()) {
	c := k.capture
	k.switches.Run(video.Video, func(ctx context.Context) error { return c.SetEnabled(ctx, video.Video, false) }, func() {
		k.camOn = false
		next()
	})
}

// Flip changes between front and rear camera.
func (k *Kit) Flip() {
	if k.capture != nil {
		k.switches.Run(video.Video, k.capture.Flip, func() {})
	}
}

// Use changes to another device.
func (k *Kit) Use(deviceKind, id string) {
	k.Choices.Choose(deviceKind, id)
	switch {
	case deviceKind == AudioOutput:
		if room := k.call.Room(); room != nil {
			k.switches.Run(video.Audio, func(ctx context.Context) error { return room.SetSpeaker(ctx, id) }, func() {})
		}
	case k.capture != nil:
		c := k.capture
		kind := ui.Pick(deviceKind == AudioInput, video.Audio, video.Video)
		k.switches.Run(kind, func(ctx context.Context) error { return c.Use(ctx, kind, id) }, func() {})
	}
}

// Restore takes back what a phone call or another program has taken.
func (k *Kit) Restore() {
	k.refresh()
	if c := k.capture; c != nil {
		for kind := range kinds {
			if k.call.Interrupted(kind) {
				id := k.Plugs.using[kind]
				k.switches.Run(kind, func(ctx context.Context) error { return c.Use(ctx, kind, id) }, func() {})
			}
		}
	}
}

// refresh takes up again what the browser has paused.
func (k *Kit) refresh() {
	if room := k.call.Room(); room != nil {
		room.Refresh()
	}
}

// Seen is told that the page comes into view or goes out of it. A phone takes
// the camera from a hidden page and leaves its last picture with the others,
// so there it goes off until the page is back.
func (k *Kit) Seen(visible bool) {
	if k.call.Room() == nil && !k.hidden {
		return
	}
	if visible {
		k.refresh()   // a phone call or another app may have taken the devices
		if k.hidden { // also when the call broke meanwhile
			k.hidden = false
			k.switches.set(video.Video, true)
		}
		return
	}
	if k.Support.Mobile && k.On(video.Video) {
		k.hidden = true
		k.switches.set(video.Video, false)
	}
}

// Attach draws our own picture into an element.
func (k *Kit) Attach(elementID string) {
	if k.Has(video.Video) {
		_ = k.capture.Attach(elementID) // no element yet: the next rendering draws it
	}
}

// OnMute is a click on the microphone.
func (k *Kit) OnMute(app.Context, app.Event) { k.Toggle(video.Audio) }

// OnCamera is a click on the camera.
func (k *Kit) OnCamera(app.Context, app.Event) { k.Toggle(video.Video) }

// OnFlip is a click that changes between front and rear camera.
func (k *Kit) OnFlip(app.Context, app.Event) { k.Flip() }
