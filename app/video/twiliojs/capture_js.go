//go:build js

package twiliojs

import (
	"context"
	"errors"
	"syscall/js"
	"time"

	"escalate/app/browser"
	"escalate/app/video"
)

// capture is the microphone and camera of this page.
type capture struct {
	loader loader
	// loading is told when the SDK takes long to load; may be nil.
	loading func()
	// busy is held, one at a time, by whoever changes Tracks across a wait.
	busy    chan struct{}
	tracks  map[video.Kind]*localTrack
	missing map[video.Kind]*video.Error
	device  map[video.Kind]string // chosen device, "" the browser's choice
	rear    bool                  // the rear camera was chosen by Flip
	stopped map[video.Kind]bool   // the device was taken away
	preview []string              // ids of elements that show the camera
	meter   meter
	blur    js.Value // the processor, once it was wanted
	blurred bool     // the camera is to be blurred
	room    *room    // that publishes the Tracks, or nil
	closed  bool
}

// localTrack is a LocalAudioTrack or LocalVideoTrack of the SDK.
type localTrack struct {
	js.Value
	listeners listeners
	elements  []js.Value // that show it
	// changing is true while we stop or restart it, so that its "stopped" is
	// not taken for a loss.
	changing bool
}

func newCapture(l loader, w video.Want) *capture {
	return &capture{
		loader:  l,
		loading: w.Loading,
		busy:    make(chan struct{}, 1),
		tracks:  map[video.Kind]*localTrack{},
		missing: map[video.Kind]*video.Error{},
		device:  map[video.Kind]string{video.Audio: w.AudioDevice, video.Video: w.VideoDevice},
		stopped: map[video.Kind]bool{},
	}
}

// lock waits for its turn.
func (c *capture) lock(ctx context.Context) error {
	select {
	case c.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *capture) unlock() { <-c.busy }

// acquire captures what is wanted. Of two kinds it may get one; the other is
// then missing.
func (c *capture) acquire(ctx context.Context, audio, camera bool) error {
	if !audio && !camera {
		return nil
	}
	got, err := c.create(ctx, audio, camera)
	if err == nil {
		for _, t := range got {
			c.adopt(t)
		}
		return c.lacking(audio, camera, nil)
	}
	if ctx.Err() != nil || !(audio && camera) {
		return err
	}
	// One by one, never both at once: a second capture mutes the first on iOS.
	// After a "no" only what needs no further prompt.
	both := asError(err)
	if both.Reason == video.SDKBlocked || both.Reason == video.SDKSlow {
		return both // no device has been asked yet
	}
	refused := both.Reason == video.MediaDenied || both.Reason == video.MediaDismissed || both.Reason == video.MediaSystem
	for _, k := range []video.Kind{video.Audio, video.Video} {
		if refused && !granted(ctx, k) {
			c.missing[k] = both
			continue
		}
		got, err := c.create(ctx, k == video.Audio, k == video.Video)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.missing[k] = asError(err)
			continue
		}
		for _, t := range got {
			c.adopt(t)
		}
	}
	return c.lacking(audio, camera, both)
}

// lacking notes which wanted kinds did not come, and fails if none did.
func (c *capture) lacking(audio, camera bool, cause *video.Error) error {
	for k, wanted := range map[video.Kind]bool{video.Audio: audio, video.Video: camera} {
		if wanted && c.tracks[k] == nil && c.missing[k] == nil {
			c.missing[k] = &video.Error{Reason: video.MediaNotFound, Message: "the browser gave no " + string(k)}
		}
	}
	if len(c.tracks) > 0 {
		return nil
	}
	if cause != nil {
		return cause
	}
	for _, k := range []video.Kind{video.Audio, video.Video} {
		if e := c.missing[k]; e != nil {
			return e
		}
	}
	return nil
}

