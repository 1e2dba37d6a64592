package reached

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"testing"
)

func TestTwilio(t *testing.T) {
	for _, c := range []struct {
		r    http.Request
		host string
		ok   bool
	}{
		{http.Request{Host: "Video.Twilio.com:443"}, "video.twilio.com", true},
		{http.Request{Host: "mcs.us1.twilio.com"}, "mcs.us1.twilio.com", true},
		{http.Request{URL: &url.URL{Host: "sync.twilio.com"}}, "sync.twilio.com", true},
		{http.Request{Host: "127.0.0.1:9100"}, "127.0.0.1", false},
		{http.Request{Host: "nottwilio.com"}, "nottwilio.com", false},
	} {
		if host, ok := Twilio(&c.r); host != c.host || ok != c.ok {
			t.Errorf("%s: %s, %t", c.r.Host, host, ok)
		}
	}
}

func TestURL(t *testing.T) {
	r := &http.Request{Host: "127.0.0.1:9100", Header: http.Header{}}
	if got := URL(r); got != "http://127.0.0.1:9100" {
		t.Error(got)
	}
	r.Header.Set("X-Forwarded-Proto", "https")
	if got := URL(r); got != "https://127.0.0.1:9100" {
		t.Error(got)
	}
	if got := URL(&http.Request{Host: "x", TLS: &tls.ConnectionState{}}); got != "https://x" {
		t.Error(got)
	}
}
