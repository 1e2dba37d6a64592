//go:build js

package twiliojs

import (
	"syscall/js"

	"escalate/app/browser"
)

// remote is the others' Tracks that are subscribed, and whether their pictures
// are sent.
type remote struct {
	tracks map[string]js.Value // by SID
	unseen bool                // nobody can see the pictures: see watch
}

// add takes a subscribed Track in.
func (r *remote) add(sid string, t js.Value) {
	r.tracks[sid] = t
	if r.unseen {
		r.show(t)
	}
}

// remove forgets a Track that is over.
func (r *remote) remove(sid string) { delete(r.tracks, sid) }

func (r *remote) clear() { clear(r.tracks) }

// watch has pictures that nobody can see not sent: those of a page in the
// background, unless it shows them in a small window on top of all others. The
// SDK would do so by itself ("auto"), but looks only at elements that it has
// attached, and the small window has copies: its pictures would stand still as
// soon as the person turned to another page, for which the window is made.
func (r *remote) watch(l *listeners) {
	doc, pip := path(js.Global(), "document"), path(js.Global(), "documentPictureInPicture")
	look := func(js.Value) { r.look() }
	l.also(browser.Listen(doc, "visibilitychange", look))
	l.also(browser.Listen(doc, "enterpictureinpicture", look))
	l.also(browser.Listen(doc, "leavepictureinpicture", look))
	l.also(browser.Listen(pip, "enter", func(e js.Value) {
		r.look()
		// Its window is still there in the event that says that it goes.
		l.also(browser.Listen(path(e, "window"), "pagehide", func(js.Value) { r.see(visible(doc)) }))
	}))
	r.look()
}

func visible(doc js.Value) bool { return str(doc, "visibilityState") != "hidden" }

// look finds out whether the others' pictures can be seen.
func (r *remote) look() {
	doc := path(js.Global(), "document")
	r.see(visible(doc) || exists(path(doc, "pictureInPictureElement")) || exists(path(js.Global(), "documentPictureInPicture", "window")))
}

// see switches the others' pictures on or off.
func (r *remote) see(on bool) {
	if r.unseen == !on {
		return
	}
	r.unseen = !on
	for _, t := range r.tracks {
		r.show(t)
	}
}

// show switches one Track as see did.
func (r *remote) show(t js.Value) {
	if str(t, "kind") != "video" {
		return
	}
	if r.unseen {
		t.Call("switchOff")
	} else {
		t.Call("switchOn")
	}
}
