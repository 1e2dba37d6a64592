package dropin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"escalate/server/dropin"
)

// FuzzServeHTTP sends the template's endpoints anything: none of it is our fault.
func FuzzServeHTTP(f *testing.F) {
	w := newWorld(f, nil)
	code := w.code()
	for _, path := range []string{"generate-unique-code", "client-get-video-token", "agent-get-video-token", "get-sync-token", "video-room/complete", "index.html", "../x", ""} {
		f.Add("POST", path, "unique_code="+code+"&Token=ana&taskSid="+task1, "application/x-www-form-urlencoded", "https://flex.twilio.com")
		f.Add("GET", path+"?code="+code, "", "", "")
		f.Add("POST", path, `{"Token":"ana","taskSid":"`+task1+`","consent":[]}`, "application/json", "null")
	}
	f.Fuzz(func(t *testing.T, method, path, body, contentType, origin string) {
		u, err := url.ParseRequestURI(dropin.Prefix + path)
		if err != nil {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
		r.Method, r.URL, r.RequestURI = method, u, u.RequestURI()
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Origin", origin)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		if rec.Code >= 500 {
			t.Errorf("%s %s with %s %q: %d %s", method, u, contentType, body, rec.Code, rec.Body)
		}
		if o := rec.Header().Get("Access-Control-Allow-Origin"); o != "" && o != origin {
			t.Errorf("origin %q may read it, asked by %q", o, origin)
		}
	})
}
