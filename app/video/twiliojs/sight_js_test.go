//go:build js

package twiliojs

import (
	"strings"
	"testing"
)

// What nobody can see is not sent, and what is in the small window can be seen.
func TestPicturesOutOfSight(t *testing.T) {
	ctx := setUp(t)
	eval(`globalThis.documentPictureInPicture = Object.assign(new EventTarget(), {window: null});
		globalThis.hide = on => { document.visibilityState = on ? "hidden" : "visible"; document.dispatchEvent(new Event("visibilitychange")) };
		globalThis.pop = () => { const w = new EventTarget(); documentPictureInPicture.window = w;
			documentPictureInPicture.dispatchEvent(Object.assign(new Event("enter"), {window: w})) };
		globalThis.unpop = () => { documentPictureInPicture.window.dispatchEvent(new Event("pagehide")); documentPictureInPicture.window = null }`)
	t.Cleanup(func() { eval(`delete globalThis.documentPictureInPicture; document.visibilityState = "visible"`) })
	eval(`globalThis.prepare = room => {` + addRemote + ` room.participants.set(bob.sid, bob) }`)
	c, r, _ := join(t, ctx)
	defer c.Close()
	for _, s := range []struct{ name, code, want string }{
		{"joined", ``, ""},
		{"in the background", `hide(true)`, "off video"},
		{"a screen comes there", `globalThis.scr = new Publication("MTs", new Track("video"), "screen"); scr.track.name = "screen"; room.emit("trackSubscribed", scr.track, scr, bob)`, "off screen"},
		{"and goes", `room.emit("trackUnsubscribed", scr.track, scr, bob)`, ""},
		{"back", `hide(false)`, "on video"},
		{"a screen comes here", `room.emit("trackSubscribed", scr.track, scr, bob); room.emit("trackUnsubscribed", scr.track, scr, bob)`, ""},
		{"in a small window", `pop(); hide(true)`, ""},
		{"which is closed", `unpop()`, "off video"},
		{"back again", `hide(false)`, "on video"},
		{"in the browser's own small window", `document.pictureInPictureElement = {}; hide(true)`, ""},
		{"which is left", `document.pictureInPictureElement = null; document.dispatchEvent(new Event("leavepictureinpicture"))`, "off video"},
	} {
		eval(`calls.length = 0`)
		eval(s.code)
		if got := eval(`calls.join()`).String(); got != s.want {
			t.Errorf("%s: %q, want %q", s.name, got, s.want)
		}
	}
	r.Disconnect()
	eval(`calls.length = 0; hide(false); hide(true)`)
	if got := eval(`calls.join()`).String(); strings.Contains(got, "video") {
		t.Errorf("after the Room: %q", got)
	}
}
