package reached

import (
	"strings"
	"testing"
)

func TestShape(t *testing.T) {
	t.Parallel()
	sid := "IS" + strings.Repeat("0", 32)
	for path, want := range map[string]string{
		"/sync/v1/Services/" + sid + "/Documents/abc2345": "/sync/v1/Services/" + sid + "/Documents/…",
		"/v1/Rooms/abc2345/Participants/customer:abc2345": "/v1/Rooms/…/Participants/…",
		"/v1/Rooms/Daily":                 "/v1/Rooms/…",
		"/v1/Rooms/../../etc/passwd":      "/v1/Rooms/…/…/…/…",
		"/abc2345":                        "/…",
		"/abc2345/x":                      "/…/…",
		"/flex-api/v2/WebChats":           "/flex-api/v2/WebChats",
		"/v1/Rooms/a\nlevel=ERROR msg=no": "/v1/Rooms/…",
		"":                                "/…",
	} {
		if got := Shape(path); got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
	}
	for raw, want := range map[string]string{
		"https://user:secret@example.com/hook?token=x": "https://example.com", "nonsense": "…", "http://[::1": "…",
	} {
		if got := Place(raw); got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
}