// create asks the SDK for Tracks, with one getUserMedia.
func (c *capture) create(ctx context.Context, audio, camera bool) ([]js.Value, error) {
	// Before the SDK is waited for: what is not taken soon is given back.
	own := early(audio, camera)
	v, err := c.loader.sdk(ctx, c.loading)
	if err != nil {
		own.drop()
		return nil, err
	}
	if !exists(mediaDevices()) {
		return nil, unsupported("no access to microphone and camera on this page")
	}
	options := map[string]any{"audio": false, "video": false}
	if audio {
		options["audio"] = c.constraints(video.Audio, false)
	}
	if camera {
		options["video"] = c.constraints(video.Video, false)
	}
	if own != nil {
		options["getUserMedia"] = own.stream()
	}
	var got []js.Value
	err = browser.Try(func() error {
		list, err := browser.AwaitOr(ctx, v.Call("createLocalTracks", options), stopAll)
		if err == nil {
			each(list, func(t js.Value) { got = append(got, t) })
		}
		return err
	})
	return got, err
}

// stopAll lets go of Tracks that nobody wants any more.
func stopAll(list js.Value) {
	report(browser.Try(func() error {
		each(list, func(t js.Value) { t.Call("stop") })
		return nil
	}))
}

// constraints are those of the kind for the chosen device. exact insists on
// it; otherwise a device that is gone is replaced by the browser's choice.
func (c *capture) constraints(k video.Kind, exact bool) map[string]any {
	m := map[string]any{}
	if k == video.Video {
		// Enough for a face on a large tile. Ideal values refuse no camera.
		m["width"] = map[string]any{"ideal": 1280}
		m["height"] = map[string]any{"ideal": 720}
		m["frameRate"] = map[string]any{"ideal": 24}
	}
	word := "ideal"
	if exact {
		word = "exact"
	}
	switch id := c.device[k]; {
	case id != "":
		m["deviceId"] = map[string]any{word: id}
	case k == video.Video && c.rear:
		m["facingMode"] = map[string]any{"ideal": "environment"}
	case k == video.Video:
		m["facingMode"] = map[string]any{"ideal": "user"}
	}
	return m
}

// adopt takes a Track in.
func (c *capture) adopt(v js.Value) {
	k := video.Kind(str(v, "kind"))
	if c.closed {
		v.Call("stop")
		return
	}
	c.drop(k)
	t := &localTrack{Value: v}
	c.tracks[k] = t
	delete(c.missing, k)
	c.interrupted(k, false)
	t.listeners.on(v, "stopped", func([]js.Value) {
		if !t.changing {
			c.interrupted(k, true)
		}
	})
	// The SDK revives a Track on its own on iOS; then it starts again.
	t.listeners.on(v, "started", func([]js.Value) { c.interrupted(k, false) })
	t.listeners.on(v, "unmuted", func([]js.Value) { c.interrupted(k, false) })
	t.listeners.on(v, "muted", func([]js.Value) {
		// Short silences are ordinary; a phone call is longer.
		const grace = 2 * time.Second
		timer := time.AfterFunc(grace, func() {
			if c.tracks[k] == t && flag(v, "isMuted") {
				c.interrupted(k, true)
			}
		})
		t.listeners.also(func() { timer.Stop() })
	})
	if k == video.Video {
		if c.blurred {
			report(c.addBlur(t))
		}
		c.redraw()
	}
}

// drop stops the Track of the kind and forgets it.
func (c *capture) drop(k video.Kind) {
	t := c.tracks[k]
	if t == nil {
		return
	}
	delete(c.tracks, k)
	t.listeners.release()
	report(browser.Try(func() error {
		each(t.Call("detach"), clearElement)
		t.Call("stop")
		return nil
	}))
}

// interrupted tells the Room, once, that a device was taken or came back.
func (c *capture) interrupted(k video.Kind, on bool) {
	if c.stopped[k] == on {
		return
	}
	c.stopped[k] = on
	if c.room == nil {
		return
	}
	if on {
		c.room.emit(video.LocalTrackStopped{Kind: k})
	} else {
		c.room.emit(video.LocalTrackResumed{Kind: k})
	}
}

