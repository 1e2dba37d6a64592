package localtwilio_test

import (
	"net/http"
	"testing"

	"escalate/server/localtwilio"
)

func TestPagesOfThisMachine(t *testing.T) {
	s := start(t, localtwilio.Config{})
	for _, tt := range []struct {
		origin  string
		allowed bool
	}{
		{"http://localhost:3000", true},
		{"http://127.0.0.1:8080", true},
		{"https://[::1]:8443", true},
		{"https://example.com", false},
		{"http://localhost.example.com", false},
		{"http://127.0.0.1.example.com", false},
		{"file://localhost", false},
		{"null", false},
		{"", false},
	} {
		t.Run(tt.origin, func(t *testing.T) {
			ask := func(method, asked string) *http.Response {
				r := must(http.NewRequest(method, s.URL()+"/video/v1/Rooms", nil))(t)
				if tt.origin != "" {
					r.Header.Set("Origin", tt.origin)
				}
				if asked != "" {
					r.Header.Set("Access-Control-Request-Method", asked)
					r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
				}
				resp := must(http.DefaultClient.Do(r))(t)
				resp.Body.Close()
				return resp
			}
			want, preflight := "", http.StatusUnauthorized
			if tt.allowed {
				want, preflight = tt.origin, http.StatusNoContent
			}
			for _, resp := range []*http.Response{ask("OPTIONS", "POST"), ask("GET", "")} {
				if got := resp.Header.Get("Access-Control-Allow-Origin"); got != want {
					t.Errorf("%s: allowed origin %q, want %q", resp.Request.Method, got, want)
				}
				if resp.Header.Get("Vary") != "Origin" {
					t.Errorf("%s: a cache could mix up origins", resp.Request.Method)
				}
			}
			resp := ask("OPTIONS", "POST")
			if ok := resp.StatusCode == http.StatusNoContent; ok != tt.allowed {
				t.Errorf("preflight answered %d, want %d", resp.StatusCode, preflight)
			}
			if tt.allowed && resp.Header.Get("Access-Control-Allow-Headers") == "" {
				t.Error("no headers allowed")
			}
			// Allowed or not, there is nothing without credentials.
			if resp := ask("GET", ""); resp.StatusCode != http.StatusUnauthorized {
				t.Errorf("status %d without credentials", resp.StatusCode)
			}
		})
	}
}
