//go:build js

package browser

import "syscall/js"

// Network is the way to servers, apart from Fetch: what outlives the page, what
// goes on by itself, and whether anything gets through.
type Network struct{}

// Online says whether the device has a connection at all, as far as the browser
// knows: a false is certain, a true may only mean that there is some network.
func (Network) Online() bool {
	v := navigator()
	return !exists(v) || v.Get("onLine").Type() != js.TypeBoolean || v.Get("onLine").Bool()
}

// Beacon posts body, which is JSON, to url even if the page is going away. It
// says whether the browser took it on.
func (Network) Beacon(url string, body []byte) bool {
	taken := false
	_ = Try(func() error {
		parts := js.Global().Get("Array").New(bytesOf(body))
		blob := js.Global().Get("Blob").New(parts, map[string]any{"type": "application/json"})
		taken = navigator().Call("sendBeacon", url, blob).Truthy()
		return nil
	})
	return taken
}
