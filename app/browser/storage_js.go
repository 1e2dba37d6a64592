//go:build js

package browser

import "syscall/js"

// Storage is what this browser keeps for the page between visits.
type Storage struct{}

// storage is window.localStorage. Reading the property itself throws where
// storage is blocked, and Value.Get would let that end the program: only calls
// turn exceptions into panics.
func storage() js.Value {
	return js.Global().Get("Reflect").Call("get", js.Global(), "localStorage")
}

// Stored is what Store kept under key, or "". Browsers may refuse storage, in
// private windows and in frames; that reads as "".
func (Storage) Stored(key string) string {
	var s string
	_ = Try(func() error {
		if v := storage().Call("getItem", key); v.Type() == js.TypeString {
			s = v.String()
		}
		return nil
	})
	return s
}

// Store keeps value under key in this browser; an empty value removes it.
// Where the browser refuses storage, it is not kept.
func (Storage) Store(key, value string) {
	_ = Try(func() error {
		if value == "" {
			storage().Call("removeItem", key)
		} else {
			storage().Call("setItem", key, value)
		}
		return nil
	})
}
