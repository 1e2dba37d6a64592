//go:build js

package twiliojs

import (
	"context"
	"fmt"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// maxAudioBitrate is what our Opus may use, in bits per second: speech is
// clear at it, and it leaves a weak line to the picture.
const maxAudioBitrate = 24000

// liveRoom is the global in which the page finds the promise of the Room that is
// to be left when this program can no longer do it.
const liveRoom = "escalateRoom"

// Connect joins the Room of an Access Token.
func (c Connector) Connect(ctx context.Context, token string, o video.Options) (video.Room, error) {
	var own *capture
	if o.Capture != nil {
		var ok bool
		if own, ok = o.Capture.(*capture); !ok {
			return nil, fmt.Errorf("connect: capture of another package: %w", video.ErrUnsupported)
		}
	}
	l := loader{c.SDK, c.Patience}
	v, err := l.sdk(ctx, o.Loading)
	if err != nil {
		return nil, err
	}
	r := newRoom(l, own, o.OnEvent)
	err = try(func() error {
		p := v.Call("connect", token, connectOptions(o, own))
		js.Global().Set(liveRoom, p)
		stop := context.AfterFunc(ctx, func() {
			// The SDK's promise can be cancelled; without, the Room arrives late.
			_ = browser.Try(func() error {
				if exists(path(p, "cancel")) {
					p.Call("cancel")
				}
				return nil
			})
		})
		defer stop()
		joined, err := browser.AwaitOr(ctx, p, func(late js.Value) {
			report(browser.Try(func() error {
				late.Call("disconnect")
				return nil
			}))
		})
		if err != nil {
			return err
		}
		r.start(joined)
		return nil
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err() // not the SDK's "Canceled"
		}
		return nil, err
	}
	return r, nil
}

// connectOptions are the SDK's ConnectOptions, and its undocumented wsServer
// (lib/connect.js: the caller's wsServer wins over the computed one).
func connectOptions(o video.Options, c *capture) map[string]any {
	tracks := []any{}
	if c != nil {
		for _, k := range []video.Kind{video.Audio, video.Video} {
			if c.Has(k) {
				tracks = append(tracks, c.tracks[k].Value)
			}
		}
	}
	m := map[string]any{
		"name":            o.Name,
		"tracks":          tracks, // given even if empty: the SDK captures by itself otherwise
		"dominantSpeaker": true,
		// 2 tells sending from receiving, which is the reason people are given.
		"networkQuality": map[string]any{"local": 2, "remote": 2},
		"bandwidthProfile": map[string]any{"video": map[string]any{
			"mode":                        "collaboration",
			"clientTrackSwitchOffControl": "manual", // see remote.watch
			"contentPreferencesMode":      "auto",
		}},
		"maxAudioBitrate":      maxAudioBitrate,
		"preferredVideoCodecs": []any{"VP8"},
		"notifyWarnings":       []any{"recording-media-lost"},
	}
	if o.Signaling != "" {
		m["wsServer"] = o.Signaling
		// Its sink is Twilio's; a server of our own has no business with it.
		m["insights"] = false
	}
	return m
}
