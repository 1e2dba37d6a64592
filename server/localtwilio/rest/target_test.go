package rest_test

import (
	"net/http/httptest"
	"testing"

	"escalate/server/localtwilio/rest"
)

func TestTargetOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		url, host     string
		product, path string
		atTwilio      bool
	}{
		{"https://video.twilio.com/v1/Rooms", "", "video", "/v1/Rooms", true},
		{"https://VIDEO.Twilio.com:443/v1/Rooms", "", "video", "/v1/Rooms", true},
		{"https://video.ashburn.us1.twilio.com/v1/Rooms", "", "video", "/v1/Rooms", true},
		{"http://127.0.0.1:9100/v1/Rooms", "sync.twilio.com", "sync", "/v1/Rooms", true},
		{"http://127.0.0.1:9100/video/v1/Rooms", "", "video", "/v1/Rooms", false},
		{"http://127.0.0.1:9100/video/v1/Rooms/a%2Fb", "", "video", "/v1/Rooms/a%2Fb", false},
		{"http://127.0.0.1:9100/video//v1/../x", "", "video", "//v1/../x", false},
		{"http://127.0.0.1:9100/video", "", "video", "/", false},
		{"http://127.0.0.1:9100/", "", "", "/", false},
		{"http://video.twilio.com.example.com/sync/v1", "", "sync", "/v1", false},
	} {
		r := httptest.NewRequest("GET", tt.url, nil)
		if tt.host != "" {
			r.Host = tt.host
		}
		got := rest.TargetOf(r)
		if got.Product != tt.product || got.Path != tt.path || got.AtTwilio != tt.atTwilio {
			t.Errorf("%s: %+v, want %s of %s", tt.url, got, tt.path, tt.product)
		}
	}
}
