package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// The signature covers the URL that Twilio was given, so that is what counts,
// and not what a proxy or a stranger says the host is.
func TestCallbackIsCheckedAgainstThePublicURL(t *testing.T) {
	t.Parallel()
	g := newRig()
	checked := ""
	g.deps.Callbacks = callbacksFunc(func(r *http.Request, public string) (escalation.Callback, error) {
		checked = public + r.URL.RequestURI()
		return escalation.Callback{}, r.ParseForm()
	})
	r := httptest.NewRequest(http.MethodPost, wire.CallbackPath+"?v=1", strings.NewReader("RoomSid=RM1"))
	r.Host = "10.0.0.7:8080"
	for name, value := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Forwarded-Host": "elsewhere.example",
		"X-Forwarded-Proto": "http", "Forwarded": "host=elsewhere.example",
	} {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	g.handler().ServeHTTP(w, r)
	if want := publicURL + wire.CallbackPath + "?v=1"; w.Code != http.StatusNoContent || checked != want {
		t.Errorf("status %d, checked against %q, want %q", w.Code, checked, want)
	}
}

func TestOddCallbacks(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("a", maxBody+1)
	for _, c := range []struct {
		name, kind string
		body       io.Reader
		answer     error // of the use case
		status     int
		arrives    bool
	}{
		{"unknown event", "application/x-www-form-urlencoded", strings.NewReader("StatusCallbackEvent=composition-sung"), nil, 204, true},
		{"without anything", "application/x-www-form-urlencoded", strings.NewReader(""), nil, 204, true},
		{"largest", "application/x-www-form-urlencoded", strings.NewReader("a=" + big[:maxBody-2]), nil, 204, true},
		{"too large", "application/x-www-form-urlencoded", strings.NewReader("a=" + big), nil, 413, false},
		{"too large, of unknown length", "application/x-www-form-urlencoded", io.MultiReader(strings.NewReader("a="), strings.NewReader(big)), nil, 413, false},
		{"half an escape", "application/x-www-form-urlencoded", strings.NewReader("a=%f"), nil, 403, false},
		{"multipart", "multipart/form-data; boundary=x", strings.NewReader("--x--"), nil, 415, false},
		{"no type", "", strings.NewReader("a=1"), nil, 415, false},
		{"Twilio is down", "application/x-www-form-urlencoded", strings.NewReader("a=1"), fmt.Errorf("read: %w", escalation.ErrUnavailable), 503, true},
		{"a fault of ours", "application/x-www-form-urlencoded", strings.NewReader("a=1"), errTest, 500, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newRig()
			arrived := false
			g.esc.callback = func(escalation.Callback) error { arrived = true; return c.answer }
			g.deps.Callbacks = callbacksFunc(func(r *http.Request, _ string) (escalation.Callback, error) {
				if err := r.ParseForm(); err != nil {
					return escalation.Callback{}, fmt.Errorf("%w: %w", escalation.ErrSignature, err)
				}
				return escalation.Callback{Event: r.PostForm.Get("StatusCallbackEvent")}, nil
			})
			r := httptest.NewRequest(http.MethodPost, wire.CallbackPath, c.body)
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			w := httptest.NewRecorder()
			g.handler().ServeHTTP(w, r)
			if w.Code != c.status || arrived != c.arrives {
				t.Errorf("status %d, arrived %v; want %d, %v", w.Code, arrived, c.status, c.arrives)
			}
			if errors.Is(c.answer, errTest) && strings.Contains(w.Body.String(), "hunter2") {
				t.Error("the answer tells secrets")
			}
		})
	}
}
