package web

import "testing"

func TestOriginAsBrowsersWriteIt(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Video.Example:443/join/x": "https://video.example",
		"http://127.0.0.1:8080":            "http://127.0.0.1:8080",
		"http://[::1]:8080":                "http://[::1]:8080",
		"http://[0:0:0:0:0:0:0:1]:8080":    "http://[::1]:8080",
		"ws://[::1]:80/signaling":          "ws://[::1]",
		"https://[2001:DB8::1]":            "https://[2001:db8::1]",
		"not a url":                        "",
		"":                                 "",
	} {
		if got := originOf(raw); got != want {
			t.Errorf("%q has the origin %q, want %q", raw, got, want)
		}
	}
}
