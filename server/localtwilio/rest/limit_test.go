package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// limitedAPI is an API with a clock that stands still.
func limitedAPI(t *testing.T, c Config) (a *API, s *store.Store, pass func(time.Duration)) {
	t.Helper()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	s, err := store.Open("", store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(s, c), s, func(d time.Duration) { now = now.Add(d) }
}

// ask sends a request and returns its status, code and Retry-After.
func ask(t *testing.T, a *API, method, url, form string) (status, code int, retry string) {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	account := a.store.Account()
	r.SetBasicAuth(account.KeySID, account.KeySecret)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	var e Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("%s %s: %v in %s", method, url, err, w.Body)
	}
	return w.Code, e.Code, w.Header().Get("Retry-After")
}

func TestSyncLimits(t *testing.T) {
	a, s, pass := limitedAPI(t, Config{})
	one, err := s.Documents.Create(store.Document{UniqueName: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Documents.Create(store.Document{UniqueName: "two"}); err != nil {
		t.Fatal(err)
	}
	base := "https://sync.twilio.com/v1/Services/" + s.Account().SyncServiceSID + "/Documents/"
	read := func(name string) (int, int, string) { return ask(t, a, "GET", base+name, "") }
	write := func(name string) (int, int, string) { return ask(t, a, "POST", base+name, "Data={}") }

	for i := range 20 * 10 {
		// A Document is one object, by whichever of its names.
		if status, _, _ := write([]string{"one", one.SID}[i%2]); status != 200 {
			t.Fatalf("write %d of a burst: status %d", i+1, status)
		}
	}
	for _, name := range []string{"one", one.SID} {
		if status, code, retry := write(name); status != 429 || code != 54009 || retry != "1" {
			t.Errorf("one write too many: status %d, code %d, Retry-After %q", status, code, retry)
		}
	}
	if status, _, _ := write("two"); status != 200 {
		t.Errorf("write of another Document: status %d", status)
	}
	for i := range 20 * 10 {
		if status, _, _ := read("one"); status != 200 {
			t.Fatalf("read %d of a burst: status %d", i+1, status)
		}
	}
	if status, code, _ := read("one"); status != 429 || code != 54009 {
		t.Errorf("one read too many: status %d, code %d", status, code)
	}
	pass(time.Second)
	for i := range 20 {
		if status, _, _ := write("one"); status != 200 {
			t.Fatalf("write %d a second later: status %d", i+1, status)
		}
	}
	if status, _, _ := write("one"); status != 429 {
		t.Errorf("write 21 a second later: status %d", status)
	}
	if status, code, _ := read("none"); status != 404 || code != codeNotFound {
		t.Errorf("no Document: status %d, code %d", status, code)
	}
}

func TestAccountLimit(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Limits
		taken  int // of 31 requests at once
	}{
		{"as many as you like", Limits{}, 31},
		{"three a second", Limits{Requests: 3}, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _, pass := limitedAPI(t, Config{Limits: c.limits})
			taken := 0
			for range 31 {
				status, code, retry := ask(t, a, "GET", "https://video.twilio.com/v1/Rooms", "")
				switch {
				case status == 200:
					taken++
				case status != 429 || code != 20429 || retry != "1":
					t.Errorf("one too many: status %d, code %d, Retry-After %q", status, code, retry)
				}
			}
			if taken != c.taken {
				t.Errorf("%d of 31 taken, want %d", taken, c.taken)
			}
			pass(time.Second)
			if status, _, _ := ask(t, a, "GET", "https://video.twilio.com/v1/Rooms", ""); status != 200 {
				t.Errorf("a second later: status %d", status)
			}
		})
	}
}

func TestLimitsOff(t *testing.T) {
	a, s, _ := limitedAPI(t, Config{Limits: Limits{Off: true}})
	if _, err := s.Documents.Create(store.Document{UniqueName: "one"}); err != nil {
		t.Fatal(err)
	}
	for i := range 250 {
		if status, _, _ := ask(t, a, "GET", "https://sync.twilio.com/v1/Services/default/Documents/one", ""); status != 200 {
			t.Fatalf("read %d: status %d", i+1, status)
		}
	}
}

func TestFault(t *testing.T) {
	a, _, _ := limitedAPI(t, Config{Fault: func(r *http.Request) *Error {
		if r.URL.Path == "/v1/Rooms" {
			return &Error{Status: 503, Code: 20503, Message: "Service unavailable"}
		}
		return nil
	}})
	if status, code, _ := ask(t, a, "GET", "https://video.twilio.com/v1/Rooms", ""); status != 503 || code != 20503 {
		t.Errorf("status %d, code %d", status, code)
	}
	if status, code, _ := ask(t, a, "GET", "https://video.twilio.com/v1/Rooms/x", ""); status != 404 || code != 20404 {
		t.Errorf("without a fault: status %d, code %d", status, code)
	}
}
