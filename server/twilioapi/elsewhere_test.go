package twilioapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"escalate/server/twilioapi"
)

func TestElsewhere(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, strings.Join([]string{r.Method, r.Host, r.RequestURI, user, string(body)}, " "))
	}))
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	for _, tt := range []struct {
		name, base, url, want string // want: method and URI that arrive; empty: refused
	}{
		{"a product", "", "https://video.twilio.com/v1/Rooms?PageSize=2", "/video/v1/Rooms?PageSize=2"},
		{"edge and region", "", "https://video.dublin.ie1.twilio.com/v1/Rooms", "/video/v1/Rooms"},
		{"a realm", "", "https://iam.us1.twilio.com/v1/x", "/iam/v1/x"},
		{"an escaped name", "", "https://video.twilio.com/v1/Rooms/a%20b%2Fc", "/video/v1/Rooms/a%20b%2Fc"},
		{"a base with a path", "/twilio/", "https://sync.twilio.com/v1/Services", "/twilio/sync/v1/Services"},
		{"a further page", "", s.URL + "/video/v1/Rooms?Page=1", "/video/v1/Rooms?Page=1"},
		{"a further page below a path", "/twilio", s.URL + "/twilio/video/v1/Rooms?Page=1", "/twilio/video/v1/Rooms?Page=1"},
		{"beside the base", "/twilio", s.URL + "/video/v1/Rooms", ""},
		{"another host", "", "https://example.com/v1/Rooms", ""},
		{"a host that ends like Twilio", "", "https://video.twilio.com.example.com/v1/Rooms", ""},
		{"a host that ends like it without the dot", "", "https://videotwilio.com/v1/Rooms", ""},
		{"Twilio without encryption", "", "http://video.twilio.com/v1/Rooms", ""},
		{"dots for a product", "", "https://...twilio.com/v1/Rooms", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt, err := twilioapi.Elsewhere(s.URL + tt.base)
			if err != nil {
				t.Fatal(err)
			}
			body := &closer{Reader: strings.NewReader("a=b")}
			r, err := http.NewRequest(http.MethodPost, tt.url, body)
			if err != nil {
				t.Fatal(err)
			}
			r.SetBasicAuth("SK1", "secret")
			before := r.URL.String()
			resp, err := rt.RoundTrip(r)
			if tt.want == "" {
				if err == nil {
					resp.Body.Close()
					t.Fatal("sent")
				}
				if !body.closed {
					t.Error("body left open")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, _ := io.ReadAll(resp.Body)
			if want := "POST " + host + " " + tt.want + " SK1 a=b"; string(got) != want {
				t.Errorf("arrived %q, want %q", got, want)
			}
			if r.URL.String() != before || r.Host != r.URL.Host {
				t.Error("the caller's request was changed")
			}
		})
	}
	for _, base := range []string{"", "127.0.0.1:9100", "ftp://x", "https://", "https://x?y", "https://u:p@x"} {
		if _, err := twilioapi.Elsewhere(base); err == nil {
			t.Errorf("base %q is taken", base)
		}
	}
}

// Answers of a Twilio elsewhere name its own addresses, such as those of further
// pages; they are the same operations.
func TestCanonical(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:9100/tw/video/v1/Rooms?Page=1":        "https://video.twilio.com/v1/Rooms?Page=1",
		"http://127.0.0.1:9100/tw/sync/v1/Services/a%2Fb":       "https://sync.twilio.com/v1/Services/a%2Fb",
		"https://video.twilio.com/v1/Rooms?Page=1":              "https://video.twilio.com/v1/Rooms?Page=1",
		"http://127.0.0.1:9100/video/v1/Rooms":                  "http://127.0.0.1:9100/video/v1/Rooms",
		"http://127.0.0.1:9100/tw/evil.example%2Fv/v1/Rooms":    "http://127.0.0.1:9100/tw/evil.example%2Fv/v1/Rooms",
		"http://127.0.0.1:9101/tw/video/v1/Rooms":               "http://127.0.0.1:9101/tw/video/v1/Rooms",
		"https://127.0.0.1:9100/tw/video/v1/Rooms":              "https://127.0.0.1:9100/tw/video/v1/Rooms",
		"http://127.0.0.1:9100/tw/../video/v1/Rooms":            "http://127.0.0.1:9100/tw/../video/v1/Rooms",
		"http://127.0.0.1:9100/tw/video.twilio.com.evil.io/v1/": "http://127.0.0.1:9100/tw/video.twilio.com.evil.io/v1/",
	} {
		rt, err := twilioapi.Elsewhere("http://127.0.0.1:9100/tw/")
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := rt.(interface{ Canonical(*url.URL) *url.URL }).Canonical(u); got.String() != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}

// closer is a body that remembers being closed.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}
