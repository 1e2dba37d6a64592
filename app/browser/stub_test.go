//go:build !js

package browser

import (
	"errors"
	"testing"
)

func TestNoBrowser(t *testing.T) {
	h := Host{}
	h.KeepAwake()()
	h.OnMessage(nil)()
	h.Events("/x", Stream{})()
	if _, err := Fetch(t.Context(), Request{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("fetch: %v", err)
	}
	if err := LoadScript(t.Context(), ""); !errors.Is(err, ErrUnsupported) {
		t.Errorf("load: %v", err)
	}
}
