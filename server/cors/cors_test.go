package cors

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestOriginAsBrowsersWriteIt(t *testing.T) {
	t.Parallel()
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
		if got := Origin(raw); got != want {
			t.Errorf("%q has the origin %q, want %q", raw, got, want)
		}
	}
}

// request is one to https://video.example.com by the name of origin.
func request(method, origin string, more ...string) *http.Request {
	r := httptest.NewRequest(method, "/", nil)
	r.Host = "10.0.0.1:8080"
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	return r
}

func TestAllow(t *testing.T) {
	t.Parallel()
	p := Policy{
		Own: "https://video.example.com", Allows: List("https://Flex.Twilio.com:443/", "nonsense"),
		Methods: "GET, POST", Headers: "Content-Type", Exposes: "Retry-After", Credentials: true,
	}
	for _, c := range []struct {
		name, origin string
		site         string // Sec-Fetch-Site
		ok, named    bool   // the origin is named in the answer
	}{
		{"a program", "", "", true, false},
		{"our own page", "https://video.example.com", "", true, false},
		{"our page by another address", "http://10.0.0.1:8080", "", true, false},
		{"our page, without a referrer", "null", "same-origin", true, false},
		{"an allowed one", "https://flex.twilio.com", "", true, true},
		{"a frame of nowhere", "null", "cross-site", false, false},
		{"an old browser without a referrer", "null", "", false, false},
		{"another", "https://evil.example", "", false, false},
		{"one that says it is ours", "https://evil.example", "same-origin", false, false},
		{"a longer name", "https://flex.twilio.com.evil.example", "", false, false},
		{"another port", "https://flex.twilio.com:8443", "", false, false},
		{"not encrypted", "http://flex.twilio.com", "", false, false},
		{"nonsense", "nonsense", "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			r := request("GET", c.origin)
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			if ok := p.Allow(h, r); ok != c.ok {
				t.Errorf("allowed: %t", ok)
			}
			want := http.Header{"Vary": {"Origin"}}
			if c.named {
				want.Set("Access-Control-Allow-Origin", c.origin)
				want.Set("Access-Control-Expose-Headers", "Retry-After")
				want.Set("Access-Control-Allow-Credentials", "true")
			}
			if !maps.EqualFunc(h, want, func(a, b []string) bool { return len(a) == 1 && a[0] == b[0] }) {
				t.Errorf("headers %v, want %v", h, want)
			}
		})
	}
}

func TestWithoutCredentials(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	Policy{Allows: func(string) bool { return true }}.Allow(h, request("GET", "https://flex.twilio.com"))
	if len(h) != 2 || h.Get("Access-Control-Allow-Origin") != "https://flex.twilio.com" {
		t.Errorf("headers %v", h)
	}
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r    *http.Request
		want bool
	}{
		{request("OPTIONS", "https://a.example", "Access-Control-Request-Method", "POST"), true},
		{request("OPTIONS", "https://a.example"), false},
		{request("OPTIONS", "", "Access-Control-Request-Method", "POST"), false},
		{request("GET", "https://a.example", "Access-Control-Request-Method", "POST"), false},
	} {
		if got := IsPreflight(c.r); got != c.want {
			t.Errorf("%s %v: %t", c.r.Method, c.r.Header, got)
		}
	}
	h := http.Header{}
	Policy{Methods: "GET, POST", Headers: "Content-Type"}.Preflight(h)
	want := http.Header{"Access-Control-Allow-Methods": {"GET, POST"}, "Access-Control-Allow-Headers": {"Content-Type"}, "Access-Control-Max-Age": {"600"}}
	if !maps.EqualFunc(h, want, func(a, b []string) bool { return len(a) == 1 && a[0] == b[0] }) {
		t.Errorf("headers %v, want %v", h, want)
	}
}
