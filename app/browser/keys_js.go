//go:build js

package browser

import (
	"slices"
	"strings"
	"syscall/js"
)

// OnKeys calls f with each of the named key combinations that is pressed while
// the focus is in the page, until stop; the browser's own use of it is
// prevented. A name is a key in lower case, such as "escape" or "?", with
// "mod+" before it for Ctrl, on a Mac Command. Keys without "mod+" are left to
// fields that are being typed into.
func (Document) OnKeys(names []string, f func(name string)) (stop func()) {
	return Listen(document(), "keydown", func(e js.Value) {
		if e.Get("altKey").Truthy() || e.Get("repeat").Truthy() || e.Get("isComposing").Truthy() {
			return
		}
		name := strings.ToLower(text(e, "key"))
		switch ctrl, meta := e.Get("ctrlKey").Truthy(), e.Get("metaKey").Truthy(); {
		case ctrl != meta:
			name = "mod+" + name
		case ctrl || typing(e.Get("target")):
			return
		}
		if !slices.Contains(names, name) {
			return
		}
		e.Call("preventDefault")
		f(name)
	})
}

// typing says whether keys go into the element as text.
func typing(target js.Value) bool {
	if !exists(target) {
		return false
	}
	switch text(target, "tagName") {
	case "TEXTAREA", "SELECT":
		return true
	case "INPUT":
		t := text(target, "type")
		return t != "checkbox" && t != "radio" && t != "button"
	}
	return false
}
