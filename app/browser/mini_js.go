//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"
)

// The size that the small window asks for, in CSS pixels. The browser and the
// person may make it another.
const miniWidth, miniHeight = 360, 270

// Mini shows the <video>s with the ids in a small window on top of all others,
// with copies of the buttons that press the real ones. Where the browser has
// no such window, or not inside a frame, it shows the first of the videos that
// can be shown. Begin it in a click.
func (View) Mini(ctx context.Context, title string, videos, buttons []string, closed func()) (stop func(), err error) {
	err = Try(func() error {
		pip := window().Get("documentPictureInPicture")
		if exists(pip) && !framed() {
			var w js.Value
			w, err := Await(ctx, pip.Call("requestWindow", map[string]any{"width": miniWidth, "height": miniHeight}))
			if err == nil {
				stop = fillMini(w, title, videos, buttons, closed)
				return nil
			}
		}
		var err error
		stop, err = miniVideo(ctx, videos, closed)
		return err
	})
	return stop, err
}

// miniVideo shows one video in the browser's own small window.
func miniVideo(ctx context.Context, videos []string, closed func()) (stop func(), err error) {
	for _, id := range videos {
		el := element(id)
		if !exists(el) || !exists(el.Get("requestPictureInPicture")) || el.Get("videoWidth").Int() == 0 {
			continue
		}
		if _, err := Await(ctx, el.Call("requestPictureInPicture")); err != nil {
			return nil, err
		}
		var unlisten func()
		unlisten = Listen(el, "leavepictureinpicture", func(js.Value) {
			unlisten()
			closed()
		})
		return func() {
			_ = Try(func() error {
				if now := document().Get("pictureInPictureElement"); exists(now) && now.Equal(el) {
					go func() { _, _ = Await(context.Background(), document().Call("exitPictureInPicture")) }()
				}
				return nil
			})
		}, nil
	}
	return nil, fmt.Errorf("small window: no video to show: %w", ErrUnsupported)
}

// fillMini draws into an empty window. It has copies, which follow their
// originals, rather than the originals: those belong to whoever renders the
// page.
func fillMini(w js.Value, title string, videos, buttons []string, closed func()) (stop func()) {
	d := w.Get("document")
	d.Set("title", title)
	d.Get("documentElement").Set("lang", document().Get("documentElement").Get("lang"))
	links := document().Call("querySelectorAll", `link[rel="stylesheet"]`)
	for i := range links.Length() {
		d.Get("head").Call("append", d.Call("importNode", links.Index(i), true))
	}
	body := d.Get("body")
	body.Set("className", "mini")
	var copies []func()
	picture := func(id string) {
		v := d.Call("createElement", "video")
		v.Set("muted", true) // the page itself plays the sound
		v.Set("autoplay", true)
		v.Set("playsInline", true)
		v.Get("dataset").Set("of", id)
		body.Call("append", v)
		copies = append(copies, func() { followVideo(v, element(id)) })
	}
	for _, id := range videos {
		picture(id)
	}
	bar := d.Call("createElement", "div")
	bar.Set("className", "mini-bar")
	body.Call("append", bar)
	var drops []func()
	for _, id := range buttons {
		b := d.Call("createElement", "button")
		b.Set("type", "button")
		bar.Call("append", b)
		drops = append(drops, Listen(b, "click", func(js.Value) {
			if el := element(id); exists(el) {
				el.Call("click")
			}
		}))
		copies = append(copies, func() { followButton(b, element(id)) })
	}
	follow := func() {
		_ = Try(func() error {
			for _, c := range copies {
				c()
			}
			return nil
		})
	}
	follow()
	drops = append(drops, every(300, follow))
	over := false
	end := func() {
		if over {
			return
		}
		over = true
		for _, drop := range drops {
			drop()
		}
		closed()
	}
	drops = append(drops, Listen(w, "pagehide", func(js.Value) { end() }))
	return func() {
		_ = Try(func() error { w.Call("close"); return nil })
		end()
	}
}

func followVideo(v, of js.Value) {
	stream := js.Null()
	if exists(of) && !of.Get("hidden").Truthy() {
		stream = of.Get("srcObject")
	}
	if !v.Get("srcObject").Equal(stream) {
		v.Set("srcObject", stream)
	}
	v.Set("hidden", !exists(stream))
	if exists(of) {
		v.Set("className", text(of, "className"))
	}
}

func followButton(b, of js.Value) {
	if !exists(of) {
		b.Set("hidden", true)
		return
	}
	b.Set("hidden", of.Get("hidden"))
	if t := text(of, "innerText"); text(b, "textContent") != t {
		b.Set("textContent", t)
	}
	if p := of.Call("getAttribute", "aria-pressed"); p.Type() == js.TypeString {
		b.Call("setAttribute", "aria-pressed", p)
	}
}
