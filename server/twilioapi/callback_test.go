package twilioapi

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/escalation"
)

// signed makes a status callback as Twilio would send it to target.
func signed(key, target string, form url.Values) *http.Request {
	names := make([]string, 0, len(form))
	for n := range form {
		names = append(names, n)
	}
	slices.Sort(names)
	text := target
	for _, n := range names {
		text += n + form.Get(n)
	}
	h := hmac.New(sha1.New, []byte(key))
	h.Write([]byte(text))
	u, _ := url.Parse(target)
	r := httptest.NewRequest(http.MethodPost, u.RequestURI(), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(h.Sum(nil)))
	return r
}

// withBody replaces what was signed.
func withBody(r *http.Request, form string) {
	r.Body = io.NopCloser(strings.NewReader(form))
	r.ContentLength = int64(len(form))
}

func TestParseCallback(t *testing.T) {
	const target = "https://video.example/callbacks/video"
	form := func(edit func(url.Values)) url.Values {
		f := url.Values{
			"AccountSid": {sid("AC")}, "RoomName": {"abc2345"}, "RoomSid": {sid("RM")}, "RoomStatus": {"in-progress"},
			"StatusCallbackEvent": {"participant-connected"}, "Timestamp": {"2026-03-01T12:00:00.250Z"}, "SequenceNumber": {"3"},
			"ParticipantSid": {sid("PA")}, "ParticipantIdentity": {"customer:abc2345:n"}, "SomethingNew": {"ü & +"},
		}
		if edit != nil {
			edit(f)
		}
		return f
	}
	now := time.Date(2026, 3, 1, 12, 0, 9, 0, time.UTC)
	want := escalation.Callback{
		Event: "participant-connected", RoomSID: sid("RM"), RoomName: "abc2345", Identity: "customer:abc2345:n",
		ParticipantSID: sid("PA"), Sequence: 3, At: time.Date(2026, 3, 1, 12, 0, 0, 250_000_000, time.UTC),
	}
	for _, c := range []struct {
		name   string
		public string
		r      *http.Request
		edit   func(*http.Request)
		want   func(escalation.Callback) escalation.Callback // nil for ErrSignature
	}{
		{"good", "https://video.example", signed("auth", target, form(nil)), nil, func(c escalation.Callback) escalation.Callback { return c }},
		{"slash at the end of the public URL", "https://video.example/", signed("auth", target, form(nil)), nil, func(c escalation.Callback) escalation.Callback { return c }},
		{"another port than the proxy's", "http://127.0.0.1:8080", signed("auth", "http://127.0.0.1:8080/callbacks/video", form(nil)), nil, func(c escalation.Callback) escalation.Callback { return c }},
		{"query", "https://video.example", signed("auth", target+"?v=1", form(nil)), nil, func(c escalation.Callback) escalation.Callback { return c }},
		{"no time, no number", "https://video.example", signed("auth", target, form(func(f url.Values) { f.Del("Timestamp"); f.Set("SequenceNumber", "x") })), nil,
			func(c escalation.Callback) escalation.Callback { c.At, c.Sequence = now, 0; return c }},
		{"behind a proxy, under another name", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) {
			r.Host = "10.0.0.7:8080"
			r.Header.Set("X-Forwarded-Host", "elsewhere.example")
			r.Header.Set("X-Forwarded-Proto", "http")
		}, func(c escalation.Callback) escalation.Callback { return c }},
		{"an event of which nothing is known", "https://video.example", signed("auth", target, form(func(f url.Values) { f.Set("StatusCallbackEvent", "composition-sung") })), nil,
			func(c escalation.Callback) escalation.Callback { c.Event = "composition-sung"; return c }},
		{"a day old", "https://video.example", signed("auth", target, form(func(f url.Values) { f.Set("Timestamp", "2026-02-28T12:00:00Z") })), nil,
			func(c escalation.Callback) escalation.Callback {
				c.At = now.Add(-24*time.Hour - 9*time.Second)
				return c
			}},
		{"the Host that it was sent to instead of the public URL", "https://video.example", signed("auth", "https://10.0.0.7:8080/callbacks/video", form(nil)), func(r *http.Request) {
			r.Host = "10.0.0.7:8080"
			r.Header.Set("X-Forwarded-Host", "10.0.0.7:8080")
		}, nil},
		{"plain http in the signature", "https://video.example", signed("auth", "http://video.example/callbacks/video", form(nil)), nil, nil},
		{"one parameter more than was signed", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { withBody(r, form(nil).Encode()+"&RoomDuration=9") }, nil},
		{"one parameter less", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) {
			withBody(r, form(func(f url.Values) { f.Del("SequenceNumber") }).Encode())
		}, nil},
		{"half an escape", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { withBody(r, form(nil).Encode()+"&x=%f") }, nil},
		{"semicolons", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { withBody(r, "RoomName=a;RoomSid=b") }, nil},
		{"empty", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { withBody(r, "") }, nil},
		{"signature that is no base64", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { r.Header.Set("X-Twilio-Signature", "%%%") }, nil},
		{"wrong key", "https://video.example", signed("guess", target, form(nil)), nil, nil},
		{"signed with the API secret", "https://video.example", signed("secret", target, form(nil)), nil, nil},
		{"another URL", "https://other.example", signed("auth", target, form(nil)), nil, nil},
		{"another account", "https://video.example", signed("auth", target, form(func(f url.Values) { f.Set("AccountSid", sid("AC")[:33]+"2") })), nil, nil},
		{"no signature", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { r.Header.Del("X-Twilio-Signature") }, nil},
		{"GET", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { r.Method = http.MethodGet }, nil},
		{"not a form", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, nil},
		{"parameter in the query instead", "https://video.example", signed("auth", target, form(nil)), func(r *http.Request) { r.URL.RawQuery = "RoomName=other22" }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config(http.DefaultTransport)
			cfg.Now = func() time.Time { return now }
			api, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if c.edit != nil {
				c.edit(c.r)
			}
			got, err := api.ParseCallback(c.r, c.public)
			if c.want == nil {
				if !errors.Is(err, escalation.ErrSignature) {
					t.Errorf("got %+v, %v; want ErrSignature", got, err)
				}
				return
			}
			if err != nil || got != c.want(want) {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want(want))
			}
		})
	}
}

func TestNoAuthTokenTakesNoCallback(t *testing.T) {
	cfg := config(http.DefaultTransport)
	cfg.AuthToken = ""
	api, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	const target = "https://video.example/callbacks/video"
	r := signed("", target, url.Values{"AccountSid": {sid("AC")}})
	if _, err := api.ParseCallback(r, "https://video.example"); !errors.Is(err, escalation.ErrSignature) {
		t.Errorf("got %v, want ErrSignature", err)
	}
}
