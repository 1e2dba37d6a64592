//go:build js

package twiliojs

import (
	"errors"
	"testing"

	"escalate/app/video"
)

// earlyFake is what start.js leaves.
const earlyFake = `
globalThis.dropped = 0;
globalThis.escalateEarlyMedia = {audio: true, video: true, drop() { dropped++; escalateEarlyMedia = null },
  getUserMedia: async () => { log("early"); if (globalThis.earlyError) throw earlyError;
    return new MediaStream([new MediaTrack("audio"), new MediaTrack("video")]) }};`

func TestCaptureTakesOverWhatThePageAskedFor(t *testing.T) {
	t.Run("both", func(t *testing.T) {
		ctx := setUp(t)
		eval(earlyFake)
		c, err := Devices{}.Capture(ctx, video.Want{Audio: true, Video: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if !c.Has(video.Audio) || !c.Has(video.Video) || calls() != "early" {
			t.Errorf("asked %s", calls())
		}
		if eval(`escalateEarlyMedia`).Truthy() {
			t.Error("it can be taken twice")
		}
	})
	t.Run("refused", func(t *testing.T) {
		ctx := setUp(t)
		eval(earlyFake)
		eval(`globalThis.earlyError = named("NotAllowedError", "Permission denied")`)
		defer eval(`delete globalThis.earlyError`)
		_, err := Devices{}.Capture(ctx, video.Want{Audio: true, Video: true})
		var e *video.Error
		if !errors.As(err, &e) || e.Reason != video.MediaDenied || calls() != "early" {
			t.Errorf("error %v after %s: there must be no second question", err, calls())
		}
	})
	t.Run("another wish", func(t *testing.T) {
		ctx := setUp(t)
		eval(earlyFake)
		c, err := Devices{}.Capture(ctx, video.Want{Audio: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if eval(`dropped`).Int() != 1 || calls() != "getUserMedia audio=true video=false" {
			t.Errorf("dropped %v, asked %s", eval(`dropped`), calls())
		}
	})
}
