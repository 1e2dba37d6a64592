//go:build js

package browser

import (
	"context"
	"syscall/js"
	"time"
)

// chimeLasts is how long the two notes of Chime sound, with a little silence
// after them: a loudspeaker that is closed at once swallows the end.
const chimeLasts = 1300 * time.Millisecond

// Chime plays two notes through the loudspeaker with the id; an empty id, or a
// browser that cannot choose, is the usual one. It waits until they are over.
// Begin it in a click.
func (Device) Chime(ctx context.Context, speaker string) error {
	return Try(func() error {
		ctor := window().Get("AudioContext")
		if !exists(ctor) {
			return ErrUnsupported
		}
		audio := ctor.New()
		defer func() { _ = Try(func() error { audio.Call("close"); return nil }) }()
		if _, err := Await(ctx, audio.Call("resume")); err != nil {
			return err
		}
		out := audio.Get("destination")
		if speaker != "" && exists(window().Get("HTMLMediaElement").Get("prototype").Get("setSinkId")) {
			// Only an element can be sent to a chosen loudspeaker everywhere.
			node := audio.Call("createMediaStreamDestination")
			player := window().Get("Audio").New()
			player.Set("srcObject", node.Get("stream"))
			defer func() { player.Set("srcObject", js.Null()) }()
			if _, err := Await(ctx, player.Call("setSinkId", speaker)); err != nil {
				return err
			}
			if _, err := Await(ctx, player.Call("play")); err != nil {
				return err
			}
			out = node
		}
		start := audio.Get("currentTime").Float() + 0.05
		note(audio, out, 659.26, start)
		note(audio, out, 880, start+0.45)
		t := time.NewTimer(chimeLasts)
		defer t.Stop()
		select {
		case <-t.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// note plays a soft note of half a second: it swells and fades, because a tone
// that is cut on and off clicks.
func note(audio, out js.Value, hertz, at float64) {
	tone, loud := audio.Call("createOscillator"), audio.Call("createGain")
	tone.Get("frequency").Set("value", hertz)
	gain := loud.Get("gain")
	gain.Call("setValueAtTime", 0, at)
	gain.Call("linearRampToValueAtTime", 0.25, at+0.04)
	gain.Call("linearRampToValueAtTime", 0, at+0.5)
	tone.Call("connect", loud)
	loud.Call("connect", out)
	tone.Call("start", at)
	tone.Call("stop", at+0.5)
}
