//go:build js

package browser

import "syscall/js"

// pageDataID is the id of the JSON block that the server puts into a page.
const pageDataID = "page-data"

// Document is the page itself: what the server and start.js left in it, its
// title, its fields and its focus.
type Document struct{}

// PageData is the JSON that the server wrote into the page, or nil.
func (Document) PageData() []byte {
	el := element(pageDataID)
	if !exists(el) {
		return nil
	}
	return []byte(text(el, "textContent"))
}

// Early is window.escalateEarly as JSON: what was done on the page before Go
// was up. It is handed out once, then nil.
func (Document) Early() []byte {
	const name = "escalateEarly"
	b := global(name)
	if b != nil {
		window().Set(name, js.Null())
	}
	return b
}

// Settled tells the page's own script that it has time for what can wait.
func (Document) Settled() {
	guard(func() {
		if f := window().Get("escalateSettled"); f.Type() == js.TypeFunction {
			f.Invoke()
		}
	})
}

// SetTitle sets the title of the page.
func (Document) SetTitle(title string) {
	if d := document(); exists(d) {
		d.Set("title", title)
	}
}

// Focus moves the keyboard focus to the element with the id, made focusable if
// it is not.
func (Document) Focus(id string) {
	el := element(id)
	if !exists(el) {
		return
	}
	el.Call("focus")
	if !document().Get("activeElement").Equal(el) {
		// A heading takes focus only with a tabindex.
		el.Call("setAttribute", "tabindex", "-1")
		el.Call("focus")
	}
}

// Fill puts text into the form field with the id.
func (Document) Fill(id, value string) {
	if el := element(id); exists(el) {
		el.Set("value", value)
	}
}

// ScrollDown shows the end of the element with the id.
func (Document) ScrollDown(id string) {
	if el := element(id); exists(el) {
		el.Set("scrollTop", el.Get("scrollHeight"))
	}
}