// Has says whether there is a live Track of the kind.
func (c *capture) Has(k video.Kind) bool {
	t := c.tracks[k]
	return t != nil && !flag(t.Value, "isStopped")
}

// Device is the id of the device in use.
func (c *capture) Device(k video.Kind) string {
	t := c.tracks[k]
	if t == nil || !exists(path(t.Value, "mediaStreamTrack", "getSettings")) {
		return ""
	}
	return str(t.Get("mediaStreamTrack").Call("getSettings"), "deviceId")
}

// Missing is why a wanted kind is not there.
func (c *capture) Missing(k video.Kind) *video.Error { return c.missing[k] }

// Level is the microphone's loudness.
func (c *capture) Level() float64 {
	t := c.tracks[video.Audio]
	if t == nil || !flag(t.Value, "isEnabled") {
		return 0
	}
	var l float64
	_ = browser.Try(func() error {
		l = c.meter.level(t.Get("mediaStreamTrack"))
		return nil
	})
	return l
}

// SetEnabled mutes the microphone, or switches the camera off and on.
func (c *capture) SetEnabled(ctx context.Context, k video.Kind, on bool) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return try(func() error {
		t := c.tracks[k]
		switch {
		case k == video.Audio && t != nil && (!on || c.Has(k)):
			// Instant, and the device stays warm; its light may stay on, as
			// people know it of microphones.
			t.Call("enable", on)
			return nil
		case !on:
			if t == nil {
				return nil
			}
			if c.room != nil {
				c.room.unpublish(t.Value)
			}
			c.drop(k) // stopped, so that the camera's light goes out
			c.interrupted(k, false)
			return nil
		case c.Has(k):
			return nil
		}
		return c.renew(ctx, k)
	})
}

// renew captures a kind anew and publishes it.
func (c *capture) renew(ctx context.Context, k video.Kind) error {
	if t := c.tracks[k]; t != nil {
		if c.room != nil {
			c.room.unpublish(t.Value)
		}
		c.drop(k)
	}
	got, err := c.create(ctx, k == video.Audio, k == video.Video)
	if err != nil {
		if ctx.Err() == nil {
			c.missing[k] = asError(err)
		}
		return err
	}
	for _, t := range got {
		c.adopt(t)
	}
	if t := c.tracks[k]; t != nil && c.room != nil {
		return c.room.publish(ctx, t.Value, "standard")
	}
	return nil
}

// Use changes to another device. A camera that is off stays off.
func (c *capture) Use(ctx context.Context, k video.Kind, deviceID string) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return try(func() error {
		before := c.device[k]
		c.device[k] = deviceID
		if !c.Has(k) {
			if k == video.Video && c.missing[k] == nil && !c.stopped[k] {
				return nil // off by choice; the next start takes the new one
			}
			return c.renew(ctx, k)
		}
		err := c.restart(ctx, k, c.constraints(k, deviceID != ""))
		if err == nil {
			return nil
		}
		// The old device was let go for the new one; take it back.
		c.device[k] = before
		if again := c.restart(ctx, k, c.constraints(k, false)); again != nil {
			c.interrupted(k, true)
			return errors.Join(err, again)
		}
		return err
	})
}

// restart captures with other constraints in place, so that the publication
// and the elements stay.
func (c *capture) restart(ctx context.Context, k video.Kind, constraints map[string]any) error {
	t := c.tracks[k]
	if t == nil {
		return unsupported("no " + string(k) + " to change")
	}
	t.changing = true
	defer func() { t.changing = false }()
	_, err := browser.Await(ctx, t.Call("restart", constraints))
	if c.closed {
		t.Call("stop")
	}
	if err == nil {
		c.interrupted(k, false)
	}
	return err
}

// Close lets go of everything. It may be called in any state and again.
func (c *capture) Close() {
	if c.closed {
		return
	}
	c.closed = true
	for _, k := range []video.Kind{video.Audio, video.Video} {
		if t := c.tracks[k]; t != nil && c.room != nil {
			c.room.unpublish(t.Value)
		}
		c.drop(k)
	}
	c.room = nil
	c.meter.close()
}
