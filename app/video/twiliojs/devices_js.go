//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/inapp"
	"escalate/app/video"
)

func navigator() js.Value    { return path(js.Global(), "navigator") }
func mediaDevices() js.Value { return path(navigator(), "mediaDevices") }

func onMobile() bool {
	return mobile(str(navigator(), "userAgent"), int(num(navigator(), "maxTouchPoints")))
}

// inApp says whether this is a browser inside another app. A page on the home
// screen looks like one on an iPhone.
func inApp() bool {
	switch inapp.Of(str(navigator(), "userAgent")) {
	case inapp.Yes:
		return true
	case inapp.Bare:
		return !flag(navigator(), "standalone")
	}
	return false
}

// Supported says what this browser can do. Of twilio-video.js it asks only
// when that is loaded.
func (Devices) Supported() video.Support {
	g := js.Global()
	s := video.Support{
		WebRTC:  exists(path(g, "RTCPeerConnection")) && exists(path(mediaDevices(), "getUserMedia")),
		Secure:  flag(g, "isSecureContext"),
		InApp:   inApp(),
		Mobile:  onMobile(),
		Sink:    exists(path(g, "HTMLMediaElement", "prototype", "setSinkId")),
		Browser: family(str(navigator(), "userAgent"), int(num(navigator(), "maxTouchPoints"))),
		PiP:     flag(g, "document", "pictureInPictureEnabled"),
	}
	s.Blur = canBlur()
	// Chrome for Android has the method but always refuses.
	s.ScreenShare = !s.Mobile && exists(path(mediaDevices(), "getDisplayMedia"))
	// A page that is not secure has no mediaDevices; that is Secure's to tell.
	if !s.Secure {
		s.WebRTC = exists(path(g, "RTCPeerConnection"))
	}
	return s
}

// List returns the devices.
func (Devices) List(ctx context.Context) ([]video.Device, error) {
	var list []video.Device
	err := try(func() error {
		if !exists(path(mediaDevices(), "enumerateDevices")) {
			return unsupported("no access to devices")
		}
		found, err := browser.Await(ctx, mediaDevices().Call("enumerateDevices"))
		if err != nil {
			return err
		}
		each(found, func(d js.Value) {
			// Before permission is given, ids are empty: one nameless entry a kind.
			list = append(list, video.Device{ID: str(d, "deviceId"), Kind: str(d, "kind"), Label: str(d, "label")})
		})
		return nil
	})
	return list, err
}

// OnChange calls f whenever a device is plugged in or out, until stop.
func (Devices) OnChange(f func()) (stop func()) {
	return browser.Listen(mediaDevices(), "devicechange", func(js.Value) { f() })
}

func unsupported(message string) *video.Error {
	return &video.Error{Reason: video.Unsupported, Message: message}
}

// Capture asks for microphone and camera with one prompt.
func (d Devices) Capture(ctx context.Context, w video.Want) (video.Capture, error) {
	c := newCapture(loader{d.SDK, d.Patience}, w)
	err := try(func() error { return c.acquire(ctx, w.Audio, w.Video) })
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// granted says whether permission for a kind is known to be given, so that
// asking for it again brings no second prompt.
func granted(ctx context.Context, k video.Kind) bool {
	name := map[video.Kind]string{video.Audio: "microphone", video.Video: "camera"}[k]
	ok := false
	_ = browser.Try(func() error {
		if !exists(path(navigator(), "permissions", "query")) {
			return nil
		}
		st, err := browser.Await(ctx, path(navigator(), "permissions").Call("query", map[string]any{"name": name}))
		ok = err == nil && str(st, "state") == "granted"
		return nil
	})
	return ok
}

var (
	_ video.Devices   = Devices{}
	_ video.Connector = Connector{}
)
