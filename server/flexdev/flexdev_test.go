package flexdev_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"escalate/server/demo"
	"escalate/server/flexdev"
	"escalate/server/localtwilio/store"
)

func TestNewWantsTheBundle(t *testing.T) {
	if _, err := flexdev.New(flexdev.Config{Dir: t.TempDir(), Twilio: "http://127.0.0.1:9100"}); !errors.Is(err, flexdev.ErrFolder) {
		t.Errorf("error %v", err)
	}
}

// page is a Page on a folder of two files.
func page(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string]string{flexdev.Bundle: "bundle", "index.html": "<p>page"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := flexdev.New(flexdev.Config{
		Dir: dir, Twilio: "http://127.0.0.1:9100", Account: store.Account{SID: "AC1"},
		Seat: func() (demo.Seat, error) { return demo.Seat{Token: "flex.token", Identity: "alex"}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	r := mux.NewRouter().SkipClean(true).UseEncodedPath() // as core makes it
	p.Routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

func TestPage(t *testing.T) {
	url := page(t)
	for _, c := range []struct {
		name, method, path string
		header             http.Header
		status             int
		body               string
	}{
		{"page", "GET", "/flex", nil, 200, "<p>page"},
		{"a route of Flex's own", "GET", "/agent-desktop/WR1", nil, 200, "<p>page"},
		{"another", "GET", "/teams", nil, 200, "<p>page"},
		{"bundle", "GET", "/flex/flex.js", nil, 200, "bundle"},
		{"session", "POST", "/flex/api/session", nil, 200, `"token":"flex.token"`},
		{"session for another site", "POST", "/flex/api/session", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403, ""},
		{"session by a link", "GET", "/flex/api/session", nil, 404, ""},
		{"a name of someone else's", "POST", "/flex/api/session", http.Header{"Host": {"rebind.example.com"}}, 421, ""},
		{"out of the folder", "GET", "/flex/..%2f..%2fetc%2fpasswd", nil, 400, "invalid URL path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), c.method, url+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header = c.header.Clone()
			req.Host = c.header.Get("Host")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != c.status || !strings.Contains(string(body), c.body) {
				t.Errorf("status %d, want %d; body %s", res.StatusCode, c.status, body)
			}
			if policy := res.Header.Get("Content-Security-Policy"); c.status == 200 && (strings.Contains(policy, "twilio.com") || !strings.Contains(policy, "ws://127.0.0.1:9100")) {
				t.Errorf("policy %q", policy)
			}
		})
	}
}

func TestSessionSaysWhereTwilioIs(t *testing.T) {
	res, err := http.Post(page(t)+"/flex/api/session", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var s map[string]any
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	if s["twilio"] != "http://127.0.0.1:9100" || s["accountSid"] != "AC1" || s["identity"] != "alex" {
		t.Errorf("session %v", s)
	}
}
