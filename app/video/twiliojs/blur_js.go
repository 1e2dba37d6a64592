//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// processors is where the server has @twilio/video-processors 3.2.0 with its
// workers and its model. It is loaded only when somebody wants it.
const processors = "/static/vendor/video-processors/"

// canBlur says whether it is worth offering: the model needs a desktop's speed
// and the browser's way to work on frames off the main thread.
func canBlur() bool {
	g := js.Global()
	return !onMobile() && exists(path(g, "OffscreenCanvas")) && exists(path(g, "WebAssembly")) && exists(path(g, "Worker"))
}

// Blur blurs what is behind the person, or ends that. A camera that is
// switched on later is blurred too.
func (c *capture) Blur(ctx context.Context, on bool) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return try(func() error {
		if !on {
			c.blurred = false
			c.unblur()
			return nil
		}
		if !exists(c.blur) {
			p, err := loadBlur(ctx)
			if err != nil {
				return err
			}
			c.blur = p
		}
		c.blurred = true
		if t := c.tracks[video.Video]; t != nil {
			return c.addBlur(t)
		}
		return nil
	})
}

// loadBlur fetches the library and its model.
func loadBlur(ctx context.Context) (js.Value, error) {
	lib := func() js.Value { return path(js.Global(), "Twilio", "VideoProcessors") }
	if !exists(lib()) {
		if err := browser.LoadScript(ctx, processors+"twilio-video-processors.min.js"); err != nil {
			return js.Undefined(), err
		}
	}
	if !flag(lib(), "isSupported") {
		return js.Undefined(), unsupported("this browser cannot blur the background")
	}
	p := lib().Get("GaussianBlurBackgroundProcessor").New(map[string]any{"assetsPath": processors})
	if _, err := browser.Await(ctx, p.Call("loadModel")); err != nil {
		return js.Undefined(), err
	}
	return p, nil
}

func (c *capture) addBlur(t *localTrack) error {
	if exists(path(t.Value, "processor")) {
		return nil
	}
	return browser.Try(func() error {
		t.Call("addProcessor", c.blur, map[string]any{
			"inputFrameBufferType": "videoframe", "outputFrameBufferContextType": "bitmaprenderer"})
		c.redraw()
		return nil
	})
}

func (c *capture) unblur() {
	t := c.tracks[video.Video]
	if t == nil || !exists(path(t.Value, "processor")) {
		return
	}
	t.Call("removeProcessor", c.blur)
	c.redraw()
}
